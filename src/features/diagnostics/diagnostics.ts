/** The feature `diagnostics`: tells the option `onDiagnostic` what went wrong without being anyone's rejected call. */
import type { Diagnose, Diagnostic } from '../../peer/diagnostics.ts'
import type { Hooks, Peer } from '../../peer/seam.ts'
import { ANYWHERE } from '../ranks.ts'

/** Options of `diagnostics`. */
export interface DiagnosticOptions {
  /** Told of what went wrong without being a rejected call, at most 100 times a second. Default: nothing is said anywhere. */
  readonly onDiagnostic?: ((event: Diagnostic) => void) | undefined
}

export function diagnostics(_: Peer, options: DiagnosticOptions): Hooks {
  const name = 'diagnostics'
  const { onDiagnostic } = options
  if (!onDiagnostic) return { name }
  const diagnose = createDiagnose(onDiagnostic)
  const told = new Set<string>()
  const look = (given: object, known: string): void => {
    for (const [option, value] of Object.entries(given))
      if (value !== undefined && !known.split(', ').includes(option) && told.size < told.add(option).size)
        diagnose('unknown-option', option, new TypeError(`Unknown option \`${option}\`: there are ${known}`))
  }
  look(options, RPC_OPTIONS)
  return {
    name,
    rank: ANYWHERE,
    around: {
      diagnose: () => diagnose,
      call: (next) => (method, params, given) => {
        look(given, CALL_OPTIONS)
        return next(method, params, given)
      },
    },
  }
}

const CALL_OPTIONS = 'timeout, signal, isNotify, transfer, scoped, id'
const RPC_OPTIONS =
  'transport, event, methods, timeout, connectTimeout, channel, use, plain, dialect, policy, limits, errors, coalesce, copyTransfers, heartbeat, fallback, validate, mapError, onDiagnostic'

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
