/** What moves to the other side in place of being copied, and the checks that a failed send needs to do no harm. */
import type { Core, Hooks } from '../../peer/seam.ts'
import { checks } from './transfer-checks.ts'
import { mustMove } from '../../values/transferables.ts'
import { values } from '../encoding/encoding.ts'

/**
 * Move objects to the other side, wherever `value` stands in params, results, items of streams and arguments of callbacks:
 * `transfer(image, [image.data.buffer])`.
 */
export const transfer = <T>(value: T, objects: readonly object[]): T =>
  new Transferred(value, objects) as unknown as T

/** Holds a function, so that no path that does not know it can send it without a word. */
export class Transferred {
  readonly value: unknown
  readonly objects: readonly object[]
  readonly unwrap: () => unknown

  constructor(value: unknown, objects: readonly object[]) {
    if (!Array.isArray(objects))
      throw new TypeError('transfer(value, [object, …]) takes a list of what moves')
    this.value = value
    this.objects = objects
    this.unwrap = () => value
  }
}

/** Params that are looked at one by one; of more, whoever walks finds it. */
const FEW = 64

/** What `transfer()` made, as it mostly stands: a whole param or result. No walk is needed for that. */
export const unwrapping = (_: Core): Hooks => ({
  around: {
    pack: (next) => (message, member, given, context) => {
      const value = message[member]
      const list: readonly unknown[] = member === 'params' && Array.isArray(value) ? value : [value]
      let moved: object[] | undefined
      try {
        for (const item of list.length > FEW ? [] : list)
          if (item instanceof Transferred) (moved ??= []).push(...item.objects)
      } catch {
        // A revoked proxy: whoever walks says where.
      }
      if (!moved) return next(message, member, given, context)
      message[member] =
        list === value
          ? list.map((item) => (item instanceof Transferred ? item.value : item))
          : (value as Transferred).value
      return next(message, member, { ...given, transfer: [...(given?.transfer ?? []), ...moved] }, context)
    },
  },
})

/** `transfer()` anywhere in a value, and what moves by itself. */
export function transfers(core: Core): Hooks {
  core.need(unwrapping)
  const { codec } = core.transport
  const { add } = core.need(values)
  add({
    capability: 'values',
    names: [],
    is: (value) => value instanceof Transferred,
    take: (value, { moved }) => {
      const { objects, value: inner } = value as Transferred
      for (const object of objects) moved.add(object)
      return { value: inner, isNested: true }
    },
  })
  if (!codec)
    add({
      capability: 'values',
      names: [],
      is: (value, tag) => !tag.endsWith('Stream') && mustMove(value, tag),
      isMarked: () => false,
      take: (value, { moved }) => {
        moved.add(value)
        return { value }
      },
    })
  core.need(checks)
  return {}
}
