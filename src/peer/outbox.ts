/** Where messages wait until the peer connects, as copies of what they were at the call. */
import { BUSY, cannotSend, CLOSED, INTERNAL_ERROR, messageOf, RPCError } from '../protocol/errors.ts'
import { clone } from '../values/clone.ts'
import { after } from './pending.ts'
import { refusal } from './reading.ts'
import { type Draft, type Held, limitOf, type Peer } from './seam.ts'

/** `flush`: the peer has connected, post what is queued. `withdraw`: take one call out of what it is queued in. */
export type Outbox = readonly [flush: () => void, withdraw: (held: Held, id: unknown) => void]

/** Calls that were accepted reject all the same, and an answer says what came of it. */
export function cannotBeSent(peer: Peer, message: Draft | Draft[], error: unknown): void {
  for (const one of [message].flat()) {
    const { id, method } = one
    peer.diagnose('undeliverable', method, error)
    peer.drop(one)
    if (method !== undefined) peer.take(id)?.reject(cannotSend(method, error))
    else peer.owe(refusal(id, INTERNAL_ERROR, `The result cannot be sent: ${messageOf(error)}`))
  }
}

/** @param expiring is told when something that is queued gives up waiting. */
export function createOutbox(peer: Peer, connectTimeout: number, expiring: (time: number) => void): Outbox {
  const maxQueued = limitOf(peer, 'maxQueuedBeforeConnect', 10_000)
  const queue = new Map<Held, () => void>()

  const remove = (held: Held): void => {
    queue.get(held)?.()
    queue.delete(held)
  }
  const drop = ({ message }: Held): void => [message].flat().forEach((one) => peer.drop(one))

  peer.send = (message, transfer = []) => {
    try {
      if (peer.isOpen) return peer.post(message, transfer) as undefined
      if (peer.state === 'closed') throw new RPCError(CLOSED, 'destroy() was called')
      if (queue.size >= maxQueued) throw new RPCError(BUSY, `${queue.size} messages wait already`)
      const expires = after(connectTimeout)
      const copy = (message: Held['message']): Held => clone<Held>({ message, transfer, expires }, transfer)
      const release = peer.hold(message)
      let held: Held | undefined
      try {
        held = copy(message)
      } catch (error) {
        held = copy(peer.mend(message, error))
      } finally {
        if (held) queue.set(held, release)
        else release()
      }
      expiring(expires)
      return held
    } catch (error) {
      throw peer.explain(message, transfer, error)
    }
  }

  return [
    () => {
      for (const [id, entry] of peer.pending) {
        // What is queued in itself, under its own id, is `connect`.
        if (entry.held === id) peer.take(id)?.resolve(undefined)
        if (!entry.held?.collecting) entry.held = undefined
      }
      for (const held of Array.from(queue.keys())) {
        remove(held)
        const { message, transfer } = held
        try {
          peer.post(message, transfer)
        } catch (error) {
          cannotBeSent(peer, message, error)
        }
      }
    },
    (held, id) => {
      if (held.withdraw?.(id) === false) return
      remove(held)
      drop(held)
    },
  ]
}
