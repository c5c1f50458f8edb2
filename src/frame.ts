/**
 * Many small messages in one flat array, which is what engines clone fastest. Towards peers that announced it.
 * A request is `id, method, n, …n values`, a notification `null, method, n, …n values`, a result `id, true, value`, an
 * error `id, false, code, message`.
 */
import { targetOf } from './proxy.ts'

export const FRAME = 'rpc.frame'

/** More make one side wait for the other. */
export const MAX_MESSAGES = 64
const MAX_LEAVES = 64
const MAX_STRING = 1_024
const MAX_CHARS = 16_384

/** Messages that will leave as one. */
export interface Frame {
  readonly items: unknown[]
  /** How many messages. */
  count: number
  chars: number
}

export const emptyFrame = (): Frame => ({ items: [], count: 0, chars: 0 })

export const isFull = ({ count, chars }: Frame): boolean => count >= MAX_MESSAGES || chars >= MAX_CHARS

const NO = Symbol('no')

// Of the values that are being copied.
let leaves = 0
let chars = 0
const seen: object[] = []

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
  // One that stands in two places is one over there, too: not if it is copied.
  if (++leaves > MAX_LEAVES || seen.includes(value)) return NO
  seen.push(value)
  if (Array.isArray(value)) return copyArray(value)
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return NO
  if (targetOf(value) || Symbol.asyncIterator in value) return NO
  const made: Record<string, unknown> = {}
  for (const key of Object.keys(value)) {
    const item = copy((value as Record<string, unknown>)[key])
    if (item === NO || key === '__proto__') return NO
    made[key] = item
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
 * Add a message, with a copy of its values as they are now.
 * @param kind a method, or true for a result, which has one value.
 * @returns false, and adds nothing, if they are not primitives and small plain objects and arrays of such.
 */
export function addTo(frame: Frame, id: unknown, kind: string | true, values: readonly unknown[]): boolean {
  const { items } = frame
  const before = items.length
  leaves = chars = 0
  seen.length = 0
  items.push(id, kind)
  if (kind !== true) items.push(values.length)
  try {
    for (const value of values) {
      const copied = copy(value)
      if (copied === NO) {
        items.length = before
        return false
      }
      items.push(copied)
    }
  } catch {
    // A getter or a proxy that throws: it is told what it threw when it is looked at for good.
    items.length = before
    return false
  }
  if (seen.length) seen.length = 0
  frame.count++
  frame.chars += chars
  return true
}

/** One message of a frame, and where the next one begins. */
export interface Framed {
  readonly id: unknown
  /** Undefined for an answer. */
  readonly method: string | undefined
  readonly params: readonly unknown[] | undefined
  readonly result: unknown
  readonly error: object | undefined
  readonly end: number
}

/** The message at `at`; undefined where none is. */
export function readFrom(items: readonly unknown[], at: number): Framed | undefined {
  const id = items[at]
  const kind = items[at + 1]
  if (typeof kind === 'string') {
    const n = items[at + 2]
    const from = at + 3
    if (typeof n !== 'number' || !Number.isInteger(n) || n < 0 || from + n > items.length) return undefined
    const params = n ? items.slice(from, from + n) : undefined
    return { id, method: kind, params, result: undefined, error: undefined, end: from + n }
  }
  const isResult = kind === true
  const end = at + (isResult ? 3 : 4)
  if (typeof kind !== 'boolean' || end > items.length) return undefined
  const error = isResult ? undefined : { code: items[at + 2], message: items[at + 3] }
  return { id, method: undefined, params: undefined, result: items[at + 2], error, end }
}

/** The ids of the requests in a frame. */
export function requestsIn(items: readonly unknown[]): unknown[] {
  const ids: unknown[] = []
  for (let at = 0, one; (one = readFrom(items, at)); at = one.end)
    if (one.method !== undefined && one.id !== null) ids.push(one.id)
  return ids
}

/** True for an answer that is followed by a call. */
export const isBeforeCall = ({ method, end }: Framed, items: readonly unknown[]): boolean =>
  method === undefined && typeof items[end + 1] === 'string'
