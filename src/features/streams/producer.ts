/** The side of a stream that has the iterable: asks it for items as the consumer grants, and sends them. */
import { enterContext, type IncomingCall } from '../../peer/context.ts'
import { messageOf, RPCError, UNDELIVERABLE } from '../../protocol/errors.ts'
import { isObject } from '../../protocol/guards.ts'
import { copySmall } from '../../values/small.ts'

/** Items in one message. */
const CHUNK = 256
/** Milliseconds after which an item does not wait for others. */
const PAUSE = 2
/** The most that a producer runs ahead, whatever is asked of it: an endless generator would block this side. */
export const MOST = 65_536

export interface Producer {
  readonly pull: (count: number) => void
  readonly stop: (reason: unknown) => void
  /** Nothing was asked of the iterable, and nothing will be. */
  readonly forget: () => void
}

export interface ProducerDeps {
  readonly source: AsyncIterable<unknown>
  /** The call whose result it is: its context is that of each part of a generator. */
  readonly call: IncomingCall | undefined
  /** @throws what cannot be sent. */
  readonly sendItems: (items: readonly unknown[]) => void
  readonly sendEnd: (error: unknown) => void
  /** It is over. @returns whether it was the last one of its call. */
  readonly left: () => boolean
  /** The iterable failed while it was ended. */
  readonly failed: (error: unknown) => void
}

export function createProducer({ source, call, sendItems, sendEnd, left, failed }: ProducerDeps): Producer {
  let iterator: AsyncIterator<unknown> | undefined
  let credit = 0
  let isPumping = false
  let isOver = false

  // As in a handler, so that callContext() works in each part of a generator up to its next await.
  const within = <T>(step: () => T): T => {
    const former = enterContext(call)
    try {
      return step()
    } finally {
      enterContext(former)
    }
  }

  const leave = (): boolean => {
    isOver = true
    items.clear()
    return left()
  }

  const close = (reason: unknown): void => {
    if (leave()) call?.abort(reason)
    try {
      // A generator or reader that was never asked for anything has its own `return`.
      const ending = iterator ?? (source as Partial<AsyncIterator<unknown>>)
      void Promise.resolve(within(() => ending.return?.(reason))).catch(failed)
    } catch (error) {
      failed(error)
    }
  }

  // An item that cannot be sent ends the stream.
  const attempt = (step: () => void): void => {
    if (isOver) return
    try {
      step()
    } catch (error) {
      close(error)
      sendEnd(new RPCError(UNDELIVERABLE, `The stream was ended: ${messageOf(error)}`))
    }
  }

  const items = createItems(sendItems, attempt)

  const end = (error?: unknown): void => {
    attempt(items.flush)
    if (isOver) return
    leave()
    sendEnd(error)
  }

  const pump = async (): Promise<void> => {
    isPumping = true
    try {
      while (credit > 0 && !isOver) {
        const result: unknown = await within(() => (iterator ??= source[Symbol.asyncIterator]()).next())
        if (isOver) return
        if (!isObject(result)) throw new TypeError('An iterator must give objects')
        const { done, value } = result as IteratorResult<unknown>
        if (done) return end()
        credit--
        items.add(value)
      }
      attempt(items.flush)
    } catch (error) {
      // Whatever was thrown: an end without an error is a good one.
      if (!isOver) end(error ?? new Error(String(error)))
    } finally {
      isPumping = false
    }
  }

  return {
    pull: (count) => {
      if (Number.isSafeInteger(count) && count > 0) credit = Math.min(credit + count, MOST)
      if (!isPumping) void pump()
    },
    stop: close,
    forget: leave,
  }
}

interface Items {
  readonly add: (item: unknown) => void
  readonly flush: () => void
  readonly clear: () => void
}

/** The first item after a pause leaves at once; those that follow close upon each other leave together. */
function createItems(send: (items: readonly unknown[]) => void, attempt: (step: () => void) => void): Items {
  let timer: ReturnType<typeof setTimeout> | undefined
  let lastAt = 0
  let items: unknown[] = []

  const flush = (): void => {
    if (!items.length) return
    const ready = items
    items = []
    send(ready)
  }

  const sendOne = (item: unknown): void => {
    flush()
    try {
      send([item])
    } catch (error) {
      throw new RPCError(UNDELIVERABLE, messageOf(error).replace('params[1]', 'item'), { cause: error })
    }
  }

  return {
    add: (item) => {
      // As it is now: the next one may be the same object, changed.
      if (!copySmall([item], items)) return attempt(() => sendOne(item))
      if (items.length >= CHUNK) return attempt(flush)
      if (items.length > 1 || timer) return
      const now = Date.now()
      if (now - lastAt >= PAUSE) attempt(flush)
      else
        timer = setTimeout(() => {
          timer = undefined
          attempt(flush)
        })
      lastAt = now
    },
    flush,
    clear: () => {
      clearTimeout(timer)
      items = []
    },
  }
}
