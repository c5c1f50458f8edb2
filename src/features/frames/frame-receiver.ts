/**
 * The receiving side of frames: their messages are handled one after the other, but as separate messages would be. What
 * follows an `await`, and the first steps of an async handler, run before the next one.
 */
import { IncomingCall } from '../../peer/context.ts'
import type { Peer, Points } from '../../peer/seam.ts'
import type { RPCId, RPCParams } from '../../protocol/messages.ts'
import { enterMessage, leaveMessage } from '../../values/budget.ts'
import { FRAME, type Framed, isBeforeCall, MAX_MESSAGES, readFrom } from './frame-format.ts'

/** Microtasks that other code gets to go on: a few awaits one after the other. */
const TURNS = 16

const resolved = Promise.resolve()

const after = (turns: number, step: () => void): void =>
  void resolved.then(() => (turns > 1 ? after(turns - 1, step) : step()))

export interface FrameReceiver {
  readonly receiveFrame: (items: unknown, origin: string | undefined) => void
  /** What arrives while a frame is being handled waits behind it. */
  readonly receive: Points['receive']
  readonly clear: () => void
}

/** @param expectMany a frame is going to be answered. */
export function createFrameReceiver(
  peer: Peer,
  receive: Points['receive'],
  expectMany: () => void,
): FrameReceiver {
  const backlog: [data: unknown, origin: string | undefined][] = []
  let isBusy = false
  let isCatchingUp = false

  const catchUp = (): void => {
    isCatchingUp = true
    for (let next; !isBusy && (next = backlog.shift()) && peer.state !== 'closed';) {
      const [data, origin] = next
      peer.attempt(undefined, () => receive(data, origin))
    }
    isCatchingUp = false
  }

  // @returns whether a handler was started that has not finished.
  const receiveFramed = (
    { id, method, params, result, error }: Framed,
    origin: string | undefined,
  ): boolean => {
    if (method === undefined) peer.settle(id, error, result, !error, undefined)
    else if (id === null || typeof id === 'string' || Number.isFinite(id)) {
      const before = peer.inFlight
      const own = (id ?? undefined) as RPCId | undefined
      const call = new IncomingCall(peer.transport, origin, own, method, params as RPCParams | undefined)
      peer.accept(call, undefined, peer.reply)
      return peer.inFlight > before
    } else peer.diagnose('invalid', FRAME)
    return false
  }

  return {
    receive: (data, origin) => {
      if (isBusy || isCatchingUp) backlog.push([data, origin])
      else receive(data, origin)
    },
    // What waits behind the hello of a successor is the successor's.
    clear: () => {
      if (!isCatchingUp) backlog.length = 0
    },
    receiveFrame: (items, origin) => {
      if (!Array.isArray(items)) return peer.diagnose('invalid', FRAME)
      const began = peer.epoch
      let at = 0
      let left = MAX_MESSAGES
      isBusy = true
      expectMany()

      // @returns whether the rest is to be handled later.
      const handleSome = (): boolean => {
        while (at < items.length && began === peer.epoch) {
          const one = left-- > 0 ? readFrom(items, at) : undefined
          if (!one) {
            peer.diagnose('invalid', FRAME)
            return false
          }
          at = one.end
          const isRunning = peer.attempt(undefined, () => receiveFramed(one, origin)) === true
          if (at < items.length && (isRunning || isBeforeCall(one, items))) return true
        }
        return false
      }

      const go = (): void => {
        const former = enterMessage(items)
        const isLater = peer.attempt(FRAME, handleSome)
        leaveMessage(former)
        if (isLater) {
          expectMany()
          return after(TURNS, go)
        }
        isBusy = false
        if (!isCatchingUp) catchUp()
      }

      go()
    },
  }
}
