/** What the user hooks into the handling of calls by options. */
import { Running } from '../../peer/context.ts'
import type { Core, Hooks } from '../../peer/seam.ts'
import { isThenable } from '../../peer/handling.ts'
import { INTERNAL_ERROR, INVALID_PARAMS, RPCError, toErrorObject } from '../../protocol/errors.ts'

// A hook's promise would be ignored, and its rejection end a Node process.
function settled(hook: string, value: unknown): unknown {
  if (!isThenable(value)) return value
  value.then(undefined, () => {})
  throw new TypeError(`${hook}() must not be async`)
}

/** The options `validate`, `mapError` and `fallback`. */
export function middleware(core: Core): Hooks {
  const { validate, mapError, fallback } = core.options
  return {
    around: {
      find: fallback && ((next) => (call) => next(call) ?? (() => fallback(call.method, call.params))),
      handle:
        validate &&
        ((next) => (handler, context) => {
          const { method, params } = context
          if (!method.startsWith('rpc.'))
            try {
              settled('validate', validate(method, params))
            } catch (cause) {
              const { message, data } = toErrorObject(cause)
              throw new RPCError(INVALID_PARAMS, message, { data, cause })
            }
          return next(handler, context)
        }),
      errorOut:
        mapError &&
        ((next) =>
          (thrown, context = new Running(core.transport, undefined, undefined, '', undefined)) => {
            try {
              return next(settled('mapError', mapError(thrown, context)), context)
            } catch (failed) {
              core.diagnose('failed', 'mapError', failed)
              return { code: INTERNAL_ERROR, message: 'Internal error' }
            }
          }),
    },
  }
}
