/**
 * What reading one message may cost: in proportion to what arrived, never to what it claims. Whatever reads received values in
 * a loop spends steps of the message's budget; over it the message is refused, and the connection lives.
 */
import { RPCError, TOO_LARGE } from '../protocol/errors.ts'
import { sizeOf } from './size.ts'

/** Steps that every message has. */
const FREE = 8_192
/** After so many a message is counted: few ever are, and those that are cost enough for that to make no difference. */
const UNCOUNTED = 512
/** Bytes of what arrived, as `sizeOf` has them, for each further step: a value has 8, and is given four steps. */
const PER_STEP = 2

/** Steps of what costs engines thousands of times its text: a message needs few of it. */
const RARE = 1_024

interface Budget {
  readonly message: unknown
  left: number
  rare: number
  isCounted: boolean
  /** Made once: what is over the budget may be refused thousands of times. */
  refused?: RPCError
}

// Nothing is read: what code of this side does is not counted.
let current: Budget = { message: undefined, left: Infinity, rare: Infinity, isCounted: true }

/** Begin to read a message. @returns the former budget, for `leaveMessage`: messages may arrive within each other. */
export function enterMessage(message: unknown): Budget {
  const former = current
  current = { message, left: UNCOUNTED, rare: RARE, isCounted: false }
  return former
}

export function leaveMessage(former: Budget): void {
  current = former
}

/** Take steps from the budget of the message that is read. @throws RPCError TOO_LARGE when it is used up. */
export function spend(steps: number): void {
  if ((current.left -= steps) >= 0) return
  if (!current.isCounted) {
    current.isCounted = true
    current.left += FREE - UNCOUNTED + sizeOf(current.message) / PER_STEP
  }
  if (current.left < 0)
    throw (current.refused ??= new RPCError(TOO_LARGE, 'The message costs more than it holds'))
}

/** Take steps for what costs much however short it is. @throws RPCError TOO_LARGE over what any message may have. */
export function spendRare(steps: number): void {
  if ((current.rare -= steps) < 0) throw new RPCError(TOO_LARGE, 'The message costs more than one may')
}
