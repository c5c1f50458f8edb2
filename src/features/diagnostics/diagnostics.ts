/** The feature `diagnostics`: tells the option `onDiagnostic` what went wrong without being anyone's rejected call. */
import type { Diagnose, Diagnostic } from '../../peer/diagnostics.ts'
import type { Hooks, Peer } from '../../peer/seam.ts'
import { ANYWHERE } from '../ranks.ts'

/** Options of `diagnostics`. */
export interface DiagnosticOptions {
  /** Told of what went wrong without being a rejected call, at most 100 times a second. Default: nothing is said anywhere. */
  readonly onDiagnostic?: ((event: Diagnostic) => void) | undefined
}

export const diagnostics = (_: Peer, { onDiagnostic }: DiagnosticOptions): Hooks => ({
  name: 'diagnostics',
  rank: ANYWHERE,
  ...(onDiagnostic && { around: { diagnose: () => createDiagnose(onDiagnostic) } }),
})

const PER_SECOND = 100

/** Call `listener` at most 100 times a second, and never let it throw into the receive path. */
export function createDiagnose(listener: ((event: Diagnostic) => void) | undefined): Diagnose {
  let since = 0
  let told = 0
  return (kind, about, error) => {
    if (!listener) return
    const now = Date.now()
    if (now - since >= 1_000 || now < since) {
      since = now
      told = 0
    }
    if (++told > PER_SECOND) return
    try {
      listener({ kind, about, error })
    } catch {}
  }
}
