/** Small messages that wait until the transport has room for them: answers that say why there is no other, and notices. */
import { BUSY, type RPCError } from '../protocol/errors.ts'
import type { Draft, Peer } from './seam.ts'

/** Messages of a few hundred bytes each. A peer that reads none of so many is cut. */
const MAX_OWED = 16_384

/** @returns what is told when the transport has room again, and when the peer is gone. */
export function createOwed(peer: Peer): readonly [drained: () => void, forget: () => void] {
  let owed: (Draft | Draft[])[] = []
  peer.owe = (message) => {
    try {
      peer.post(message)
    } catch (error) {
      if ((error as RPCError).code !== BUSY) throw error
      if (owed.push(message) > MAX_OWED) peer.transport.cut?.('the other side does not read')
    }
  }
  return [
    () => {
      for (const message of owed.splice(0)) peer.attempt('owed', () => peer.owe(message))
    },
    () => {
      owed = []
    },
  ]
}
