import type { Core, Hooks } from '../../peer/seam.ts'
import { createDiagnose } from '../../peer/diagnostics.ts'

/** Tells the option `onDiagnostic` what went wrong. */
export const diagnostics = ({ options: { onDiagnostic } }: Core): Hooks =>
  onDiagnostic ? { around: { diagnose: () => createDiagnose(onDiagnostic) } } : {}
