/** The calls of this side: ids, making a message, posting or queueing it, and settling by its answer. */
import {
  BUSY,
  callError,
  cannotSend,
  INVALID_RESPONSE,
  messageOf,
  type RPCError,
} from '../protocol/errors.ts'
import { isObject } from '../protocol/guards.ts'
import type { RPCId, RPCParams } from '../protocol/messages.ts'
import { checkTimeout, connectTimeoutOf } from './arguments.ts'
import { createOutbox } from './outbox.ts'
import { createPending } from './pending.ts'
import { type CallOptions, COLLECTOR, type Draft, limitOf, type Peer } from './seam.ts'

/** `flush`: the peer has connected, post what is queued. `failAll`: reject what was sent, and with `all` also what is queued. */
export type Calls = readonly [
  flush: () => void,
  failAll: (reason: RPCError, all: boolean) => void,
  close: () => void,
]

const NO_OPTIONS: CallOptions = {}
const NO_PARAMS: readonly unknown[] = []

/**
 * @param makeId makes an id that no call over this endpoint had before.
 * @param refusal says why nothing can be called any more.
 */
export function createCalls(
  peer: Peer,
  makeId: () => string | number,
  refusal: (method: string) => RPCError | undefined,
): Calls {
  const { timeout: defaultTimeout = 0 } = peer.options
  const connectTimeout = connectTimeoutOf(peer.options)
  checkTimeout(defaultTimeout)
  checkTimeout(connectTimeout)
  const maxPending = limitOf(peer, 'maxPending', 65_536)
  const { pending } = peer
  const [flush, withdraw] = createOutbox(peer, connectTimeout, (time) => table.lookAt(time))
  const table = createPending(peer, connectTimeout, withdraw)

  // Params by name leave by themselves. No params and an empty list of them are two things.
  const join = (id: RPCId, method: string, params: RPCParams | undefined): boolean =>
    params
      ? Array.isArray(params) && params.length > 0 && peer.join(id, method, params)
      : peer.join(id, method, NO_PARAMS)

  peer.call = (method, params, options) => {
    if (options.isNotify) return new Promise((resolve) => resolve(peer.notify(method, params, options)))
    const refused = refusal(method)
    if (refused) return Promise.reject(refused)
    const { signal, timeout = defaultTimeout, [COLLECTOR]: collector } = options
    const held = collector?.held
    let { id } = options
    if (id === undefined)
      do id = makeId()
      while (pending.has(id))
    else if (typeof id !== 'string' && !Number.isInteger(id))
      throw new TypeError('An id is a string or an integer')
    else if (pending.has(id)) throw new TypeError(`The id ${id} is pending already`)
    checkTimeout(timeout)
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      let message: Draft | undefined
      try {
        if (pending.size >= maxPending)
          throw callError(BUSY, method, `was not sent: ${pending.size} calls are pending`)
        const entry = table.add(id, method, resolve, reject, timeout, options, held)
        if (!collector && !options.transfer && join(id, method, params)) return
        message = params ? { jsonrpc: '2.0', id, method, params } : { jsonrpc: '2.0', id, method }
        const transfer = params && peer.pack(message, 'params', options)
        if (options.scoped) entry.scope = message
        if (collector) collector.add(message, transfer)
        else entry.held = peer.send(message, transfer)
      } catch (error) {
        if (message) peer.drop(message)
        peer.take(id)
        reject(cannotSend(method, error))
      }
    })
  }

  peer.notify = (method, params, options) => {
    const refused = refusal(method)
    if (refused) throw refused
    const { [COLLECTOR]: collector } = options
    // It throws if it has been sent.
    void collector?.held
    if (!collector && !options.transfer && join(null, method, params)) return
    const message: Draft = params ? { jsonrpc: '2.0', method, params } : { jsonrpc: '2.0', method }
    try {
      const transfer = params && peer.pack(message, 'params', options)
      if (collector) return collector.add(message, transfer)
      const held = peer.send(message, transfer)
      if (held) peer.wait(method, held)
    } catch (error) {
      peer.drop(message)
      throw cannotSend(method, error)
    }
  }

  // Nobody waits for a notification, but it must not wait for ever.
  peer.wait = (
    method,
    held,
    timeout = 0,
    resolve = () => {},
    reject = (error) => peer.diagnose('undeliverable', method, error),
  ) => void table.add(held, method, resolve, reject, timeout, NO_OPTIONS, held)

  peer.settle = (id, error, result, hasResult, marks) => {
    const entry = pending.get(id)
    if (!entry || entry.held) {
      peer.diagnose('unexpected', id)
      return peer.discard(marks)
    }
    table.remove(id, entry)
    const { method, resolve, reject, options } = entry
    const invalid = (why: string, cause?: unknown): void =>
      reject(callError(INVALID_RESPONSE, method, `got an answer that ${why}`, { cause }))
    try {
      // JSON-RPC 1.0 has both, one of them null.
      if (hasResult && (error === undefined || error === null))
        resolve(marks === undefined ? result : peer.unpack(result, marks, options))
      else if (isObject(error) && (result === undefined || result === null))
        peer.fail(entry, peer.errorIn(marks === undefined ? error : (peer.unpack(error, marks) as object)))
      // Some say in a text what is wrong.
      else invalid(`is not JSON-RPC 2.0${typeof error === 'string' ? `: ${error}` : ''}`)
    } catch (cause) {
      invalid(`cannot be read: ${messageOf(cause)}`, cause)
    }
  }

  return [
    flush,
    ({ code, message, cause }, all) => {
      for (const [id, { held, method, reject }] of pending) {
        if (held && !all) continue
        peer.take(id)
        if (held) withdraw(held, id)
        reject(callError(code, method, `failed: ${message}`, { cause }))
      }
    },
    table.stop,
  ]
}
