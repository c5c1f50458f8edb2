/** Small messages that wait until the transport has room for them: answers that say why there is no other, and notices. */
import { BUSY, type RPCError } from '../protocol/errors.ts'
import type { Draft, Peer } from './seam.ts'

/** Messages of a few hundred bytes each, unless the peer chose long ids and names. A peer that reads none of so many is cut. */
const MAX_OWED = 16_384
const MAX_LENGTH = 8_388_608

// About as long as what waits: ids and names may be as long as the peer likes.
const lengthOf = (message: unknown): number => {
  try {
    return JSON.stringify(message).length
  } catch {
    return 1_024
  }
}

/** @returns what is told when the transport has room again, and when the peer is gone. */
export function createOwed(peer: Peer): readonly [drained: () => void, forget: () => void] {
  let owed: (Draft | Draft[])[] = []
  let held = 0
  peer.owe = (message) => {
    try {
      peer.post(message)
    } catch (error) {
      if ((error as RPCError).code !== BUSY) throw error
      const length = lengthOf(message)
      // One alone may always wait.
      if (owed.length && (owed.length >= MAX_OWED || held + length > MAX_LENGTH)) {
        peer.transport.cut?.('the peer does not read')
        throw error
      }
      owed.push(message)
      held += length
    }
  }
  return [
    () => {
      held = 0
      for (const message of owed.splice(0)) peer.attempt('owed', () => peer.owe(message))
    },
    () => {
      owed = []
      held = 0
    },
  ]
}
