/**
 * What a realm may lack that is not of the language, and what is done there: an AudioWorklet, a plugin's sandbox or a bare engine
 * has no timers, no clock, no `crypto`, no AbortController. It is asked for when it is needed, as it may be given later.
 */

/** Milliseconds of a clock that nobody sets, where there is one. */
export const now = (): number => (globalThis.performance ?? Date).now()

export const hasTimers = (): boolean => typeof setTimeout === 'function'

/** In a microtask. `queueMicrotask` is of the platform. */
export const microtask = (step: () => void): void => void Promise.resolve().then(step)

/** In a later task; without timers in a microtask. */
export const later = (step: () => void, ms?: number): unknown =>
  hasTimers() ? setTimeout(step, ms) : microtask(step)

/** What rings all the same, where this is missing, finds nothing to do. */
export const clearTimer = (timer: unknown): void => globalThis.clearTimeout?.(timer as never)

/** A class of the platform. @throws TypeError where there is none. */
export function classOf<N extends 'URL' | 'URLSearchParams' | 'Headers' | 'Blob' | 'File' | StreamName>(
  name: N,
): (typeof globalThis)[N] {
  if (globalThis[name]) return globalThis[name]
  throw new TypeError(`there is no \`${name}\` here: send text, bytes or an iterable`)
}

type StreamName = 'ReadableStream' | 'WritableStream' | 'TransformStream'

/** Bytes of chance. Where there is no `crypto` nobody else listens, so they need to differ only. */
export function randomBytes(count: number): Uint8Array {
  const bytes = new Uint8Array(count)
  return globalThis.crypto ? crypto.getRandomValues(bytes) : bytes.map(() => Math.random() * 256)
}

/** An error as the platform makes it for what was aborted. */
export const domError = (name: string, message: string): Error =>
  globalThis.DOMException ? new DOMException(message, name) : Object.assign(new Error(message), { name })

/** An AbortController, or what does the same. */
export function createController(): Pick<AbortController, 'signal' | 'abort'> {
  if (globalThis.AbortController) return new AbortController()
  const signal = new Signal()
  return {
    signal: signal as never,
    abort: (reason: unknown = domError('AbortError', 'This operation was aborted')) => {
      if (signal.aborted) return
      signal.aborted = true
      signal.reason = reason
      for (const listener of [signal.onabort, ...signal.listeners])
        try {
          listener?.()
        } catch (error) {
          // It is the listener's, and the others are to hear of it.
          microtask(() => {
            throw error
          })
        }
    },
  }
}

class Signal {
  aborted = false
  reason: unknown
  onabort: (() => void) | undefined
  /** @internal */
  readonly listeners = new Set<() => void>()

  get [Symbol.toStringTag](): string {
    return 'AbortSignal'
  }

  addEventListener(_: string, listener: () => void): void {
    this.listeners.add(listener)
  }

  removeEventListener(_: string, listener: () => void): void {
    this.listeners.delete(listener)
  }

  throwIfAborted(): void {
    if (this.aborted) throw this.reason
  }
}

/** A WeakRef, or what holds its object for good: then only `release()` lets go of it. */
export const createWeakRef = <T extends object>(target: T): Pick<WeakRef<T>, 'deref'> =>
  globalThis.WeakRef ? new WeakRef(target) : { deref: () => target }

/** A FinalizationRegistry, or what never tells anything. */
export const createRegistry = <T>(collected: (held: T) => void): Pick<FinalizationRegistry<T>, 'register'> =>
  globalThis.FinalizationRegistry ? new FinalizationRegistry(collected) : { register() {} }
