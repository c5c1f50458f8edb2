/** The calls of this side: ids, the pending table, deadlines, abort, holding, and settling everything at the end. */
import {
  BUSY,
  callError,
  cannotSend,
  CLOSED,
  INVALID_RESPONSE,
  messageOf,
  RPCError,
  TIMEOUT,
} from '../protocol/errors.ts'
import { isObject } from '../protocol/guards.ts'
import type { RPCId, RPCParams } from '../protocol/messages.ts'
import { createAlarm } from './deadline-timer.ts'
import { checkTimeout, type RPCInvokeOptions } from './arguments.ts'
import { type Core, type Draft, type Entry, type Held, limitOf } from './seam.ts'
import { createFollow } from './abort-listeners.ts'

export interface Calls {
  /** The other side is there: send what is held. */
  readonly flush: () => void
  /** Reject what was sent, and with `all` also what is held. */
  readonly failAll: (code: number, why: string, cause: unknown, all: boolean) => void
  readonly close: () => void
}

const NO_OPTIONS: RPCInvokeOptions = {}
const NO_PARAMS: readonly unknown[] = []

const after = (ms: number): number => (ms > 0 ? performance.now() + ms : Infinity)

export function createCalls(
  core: Core,
  makeId: () => string | number,
  refusal: (method: string) => RPCError | undefined,
): Calls {
  const { timeout: defaultTimeout = 0, connectTimeout = 30_000 } = core.options
  checkTimeout(defaultTimeout)
  checkTimeout(connectTimeout)
  const maxPending = limitOf(core, 'maxPending', 65_536)
  const maxQueued = limitOf(core, 'maxQueuedBeforeConnect', 10_000)
  const { pending } = core
  const waiting = new Set<Held>()
  const follow = createFollow((id, reason) => giveUp(id, reason))

  const alarm = createAlarm(() => {
    const now = performance.now()
    for (const [id, { held, due, timeout, method }] of pending) {
      const early = held && held.expires < due
      const end = early ? held.expires : due
      const ms = early ? connectTimeout : timeout
      const why = `${early ? 'was not sent: nobody there within' : 'timed out after'} ${ms} ms`
      // With very many deadlines not for each of them.
      if (end > now) alarm.at(Math.max(end, now + pending.size / 4_096))
      else giveUp(id, callError(TIMEOUT, method, why, { data: { timeout: ms } }))
    }
  })

  const giveUp = (id: unknown, reason: unknown): void => {
    const entry = core.take(id)
    entry?.reject(reason)
    if (entry?.held) withdraw(entry.held, id)
    else core.cancel(id as RPCId, reason)
  }

  const withdraw = (held: Held, id: unknown): void => {
    if (held.withdraw?.(id) === false) return
    waiting.delete(held)
    drop(held)
  }

  const drop = ({ message }: Held): void => [message].flat().forEach((one) => core.drop(one))

  const add = (
    id: unknown,
    method: string,
    resolve: Entry['resolve'],
    reject: Entry['reject'],
    timeout: number,
    options: RPCInvokeOptions,
    held: Held | undefined,
  ): Entry => {
    const due = (timeout && after(timeout)) || Infinity
    const entry = {
      method,
      resolve,
      reject,
      timeout,
      due,
      options,
      held,
      unlisten: undefined,
      scope: undefined,
    }
    pending.set(id, entry)
    alarm.at(due)
    return entry
  }

  // Params by name leave alone. No params and an empty list of them are two things.
  const join = (id: RPCId, method: string, params: RPCParams | undefined): boolean =>
    params
      ? Array.isArray(params) && params.length > 0 && core.join(id, method, params)
      : core.join(id, method, NO_PARAMS)

  const remove = (id: unknown, entry: Entry): Entry => {
    pending.delete(id)
    entry.unlisten?.()
    // What was not sent is dropped by whoever has it.
    if (entry.scope && !entry.held) core.drop(entry.scope, true)
    if (!pending.size) alarm.rest()
    return entry
  }

  core.take = (id) => {
    const entry = pending.get(id)
    return entry && remove(id, entry)
  }

  core.send = (message, transfer = []) => {
    try {
      if (core.isOpen) return core.post(message, transfer) as undefined
      if (core.state === 'closed') throw new RPCError(CLOSED, 'destroy() was called')
      if (waiting.size >= maxQueued) throw new RPCError(BUSY, `${waiting.size} messages wait already`)
      const copy = { message, transfer: [...transfer], expires: after(connectTimeout) }
      const held: Held = structuredClone(copy, { transfer: copy.transfer as Transferable[] })
      waiting.add(held)
      alarm.at(held.expires)
      return held
    } catch (error) {
      throw core.explain(message, transfer, error)
    }
  }

  core.call = (method, params, options, into, batch) => {
    if (options.isNotify) return new Promise((resolve) => resolve(core.notify(method, params, options, into)))
    const refused = refusal(method)
    if (refused) return Promise.reject(refused)
    const { signal, timeout = defaultTimeout } = options
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
        const entry = add(id, method, resolve, reject, timeout, options, batch)
        if (signal) entry.unlisten = follow(signal, id)
        if (!into && !options.transfer && join(id, method, params)) return
        message = params ? { jsonrpc: '2.0', id, method, params } : { jsonrpc: '2.0', id, method }
        const transfer = params && core.pack(message, 'params', options)
        if (options.scoped) entry.scope = message
        entry.held = (into ?? core.send)(message, transfer)
      } catch (error) {
        if (message) core.drop(message)
        core.take(id)
        reject(cannotSend(method, error))
      }
    })
  }

  core.notify = (method, params, options, into) => {
    const refused = refusal(method)
    if (refused) throw refused
    if (!into && !options.transfer && join(null, method, params)) return
    const message: Draft = params ? { jsonrpc: '2.0', method, params } : { jsonrpc: '2.0', method }
    try {
      const held = (into ?? core.send)(message, params && core.pack(message, 'params', options))
      if (held && !into) core.wait(method, held)
    } catch (error) {
      core.drop(message)
      throw cannotSend(method, error)
    }
  }

  // A notification has nobody who waits for it, but must not wait for ever.
  core.wait = (
    method,
    held,
    timeout = 0,
    resolve = () => {},
    reject = (error) => core.diagnose('undeliverable', method, error),
  ) => void add(held, method, resolve, reject, timeout, NO_OPTIONS, held)

  core.settle = (id, error, result, hasResult, marks) => {
    const found = pending.get(id)
    if (!found || found.held) {
      core.diagnose('unexpected', id)
      return core.discard(marks)
    }
    remove(id, found)
    const { method, resolve, reject, options } = found
    const invalid = (why: string, cause?: unknown): void =>
      reject(callError(INVALID_RESPONSE, method, `got an answer that ${why}`, { cause }))
    try {
      if (error === undefined && hasResult)
        resolve(marks === undefined ? result : core.unpack(result, marks, options))
      else if (isObject(error) && result === undefined)
        reject(core.errorIn(marks === undefined ? error : (core.unpack(error, marks) as object)))
      else invalid('is not JSON-RPC 2.0')
    } catch (cause) {
      invalid(`cannot be read: ${messageOf(cause)}`, cause)
    }
  }

  return {
    flush: () => {
      for (const [id, entry] of pending) {
        if (entry.held === id) core.take(id)?.resolve(undefined)
        if (!entry.held?.collecting) entry.held = undefined
      }
      for (const held of waiting) {
        waiting.delete(held)
        const { message, transfer } = held
        try {
          core.post(message, transfer)
        } catch (error) {
          core.diagnose('undeliverable', (message as Draft).method, error)
          drop(held)
          for (const { id } of [message].flat()) core.take(id)?.reject(cannotSend('message', error))
        }
      }
    },
    failAll: (code, why, cause, all) => {
      for (const [id, { held, method, reject }] of pending) {
        if (held && !all) continue
        core.take(id)
        if (held) withdraw(held, id)
        reject(callError(code, method, `failed: ${why}`, { cause }))
      }
    },
    close: alarm.stop,
  }
}
