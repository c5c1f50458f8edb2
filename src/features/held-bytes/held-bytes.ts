/** The feature `heldBytes`: counts the bytes of what is held for the peer or of it, and refuses more than `maxHeldBytes`. */
import { type Hooks, limitOf, type Peer } from '../../peer/seam.ts'
import { BUSY, RPCError } from '../../protocol/errors.ts'
import { isThenable } from '../../protocol/guards.ts'
import { spend } from '../../values/budget.ts'
import { sizeOf } from '../../values/size.ts'
import { ANYWHERE } from '../ranks.ts'

/** Limits of `heldBytes`. */
export interface HeldLimits {
  /**
   * Bytes of what is held for the peer or of it: queued calls, params of calls that are running, answers of a batch that is
   * not complete, items of streams that nobody has asked for, signals. Text has 2 for each character, other values are estimated. Bounds memory of a connection:
   * more reject BUSY, and streams wait. Default: 67,108,864 (64 MiB); none for workers, threads and what else is of your making.
   */
  readonly maxHeldBytes: number
}

const MAX_HELD_BYTES = 67_108_864
/** Bytes for each step of a message's budget. */
const PER_STEP = 3

export function heldBytes(peer: Peer): Hooks {
  const limit = limitOf(peer, 'maxHeldBytes', Infinity)
  let held = 0
  const most = (): number => (limit < Infinity || peer.transport.trusted ? limit : MAX_HELD_BYTES)
  const check = (bytes: number): void => {
    if (held && held + bytes > most()) throw new RPCError(BUSY, `${held} bytes are held already`)
  }
  const add = (bytes: number): (() => void) => {
    const { epoch } = peer
    held += bytes
    return () => {
      if (epoch === peer.epoch) held -= bytes
    }
  }
  peer.hold = (value, least = 0, isReceived = false) => {
    const bytes = most() < Infinity ? least + sizeOf(value) : 0
    if (isReceived) spend(bytes / PER_STEP)
    check(bytes)
    return add(bytes)
  }
  return {
    name: 'heldBytes',
    rank: ANYWHERE,
    around: {
      // Params are kept until their handler has finished. What is over the limit is known when it runs, so the next one is refused.
      handle: (next) => (handler, call) => {
        if (held) check(0)
        const result = next(handler, call)
        if (!isThenable(result) || most() === Infinity) return result
        let bytes = 0
        try {
          // What stands in many calls of a batch is not looked at in each.
          spend(0)
          spend((bytes = sizeOf(call.params)) / PER_STEP)
        } catch {
          // It is counted already.
        }
        const release = add(bytes)
        const promise = Promise.resolve(result)
        promise.then(release, release)
        return promise
      },
      lost: (next) => (reason) => {
        held = 0
        next(reason)
      },
    },
  }
}
