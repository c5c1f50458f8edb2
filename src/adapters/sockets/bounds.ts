/** What sockets and streams may hold, and the errors of what is over it. */
import { RPCError, TOO_LARGE } from '../../protocol/errors.ts'

/** Of one message, in characters or bytes: bounds one that fills the memory. */
export const MAX_LENGTH = 16_777_216

/** How much may wait for the other side to read, in bytes: bounds what is sent to one that reads nothing. */
export const MAX_BUFFERED = 16_777_216

type Unit = 'bytes' | 'characters'

/** The error of a message that is. */
export const tooLarge = (length: number, limit: number, unit: Unit): RPCError =>
  new RPCError(TOO_LARGE, `A message of ${length} ${unit} is over the limit of ${limit}`)
