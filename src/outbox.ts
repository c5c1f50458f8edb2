import { ErrorCode, RPCError } from './errors.ts'
import type { Limits } from './limits.ts'
import { isObject } from './messages.ts'

/** One post that waits until it is known who is on the other side: a message, or the messages of a batch. */
export interface Held {
  messages: object[]
  readonly batch: boolean
  transfer: object[]
}

/** Decides when messages leave. */
export interface Outbox {
  /**
   * Post now, or hold a copy as the values are now.
   * @returns what is held, or undefined when it was posted.
   * @throws what the platform throws for a value that cannot be sent; RPCError BUSY when too many are held.
   */
  send(message: object, transfer?: readonly object[]): Held | undefined
  /** Take the message with this id out of what is held; all of it if `key` is `held` itself. */
  withdraw(held: Held, key: unknown): void
  /** Post what is held, in order, and everything from now on at once. */
  open(failed: (held: Held, error: unknown) => void): void
  /** Hold from now on. */
  hold(): void
}

export function createOutbox(
  post: (message: unknown, transfer?: readonly object[]) => void,
  limits: Limits,
): Outbox {
  const waiting = new Set<Held>()
  let isOpen = false

  const hold = (message: object, transfer: readonly object[] = []): Held => {
    if (waiting.size >= limits.maxQueuedBeforeConnect)
      throw new RPCError(ErrorCode.BUSY, `${waiting.size} messages wait for the other side already`)
    const { message: copy, moved } = structuredClone(
      { message, moved: [...transfer] },
      {
        transfer: [...transfer] as Transferable[],
      },
    )
    const batch = Array.isArray(copy)
    const held: Held = { messages: batch ? copy : [copy], batch, transfer: moved }
    waiting.add(held)
    return held
  }

  return {
    send(message, transfer) {
      if (!isOpen) return hold(message, transfer)
      post(message, transfer)
      return undefined
    },

    withdraw(held, key) {
      held.messages = held.messages.filter((message) => key !== held && idOf(message) !== key)
      if (!held.messages.length) waiting.delete(held)
    },

    open(failed) {
      isOpen = true
      for (const held of waiting) {
        waiting.delete(held)
        try {
          post(held.batch ? held.messages : held.messages[0], held.transfer)
        } catch (error) {
          failed(held, error)
        }
      }
    },

    hold() {
      isOpen = false
    },
  }
}

/** The id of a message that was made here. */
export const idOf = (message: unknown): unknown =>
  isObject(message) ? Reflect.get(message, 'id') : undefined
