/**
 * The format of a frame: many small messages in one flat list, which is what engines clone fastest. A request is
 * `id, method, n, …n values`, a notification `null, method, n, …n values`, a result `id, true, value`, an error
 * `id, false, code, message`.
 */
import type { Draft } from '../../peer/seam.ts'
import { MAX_VALUES } from '../../values/small.ts'

export const FRAME = 'rpc.frame'

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

/** The message at `at`; undefined where none is. */
export function readFrom(items: readonly unknown[], at: number): Framed | undefined {
  const id = items[at]
  const kind = items[at + 1]
  if (typeof kind === 'string') {
    const n = items[at + 2]
    const from = at + 3
    if (typeof n !== 'number' || !Number.isInteger(n) || n < 0 || n > MAX_VALUES || from + n > items.length)
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
