/**
 * Decides when messages leave: held until it is known who is on the other side, then at once and in order. Towards a peer
 * that takes frames the first message leaves alone, and small ones that follow in the same turn leave together.
 */
import { BUSY, RPCError } from './errors.ts'
import { explain } from './culprit.ts'
import { addTo, emptyFrame, FRAME, type Framed, isFull, messageOfFramed, readFrom, toSmall } from './frame.ts'
import type { Limits } from './limits.ts'
import { idOf } from './messages.ts'
import { noteMoved } from './transfer.ts'

/** A message that waits until it is known who is on the other side, or the messages of a batch. */
export interface Held {
  message: object | object[]
  readonly transfer: object[]
  /** A batch that is still being collected. */
  collecting?: boolean
  /** When whoever waits for it stops to, on the clock of `performance.now()`. */
  expires: number
}

/** An empty batch, for `request` and `notify` to be put into. */
export const emptyBatch = (): Held => ({ message: [], transfer: [], expires: Infinity, collecting: true })

export interface Outbox {
  /**
   * Post now, or hold a copy as the values are now.
   * @returns what is held, or undefined when it was posted.
   * @throws what the platform throws for a value that cannot be sent; RPCError BUSY when too many are held.
   */
  readonly send: (message: object, transfer?: readonly object[]) => Held | undefined
  /**
   * Let a message leave with others; `kind` is a method, or true for a result.
   * @returns false if it is to leave by itself: `send` it.
   */
  readonly join: (id: unknown, kind: string | true, values: readonly unknown[]) => boolean
  /** Post now, whoever is there. @throws what the platform throws. */
  readonly post: (message: object, transfer?: readonly object[]) => void
  /** Post what waits to leave together. */
  readonly flush: () => void
  /** Many answers will follow soon: let also the first wait for the others. */
  readonly expectMany: () => void
  /** Take the message with the id `key` out of what is held; all of it if `key` is `held` itself. */
  readonly withdraw: (held: Held, key: unknown) => void
  /** Post what is held, in order, and everything from now on at once. */
  readonly open: (failed: (held: Held, error: unknown) => void) => void
  /** Hold from now on; what waits to leave is lost. */
  readonly hold: () => void
}

export interface OutboxDeps {
  readonly post: (message: object, transfer?: readonly object[]) => void
  readonly limits: Limits
  /** Told of a message that is not sent after all. */
  readonly dropped: (message: object) => void
  /** Whether the peer takes frames. */
  readonly takesFrames: () => boolean
  /** Told of a message that was to leave with others and could not be posted. */
  readonly lost: (one: Framed, error: unknown) => void
}

/** Microtasks that a frame waits for more, after the last message was added. */
const PATIENCE = 4
/** The same where many answers are expected: handlers that are async need some more each. */
const MUCH_PATIENCE = 24
/** A frame waits no longer than this, in ms, however long the code that adds to it runs. */
const LONGEST_WAIT = 4

const resolved = Promise.resolve()

interface NodeProcess {
  on?(event: 'exit', listener: () => void): void
  off?(event: 'exit', listener: () => void): void
}

// What waits in any outbox of this process leaves before it exits: there is no microtask then.
const unsent = new Set<() => void>()
let isExiting = false
let watchers = 0

const flushAll = (): void => {
  // What is said from now on, in somebody's own listener, waits for nothing.
  isExiting = true
  unsent.forEach((flush) => flush())
}

/** @returns how to stop that, once. */
function watchExit(): () => void {
  const { process } = globalThis as { readonly process?: NodeProcess }
  if (!watchers++) process?.on?.('exit', flushAll)
  return () => {
    if (!--watchers) process?.off?.('exit', flushAll)
  }
}

export function createOutbox({ post, limits, dropped, takesFrames, lost }: OutboxDeps): Outbox {
  const { maxQueuedBeforeConnect } = limits
  const waiting = new Set<Held>()
  let isOpen = false
  let frame = emptyFrame()
  let since = 0
  // A message left in this turn, so the next ones wait for each other.
  let isWarm = false
  let patience = 0
  let leaveExit: (() => void) | undefined

  const flush = (): void => {
    if (!frame.count) return
    const { items } = frame
    frame = emptyFrame()
    unsent.delete(flush)
    try {
      post({ jsonrpc: '2.0', method: FRAME, params: items })
    } catch {
      postOneByOne(items)
    }
  }

  // One that the medium refuses must not take the others with it.
  const postOneByOne = (items: readonly unknown[]): void => {
    for (let at = 0, one; (one = readFrom(items, at)); at = one.end) {
      try {
        post(messageOfFramed(one))
      } catch (error) {
        lost(one, error)
      }
    }
  }

  const warm = (turns: number): void => {
    patience = Math.max(patience, turns)
    if (isWarm) return
    isWarm = true
    void resolved.then(cool)
  }

  const postAlone = (message: object, transfer?: readonly object[]): void => {
    flush()
    try {
      post(message, transfer)
    } catch (error) {
      throw explain(message, transfer ?? [], error)
    }
    if (transfer?.length) noteMoved(transfer)
    warm(0)
  }

  const cool = (): void => {
    const isLate = frame.count > 0 && Date.now() - since > LONGEST_WAIT
    if (patience-- > 0 && !isLate) return void resolved.then(cool)
    patience = 0
    isWarm = false
    flush()
  }

  return {
    send: (message, transfer = []) => {
      if (isOpen) return postAlone(message, transfer) as undefined
      if (waiting.size >= maxQueuedBeforeConnect)
        throw new RPCError(BUSY, `${waiting.size} messages wait already`)
      const copy = { message, transfer: [...transfer], expires: Infinity }
      try {
        const held: Held = structuredClone(copy, { transfer: copy.transfer as Transferable[] })
        waiting.add(held)
        noteMoved(transfer)
        return held
      } catch (error) {
        throw explain(message, transfer, error)
      }
    },
    join: (id, kind, values) => {
      if (!isWarm || !isOpen || isExiting || !takesFrames()) return false
      // Before anything else: a getter of theirs may call, too.
      const small = toSmall(id, kind, values)
      if (!small || !isOpen) return false
      if (!frame.count) {
        since = Date.now()
        unsent.add(flush)
      }
      addTo(frame, small)
      patience = Math.max(patience, PATIENCE)
      // Not at each, as the clock costs as much as a small message.
      if (isFull(frame) || (frame.count % 8 === 0 && Date.now() - since > LONGEST_WAIT)) flush()
      return true
    },
    post: postAlone,
    flush,
    expectMany: () => {
      if (isOpen) warm(MUCH_PATIENCE)
    },
    withdraw: (held, key) => {
      const { message } = held
      // Entries of a batch mostly leave in order, so the first is it.
      if (!Array.isArray(message) || key === held) {
        waiting.delete(held)
        for (const one of [message].flat()) dropped(one)
        return
      }
      const at = message.findIndex((one) => idOf(one) === key)
      if (at >= 0) message.splice(at, 1).forEach(dropped)
      if (!message.length) waiting.delete(held)
    },
    open: (failed) => {
      isOpen = true
      leaveExit ??= watchExit()
      for (const held of waiting) {
        waiting.delete(held)
        try {
          post(held.message, held.transfer)
        } catch (error) {
          failed(held, error)
        }
      }
    },
    hold: () => {
      isOpen = false
      frame = emptyFrame()
      unsent.delete(flush)
      leaveExit?.()
      leaveExit = undefined
    },
  }
}
