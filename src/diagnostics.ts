/** What went wrong without being anyone's rejected call. */
export interface Diagnostic {
  /**
   * `invalid`: a message was ours but malformed, or a field of it threw. `unreadable`: nothing could be made of it.
   * `unexpected`: an answer to no call, a request id already in flight, an `rpc.*` method that is not obeyed.
   * `unknown-method`: a notification nobody handles. `busy`: a notification over a limit. `failed`: a notification's
   * handler, a hook or a listener threw. `undeliverable`: an answer could not be sent. `peer-error`: the other side's
   * environment reported an error (a worker's `error` event). `refused`: somebody of this origin was not let in.
   */
  readonly kind:
    | 'invalid'
    | 'unreadable'
    | 'unexpected'
    | 'unknown-method'
    | 'busy'
    | 'failed'
    | 'undeliverable'
    | 'peer-error'
    | 'refused'
  /** The method or id concerned, where there is one. */
  readonly about?: unknown
  readonly error?: unknown
}

export type Diagnose = (kind: Diagnostic['kind'], about?: unknown, error?: unknown) => void

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
