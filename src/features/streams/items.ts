/** The items of a stream on their way out: small ones that follow close upon each other leave together. */
import { messageOf, RPCError, UNDELIVERABLE } from '../../protocol/errors.ts'
import { clearTimer, later } from '../../protocol/realm.ts'
import { copySmall } from '../../values/small.ts'

/** Items in one message. */
const CHUNK = 256
/** Milliseconds after which an item does not wait for others. */
const PAUSE = 2

export interface Items {
  readonly add: (item: unknown) => void
  readonly flush: () => void
  /** Whether some wait for room. */
  readonly isStuck: () => boolean
  readonly clear: () => void
}

/**
 * The first item after a pause leaves at once.
 * @param attempt runs what may throw: an item that cannot be sent ends the stream.
 */
export function createItems(
  send: (items: readonly unknown[]) => void,
  attempt: (step: () => void) => void,
  hasRoom: () => boolean,
): Items {
  let timer: unknown
  let lastAt = 0
  let items: unknown[] = []
  // What the transport had no room for: none is asked for while there is any.
  let stuck: (readonly unknown[])[] = []

  const post = (list: readonly unknown[]): void => {
    // What is left of the room is for calls.
    if (!stuck.length && hasRoom())
      try {
        return send(list)
      } catch (error) {
        if (hasRoom()) throw error
      }
    stuck.push(list)
  }

  const flush = (): void => {
    const waiting = stuck
    const ready = items
    stuck = []
    items = []
    waiting.forEach(post)
    if (ready.length) post(ready)
  }

  const postOne = (item: unknown): void => {
    flush()
    try {
      post([item])
    } catch (error) {
      throw new RPCError(UNDELIVERABLE, messageOf(error).replace('params[1]', 'item'), { cause: error })
    }
  }

  return {
    add: (item) => {
      // As it is now: the next one may be the same object, changed.
      if (!copySmall([item], items)) return attempt(() => postOne(item))
      if (items.length >= CHUNK) return attempt(flush)
      if (items.length > 1 || timer) return
      const now = Date.now()
      if (now - lastAt >= PAUSE) attempt(flush)
      else
        timer =
          later(() => {
            timer = undefined
            attempt(flush)
          }) ?? true
      lastAt = now
    },
    flush,
    isStuck: () => stuck.length > 0,
    clear: () => {
      clearTimer(timer)
      items = []
      stuck = []
    },
  }
}
