/**
 * Many small messages in one flat array, which is what engines clone fastest. Towards peers that announced it.
 * A request is `id, method, n, …n values`, a notification `null, method, n, …n values`, a result `id, true, value`, an
 * error `id, false, code, message`.
 */
import type { Draft } from '../../peer/seam.ts'
import { targetOf } from '../references/proxy.ts'

export const FRAME = 'rpc.frame'

/** More make one side wait for the other. */
export const MAX_MESSAGES = 64
const MAX_LEAVES = 64
const MAX_STRING = 1_024
export const MAX_CHARS = 16_384

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
    chars += key.length
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
 * Copy primitives and small plain objects and arrays of such.
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
    // A getter or a proxy that throws: it is told what it threw when it is looked at for good.
    return false
  } finally {
    isCopying = false
    seen.length = 0
  }
}

const mayBeSmall = (value: unknown): boolean => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return true
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
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
    if (typeof n !== 'number' || !Number.isInteger(n) || n < 0 || n > MAX_LEAVES || from + n > items.length)
      return undefined
    const params = n ? items.slice(from, from + n) : undefined
    return { id, method: kind, params, result: undefined, error: undefined, end: from + n }
  }
  const isResult = kind === true
  const end = at + (isResult ? 3 : 4)
  if (typeof kind !== 'boolean' || end > items.length) return undefined
  const error = isResult ? undefined : { code: items[at + 2], message: items[at + 3] }
  return {
    id,
    method: undefined,
    params: undefined,
    result: isResult ? items[at + 2] : undefined,
    error,
    end,
  }
}

/** A framed message as one of its own. */
export function messageOfFramed({ id, method, params, result, error }: Framed): Draft {
  const message: Draft = { jsonrpc: '2.0' }
  if (method === undefined) return error ? { ...message, id, error } : { ...message, id, result }
  if (id !== null) message.id = id
  message.method = method
  if (params) message.params = params
  return message
}

/** True for what may let other code go on that is to run before the call that follows. */
export const isBeforeCall = ({ method, end }: Framed, items: readonly unknown[]): boolean =>
  (method === undefined && typeof items[end + 1] === 'string') || method?.startsWith('rpc.') === true
