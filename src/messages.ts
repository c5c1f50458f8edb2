/**
 * JSON-RPC 2.0 as data: the shapes of its messages, and one function that tells what a received value is.
 * Nothing here sends, runs or remembers anything. Source: https://www.jsonrpc.org/specification, sections 4 to 6.
 */

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
  readonly kind: 'call'
  readonly id: RPCId | undefined
  readonly method: string
  readonly value: RPCParams | undefined
}

/** An answer; `malformed` when it has both result and error, neither, or an error that is no object. */
export interface Answer {
  readonly kind: 'result' | 'error' | 'malformed'
  readonly id: unknown
  readonly method: undefined
  readonly value: unknown
}

/** `invalid` is to be answered with -32600 and id null, `foreign` is to be ignored. */
export type Parsed = Call | Answer | 'invalid' | 'foreign'

const own = (value: object, key: string): unknown =>
  Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined

export const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

const isId = (id: unknown): id is RPCId =>
  typeof id === 'string' || (typeof id === 'number' && Number.isFinite(id)) || id === null

/** Params are an array or an object (section 4.2). Also true for host objects: callers check those that they send. */
export const isParams = (params: unknown): params is RPCParams => isObject(params)

/** True for what the shared policy looks at: an object that says it is JSON-RPC 2.0. */
export const isOurs = (value: unknown): boolean => isObject(value) && own(value, 'jsonrpc') === '2.0'

/**
 * Tell what one received value (never a batch) is. Each field is read once; only own members count, and an own
 * member that is undefined counts as absent, because structured clone keeps it. Anything shaped like an answer is
 * never `invalid`: nothing may answer an answer, or two peers would never stop.
 */
export function parseMessage(value: unknown, policy: Policy): Parsed {
  if (!isObject(value)) return policy === 'strict' ? 'invalid' : 'foreign'
  const ours = own(value, 'jsonrpc') === '2.0'
  if (!ours && policy === 'shared') return 'foreign'
  const method = own(value, 'method')
  const id = own(value, 'id')
  if (method !== undefined) {
    const params = own(value, 'params')
    const valid = ours && typeof method === 'string' && (id === undefined || isId(id))
    return valid && (params === undefined || isParams(params))
      ? { kind: 'call', id, method, value: params }
      : 'invalid'
  }
  const error = own(value, 'error')
  const hasResult = Object.hasOwn(value, 'result')
  if (!ours) return id === undefined && error === undefined && !hasResult ? 'invalid' : 'foreign'
  if (error === undefined)
    return { kind: hasResult ? 'result' : 'malformed', id, method, value: own(value, 'result') }
  const kind = isObject(error) && own(value, 'result') === undefined ? 'error' : 'malformed'
  return { kind, id, method, value: error }
}
