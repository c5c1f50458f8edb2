import { type CallContext, enterContext, Running } from './context.ts'
import type { Diagnose } from './diagnostics.ts'
import type { Dialect } from './dialects.ts'
import { ErrorCode, messageOf, RPCError, toErrorObject } from './errors.ts'
import type { Limits } from './limits.ts'
import {
  type Answer,
  type Call,
  isOurs,
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
  /** Runs before every handler; what it throws (or rejects with) is answered INVALID_PARAMS and the handler is not run. */
  readonly validate?: ((method: string, params: RPCParams | undefined) => unknown) | undefined
  /** Returns what to send in place of what a handler threw, to keep secrets here. */
  readonly mapError?: ((error: unknown, context: CallContext) => unknown) | undefined
}

/** The calls of the other side: lookup, running a handler, answering or not, batches. */
export interface Incoming {
  readonly methods: Map<string, RPCHandler>
  receive(data: unknown, origin: string | undefined): void
  /** Something arrived that could not be read. */
  unreadable(): void
  /** Abort what runs; it is not answered any more. */
  abandon(reason: unknown): void
}

export interface IncomingDeps {
  readonly transport: Transport
  readonly policy: Policy
  readonly limits: Limits
  readonly hooks: Hooks
  readonly diagnose: Diagnose
  post(message: unknown): void
  /** How the peer cancels; undefined: it does not. */
  dialect(): Dialect | undefined
  /** An answer to a call of this side. */
  answered(answer: Answer): void
  /** A method that starts with `rpc.`; `reply` with its result. @returns false if there is none or it is not obeyed. */
  extension(call: Call, reply: (result: unknown) => void): boolean
  /** A call that is no extension has arrived. */
  called(): void
}

/** Takes the answer to one call; undefined: there is none after all. Called once for a call that has an id. */
type Reply = (answer: object | undefined) => void

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  (typeof value === 'object' || typeof value === 'function') &&
  value !== null &&
  typeof Reflect.get(value, 'then') === 'function'

const failure = (id: RPCId, error: unknown): object => ({ jsonrpc: '2.0', id, error: toErrorObject(error) })

const refuse = (id: RPCId, code: number, message: string): object => failure(id, new RPCError(code, message))

const invalid = (): object => refuse(null, ErrorCode.INVALID_REQUEST, 'Invalid Request')

export function createIncoming(deps: IncomingDeps): Incoming {
  const { limits, hooks, diagnose } = deps
  const { validate, mapError, fallback } = hooks
  const methods = new Map<string, RPCHandler>()
  // What has not finished, by id; notifications by their own context.
  const running = new Map<unknown, Running>()
  let inFlight = 0

  const send: Reply = (answer) => {
    if (!answer) return
    try {
      deps.post(answer)
    } catch (error) {
      diagnose('undeliverable', Reflect.get(answer, 'id'), error)
      deps.post(unsendable(answer, error))
    }
  }

  const parse = (data: unknown, policy: Policy): Parsed => {
    try {
      return parseMessage(data, policy)
    } catch (error) {
      diagnose('invalid', undefined, error)
      return 'foreign'
    }
  }

  const dispatch = (message: Parsed, origin: string | undefined, reply: Reply): void => {
    if (message === 'foreign') return
    if (message === 'invalid') {
      diagnose('invalid')
      reply(invalid())
    } else if (message.kind === 'call') accept(message, origin, reply)
    else deps.answered(message)
  }

  const accept = (call: Call, origin: string | undefined, reply: Reply): void => {
    const { id, method, value: params } = call
    const dialect = deps.dialect()
    if (dialect?.method === method && id === undefined) return cancel(dialect, params)
    if (method.startsWith('rpc.')) {
      if (!deps.extension(call, (result) => reply({ jsonrpc: '2.0', id, result }))) unknown(call, reply)
      return
    }
    deps.called()
    const handler = methods.get(method)
    if (id !== undefined && running.has(id)) {
      diagnose('unexpected', id)
      reply(deps.policy === 'strict' ? invalid() : undefined)
    } else if (!handler && !fallback) unknown(call, reply)
    else if (inFlight < limits.maxInFlight) run(new Running(deps.transport, origin, call), handler, reply)
    else if (id === undefined) diagnose('busy', method)
    else reply(refuse(id, ErrorCode.BUSY, `${inFlight} calls are running already`))
  }

  const unknown = ({ id, method }: Call, reply: Reply): void => {
    if (id === undefined) diagnose('unknown-method', method)
    else reply(refuse(id, ErrorCode.METHOD_NOT_FOUND, `Method not found: ${method}`))
  }

  const cancel = (dialect: Dialect, params: RPCParams | undefined): void => {
    const id = dialect.idOf(params)
    const context = running.get(id)
    if (!context) return
    if (!dialect.answerExpected) running.delete(id)
    context.abort(new RPCError(dialect.code, 'The caller cancelled'))
  }

  const run = (context: Running, handler: RPCHandler | undefined, reply: Reply): void => {
    const former = enterContext(context)
    try {
      const { method, params } = context
      if (validate) check(validate, method, params)
      const result = handler
        ? Reflect.apply(handler, undefined, argumentsOf(params))
        : fallback?.(method, params)
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
      if (running.get(key) !== context) return reply(undefined)
      running.delete(key)
      settle(context, value, reply)
    }
    result.then(done(succeed), done(fail))
  }

  const succeed = (context: Running, result: unknown, reply: Reply): void => {
    const { id } = context
    if (id === undefined) return
    const refusal = refusalOf(result)
    reply(
      refusal === undefined
        ? { jsonrpc: '2.0', id, result: result === undefined ? null : result }
        : refuse(
            id,
            ErrorCode.INTERNAL_ERROR,
            `The result of \`${context.method}\` cannot be sent: result${refusal}`,
          ),
    )
  }

  const fail = (context: Running, error: unknown, reply: Reply): void => {
    const { id } = context
    if (id === undefined) return diagnose('failed', context.method, error)
    const { code, message, data } = toErrorObject(map(error, context))
    reply({
      jsonrpc: '2.0',
      id,
      error: {
        code: context.aborted ? ErrorCode.CANCELLED : code,
        message,
        ...(data !== undefined && refusalOf(data) === undefined && { data }),
      },
    })
  }

  const map = (error: unknown, context: Running): unknown => {
    try {
      return mapError ? mapError(error, context) : error
    } catch (failed) {
      diagnose('failed', 'mapError', failed)
      return new RPCError(ErrorCode.INTERNAL_ERROR, 'Internal error')
    }
  }

  // Where and why a value must not be posted, in words; a getter or proxy that throws is a reason too.
  const refusalOf = (value: unknown): string | undefined => {
    try {
      const refusal = scan(value, limits.maxDepth)
      return typeof refusal === 'object' ? `${refusal.path} ${refusal.reason}` : undefined
    } catch (error) {
      return ` cannot be read: ${messageOf(error)}`
    }
  }

  const receiveBatch = (entries: readonly unknown[], origin: string | undefined): void => {
    if (deps.policy === 'shared' && !entries.some(isOurs)) return
    if (!entries.length) return send(invalid())
    if (entries.length > limits.maxBatch)
      return send(refuse(null, ErrorCode.TOO_LARGE, `A batch has at most ${limits.maxBatch} entries`))
    const answers: object[] = []
    let open = 1
    const close = (): void => {
      if (!--open && answers.length) deps.post(answers)
    }
    for (const entry of entries) {
      const message = parse(entry, 'strict')
      if (
        message === 'invalid' ||
        (typeof message === 'object' && message.kind === 'call' && message.id !== undefined)
      )
        open++
      dispatch(message, origin, (answer) => {
        if (answer) answers.push(sendable(answer))
        close()
      })
    }
    close()
  }

  return {
    methods,
    receive(data, origin) {
      if (Array.isArray(data)) receiveBatch(data, origin)
      else dispatch(parse(data, deps.policy), origin, send)
    },
    unreadable() {
      if (deps.policy === 'strict') send(refuse(null, ErrorCode.PARSE_ERROR, 'Parse error'))
    },
    abandon(reason) {
      for (const [key, context] of running) {
        running.delete(key)
        context.abort(reason)
      }
    },
  }
}

const argumentsOf = (params: RPCParams | undefined): readonly unknown[] =>
  params === undefined ? [] : Array.isArray(params) ? params : [params]

function check(
  validate: NonNullable<Hooks['validate']>,
  method: string,
  params: RPCParams | undefined,
): void {
  try {
    const checked = validate(method, params)
    if (!isThenable(checked)) return
    checked.then(undefined, () => {})
    throw new TypeError('validate() must not be async')
  } catch (error) {
    throw new RPCError(ErrorCode.INVALID_PARAMS, messageOf(error), {
      data: toErrorObject(error).data,
      cause: error,
    })
  }
}

// The platform refused a result, or the data of an error: the caller learns why, in words.
const unsendable = (answer: object, cause: unknown): object => {
  const { id, error } = answer as { id: RPCId; error?: RPCErrorObject }
  return error
    ? refuse(id, error.code, error.message)
    : refuse(id, ErrorCode.INTERNAL_ERROR, `The result cannot be sent: ${messageOf(cause)}`)
}

// One bad answer must not take the others of its batch with it.
const sendable = (answer: object): object => {
  try {
    structuredClone(answer)
    return answer
  } catch (error) {
    return unsendable(answer, error)
  }
}
