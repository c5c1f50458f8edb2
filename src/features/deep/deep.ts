/** The feature `deep`: values nested deeper than a stack takes, between peers that have no limit of it. */
import { type Hooks, limitOf, type Peer, type Points } from '../../peer/seam.ts'
import { TooDeep } from '../../values/encode.ts'
import { encoding, MAX_DEPTH } from '../encoding/encoding.ts'
import { DEEP } from '../ranks.ts'
import { flatten, unflatten } from './flatten.ts'

const MARK = [[], 'deep'] as const

const isMark = (mark: unknown): boolean =>
  Array.isArray(mark) && mark[1] === MARK[1] && Array.isArray(mark[0]) && mark[0].length === 0

export function deep(peer: Peer): Hooks {
  const { provide } = peer.need(encoding)
  const limit = limitOf(peer, 'maxDepth', 1_000)
  if (limit <= MAX_DEPTH) return { name: 'deep' }
  provide('deep')

  // What else it may hold is marked in the parts, where its path is short.
  const pack =
    (next: Points['pack']): Points['pack'] =>
    (message, member, options, call) => {
      try {
        return next(message, member, options, call)
      } catch (error) {
        const isTooDeep = error instanceof Error && error.cause instanceof TooDeep
        const parts = isTooDeep && flatten(message[member], member === 'params' ? 0 : 1, limit)
        if (!parts) throw error
        message[member] = parts
        const transfer = next(message, member, options, call)
        message.values = [...(message.values ?? []), MARK]
        if (message.plain) message.plain = { member, error }
        return transfer
      }
    }

  const unpack =
    (next: Points['unpack']): Points['unpack'] =>
    (payload, marks, options) =>
      Array.isArray(marks) && isMark(marks.at(-1))
        ? unflatten(next(payload, marks.slice(0, -1), options))
        : next(payload, marks, options)

  return { name: 'deep', rank: DEEP, around: { pack, unpack } }
}
