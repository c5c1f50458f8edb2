/** What sockets and streams may hold, and the errors of what is over it. */
import { BUSY, RPCError, TOO_LARGE } from '../../protocol/errors.ts'

/** Of one message, in characters or bytes: bounds one that fills the memory. */
export const MAX_LENGTH = 16_777_216

/** How much may wait for the other side to read, in bytes: bounds what is sent to one that reads nothing. */
export const MAX_BUFFERED = 16_777_216

type Unit = 'bytes' | 'characters' | 'messages'

/** @throws RPCError BUSY when more than `limit` waits. */
export function checkBacklog(waiting: number, limit: number, unit: Unit = 'bytes'): void {
  if (waiting > limit)
    throw new RPCError(BUSY, `${waiting} ${unit} wait already for the other side to read them`)
}

/** The error of a message that is. */
export const tooLarge = (length: number, limit: number, unit: Unit): RPCError =>
  new RPCError(TOO_LARGE, `A message of ${length} ${unit} is over the limit of ${limit}`)
