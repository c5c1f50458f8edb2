/** About how many bytes a value takes in memory, and whether a list is as long as it says. */
import { isObject, tagOf } from '../protocol/guards.ts'

/** Holes that a list may have, besides half as many as the items before them. */
const MAX_HOLES = 16

/** Items of an array that is asked for members with names, too: more are not, as that takes a text for each. */
const MAX_ASKED = 1_048_576

/** Whether a received list is longer than what is in it: `new Array(1e9)` is a few bytes. Ends at the first holes. */
export function isHollow(list: readonly unknown[]): boolean {
  // Claims most, seen at once.
  if (list.length > MAX_ASKED && !(list.length - 1 in list)) return true
  let holes = 0
  for (let i = 0; i < list.length; i++) if (!(i in list) && ++holes > MAX_HOLES + i / 2) return true
  return false
}

/**
 * Bytes: 2 for each character, those of each buffer and bigint, 8 for any other value. Each object counts once. Blobs, ports and
 * other host objects count as one value; of a list that is not as long as it says, what is in it counts. What a value says of its
 * own size is not believed.
 */
export function sizeOf(root: unknown): number {
  let size = 0
  const seen = new Set<object>()
  const add = (value: unknown): void => {
    size += 8
    if (typeof value === 'string') size += 2 * value.length
    else if (typeof value === 'bigint')
      size += BigInt.asIntN(64, value) === value ? 0 : value.toString(16).length / 2
    else if (isObject(value)) seen.add(value)
  }
  const addMembers = (value: object): void => {
    // Also those of errors, which cannot be enumerated.
    for (const key of Object.getOwnPropertyNames(value)) {
      add(key)
      add((value as Record<string, unknown>)[key])
    }
  }
  const addList = (list: readonly unknown[]): void => {
    const { length } = list
    if (length > MAX_HOLES && isHollow(list)) return Object.values(list).forEach(add)
    let holes = 0
    for (let i = 0; i < length; i++) {
      const item = list[i]
      add(item)
      if (item === undefined && !(i in list)) holes++
    }
    if (length > MAX_ASKED) return
    const names = Object.keys(list)
    // Those with names come last.
    for (let i = length - holes; i < names.length; i++) {
      add(names[i])
      add(Reflect.get(list, names[i] as string))
    }
  }
  const addObject = (value: object): void => {
    const tag = tagOf(value)
    if (/^(Shared)?ArrayBuffer$/.test(tag) && !Object.hasOwn(value, 'byteLength'))
      size += (value as ArrayBuffer).byteLength
    // A member for each character of it.
    else if (tag === 'String') add(String.prototype.valueOf.call(value))
    else if (tag === 'BigInt') add(BigInt.prototype.valueOf.call(value))
    else {
      if (tag === 'RegExp') add((value as RegExp).source)
      addMembers(value)
    }
  }
  add(root)
  // The set grows while it is walked.
  for (const value of seen) {
    try {
      if (ArrayBuffer.isView(value)) add(value.buffer)
      else if (Array.isArray(value)) addList(value)
      else if (value instanceof Map || value instanceof Set) for (const entry of value) add(entry)
      else addObject(value)
    } catch {
      // A getter, or a revoked proxy: it counts as one value.
    }
  }
  return size
}
