/** What this side holds back: bytes that count for `maxHeldBytes`, and small messages that wait until there is room for them. */
import { BUSY, RPCError } from '../protocol/errors.ts'
import { type Draft, limitOf, type Peer } from './seam.ts'

const MAX_HELD_BYTES = 67_108_864
/** Messages of a few hundred bytes each. A peer that reads none of so many is cut. */
const MAX_OWED = 16_384

/** @returns what is told when the transport has room again, and when the peer is gone. */
export function createHolding(peer: Peer): readonly [drained: () => void, forget: () => void] {
  const { transport } = peer
  const limit = limitOf(peer, 'maxHeldBytes', Infinity)
  let owed: Draft[] = []
  let held = 0

  peer.hold = (sizeOf) => {
    const most = limit < Infinity || transport.trusted ? limit : MAX_HELD_BYTES
    if (most === Infinity) return () => {}
    const bytes = sizeOf()
    if (held && held + bytes > most) throw new RPCError(BUSY, `${held} bytes are held already`)
    const { epoch } = peer
    held += bytes
    return () => {
      if (epoch === peer.epoch) held -= bytes
    }
  }

  peer.owe = (message) => {
    try {
      peer.post(message)
    } catch (error) {
      if (!(error instanceof RPCError) || error.code !== BUSY) throw error
      if (owed.push(message) > MAX_OWED) transport.cut?.('the other side does not read')
    }
  }

  return [
    () => {
      const now = owed
      owed = []
      for (const message of now) peer.attempt(message.method, () => peer.owe(message))
    },
    () => {
      owed = []
      held = 0
    },
  ]
}
