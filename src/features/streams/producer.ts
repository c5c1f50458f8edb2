/** The side of a stream that has the iterable: asks it for items as the consumer grants and the transport has room, and sends them. */
import { runUser } from '../../protocol/boundary.ts'
import { enterContext, type IncomingCall } from '../../peer/context.ts'
import { messageOf, RPCError, UNDELIVERABLE } from '../../protocol/errors.ts'
import { isObject } from '../../protocol/guards.ts'
import { later } from '../../protocol/realm.ts'
import { createItems } from './items.ts'

/** Milliseconds after which other tasks of this side get their turn, whatever was asked for. */
const SLICE = 8
/** The most that a producer runs ahead, whatever is asked of it: an endless generator would block this side. */
export const MOST = 65_536

export interface Producer {
  readonly pull: (count: number) => void
  /** The transport has room again. */
  readonly resume: () => void
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
  /** Whether the transport takes more now. */
  readonly hasRoom: () => boolean
  /** The iterable failed while it was ended. */
  readonly failed: (error: unknown) => void
}

export function createProducer({
  source,
  call,
  sendItems,
  sendEnd,
  left,
  hasRoom,
  failed,
}: ProducerDeps): Producer {
  let iterator: AsyncIterator<unknown> | undefined
  let credit = 0
  let isPumping = false
  let isOver = false
  let ending: { readonly error: unknown } | undefined

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

  const items = createItems(sendItems, attempt, hasRoom)

  // What was asked for before is sent first, as soon as there is room.
  const end = (error?: unknown): void => {
    ending = { error }
    attempt(items.flush)
    if (isOver || items.isStuck()) return
    leave()
    sendEnd(error)
  }

  const pump = async (): Promise<void> => {
    isPumping = true
    try {
      let since = Date.now()
      for (let n = 1; credit > 0 && !isOver && hasRoom(); n++) {
        if (n % 8 === 0 && Date.now() - since > SLICE) {
          await new Promise<void>((resolve) => later(resolve))
          if (isOver) return
          since = Date.now()
        }
        const result: unknown = await within(() => {
          iterator ??= source[Symbol.asyncIterator]()
          return runUser(Reflect.get(iterator, 'next') as () => unknown, iterator, [])
        })
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
      if (!isPumping && !ending) void pump()
    },
    resume: () => {
      if (ending) end(ending.error)
      else if (!isPumping) void pump()
    },
    stop: close,
    forget: leave,
  }
}
