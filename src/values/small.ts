/** Copies small plain values as they are now, so that they may leave later. */
import { SPECIAL } from './look.ts'

const MAX_LEAVES = 64
const MAX_STRING = 1_024

/** Values of one message that may be copied, its own list of them not counted. */
export const MAX_VALUES: number = MAX_LEAVES

const NO: unique symbol = Symbol('no')

// Of the values that are being copied.
let leaves = 0
/** Characters in what was copied last. */
export let chars = 0
const seen: object[] = []
// A getter that is copied may call again.
let isCopying = false

const copy = (value: unknown): unknown => {
  switch (typeof value) {
    case 'string':
      if (value.length > MAX_STRING) return NO
      chars += value.length
      break
    case 'object':
      if (value !== null) return copyObject(value)
      break
    case 'function':
    case 'symbol':
      return NO
    default:
  }
  return ++leaves > MAX_LEAVES ? NO : value
}

const copyObject = (value: object): unknown => {
  // One that stands in two places is one there, too: not if it is copied.
  if (++leaves > MAX_LEAVES || seen.includes(value)) return NO
  seen.push(value)
  if (Array.isArray(value)) return copyArray(value)
  const prototype: unknown = Object.getPrototypeOf(value)
  if (isSpecial(value)) return NO
  if (!isPlain(prototype)) return isKnown(prototype) ? copyKnown(value, prototype) : NO
  const made: Record<string, unknown> = {}
  for (const key of Object.keys(value)) {
    const item = copy((value as Record<string, unknown>)[key])
    if (item === NO || key === '__proto__') return NO
    chars += key.length
    made[key] = item
  }
  return made
}

const isSpecial = (value: object): boolean =>
  (value as { [SPECIAL]?: unknown })[SPECIAL] !== undefined || Symbol.asyncIterator in value

// Members that somebody added are lost by a clone, too.
const copyKnown = (value: object, prototype: unknown): unknown => {
  if (prototype === Date.prototype) return new Date(Date.prototype.getTime.call(value))
  const made = prototype === Set.prototype ? new Set() : new Map()
  for (const [given, its] of (prototype as Map<unknown, unknown>).entries.call(value as never)) {
    const key = copy(given)
    const item = made instanceof Set ? key : copy(its)
    if (key === NO || item === NO) return NO
    if (made instanceof Set) made.add(key)
    else made.set(key, item)
  }
  return made
}

const copyArray = (list: readonly unknown[]): unknown => {
  // Neither holes nor named members.
  if (list.length > MAX_LEAVES || Object.keys(list).length !== list.length) return NO
  const made: unknown[] = []
  for (const each of list) {
    const item = copy(each)
    if (item === NO) return NO
    made.push(item)
  }
  return made
}

/**
 * Copy primitives, Dates, and small plain objects, arrays, Maps and Sets of such.
 * @returns false if there is anything else among them; then `made` is not to be used.
 */
export function copySmall(values: readonly unknown[], made: unknown[]): boolean {
  if (isCopying) return false
  isCopying = true
  leaves = chars = 0
  try {
    // Told without making anything for it.
    if (!values.every(mayBeSmall)) return false
    for (const value of values) {
      const copied = copy(value)
      if (copied === NO) return false
      made.push(copied)
    }
    return true
  } catch {
    // A getter or a proxy that throws: what it threw is reported when it is looked at for good.
    return false
  } finally {
    isCopying = false
    seen.length = 0
  }
}

// The names of the object that was taken apart last.
let names: readonly string[] = []

/**
 * Take a plain object of primitives apart: copy its values. Objects that follow each other mostly have the same names, which then are
 * one list: a clone holds it once.
 * @param made gets the values.
 * @returns their names; undefined for anything else, of which nothing is in `made`.
 */
export function takeApart(value: unknown, made: unknown[]): readonly string[] | undefined {
  if (isCopying || typeof value !== 'object' || value === null) return undefined
  isCopying = true
  leaves = chars = 0
  const from = made.length
  try {
    if (!isPlain(Object.getPrototypeOf(value)) || Array.isArray(value) || isSpecial(value)) return undefined
    const keys = Object.keys(value)
    let isSame = keys.length === names.length
    for (const key of keys) {
      const item = (value as Record<string, unknown>)[key]
      const copied = typeof item === 'object' && item !== null ? NO : copy(item)
      if (copied === NO || key === '__proto__') {
        made.length = from
        return undefined
      }
      isSame &&= key === names[made.length - from]
      chars += key.length
      made.push(copied)
    }
    return isSame ? names : (names = keys)
  } catch {
    // As in copySmall.
    made.length = from
    return undefined
  } finally {
    isCopying = false
  }
}

const mayBeSmall = (value: unknown): boolean => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return true
  const prototype: unknown = Object.getPrototypeOf(value)
  return isPlain(prototype) || isKnown(prototype)
}

const isPlain = (prototype: unknown): boolean => prototype === Object.prototype || prototype === null

// Of this realm, and no classes that extend them.
const isKnown = (prototype: unknown): boolean =>
  prototype === Map.prototype || prototype === Set.prototype || prototype === Date.prototype
