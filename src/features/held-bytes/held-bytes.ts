/** The feature `heldBytes`: counts the bytes of what is held for the peer or of it, and refuses more than `maxHeldBytes`. */
import { type Hooks, limitOf, type Peer } from '../../peer/seam.ts'
import { BUSY, RPCError } from '../../protocol/errors.ts'
import { sizeOf } from '../../values/size.ts'
import { ANYWHERE } from '../ranks.ts'

/** Limits of `heldBytes`. */
export interface HeldLimits {
  /**
   * Bytes of what is held for the peer or of it: queued calls, answers of a batch that is not complete, items of streams that
   * nobody has asked for, signals. Text has 2 for each character, other values are estimated. Bounds memory of a connection:
   * more reject BUSY, and streams wait. Default: 67,108,864 (64 MiB); none for workers, threads and what else is of your making.
   */
  readonly maxHeldBytes: number
}

const MAX_HELD_BYTES = 67_108_864

export function heldBytes(peer: Peer): Hooks {
  const limit = limitOf(peer, 'maxHeldBytes', Infinity)
  let held = 0
  peer.hold = (value, least = 0) => {
    const most = limit < Infinity || peer.transport.trusted ? limit : MAX_HELD_BYTES
    const bytes = most < Infinity ? least + sizeOf(value) : 0
    const { epoch } = peer
    if (held && held + bytes > most) throw new RPCError(BUSY, `${held} bytes are held already`)
    held += bytes
    return () => {
      if (epoch === peer.epoch) held -= bytes
    }
  }
  return {
    name: 'heldBytes',
    rank: ANYWHERE,
    around: {
      lost: (next) => (reason) => {
        held = 0
        next(reason)
      },
    },
  }
}
