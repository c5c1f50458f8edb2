/** Does what may fail without being anyone's call. */
import type { Diagnose } from '../../peer/diagnostics.ts'

/** What it throws is diagnosed. */
export function attempt(diagnose: Diagnose, about: unknown, step: () => void): void {
  try {
    step()
  } catch (error) {
    diagnose('failed', about, error)
  }
}
