import type { CallContext } from './context.ts'
import { INVALID_PARAMS, RPCError, toErrorObject } from './errors.ts'
import { isObject } from './guards.ts'
import type { RPCParams } from './messages.ts'

/** What the user hooks into the handling of calls. */
export interface Hooks {
  /** Answers methods that nobody registered; throw an RPCError METHOD_NOT_FOUND for those it does not know either. */
  readonly fallback?: ((method: string, params: RPCParams | undefined) => unknown) | undefined
  /** Runs before every handler and must not be async; what it throws is answered INVALID_PARAMS, the handler is not run. */
  readonly validate?: ((method: string, params: RPCParams | undefined) => unknown) | undefined
  /** Returns what to send in place of what a handler threw, to keep secrets here. */
  readonly mapError?: ((error: unknown, context: CallContext) => unknown) | undefined
}

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  if (!isObject(value) && typeof value !== 'function') return false
  try {
    return typeof (value as { then?: unknown }).then === 'function'
  } catch {
    // What cannot be read is told when it is to be sent.
    return false
  }
}

// A hook's promise would be ignored, and its rejection end a Node process.
export function settled(hook: string, value: unknown): unknown {
  if (!isThenable(value)) return value
  value.then(undefined, () => {})
  throw new TypeError(`${hook}() must not be async`)
}

export function runValidate(
  validate: NonNullable<Hooks['validate']>,
  method: string,
  params: RPCParams | undefined,
): void {
  try {
    settled('validate', validate(method, params))
  } catch (cause) {
    const { message, data } = toErrorObject(cause)
    throw new RPCError(INVALID_PARAMS, message, { data, cause })
  }
}
