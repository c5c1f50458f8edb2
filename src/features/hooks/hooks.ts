/** The feature `hooks`: what users hook into the handling of calls by the options `validate`, `fallback` and `mapError`. */
import { type CallContext, IncomingCall } from '../../peer/context.ts'
import type { Hooks as FeatureHooks, Peer } from '../../peer/seam.ts'
import { INTERNAL_ERROR, INVALID_PARAMS, RPCError, toErrorObject } from '../../protocol/errors.ts'
import { isThenable } from '../../protocol/guards.ts'
import type { RPCParams } from '../../protocol/messages.ts'
import { HOOKS } from '../ranks.ts'

/** What the user hooks into the handling of calls. */
export interface Hooks {
  /** Answers methods that are not registered; throw an RPCError METHOD_NOT_FOUND for those it does not know either. */
  readonly fallback?: ((method: string, params: RPCParams | undefined) => unknown) | undefined
  /**
   * Runs before every handler and must not be async; what it throws is answered INVALID_PARAMS, the handler is not run. It sees
   * calls of what was passed by reference too: their `target` is that function or object, and `method` the name of its member, or of
   * the property that is read or written (`access`).
   */
  readonly validate?:
    | ((
        method: string,
        params: RPCParams | undefined,
        call: Pick<CallContext, 'target' | 'access'>,
      ) => unknown)
    | undefined
  /** Returns what to send in place of what a handler threw, to keep secrets here. */
  readonly mapError?: ((error: unknown, context: CallContext) => unknown) | undefined
}

// A hook's promise would be ignored, and its rejection end a Node process.
function settled(hook: string, value: unknown): unknown {
  if (!isThenable(value)) return value
  value.then(undefined, () => {})
  throw new TypeError(`${hook}() must not be async`)
}

export function hooks(peer: Peer, { validate, mapError, fallback }: Hooks): FeatureHooks {
  return {
    name: 'hooks',
    rank: HOOKS,
    around: {
      find: fallback && ((next) => (call) => next(call) ?? (() => fallback(call.method, call.params))),
      handle:
        validate &&
        ((next) => (handler, call) => {
          const { method, params, target, access } = call
          try {
            settled('validate', validate(method, params, { target, access }))
          } catch (cause) {
            const { message, data } = toErrorObject(cause)
            throw new RPCError(INVALID_PARAMS, message, { data, cause })
          }
          return next(handler, call)
        }),
      errorOut:
        mapError &&
        ((next) =>
          (thrown, call = new IncomingCall(peer.transport, undefined, undefined, '', undefined)) => {
            try {
              return next(settled('mapError', mapError(thrown, call)), call)
            } catch (failed) {
              peer.diagnose('failed', 'mapError', failed)
              return { code: INTERNAL_ERROR, message: 'Internal error' }
            }
          }),
    },
  }
}
