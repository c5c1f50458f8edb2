import { BUSY, RPCError } from './errors.ts'
import type { Limits } from './limits.ts'
import { idOf } from './messages.ts'

/** A message that waits until it is known who is on the other side, or the messages of a batch. */
export interface Held {
  message: object | object[]
  readonly transfer: object[]
  /** A batch that is still being collected. */
  collecting?: boolean
  /** When whoever waits for it stops to, on the clock of `performance.now()`. */
  expires: number
}

/** Decides when messages leave. */
export interface Outbox {
  /**
   * Post now, or hold a copy as the values are now.
   * @returns what is held, or undefined when it was posted.
   * @throws what the platform throws for a value that cannot be sent; RPCError BUSY when too many are held.
   */
  readonly send: (message: object, transfer?: readonly object[]) => Held | undefined
  /** Take the message with the id `key` out of what is held; all of it if `key` is `held` itself. */
  readonly withdraw: (held: Held, key: unknown) => void
  /** Post what is held, in order, and everything from now on at once. */
  readonly open: (failed: (held: Held, error: unknown) => void) => void
  /** Hold from now on. */
  readonly hold: () => void
}

export function createOutbox(
  post: (message: unknown, transfer?: readonly object[]) => void,
  { maxQueuedBeforeConnect }: Limits,
): Outbox {
  const waiting = new Set<Held>()
  let isOpen = false

  return {
    send: (message, transfer = []) => {
      if (isOpen) return post(message, transfer) as undefined
      if (waiting.size >= maxQueuedBeforeConnect)
        throw new RPCError(BUSY, `${waiting.size} messages wait already`)
      const copy = { message, transfer: [...transfer], expires: Infinity }
      const held: Held = structuredClone(copy, { transfer: copy.transfer as Transferable[] })
      waiting.add(held)
      return held
    },
    withdraw: (held, key) => {
      const { message } = held
      // Entries of a batch mostly leave in order, so the first is it.
      if (!Array.isArray(message) || key === held) return void waiting.delete(held)
      const at = message.findIndex((one) => idOf(one) === key)
      if (at >= 0) message.splice(at, 1)
      if (!message.length) waiting.delete(held)
    },
    open: (failed) => {
      isOpen = true
      for (const held of waiting) {
        waiting.delete(held)
        try {
          post(held.message, held.transfer)
        } catch (error) {
          failed(held, error)
        }
      }
    },
    hold: () => void (isOpen = false),
  }
}
