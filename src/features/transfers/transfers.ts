/** The feature `transfers`: `transfer()` anywhere in a value, and what moves by itself. */
import type { Hooks, Peer } from '../../peer/seam.ts'
import { isObject } from '../../protocol/guards.ts'
import { mustMove } from '../../values/transferables.ts'
import { encoding } from '../encoding/encoding.ts'
import { UNWRAPPING } from '../ranks.ts'
import { transferredBy } from './transfer.ts'
import { transferChecks } from './transfer-checks.ts'

/** Params that are looked at one by one; among more of them, `encoding` finds it. */
const FEW = 64

const unwrap = (item: unknown): unknown => {
  const mark = isObject(item) && transferredBy(item)
  return mark ? mark.value : item
}

export function transfers(peer: Peer): Hooks {
  const { codec } = peer.transport
  const { add } = peer.need(encoding)
  peer.need(transferChecks)
  add({
    names: [],
    isData: true,
    is: (value) => transferredBy(value) !== undefined,
    take: (value, { moved }) => {
      const { objects = [], value: inner } = transferredBy(value) ?? {}
      for (const object of objects) moved.add(object)
      return { value: inner, isNested: true }
    },
  })
  if (!codec)
    add({
      names: [],
      is: (value, tag) => !tag.endsWith('Stream') && mustMove(value, tag),
      isMarked: () => false,
      take: (value, { moved }) => {
        moved.add(value)
        return { value }
      },
    })
  return {
    name: 'transfers',
    rank: UNWRAPPING,
    around: {
      // As it mostly stands, a whole param or result: no walk is needed for that.
      pack: (next) => (message, member, options, call) => {
        const value = message[member]
        const list: readonly unknown[] = member === 'params' && Array.isArray(value) ? value : [value]
        let moved: object[] | undefined
        try {
          for (const item of list.length > FEW ? [] : list)
            if (isObject(item)) {
              const { objects } = transferredBy(item) ?? {}
              if (objects) (moved ??= []).push(...objects)
            }
        } catch {
          // A revoked proxy: `encoding` says where.
        }
        if (!moved) return next(message, member, options, call)
        message[member] = list === value ? list.map(unwrap) : unwrap(value)
        return next(message, member, { ...options, transfer: [...(options?.transfer ?? []), ...moved] }, call)
      },
    },
  }
}
