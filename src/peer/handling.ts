/** What arrives: classifying it, running handlers, answering or not. */
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
} from '../protocol/errors.ts'
import { isObject } from '../protocol/guards.ts'
import type { RPCErrorObject, RPCId, RPCParams } from '../protocol/messages.ts'
import type { RPCHandler } from './methods.ts'
import { enterContext, Running } from './context.ts'
import { type Core, type Draft, limitOf, type Member, type Reply } from './seam.ts'

export interface Handling {
  /** Something arrived that could not be read. */
  readonly unreadable: () => void
  /** Abort what runs; it is not answered any more. */
  readonly abandon: (reason: unknown) => void
}

export interface HandlingDeps {
  /** An answer to the introduction of this side. @returns false if it is none. */
  readonly introduced: (id: unknown, result: unknown) => boolean
  /** What is no method of the user: true if it was obeyed, false if nothing of that name is, else what answers it. */
  readonly extension: (call: Running) => boolean | RPCHandler | undefined
  /** A call that is no extension has arrived. */
  readonly spokenTo: () => void
}

export const refusal = (id: unknown, code: number, message: string): Draft => ({
  jsonrpc: '2.0',
  id,
  error: { code, message },
})

export const invalid = (): Draft => refusal(null, INVALID_REQUEST, 'Invalid Request')

type Fields = Partial<Record<'jsonrpc' | 'method' | 'id' | 'params' | 'error' | 'result' | 'values', unknown>>

const root = Object.prototype as Fields

// Engines know that without looking.
const isPolluted = (): boolean =>
  (root.jsonrpc ?? root.method ?? root.id ?? root.params ?? root.error ?? root.result ?? root.values) !==
  undefined

const isId = (id: unknown): id is RPCId | undefined =>
  id === undefined || typeof id === 'string' || id === null || Number.isFinite(id)

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  if (!isObject(value) && typeof value !== 'function') return false
  try {
    return typeof (value as { then?: unknown }).then === 'function'
  } catch {
    // What cannot be read is told when it is to be sent.
    return false
  }
}

export function createHandling(core: Core, deps: HandlingDeps): Handling {
  const { isShared, methods, transport } = core
  const maxInFlight = limitOf(core, 'maxInFlight', 16_384)
  // What has not finished, by id; notifications by their own context.
  const running = new Map<unknown, Running>()

  // In place of an answer that cannot be sent: the reason in words, or the error without its data.
  const excuse = ({ id, error }: Draft, method: string | undefined, cause: unknown): Draft => {
    core.diagnose('undeliverable', method, cause)
    const { code, message } = (error ?? {
      code: INTERNAL_ERROR,
      message: `The result of \`${method}\` cannot be sent: ${messageOf(cause)}`,
    }) as RPCErrorObject
    return refusal(id, code, message)
  }

  const reply: Reply = (core.reply = (answer, method, transfer = []) => {
    if (!answer) return
    try {
      core.post(answer, transfer)
    } catch (cause) {
      core.drop(answer)
      try {
        core.post(excuse(answer, method, core.explain(answer, transfer, cause)))
      } catch {}
    }
  })

  // Answer with what the handler made.
  const pack = (answer: Draft, member: Member, context: Running, to: Reply): void => {
    let transfer: readonly object[] | undefined
    try {
      transfer = core.pack(answer, member, undefined, context)
    } catch (cause) {
      return to(excuse(answer, context.method, cause), context.method)
    }
    to(answer, context.method, transfer)
  }

  // Each field is read once; only own members count, and one that is undefined counts as absent.
  core.receiveOne = (data, origin, to) => {
    let jsonrpc, method, id, params, error, result, values: unknown
    let hasResult = false
    try {
      if (isObject(data)) {
        ;({ jsonrpc, method, id, params, error, result, values } = data as Fields)
        hasResult = result !== undefined || Object.hasOwn(data, 'result')
        // Of a plain object nothing is inherited that has one of these names, mostly.
        if (Object.getPrototypeOf(data) !== root || isPolluted()) {
          const own = <T>(key: string, member: T): T | undefined =>
            member !== undefined && Object.hasOwn(data, key) ? member : undefined
          jsonrpc = own('jsonrpc', jsonrpc)
          method = own('method', method)
          id = own('id', id)
          params = own('params', params)
          error = own('error', error)
          result = own('result', result)
          values = own('values', values)
        }
      }
    } catch (cause) {
      core.diagnose('invalid', undefined, cause)
      return false
    }
    const isOurs = jsonrpc === '2.0'
    if (method === undefined && (isOurs || id !== undefined || error !== undefined || result !== undefined)) {
      // What looks like an answer of somebody else gets none, or two peers would never stop.
      if (!isOurs) return null
      if (!deps.introduced(id, result)) core.settle(id, error, result, hasResult, values)
      return false
    }
    if (isOurs && typeof method === 'string' && isId(id) && (params === undefined || isObject(params))) {
      core.accept(new Running(transport, origin, id, method, params as RPCParams | undefined), values, to)
      return id !== undefined
    }
    // Whatever is not JSON-RPC 2.0 is someone else's, where others may post, too.
    if (!isOurs && isShared) return undefined
    core.diagnose('invalid')
    to(invalid())
    return true
  }

  const notFound = (call: Running, to: Reply): void =>
    decline(call, to, 'unknown-method', METHOD_NOT_FOUND, `Method not found: ${call.method}`)

  // A request is told, a notification is not.
  const decline = (
    { id, method }: Running,
    to: Reply,
    kind: Parameters<Core['diagnose']>[0],
    code: number,
    why: string,
  ): void => (id === undefined ? core.diagnose(kind, method) : to(refusal(id, code, why)))

  core.accept = (received, marks, to) => {
    let call = received
    const { id, method, origin } = call
    if (marks !== undefined) {
      try {
        const params = core.unpack(call.params, marks) as RPCParams | undefined
        call = new Running(transport, origin, id, method, params)
      } catch (error) {
        return decline(call, to, 'invalid', INVALID_PARAMS, `Invalid params: ${messageOf(error)}`)
      }
    }
    let handler = methods.get(method)
    const obeyed = handler ? undefined : deps.extension(call)
    if (typeof obeyed === 'boolean') return obeyed ? to() : notFound(call, to)
    if (!obeyed && (id !== undefined || !transport.emitsEvents)) deps.spokenTo()
    handler ??= obeyed ?? core.find(call)
    if (running.size && running.has(id)) {
      core.diagnose('unexpected', id)
      return to(isShared ? undefined : invalid())
    }
    if (!handler) notFound(call, to)
    else if (core.inFlight < maxInFlight) run(handler, call, to)
    else decline(call, to, 'busy', BUSY, `${core.inFlight} calls are running already`)
  }

  const run = (handler: RPCHandler, context: Running, to: Reply): void => {
    const former = enterContext(context)
    try {
      const result = core.handle(handler, context)
      if (isThenable(result)) later(context, result, to)
      else succeed(context, result, to)
    } catch (error) {
      fail(context, error, to)
    } finally {
      enterContext(former)
    }
  }

  const later = (context: Running, result: PromiseLike<unknown>, to: Reply): void => {
    const key = context.id ?? context
    running.set(key, context)
    core.inFlight++
    const done = (settle: typeof succeed) => (value: unknown) => {
      core.inFlight--
      if (running.get(key) !== context) return to()
      running.delete(key)
      settle(context, value, to)
    }
    // By way of a promise, as the `then` of a handler's own thenable may throw.
    void Promise.resolve(result).then(done(succeed), done(fail))
  }

  const succeed = (context: Running, result: unknown, to: Reply): void => {
    const { id } = context
    if (id === undefined) return
    const value = result === undefined ? null : result
    if (to === reply && core.join(id, true, [value])) return
    pack({ jsonrpc: '2.0', id, result: value }, 'result', context, to)
  }

  const fail = (context: Running, thrown: unknown, to: Reply): void => {
    const { id, method, aborted } = context
    if (id === undefined) return core.diagnose('failed', method, thrown)
    let error: RPCErrorObject
    try {
      error = core.errorOut(thrown, context)
    } catch (failed) {
      core.diagnose('failed', 'mapError', failed)
      error = { code: INTERNAL_ERROR, message: 'Internal error' }
    }
    if (aborted) error = { ...error, code: CANCELLED }
    pack({ jsonrpc: '2.0', id, error }, 'error', context, to)
  }

  core.handle = (handler, { params }) =>
    Reflect.apply(
      handler,
      undefined,
      (params === undefined ? [] : Array.isArray(params) ? params : [params]) as never[],
    )

  core.stop = (id, isAnswered, code = CANCELLED) => {
    const context = running.get(id)
    if (!isAnswered) running.delete(id)
    context?.abort(new RPCError(code, 'The caller cancelled'))
  }

  return {
    unreadable: () => {
      if (!isShared) reply(refusal(null, PARSE_ERROR, 'Parse error'))
    },
    abandon: (reason) => {
      for (const [key, context] of running) {
        running.delete(key)
        context.abort(reason)
      }
    },
  }
}
