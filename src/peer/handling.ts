/** The calls of the peer: finding their handler, running it, and answering or not. */
import { runUser } from '../protocol/boundary.ts'
import {
  BUSY,
  INTERNAL_ERROR,
  INVALID_PARAMS,
  messageOf,
  METHOD_NOT_FOUND,
  PARSE_ERROR,
} from '../protocol/errors.ts'
import { isThenable, keyOf } from '../protocol/guards.ts'
import type { RPCErrorObject, RPCParams } from '../protocol/messages.ts'
import { domError } from '../protocol/realm.ts'
import { enterContext, type IncomingCall } from './context.ts'
import type { Diagnostic } from './diagnostics.ts'
import { isReserved, type RPCHandler } from './methods.ts'
import { invalidRequest, refusal } from './reading.ts'
import { type Draft, limitOf, type Member, type Peer, type Reply, type Step } from './seam.ts'

/** `unreadable`: something arrived that could not be read. `abandon`: abort what runs; it is not answered any more. */
export type Handling = readonly [unreadable: () => void, abandon: (reason: unknown) => void]

/** What is not a registered method: true if it was obeyed, false if there is no such extension, else what answers it. */
export type Extend = (call: IncomingCall) => boolean | Step | undefined

type Settle = (call: IncomingCall, value: unknown, to: Reply) => void

/** @param spokenTo is told of a call that is no extension. */
export function createHandling(peer: Peer, extension: Extend, spokenTo: () => void): Handling {
  const { isShared, methods, transport } = peer
  const maxInFlight = limitOf(peer, 'maxInFlight', 16_384)
  // What has not finished, by id; notifications by their own call.
  const running = new Map<unknown, IncomingCall>()
  const [reply, succeed, fail] = createAnswers(peer)

  peer.accept = (call, marks, to) => {
    if (marks !== undefined)
      try {
        call.params = peer.unpack(call.params, marks) as RPCParams | undefined
      } catch (error) {
        return decline(call, to, 'invalid', INVALID_PARAMS, `Invalid params: ${messageOf(error)}`)
      }
    peer.start(call, to)
  }

  peer.start = (call, to) => {
    const { id, method } = call
    const step = methods.has(method) ? undefined : extension(call)
    if (typeof step === 'boolean') return step ? to() : notFound(call, to)
    if (!step && (id !== undefined || !transport.emitsEvents)) spokenTo()
    if (running.size && running.has(keyOf(id))) {
      peer.diagnose('unexpected', id)
      return to(isShared ? undefined : invalidRequest())
    }
    const found = step ?? peer.reach(method)
    const handler =
      typeof found === 'function' ? (found as RPCHandler) : isReserved(method) ? undefined : peer.find(call)
    if (!handler) notFound(call, to, found as string | undefined)
    else if (peer.inFlight >= maxInFlight)
      decline(call, to, 'busy', BUSY, `${peer.inFlight} calls are running already`)
    else run(step ? undefined : handler, step, call, to)
  }

  const notFound = (call: IncomingCall, to: Reply, why = ''): void =>
    decline(
      call,
      to,
      'unknown-method',
      METHOD_NOT_FOUND,
      call.method
        ? `Method not found: ${call.method}${why}`
        : 'The remote itself was called, and what is exposed is no function. To keep it in state: setState(() => remote)',
    )

  // A request is answered, a notification is not.
  const decline = (
    { id, method }: IncomingCall,
    to: Reply,
    kind: Diagnostic['kind'],
    code: number,
    why: string,
  ): void => (id === undefined ? peer.diagnose(kind, method) : to(refusal(id, code, why)))

  const run = (
    handler: RPCHandler | undefined,
    step: Step | undefined,
    call: IncomingCall,
    to: Reply,
  ): void => {
    const former = enterContext(call)
    try {
      const result = step
        ? step((call.params ?? []) as never, call)
        : peer.handle(handler as RPCHandler, call)
      if (isThenable(result)) later(call, result, to)
      else succeed(call, result, to)
    } catch (error) {
      fail(call, error, to)
    } finally {
      enterContext(former)
    }
  }

  const later = (call: IncomingCall, result: PromiseLike<unknown>, to: Reply): void => {
    const key = keyOf(call.id ?? call)
    running.set(key, call)
    peer.inFlight++
    const done = (settle: Settle) => (value: unknown) => {
      peer.inFlight--
      if (running.get(key) !== call) return to()
      running.delete(key)
      settle(call, value, to)
    }
    // By way of a promise, as the `then` of a handler's own thenable may throw.
    void Promise.resolve(result).then(done(succeed), done(fail))
  }

  peer.isRunning = (id) => running.has(keyOf(id))
  peer.stop = (id, isAnswered, code, isLate) => {
    const call = running.get(keyOf(id))
    if (!isAnswered) running.delete(keyOf(id))
    call?.abort(isLate ? stopped('TimeoutError', 'The deadline of the caller has passed') : stopped(), code)
  }

  return [
    () => {
      if (!isShared) reply(refusal(null, PARSE_ERROR, 'Parse error'))
    },
    (reason) => {
      for (const [key, call] of running) {
        running.delete(key)
        call.abort(reason)
      }
    },
  ]
}

/** What the platform aborts with. */
const stopped = (name = 'AbortError', why = 'The caller cancelled'): Error => domError(name, why)

/** How a call is answered: by a result, an error, or why neither can be sent. */
function createAnswers(peer: Peer): readonly [reply: Reply, succeed: Settle, fail: Settle] {
  // In place of an answer that cannot be sent: the reason in words, or the error without its data.
  const excuse = ({ id, error }: Draft, method: string | undefined, cause: unknown): Draft => {
    peer.diagnose('undeliverable', method, cause)
    const { code, message } = (error ?? {
      code: INTERNAL_ERROR,
      message: `The result of \`${method}\` cannot be sent: ${messageOf(cause)}`,
    }) as RPCErrorObject
    return refusal(id, code, message)
  }

  const reply: Reply = (peer.reply = (answer, method, transfer = []) => {
    if (!answer) return
    try {
      peer.post(answer, transfer)
    } catch (cause) {
      peer.drop(answer)
      // Where this cannot be sent either, what `excuse` diagnosed says why.
      try {
        peer.owe(excuse(answer, method, peer.explain(answer, transfer, cause)))
      } catch {}
    }
  })

  const pack = (answer: Draft, member: Member, call: IncomingCall, to: Reply): void => {
    let transfer: readonly object[] | undefined
    try {
      transfer = peer.pack(answer, member, undefined, call)
    } catch (cause) {
      return to(excuse(answer, call.method, cause), call.method)
    }
    to(answer, call.method, transfer)
  }

  return [
    reply,
    (call, result, to) => {
      const { id } = call
      if (id === undefined) return
      // What only JSON-RPC knows has null, and so has text without marks.
      const value =
        result === undefined && !peer.can(peer.transport.codec ? 'values' : 'close') ? null : result
      if (to === reply && peer.join(id, true, [value])) return
      pack({ jsonrpc: '2.0', id, result: value }, 'result', call, to)
    },
    (call, thrown, to) => {
      const { id, method, aborted, code } = call
      if (id === undefined) return peer.diagnose('failed', method, thrown)
      let error = peer.errorOut(thrown, call)
      if (aborted) error = { ...error, code }
      pack({ jsonrpc: '2.0', id, error }, 'error', call, to)
    },
  ]
}

/** Call a handler with params as JSON-RPC 2.0 has them: by position spread, by name as one argument. */
export const spread = (
  handler: (...args: never[]) => unknown,
  { params }: { readonly params: RPCParams | undefined },
): unknown =>
  runUser(
    handler,
    undefined,
    (params === undefined ? [] : Array.isArray(params) ? params : [params]) as never[],
  )
