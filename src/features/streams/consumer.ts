/** The side of a stream that iterates: grants credit, and queues what arrives before it is asked for. */
import { RPCError, TOO_LARGE } from '../../protocol/errors.ts'
import { isObject } from '../../protocol/guards.ts'
import { sizeOf } from '../../values/size.ts'

/** Items granted at most where they are objects: such may be large. */
const WINDOW = 64
/** Items granted at first, where the peer may be a stranger. */
const FIRST = 4
/** How many times as many the next time, where they are small. */
const GROWTH = 4
/** Bytes that may be under way. */
const MAX_BYTES = 4_194_304
/** Items that were taken from the queue before it is cut. */
const CUT = 1_024

export interface Consumer {
  readonly receive: (items: readonly unknown[]) => void
  readonly end: (error?: unknown) => void
  /** It ends, if anything that was asked for may be lost. */
  readonly fail: (error: unknown) => void
  /** Nobody can ask for more. */
  readonly abandon: () => void
}

export interface ConsumerDeps {
  /** The most items that may be under way. */
  readonly streamCredit: number
  /** Whether items are measured, as the peer may be a stranger. */
  readonly isMeasured: boolean
  /** Count an item that waits. @returns how to end that. @throws RPCError BUSY. */
  readonly hold: (item: unknown) => () => void
  /** @throws what cannot be sent. */
  readonly pull: (count: number) => void
  /** The peer is told to stop, unless the stream has ended. */
  readonly stop: (error: unknown) => void
  /** It has ended. */
  readonly left: () => void
}

interface Waiting {
  readonly resolve: (result: IteratorResult<unknown>) => void
  readonly reject: (reason: unknown) => void
}

/** A consumer, and the iterator that is handed out. */
export function createConsumer({ streamCredit, isMeasured, hold, pull, stop, left }: ConsumerDeps): {
  readonly consumer: Consumer
  readonly iterator: AsyncIterableIterator<unknown>
  /** Whoever may still ask for more holds this. */
  readonly asks: object
  /** End it here, for this reason. */
  readonly cancel: (reason?: { readonly error: unknown }) => void
} {
  let queue: { readonly value: unknown; readonly release: () => void }[] = []
  // The next item in it.
  let at = 0
  const waiting: Waiting[] = []
  let granted = 0
  let window = Math.min(isMeasured ? FIRST : WINDOW, streamCredit)
  let over: { error?: unknown } | undefined

  const finish = (error?: { readonly error: unknown }): void => {
    if (over) return
    over = error ? { error: error.error } : {}
    left()
    for (const { resolve, reject } of waiting.splice(0)) {
      if ('error' in over) {
        reject(over.error)
        over = {}
      } else resolve({ value: undefined, done: true })
    }
  }

  // `told` is what the producer gets to know; whoever ends it here knows the reason.
  const cancel = (reason?: { readonly error: unknown }, told = reason?.error): void => {
    if (!over) stop(told)
    for (const { release } of queue.slice(at)) release()
    queue = []
    at = 0
    finish(reason)
  }

  const grant = (): void => {
    const ahead = granted + queue.length - at
    if (over || ahead > window / 2) return
    granted += window - ahead
    try {
      pull(window - ahead)
    } catch (error) {
      cancel({ error })
    }
  }

  const shift = (): unknown => {
    const { value, release } = queue[at] as (typeof queue)[number]
    // It may be large.
    queue[at++] = undefined as never
    if (at === queue.length || at === CUT) {
      queue = queue.slice(at)
      at = 0
    }
    release()
    return value
  }

  // As many as are small are granted. An item whose size nobody needs is measured only while the window grows.
  const adapt = (item: unknown): void => {
    const isLarge = isObject(item)
    const most = isLarge ? WINDOW : streamCredit
    const isKnown = !isMeasured || (isLarge && window === WINDOW && waiting.length > 0)
    const fitting = isKnown ? most : MAX_BYTES / sizeOf(item)
    window = Math.max(1, Math.min(window * GROWTH, most, streamCredit, Math.floor(fitting)))
  }

  const next = (): Promise<IteratorResult<unknown>> => {
    if (at < queue.length) {
      const value = shift()
      grant()
      return Promise.resolve({ value, done: false })
    }
    if (over) {
      const { error } = over
      const failed = 'error' in over
      over = {}
      return failed ? Promise.reject(error) : Promise.resolve({ value: undefined, done: true })
    }
    return new Promise((resolve, reject) => {
      waiting.push({ resolve, reject })
      grant()
    })
  }

  const iterator: AsyncIterableIterator<unknown> = {
    next,
    return: (value?: unknown) => {
      cancel()
      return Promise.resolve({ value, done: true })
    },
    throw: (error?: unknown) => {
      cancel(undefined, error)
      return Promise.reject(error)
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
  const { asyncDispose } = Symbol as { readonly asyncDispose?: symbol }
  if (asyncDispose) Object.defineProperty(iterator, asyncDispose, { value: async () => cancel() })

  return {
    iterator,
    asks: next,
    cancel: (reason) => cancel(reason),
    consumer: {
      receive: (items) => {
        granted -= items.length
        if (granted < 0)
          return cancel({ error: new RPCError(TOO_LARGE, 'The stream sent more than was asked for') })
        adapt(items[0])
        for (const value of items) {
          const first = waiting.shift()
          if (first) {
            first.resolve({ value, done: false })
            continue
          }
          try {
            queue.push({ value, release: hold(value) })
          } catch (error) {
            return cancel({ error })
          }
        }
        if (waiting.length) grant()
      },
      end: (error) => finish(error === undefined ? undefined : { error }),
      fail: (error) => void (granted && cancel({ error })),
      abandon: () => cancel(),
    },
  }
}
