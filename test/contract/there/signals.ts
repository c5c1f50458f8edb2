import { describeError } from './errors.ts'
import { deferred } from './deferred.ts'

export interface SignalState {
  readonly isReal: boolean
  readonly aborted: boolean
  readonly reason: unknown
}

/** What one sees of a signal, as data. */
export const stateOf = (signal: AbortSignal): SignalState => ({
  isReal: signal instanceof AbortSignal,
  aborted: signal.aborted,
  reason: typeof signal.reason === 'object' ? describeError(signal.reason) : signal.reason,
})

/** Wait for the `abort` event. */
export const aborted = (signal: AbortSignal): Promise<SignalState> =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve(stateOf(signal)), { once: true }))

export const signalMethods = (): object => {
  let kept = new AbortController().signal
  const happened = deferred<SignalState>()
  return {
    stateOf,
    /** Answers when the signal aborts; calls `listening` once it listens. */
    untilAborted(signal: AbortSignal, listening: () => Promise<void>) {
      const state = aborted(signal)
      // Its answer may come when the connection has ended.
      listening().catch(() => {})
      return state
    },
    keep(signal: AbortSignal) {
      kept = signal
      void aborted(signal).then(happened.resolve)
    },
    keptState: () => stateOf(kept),
    keptAborted: () => happened.promise,
    isKept: (signal: unknown) => signal === kept,
    same: (one: { signal: unknown }, other: unknown[]) => one.signal === other[0],
    controlled() {
      const controller = new AbortController()
      return {
        signal: controller.signal,
        again: [controller.signal],
        abort: (message?: string) => controller.abort(message && new RangeError(message)),
      }
    },
    alreadyAborted: () => AbortSignal.abort('done before'),
  }
}
