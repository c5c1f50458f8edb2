/**
 * JSON-RPC 2.0 as data: the shapes of its messages, and one function that tells what a received value is.
 * Nothing here sends, runs or remembers anything. Source: https://www.jsonrpc.org/specification, sections 4 to 6.
 */
import { isObject } from './guards.ts'

/** An id as it stands on the wire. Fractions and null are tolerated from others and never sent. */
export type RPCId = string | number | null

/** By position (an array) or by name (a plain object); nothing else is JSON-RPC. */
export type RPCParams = readonly unknown[] | { readonly [name: string]: unknown }

/** Specification section 4. */
export interface RPCRequest {
  readonly jsonrpc: '2.0'
  readonly id: RPCId
  readonly method: string
  readonly params?: RPCParams
}

/** A request without an id: it gets no answer. Specification section 4.1. */
export interface RPCNotification {
  readonly jsonrpc: '2.0'
  readonly method: string
  readonly params?: RPCParams
}

/** Specification section 5.1. */
export interface RPCErrorObject {
  readonly code: number
  readonly message: string
  readonly data?: unknown
}

/** Specification section 5. */
export type RPCResponse =
  | { readonly jsonrpc: '2.0'; readonly id: RPCId; readonly result: unknown }
  | { readonly jsonrpc: '2.0'; readonly id: RPCId; readonly error: RPCErrorObject }

export type RPCMessage = RPCRequest | RPCNotification | RPCResponse

/**
 * Who else may post where we listen. `shared`: whatever is not JSON-RPC 2.0 is someone else's and ignored without a word.
 * `strict`: the medium carries only us, so it gets -32600 (invalid) or -32700 (not readable).
 */
export type Policy = 'shared' | 'strict'

/** A request or notification; `id` is undefined for a notification. */
export interface Call {
  readonly method: string
  readonly id: RPCId | undefined
  readonly params: RPCParams | undefined
}

/** An answer: an error if `error` is not undefined, else a result if `hasResult`; with both or neither it is malformed. */
export interface Answer {
  readonly method: undefined
  readonly id: unknown
  readonly error: unknown
  readonly result: unknown
  readonly hasResult: boolean
}

/**
 * `invalid` says that it is JSON-RPC 2.0 and is not; `foreign` does not even say so. Undefined looks like an answer of
 * somebody else: nothing may answer an answer, or two peers would never stop.
 */
export type Parsed = Call | Answer | 'invalid' | 'foreign' | undefined

/** The id of a message that was made here. */
export const idOf = (message: object): unknown => (message as { id?: unknown }).id

const own = (value: object, key: string): unknown =>
  Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined

const isId = (id: unknown): id is RPCId | undefined =>
  id === undefined || id === null || typeof id === 'string' || Number.isFinite(id)

const isParams = (params: unknown): params is RPCParams | undefined =>
  params === undefined || isObject(params)

/**
 * Tell what one received value (never a batch) is. Each field is read once; only own members count, and one that is
 * undefined counts as absent, because structured clone keeps it.
 */
export function parseMessage(value: unknown): Parsed {
  if (!isObject(value)) return 'foreign'
  const ours = own(value, 'jsonrpc') === '2.0'
  const method = own(value, 'method')
  const id = own(value, 'id')
  if (method !== undefined) {
    const params = own(value, 'params')
    if (!ours) return 'foreign'
    return typeof method === 'string' && isId(id) && isParams(params) ? { method, id, params } : 'invalid'
  }
  const error = own(value, 'error')
  const result = own(value, 'result')
  if (ours) return { method, id, error, result, hasResult: Object.hasOwn(value, 'result') }
  return id === undefined && error === undefined && result === undefined ? 'foreign' : undefined
}
