import type { RPCErrorObject } from './messages.ts'

// One by one, so that a bundle holds numbers and not the table.
export const INVALID_REQUEST = -32600
export const METHOD_NOT_FOUND = -32601
export const INVALID_PARAMS = -32602
export const INTERNAL_ERROR = -32603
export const PARSE_ERROR = -32700
export const TIMEOUT = -32300
export const APPLICATION_ERROR = -32500
export const CANCELLED = -32800
export const PEER_GONE = -32050
export const CLOSED = -32051
export const UNDELIVERABLE = -32052
export const INVALID_RESPONSE = -32053
export const BUSY = -32054
export const TOO_LARGE = -32055
export const RELEASED = -32056

/** Every code that this library sends or rejects with. -32700 to -32603: specification section 5.1. */
export const ErrorCode = {
  /** The text was not JSON. */
  PARSE_ERROR: PARSE_ERROR as typeof PARSE_ERROR,
  /** The value was not a JSON-RPC 2.0 message. */
  INVALID_REQUEST: INVALID_REQUEST as typeof INVALID_REQUEST,
  /** Nothing is registered under that name. */
  METHOD_NOT_FOUND: METHOD_NOT_FOUND as typeof METHOD_NOT_FOUND,
  /** The `validate` hook refused the params. */
  INVALID_PARAMS: INVALID_PARAMS as typeof INVALID_PARAMS,
  /** The result could not be sent, or a hook failed. */
  INTERNAL_ERROR: INTERNAL_ERROR as typeof INTERNAL_ERROR,
  /** A call or `connect` passed its deadline; `data` is `{ timeout }` in ms. */
  TIMEOUT: TIMEOUT as typeof TIMEOUT,
  /** The handler threw something that has no integer `code` of its own. */
  APPLICATION_ERROR: APPLICATION_ERROR as typeof APPLICATION_ERROR,
  /** The handler gave up because the caller cancelled (LSP's RequestCancelled). */
  CANCELLED: CANCELLED as typeof CANCELLED,
  /** The other side went away, or was replaced, before it answered. */
  PEER_GONE: PEER_GONE as typeof PEER_GONE,
  /** `destroy()` was called on this side. */
  CLOSED: CLOSED as typeof CLOSED,
  /** The params cannot be sent; nothing was. */
  UNDELIVERABLE: UNDELIVERABLE as typeof UNDELIVERABLE,
  /** The answer had both result and error, neither, or an error that is no object. */
  INVALID_RESPONSE: INVALID_RESPONSE as typeof INVALID_RESPONSE,
  /** A named limit is reached: too many calls pending, waiting or running. */
  BUSY: BUSY as typeof BUSY,
  /** A batch is over its limit. */
  TOO_LARGE: TOO_LARGE as typeof TOO_LARGE,
  /** The object behind a reference was released. */
  RELEASED: RELEASED as typeof RELEASED,
} as const

/**
 * What a rejected call rejects with: `code` (one of `ErrorCode`, or the remote handler's own), `message`, and `data`
 * where the other side gave any. `cause` is a local reason, such as the platform's DataCloneError.
 */
export class RPCError extends Error {
  readonly code: number
  /** Present only if there is any. */
  declare readonly data?: unknown

  constructor(
    code: number,
    message: string,
    options: { readonly data?: unknown; readonly cause?: unknown } = {},
  ) {
    super(message, options)
    this.name = 'RPCError'
    this.code = code
    if (options.data !== undefined) this.data = options.data
  }
}

/** Why a call of this side failed here, naming its method. */
export const callError = (
  code: number,
  method: string,
  why: string,
  options?: { readonly data?: unknown; readonly cause?: unknown },
): RPCError => new RPCError(code, `Request \`${method}\` ${why}`, options)

// Thrown values may be proxies, or have getters that throw: what cannot be read is not there.
const attempt = <T>(read: () => T): T | undefined => {
  try {
    return read()
  } catch {
    return undefined
  }
}

/**
 * Anything thrown, or received as an error → an error object: its own integer `code` (else -32500), its message, its own
 * `data`. Nothing else is read.
 */
export function toErrorObject(thrown: unknown): RPCErrorObject {
  const from = Object(thrown) as Partial<RPCErrorObject>
  const code = attempt(() => Object.hasOwn(from, 'code') && from.code)
  const data = attempt(() => (Object.hasOwn(from, 'data') ? from.data : undefined))
  const text = attempt(() => from.message)
  const message = typeof text === 'string' ? text : (attempt(() => String(thrown)) ?? 'Unknown error')
  const error = { code: Number.isInteger(code) ? (code as number) : APPLICATION_ERROR, message }
  return data === undefined ? error : { ...error, data }
}

/** Say what was thrown in one line. */
export const messageOf = (thrown: unknown): string => toErrorObject(thrown).message

/** The error of an answer → an RPCError. */
export const fromErrorObject = (error: unknown): RPCError => {
  const { code, message, data } = toErrorObject(error)
  return new RPCError(code, message, { data })
}
