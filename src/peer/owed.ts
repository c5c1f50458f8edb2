/** Small messages that wait until the transport has room for them: answers that say why there is no other, and notices. */
import { BUSY, type RPCError } from '../protocol/errors.ts'
import { sizeOf } from '../values/size.ts'
import type { Draft, Peer } from './seam.ts'

/** Messages of a few hundred bytes each, unless the peer chose long ids and names. One that reads none of so many is cut. */
const MAX_OWED = 16_384
const MAX_BYTES = 16_777_216

/** @returns what is told when the transport has room again, and when the peer is gone. */
export function createOwed(peer: Peer): readonly [drained: () => void, forget: () => void] {
  let owed: Draft[] = []
  let bytes = 0
  peer.owe = (message) => {
    try {
      peer.post(message)
    } catch (error) {
      if ((error as RPCError).code !== BUSY) throw error
      const size = sizeOf(message)
      // One alone may always wait.
      const isFull = owed.length >= MAX_OWED || (owed.length > 0 && bytes + size > MAX_BYTES)
      if (isFull) return peer.transport.cut?.('the other side does not read')
      owed.push(message)
      bytes += size
    }
  }
  return [
    () => {
      bytes = 0
      for (const message of owed.splice(0)) peer.attempt('owed', () => peer.owe(message))
    },
    () => {
      owed = []
      bytes = 0
    },
  ]
}
