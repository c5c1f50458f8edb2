/** Values for a peer that is not portcall, where the medium's codec knows how those have them; nobody knows before the hello. */
import type { Draft, Member, Peer } from '../../peer/seam.ts'
import { messageOf, RPCError } from '../../protocol/errors.ts'
import type { Codec } from '../../values/codec.ts'
import type { Mark } from '../../values/marks.ts'

export interface Plain {
  /** Make the values of a message plain ones, if the peer is; else keep them beside it while nobody knows. @returns whether it is. */
  readonly pack: (message: Draft, member: Member, level: number) => boolean
  /** The peer has connected: take what was kept for one like it. @throws why there is none. */
  readonly choose: (message: Draft) => void
}

/** @param retract is told of each mark that is not sent. */
export function createPlain(
  peer: Peer,
  codec: Codec | undefined,
  maxDepth: number,
  retract: (mark: Mark) => void,
): Plain {
  // As somebody said, or as it showed.
  const isPlain = (): boolean => peer.isPlain || (peer.state === 'connected' && !peer.can('close'))

  return {
    pack: (message, member, level) => {
      const isNow = isPlain()
      if (!codec?.plain || !(isNow || peer.state !== 'connected')) return false
      try {
        const value = codec.plain(message[member], { maxDepth, level })
        if (isNow) message[member] = value
        else message.plain = { member, value }
      } catch (cause) {
        const error = named(member, cause)
        if (isNow) throw error
        message.plain = { member, error }
      }
      return isNow
    },
    choose: (message) => {
      const { plain, values = [] } = message
      delete message.plain
      if (!plain || !isPlain()) return
      delete message.values
      values.forEach(retract)
      if (plain.error) throw plain.error
      message[plain.member] = plain.value
    },
  }
}

/** Why a member cannot be sent. Its path begins where the member does; what the transfer checks say has none. */
export function named(member: Member, error: unknown): unknown {
  if (error instanceof RPCError) return error
  const why = messageOf(error)
  return new TypeError(member + (/^[[. :]/.test(why) ? why : `: ${why}`), { cause: error })
}
