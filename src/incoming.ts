import { type CallContext, enterContext, Running } from './context.ts'
import type { Diagnose, Diagnostic } from './diagnostics.ts'
import { type ErrorDetail, toDetailedError } from './details.ts'
import type { Dialect } from './dialects.ts'
import {
  BUSY,
  CANCELLED,
  INTERNAL_ERROR,
  INVALID_PARAMS,
  INVALID_REQUEST,
  messageOf,
  METHOD_NOT_FOUND,
  PARSE_ERROR,
  RPCError,
  TOO_LARGE,
  toErrorObject,
} from './errors.ts'
import { isObject } from './guards.ts'
import type { Limits } from './limits.ts'
import {
  type Answer,
  type Call,
  type Parsed,
  parseMessage,
  type Policy,
  type RPCErrorObject,
  type RPCId,
  type RPCParams,
} from './messages.ts'
import type { RPCHandler } from './methods.ts'
import { scan } from './scan.ts'
import type { Transport } from './transport.ts'

/** What the user hooks into the handling of calls. */
export interface Hooks {
  /** Answers methods that nobody registered; throw an RPCError METHOD_NOT_FOUND for those it does not know either. */
  readonly fallback?: ((method: string, params: RPCParams | undefined) => unknown) | undefined
  /** Runs before every handler and must not be async; what it throws is answered INVALID_PARAMS, the handler is not run. */
  readonly validate?: ((method: string, params: RPCParams | undefined) => unknown) | undefined
  /** Returns what to send in place of what a handler threw, to keep secrets here. */
  readonly mapError?: ((error: unknown, context: CallContext) => unknown) | undefined
}

/** The calls of the other side: lookup, running a handler, answering or not, batches. */
export interface Incoming {
  readonly methods: Map<string, RPCHandler>
  readonly receive: (data: unknown, origin: string | undefined) => void
  /** Something arrived that could not be read. */
  readonly unreadable: () => void
  /** Abort what runs; it is not answered any more. */
  readonly abandon: (reason: unknown) => void
}

export interface IncomingDeps {
  readonly transport: Transport
  readonly policy: Policy
  readonly limits: Limits
  readonly hooks: Hooks
  readonly diagnose: Diagnose
  readonly post: (message: unknown) => void
  /** How much of an error the peer gets; undefined: nothing but what JSON-RPC has. */
  readonly detail: () => ErrorDetail | undefined
  /** How the peer cancels; undefined: it does not. */
  readonly dialect: () => Dialect | undefined
  /** An answer to a call of this side. */
  readonly answered: (answer: Answer) => void
  /** A method that starts with `rpc.`, answered where it is obeyed. @returns false if there is none or it is not obeyed. */
  readonly extension: (call: Call) => boolean
  /** A call that is no extension has arrived. */
  readonly called: () => void
}

/** Takes the answer to a call of `method`; undefined: there is none after all. Called once for a call that has an id. */
type Reply = (answer?: object, method?: string) => void

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  (isObject(value) || typeof value === 'function') && typeof (value as { then?: unknown }).then === 'function'

const refuse = (id: RPCId, code: number, message: string): object => ({
  jsonrpc: '2.0',
  id,
  error: { code, message },
})

const invalid = (): object => refuse(null, INVALID_REQUEST, 'Invalid Request')

const takesAnswer = (message: Parsed): boolean =>
  typeof message === 'string' || (message?.method !== undefined && message.id !== undefined)

export function createIncoming(deps: IncomingDeps): Incoming {
  const { limits, diagnose, post } = deps
  const isShared = deps.policy === 'shared'
  const { validate, mapError, fallback } = deps.hooks
  const methods = new Map<string, RPCHandler>()
  // What has not finished, by id; notifications by their own context.
  const running = new Map<unknown, Running>()
  let inFlight = 0
  // Counts the peers that there were: nothing is said to one about what another asked.
  let epoch = 0

  // In place of an answer that cannot be sent: the reason in words, or the error without its data.
  const excuse = (answer: object, method: string | undefined, cause: unknown): object => {
    diagnose('undeliverable', method, cause)
    const { id, error } = answer as { id: RPCId; error?: RPCErrorObject }
    const why = `The result of \`${method}\` cannot be sent: ${messageOf(cause)}`
    return error ? refuse(id, error.code, error.message) : refuse(id, INTERNAL_ERROR, why)
  }

  const sendable = (answer: object, method: string | undefined): object => {
    try {
      const why = scan(answer, limits.maxDepth)
      return why ? excuse(answer, method, why.slice(1)) : answer
    } catch (cause) {
      return excuse(answer, method, cause)
    }
  }

  const send: Reply = (answer, method) => {
    if (!answer) return
    try {
      post(sendable(answer, method))
    } catch (cause) {
      try {
        post(excuse(answer, method, cause))
      } catch {}
    }
  }

  const parse = (data: unknown): Parsed => {
    try {
      return parseMessage(data)
    } catch (error) {
      diagnose('invalid', undefined, error)
      return undefined
    }
  }

  const receive = (message: Parsed, origin: string | undefined, reply: Reply): void => {
    if (typeof message === 'string') {
      diagnose('invalid')
      reply(invalid())
    } else if (message?.method !== undefined) accept(message, origin, reply)
    else if (message) deps.answered(message)
  }

  const accept = (call: Call, origin: string | undefined, reply: Reply): void => {
    const { id, method, params } = call
    const dialect = deps.dialect()
    if (id === undefined && method === dialect?.method) return cancel(dialect, params)
    if (method.startsWith('rpc.')) {
      if (deps.extension(call)) reply()
      else notFound(call, reply)
      return
    }
    if (id !== undefined || !deps.transport.emitsEvents) deps.called()
    const handler = methods.get(method)
    if (running.has(id)) {
      diagnose('unexpected', id)
      reply(isShared ? undefined : invalid())
    } else if (!handler && !fallback) notFound(call, reply)
    else if (inFlight < limits.maxInFlight) run(new Running(deps.transport, origin, call), handler, reply)
    else decline(call, reply, 'busy', BUSY, `${inFlight} calls are running already`)
  }

  const notFound = (call: Call, reply: Reply): void =>
    decline(call, reply, 'unknown-method', METHOD_NOT_FOUND, `Method not found: ${call.method}`)

  // A request is told, a notification is not.
  const decline = (
    { id, method }: Call,
    reply: Reply,
    kind: Diagnostic['kind'],
    code: number,
    why: string,
  ): void => (id === undefined ? diagnose(kind, method) : reply(refuse(id, code, why)))

  const cancel = ({ idOf: idIn, code, answerExpected }: Dialect, params: RPCParams | undefined): void => {
    const id = idIn(params)
    const context = running.get(id)
    if (!answerExpected) running.delete(id)
    context?.abort(new RPCError(code, 'The caller cancelled'))
  }

  const run = (context: Running, handler: RPCHandler | undefined, reply: Reply): void => {
    const former = enterContext(context)
    try {
      const { method, params } = context
      if (validate) runValidate(validate, method, params)
      const args = params === undefined ? [] : Array.isArray(params) ? params : [params]
      const result: unknown = handler ? Reflect.apply(handler, undefined, args) : fallback?.(method, params)
      if (isThenable(result)) later(context, result, reply)
      else succeed(context, result, reply)
    } catch (error) {
      fail(context, error, reply)
    } finally {
      enterContext(former)
    }
  }

  const later = (context: Running, result: PromiseLike<unknown>, reply: Reply): void => {
    const key = context.id ?? context
    running.set(key, context)
    inFlight++
    const done = (settle: typeof succeed) => (value: unknown) => {
      inFlight--
      if (running.get(key) !== context) return reply()
      running.delete(key)
      settle(context, value, reply)
    }
    // By way of a promise, as the `then` of a handler's own thenable may throw.
    void Promise.resolve(result).then(done(succeed), done(fail))
  }

  const succeed = ({ id, method }: Running, result: unknown, reply: Reply): void => {
    if (id !== undefined) reply({ jsonrpc: '2.0', id, result: result === undefined ? null : result }, method)
  }

  const fail = (context: Running, thrown: unknown, reply: Reply): void => {
    const { id, method, aborted } = context
    if (id === undefined) return diagnose('failed', method, thrown)
    let error: RPCErrorObject
    try {
      const mapped = mapError ? settled('mapError', mapError(thrown, context)) : thrown
      const detail = deps.detail()
      error = detail ? toDetailedError(mapped, detail) : toErrorObject(mapped)
    } catch (failed) {
      diagnose('failed', 'mapError', failed)
      error = { code: INTERNAL_ERROR, message: 'Internal error' }
    }
    if (aborted) error = { ...error, code: CANCELLED }
    reply({ jsonrpc: '2.0', id, error }, method)
  }

  const receiveBatch = (entries: readonly unknown[], origin: string | undefined): void => {
    // Looked at no further than to know whose it is: a sparse array of a few bytes can be as long as it likes.
    const isTooLong = entries.length > limits.maxBatch
    const messages = Array.from(isTooLong ? entries.slice(0, limits.maxBatch) : entries, parse)
    if (isShared && messages.every((message) => message === undefined || message === 'foreign')) return
    if (isTooLong) {
      if (messages.some((message) => typeof message === 'string' || message?.method !== undefined))
        send(refuse(null, TOO_LARGE, `A batch has at most ${limits.maxBatch} entries`))
      return
    }
    if (!messages.length) return send(invalid())
    const answers: [answer: object, method: string | undefined][] = []
    const began = epoch
    let open = 1
    const close: Reply = (answer, method) => {
      if (answer) answers.push([sendable(answer, method), method])
      if (--open || !answers.length || began !== epoch) return
      try {
        post(answers.map(([answer]) => answer))
      } catch {
        // One that the platform refuses must not take the others with it.
        for (const [answer, method] of answers) send(answer, method)
      }
    }
    for (const message of messages) {
      if (began !== epoch) return
      if (takesAnswer(message)) open++
      receive(message, origin, close)
    }
    close()
  }

  return {
    methods,
    receive: (data, origin) => {
      if (Array.isArray(data)) return receiveBatch(data, origin)
      const message = parse(data)
      if (message !== 'foreign' || !isShared) receive(message, origin, send)
    },
    unreadable: () => {
      if (!isShared) send(refuse(null, PARSE_ERROR, 'Parse error'))
    },
    abandon: (reason) => {
      epoch++
      for (const [key, context] of running) {
        running.delete(key)
        context.abort(reason)
      }
    },
  }
}

// A hook's promise would be ignored, and its rejection end a Node process.
function settled(hook: string, value: unknown): unknown {
  if (!isThenable(value)) return value
  value.then(undefined, () => {})
  throw new TypeError(`${hook}() must not be async`)
}

function runValidate(
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
