import { isObject, type RPCErrorObject } from './messages.ts'

/** Every code that this library sends or rejects with. -32700 to -32603: specification section 5.1. */
export const ErrorCode = {
  /** The text was not JSON. */
  PARSE_ERROR: -32700,
  /** The value was not a JSON-RPC 2.0 message. */
  INVALID_REQUEST: -32600,
  /** Nothing is registered under that name. */
  METHOD_NOT_FOUND: -32601,
  /** The `validate` hook refused the params. */
  INVALID_PARAMS: -32602,
  /** The result could not be sent, or a hook failed. */
  INTERNAL_ERROR: -32603,
  /** A call or `connect` passed its deadline; `data` is `{ timeout }` in ms. */
  TIMEOUT: -32300,
  /** The handler threw something that has no integer `code` of its own. */
  APPLICATION_ERROR: -32500,
  /** The handler gave up because the caller cancelled (LSP's RequestCancelled). */
  CANCELLED: -32800,
  /** The other side went away, or was replaced, before it answered. */
  PEER_GONE: -32050,
  /** `destroy()` was called on this side. */
  CLOSED: -32051,
  /** The params cannot be sent; nothing was. */
  UNDELIVERABLE: -32052,
  /** The answer had both result and error, neither, or an error that is no object. */
  INVALID_RESPONSE: -32053,
  /** A named limit is reached: too many calls pending, waiting or running. */
  BUSY: -32054,
  /** A batch or message is over its limit. */
  TOO_LARGE: -32055,
  /** The object behind a reference was released. */
  RELEASED: -32056,
} as const

/**
 * What a rejected call rejects with: `code` (a number of `ErrorCode` or the remote handler's own), `message`, and `data`
 * where the other side gave any. `cause` is a local reason, such as the platform's DataCloneError.
 */
export class RPCError extends Error {
  readonly code: number
  /** Present only if the other side sent some. */
  declare readonly data?: unknown

  constructor(
    code: number,
    message: string,
    options?: { readonly data?: unknown; readonly cause?: unknown },
  ) {
    super(message, options && 'cause' in options ? { cause: options.cause } : undefined)
    this.code = code
    if (options?.data !== undefined) this.data = options.data
  }

  static {
    this.prototype.name = 'RPCError'
  }
}

// Thrown values may be proxies or have getters that throw: nothing here may.
const peek = (value: unknown, key: 'code' | 'message' | 'data', ownOnly = true): unknown => {
  try {
    if (isObject(value) && (!ownOnly || Object.hasOwn(value, key))) return Reflect.get(value, key)
  } catch {}
  return undefined
}

/** Say what was thrown in one line; never throws itself. */
export function messageOf(thrown: unknown): string {
  try {
    const message = peek(thrown, 'message', false)
    return typeof message === 'string' ? message : String(thrown)
  } catch {
    return 'Unknown error'
  }
}

/** Anything thrown → the error object of an answer: its own integer `code` (else -32500), its message, its own `data`. */
export function toErrorObject(thrown: unknown): RPCErrorObject {
  const code = peek(thrown, 'code')
  const data = peek(thrown, 'data')
  const error = {
    code: Number.isInteger(code) ? (code as number) : ErrorCode.APPLICATION_ERROR,
    message: messageOf(thrown),
  }
  return data === undefined ? error : { ...error, data }
}

/** The error object of an answer → an RPCError. Copies `code`, `message` and `data`, nothing else that a peer may have put there. */
export const fromErrorObject = (error: unknown): RPCError => {
  const { code, message, data } = toErrorObject(error)
  return new RPCError(code, message, { data })
}
