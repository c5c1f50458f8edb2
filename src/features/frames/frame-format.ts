/**
 * The format of a frame: many small messages in one flat list, which is what engines clone fastest. A request is
 * `id, method, n, …n values`, a notification `null, method, n, …n values`, a result `id, true, value`, an error
 * `id, false, code, message`. Where the only param, or the result, is a plain object of primitives, the list of its names stands
 * in place of `n`, or of `true`, and its values follow: towards peers that know these `shapes`.
 */
import type { Draft } from '../../peer/seam.ts'
import { define } from '../../values/marks.ts'
import { MAX_VALUES } from '../../values/small.ts'

export const FRAME = 'rpc.frame'

/** The capability to read objects that were taken apart. */
export const SHAPES = 'shapes'

/** More make one side wait for the other. */
export const MAX_MESSAGES = 64
export const MAX_CHARS = 16_384

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

// All of one shape, as there are very many.
const framed = (
  id: unknown,
  end: number,
  method?: string,
  params?: readonly unknown[],
  result?: unknown,
  error?: object,
): Framed => ({ id, method, params, result, error, end })

/** The message at `at`; undefined where none is. */
export function readFrom(items: readonly unknown[], at: number): Framed | undefined {
  const id = items[at]
  const kind = items[at + 1]
  const method = typeof kind === 'string' ? kind : undefined
  const form = method === undefined ? kind : items[at + 2]
  const from = at + (method === undefined ? 2 : 3)
  const { length } = items
  if (Array.isArray(form)) {
    const end = from + form.length
    const object = form.length <= MAX_VALUES && end <= length ? putTogether(form, items, from) : undefined
    if (!object) return undefined
    return method === undefined
      ? framed(id, end, undefined, undefined, object)
      : framed(id, end, method, [object])
  }
  if (method !== undefined) {
    if (typeof form !== 'number' || !Number.isInteger(form) || form < 0 || form > MAX_VALUES) return undefined
    const end = from + form
    return end > length ? undefined : framed(id, end, method, form ? items.slice(from, end) : undefined)
  }
  const end = from + (form === true ? 1 : 2)
  if (typeof form !== 'boolean' || end > length) return undefined
  return form
    ? framed(id, end, undefined, undefined, items[from])
    : framed(id, end, undefined, undefined, undefined, { code: items[from], message: items[from + 1] })
}

// The names that came last, and the same as keys: engines take long to use a text as a key that is not one yet.
let latest: readonly unknown[] = []
let keys: readonly string[] = []

function putTogether(names: readonly unknown[], items: readonly unknown[], from: number): object | undefined {
  const object: Record<string, unknown> = {}
  const isKnown = names === latest
  let isOdd = false
  for (let i = 0; i < names.length; i++) {
    const name = isKnown ? keys[i] : names[i]
    if (typeof name !== 'string' || name === '__proto__') return undefined
    const value = items[from + i]
    if (!isKnown && name in object) {
      // What `Object.prototype` has may be frozen, or a setter.
      define(object, name, value)
      isOdd = true
    } else object[name] = value
  }
  if (!isKnown) {
    keys = Object.keys(object)
    // Not where numbers among them come first, or one stands there twice.
    latest = !isOdd && keys.length === names.length && keys.every((key, i) => key === names[i]) ? names : []
  }
  return object
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
