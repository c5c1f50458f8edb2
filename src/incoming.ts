import { enterContext, Running } from './context.ts'
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
import { createDelivery, type DeliveryDeps } from './delivery.ts'
import { FRAME } from './frame.ts'
import { type Hooks, isThenable, runValidate, settled } from './hooks.ts'
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
import type { Draft, Member, Values } from './link.ts'
import type { Outbox } from './outbox.ts'
import type { Transport } from './transport.ts'

/** The calls of the other side: lookup, running a handler, answering or not, batches. */
export interface Incoming {
  readonly methods: Map<string, RPCHandler>
  readonly receive: (data: unknown, origin: string | undefined) => void
  /** What of an error that a call ended with the peer gets. */
  readonly describe: (thrown: unknown, context?: Running, detail?: ErrorDetail) => RPCErrorObject
  /** Something arrived that could not be read. */
  readonly unreadable: () => void
  /** Whether a handler runs. */
  readonly isBusy: () => boolean
  /** Abort what runs; it is not answered any more. */
  readonly abandon: (reason: unknown) => void
}

export interface IncomingDeps {
  readonly transport: Transport
  readonly policy: Policy
  readonly limits: Limits
  readonly hooks: Hooks
  readonly diagnose: Diagnose
  readonly outbox: Pick<Outbox, 'post' | 'join' | 'expectMany'>
  /** Whether the peer may send frames. */
  readonly takesFrames: () => boolean
  readonly isClosed: () => boolean
  readonly values: Pick<Values, 'pack' | 'retract'>
  /** The values of a peer's message. */
  readonly unpack: (payload: unknown, marks: unknown) => unknown
  /** How much of an error the peer gets; undefined: nothing but what JSON-RPC has. */
  readonly detail: () => ErrorDetail | undefined
  /** How the peer cancels; undefined: it does not. */
  readonly dialect: () => Dialect | undefined
  /** An answer to a call of this side. */
  readonly answered: (answer: Answer) => void
  /**
   * A method that starts with `rpc.`. @returns false if there is none or it is not obeyed, true if it has been, else what
   * answers it.
   */
  readonly extension: (call: Call) => boolean | RPCHandler
  /** A call that is no extension has arrived. */
  readonly called: () => void
}

/** Takes the answer to a call of `method`; undefined: there is none after all. Called once for a call that has an id. */
type Reply = (answer?: object, method?: string, transfer?: readonly object[]) => void

const refuse = (id: RPCId, code: number, message: string): object => ({
  jsonrpc: '2.0',
  id,
  error: { code, message },
})

const invalid = (): object => refuse(null, INVALID_REQUEST, 'Invalid Request')

const takesAnswer = (message: Parsed): boolean =>
  typeof message === 'string' || (message?.method !== undefined && message.id !== undefined)

// What comes of no call, such as the error of a stream in params, has a context all the same.
const NO_CALL: Call = { id: undefined, method: '', params: undefined }

export function createIncoming(deps: IncomingDeps): Incoming {
  const { limits, diagnose, values, outbox } = deps
  const { post } = outbox
  const isShared = deps.policy === 'shared'
  const { validate, mapError, fallback } = deps.hooks
  const methods = new Map<string, RPCHandler>()
  // What has not finished, by id; notifications by their own context.
  const running = new Map<unknown, Running>()
  let inFlight = 0
  let startedLater = false
  // Counts the peers that there were: nothing is said to one about what another asked.
  let epoch = 0

  // In place of an answer that cannot be sent: the reason in words, or the error without its data.
  const excuse = (answer: object, method: string | undefined, cause: unknown): object => {
    diagnose('undeliverable', method, cause)
    const { id, error } = answer as { id: RPCId; error?: RPCErrorObject }
    const why = `The result of \`${method}\` cannot be sent: ${messageOf(cause)}`
    return error ? refuse(id, error.code, error.message) : refuse(id, INTERNAL_ERROR, why)
  }

  // Answer with what the handler made.
  const pack = (answer: Draft, member: Member, context: Running, reply: Reply): void => {
    let transfer: readonly object[] | undefined
    try {
      transfer = values.pack(answer, member, undefined, context)
    } catch (cause) {
      return reply(excuse(answer, context.method, cause), context.method)
    }
    reply(answer, context.method, transfer)
  }

  const send: Reply = (answer, method, transfer) => {
    if (!answer) return
    try {
      post(answer, transfer)
    } catch (cause) {
      values.retract(answer)
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

  const accept = (received: Call, origin: string | undefined, reply: Reply): void => {
    const { id, method } = received
    let call = received
    if (received.values !== undefined) {
      try {
        call = { id, method, params: deps.unpack(received.params, received.values) as RPCParams | undefined }
      } catch (error) {
        return decline(call, reply, 'invalid', INVALID_PARAMS, `Invalid params: ${messageOf(error)}`)
      }
    }
    const { params } = call
    const dialect = deps.dialect()
    if (id === undefined && method === dialect?.method) return cancel(dialect, params)
    let handler: RPCHandler | undefined
    if (method.startsWith('rpc.')) {
      const obeyed = deps.extension(call)
      if (typeof obeyed === 'boolean') return obeyed ? reply() : notFound(call, reply)
      handler = obeyed
    } else {
      if (id !== undefined || !deps.transport.emitsEvents) deps.called()
      handler = methods.get(method)
    }
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
      if (validate && !method.startsWith('rpc.')) runValidate(validate, method, params)
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
    startedLater = true
    const done = (settle: typeof succeed) => (value: unknown) => {
      inFlight--
      if (running.get(key) !== context) return reply()
      running.delete(key)
      settle(context, value, reply)
    }
    // By way of a promise, as the `then` of a handler's own thenable may throw.
    void Promise.resolve(result).then(done(succeed), done(fail))
  }

  const succeed = (context: Running, result: unknown, reply: Reply): void => {
    const { id } = context
    if (id === undefined) return
    if (reply === send && outbox.join(id, true, [result === undefined ? null : result])) return
    pack({ jsonrpc: '2.0', id, result: result === undefined ? null : result }, 'result', context, reply)
  }

  const fail = (context: Running, thrown: unknown, reply: Reply): void => {
    const { id, method, aborted } = context
    if (id === undefined) return diagnose('failed', method, thrown)
    let error = describe(thrown, context)
    if (aborted) error = { ...error, code: CANCELLED }
    pack({ jsonrpc: '2.0', id, error }, 'error', context, reply)
  }

  const describe: Incoming['describe'] = (
    thrown,
    context = new Running(deps.transport, undefined, NO_CALL),
    detail = deps.detail(),
  ) => {
    try {
      const mapped = mapError ? settled('mapError', mapError(thrown, context)) : thrown
      return detail ? toDetailedError(mapped, detail) : toErrorObject(mapped)
    } catch (failed) {
      diagnose('failed', 'mapError', failed)
      return { code: INTERNAL_ERROR, message: 'Internal error' }
    }
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
    const answers: Parameters<Reply>[] = []
    const began = epoch
    let open = 1
    const close: Reply = (...answer) => {
      if (answer[0]) answers.push(answer)
      if (--open || !answers.length || began !== epoch) return
      try {
        post(
          answers.map(([answer]) => answer),
          answers.flatMap(([, , transfer]) => transfer ?? []),
        )
      } catch {
        // One that the platform refuses must not take the others with it.
        for (const answer of answers) send(...answer)
      }
    }
    for (const message of messages) {
      if (began !== epoch) return
      if (takesAnswer(message)) open++
      receive(message, origin, close)
    }
    close()
  }

  const receiveOne = (data: unknown, origin: string | undefined): void => {
    if (deps.isClosed()) return
    if (Array.isArray(data)) return receiveBatch(data, origin)
    const message = parse(data)
    const isFramed = typeof message === 'object' && message.method === FRAME && message.id === undefined
    if (isFramed && deps.takesFrames()) delivery.receiveFrame(message.params, origin)
    else if (message !== 'foreign' || !isShared) receive(message, origin, send)
  }

  const receiveFramed: DeliveryDeps['receiveFramed'] = ({ id, method, params, result, error }, origin) => {
    startedLater = false
    if (method === undefined)
      deps.answered({ method, id, result, error, hasResult: !error, values: undefined })
    else if (id === null || typeof id === 'string' || Number.isFinite(id))
      accept({ id: (id ?? undefined) as RPCId | undefined, method, params }, origin, send)
    else diagnose('invalid', FRAME)
    return startedLater
  }

  const { expectMany } = outbox
  const delivery = createDelivery({ receiveOne, receiveFramed, expectMany, diagnose, epoch: () => epoch })

  return {
    methods,
    receive: delivery.receive,
    describe,
    isBusy: () => inFlight > 0,
    unreadable: () => {
      if (!isShared) send(refuse(null, PARSE_ERROR, 'Parse error'))
    },
    abandon: (reason) => {
      epoch++
      delivery.drop()
      for (const [key, context] of running) {
        running.delete(key)
        context.abort(reason)
      }
    },
  }
}
