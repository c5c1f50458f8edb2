import { createAlarm } from './alarm.ts'
import { checkTimeout, type RPCInvokeOptions } from './arguments.ts'
import type { SignalLike } from './context.ts'
import type { Diagnose } from './diagnostics.ts'
import {
  BUSY,
  callError,
  cannotSend,
  CLOSED,
  INVALID_RESPONSE,
  messageOf,
  RPCError,
  TIMEOUT,
} from './errors.ts'
import type { Framed } from './frame.ts'
import { isObject } from './guards.ts'
import { createFollow } from './follow.ts'
import type { Limits } from './limits.ts'
import { type Answer, idOf, type RPCId, type RPCParams, type RPCRequest } from './messages.ts'
import { emptyBatch, type Held, type Outbox } from './outbox.ts'
import type { Draft, Values } from './link.ts'

/** The calls of this side: ids, the pending table, deadlines, abort, and settling everything at the end. */
export interface Outgoing {
  /** Send a request, or add it to a batch. @throws TypeError if `options.id` is pending already. */
  readonly request: (
    method: string,
    params: RPCParams | undefined,
    options: RPCInvokeOptions,
    batch?: Held,
  ) => Promise<unknown>
  /** Send a notification, or add it to a batch. @throws RPCError UNDELIVERABLE or BUSY. */
  readonly notify: (
    method: string,
    params: RPCParams | undefined,
    transfer: readonly object[] | undefined,
    batch?: Held,
  ) => void
  readonly sendBatch: (batch: Held) => void
  /** Reject what was collected for a batch that is not sent after all. */
  readonly dropBatch: (batch: Held, reason: unknown) => void
  /** A message that was to leave with others could not be posted. */
  readonly lost: (one: Framed, error: unknown) => void
  /** Resolve when `flush` is called. */
  readonly untilConnected: (timeout: number) => Promise<unknown>
  readonly answer: (answer: Answer) => void
  /** The other side is known: send what is held. */
  readonly flush: () => void
  /** Reject what was sent, and with `all` also what is held. */
  readonly failAll: (code: number, why: string, cause: unknown, all: boolean) => void
  /** Whether anything is pending. */
  readonly isWaiting: () => boolean
  /** Stop the timer. */
  readonly close: () => void
}

export interface OutgoingDeps {
  readonly outbox: Outbox
  readonly limits: Limits
  readonly diagnose: Diagnose
  /** Make an id that no call over this endpoint had before, also not one of an RPC before this one. */
  readonly makeId: () => string | number
  readonly timeout: number
  readonly connectTimeout: number
  /** Tell the peer that an answer is not wanted any more, if it can be told. */
  readonly cancel: (id: RPCId, reason: unknown) => void
  /** The error of an answer, as this peer means it; `site` is the stack of the call, if it was kept. */
  readonly toError: (error: object, site: string | undefined) => Error
  readonly values: Pick<Values, 'pack' | 'retract' | 'endScope'>
  /** An answer that nobody waits for, and what it passes. */
  readonly unexpected: (id: unknown, marks: unknown) => void
  /** The values of a peer's message. */
  readonly unpack: (payload: unknown, marks: unknown, signal?: SignalLike) => unknown
  /** Keep the stack of each call, to be shown in the error that it rejects with. */
  readonly keepsSite: boolean
}

interface Entry {
  readonly method: string
  readonly resolve: (value: unknown) => void
  readonly reject: (reason: unknown) => void
  /** Milliseconds given, and when they are over, on the clock of `performance.now()`; Infinity: never. */
  readonly timeout: number
  readonly due: number
  /** What it waits in until it is sent. */
  held: Held | undefined
  unlisten: (() => void) | undefined
  /** The stack of the call. */
  site: string | undefined
  /** Ends what its result streams. */
  signal: SignalLike | undefined
  /** What its params passed by reference is let go of with it. */
  scope: Draft | undefined
}

const after = (ms: number): number => (ms > 0 ? performance.now() + ms : Infinity)

export function createOutgoing({
  outbox,
  limits,
  diagnose,
  makeId,
  timeout: defaultTimeout,
  connectTimeout,
  cancel,
  toError,
  keepsSite,
  values,
  unpack,
  unexpected,
}: OutgoingDeps): Outgoing {
  // The key is the id; what waits without one (connect, a held notification) is keyed by what it waits in.
  const pending = new Map<unknown, Entry>()
  const follow = createFollow((key, reason) => giveUp(key, reason))
  let isClosed = false

  const sweep = (): void => {
    const now = performance.now()
    for (const [key, { held, due, timeout, method }] of pending) {
      const early = held && held.expires < due
      const end = early ? held.expires : due
      const ms = early ? connectTimeout : timeout
      const why = `${early ? 'was not sent: nobody there within' : 'timed out after'} ${ms} ms`
      // With very many deadlines not for each of them.
      if (end > now) alarm.at(Math.max(end, now + pending.size / 4_096))
      else giveUp(key, callError(TIMEOUT, method, why, { data: { timeout: ms } }))
    }
  }

  const alarm = createAlarm(sweep)

  const take = (key: unknown): Entry | undefined => {
    const entry = pending.get(key)
    pending.delete(key)
    entry?.unlisten?.()
    // What was not sent is retracted by whoever has it.
    if (entry?.scope && !entry.held) values.endScope(entry.scope)
    if (!pending.size) alarm.rest()
    return entry
  }

  const giveUp = (key: unknown, reason: unknown): void => {
    const entry = take(key)
    entry?.reject(reason)
    if (entry?.held) outbox.withdraw(entry.held, key)
    else cancel(key as RPCId, reason)
  }

  const add = (
    key: unknown,
    { method, resolve, reject }: Pick<Entry, 'method' | 'resolve' | 'reject'>,
    timeout: number,
    held?: Held,
  ): Entry => {
    const due = after(timeout)
    // Member by member: an object spread here makes a call three times as slow in Node 20.
    const entry: Entry = {
      method,
      resolve,
      reject,
      timeout,
      due,
      held,
      unlisten: undefined,
      site: undefined,
      signal: undefined,
      scope: undefined,
    }
    pending.set(key, entry)
    alarm.at(due)
    return entry
  }

  const send = (message: object, transfer: readonly object[] | undefined): Held | undefined => {
    if (isClosed) throw new RPCError(CLOSED, 'destroy() was called')
    const held = outbox.send(message, transfer)
    if (held) alarm.at((held.expires = after(connectTimeout)))
    return held
  }

  // A notification has nobody who waits for it, but must not wait for ever.
  const keep = (held: Held, method: string): void => {
    const reject = (error: unknown): void => diagnose('undeliverable', method, error)
    add(held, { method, resolve() {}, reject }, 0, held)
  }

  const put = (batch: Held, message: object, transfer: readonly object[] = []): void => {
    ;(batch.message as object[]).push(message)
    batch.transfer.push(...transfer)
  }

  const envelope = (method: string, params: RPCParams | undefined, id?: RPCId): Draft => {
    const message: Draft = { jsonrpc: '2.0' }
    if (id !== undefined) message.id = id
    message.method = method
    if (params) message.params = params
    return message
  }

  // By position alone: a frame has no names.
  const join = (id: RPCId, method: string, params: RPCParams | undefined): boolean =>
    // No params and an empty list of them are two things.
    (params === undefined || (Array.isArray(params) && params.length > 0)) &&
    outbox.join(id, method, params ?? [])

  const nextId = (): string | number => {
    const id = makeId()
    return pending.has(id) ? nextId() : id
  }

  const rejectAll = ({ message }: Held, reason: unknown): void => {
    for (const one of [message].flat()) {
      values.retract(one)
      take(idOf(one))?.reject(reason)
    }
  }

  return {
    request: (method, params, options, batch) => {
      const { signal, transfer, scoped, timeout = defaultTimeout, id = nextId() } = options
      if (typeof id !== 'string' && !Number.isInteger(id))
        throw new TypeError('An id is a string or an integer')
      if (pending.has(id)) throw new TypeError(`The id ${id} is pending already`)
      checkTimeout(timeout)
      return new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason)
        let message: Draft | undefined
        try {
          if (pending.size >= limits.maxPending)
            throw callError(BUSY, method, `was not sent: ${pending.size} calls are pending`)
          const entry = add(id, { method, resolve, reject }, timeout, batch)
          if (keepsSite) entry.site = new Error().stack
          if (signal) {
            entry.signal = signal
            entry.unlisten = follow(signal, id)
          }
          if (!batch && !transfer && join(id, method, params)) return
          message = envelope(method, params, id)
          const moved = params && values.pack(message, 'params', options)
          if (scoped) entry.scope = message
          if (batch) put(batch, message, moved)
          else entry.held = send(message, moved)
        } catch (error) {
          if (message) values.retract(message)
          take(id)
          reject(cannotSend(method, error))
        }
      })
    },

    notify: (method, params, transfer, batch) => {
      if (!batch && !transfer && join(null, method, params)) return
      const message = envelope(method, params)
      try {
        const moved = params && values.pack(message, 'params', transfer && { transfer })
        if (batch) return put(batch, message, moved)
        const held = send(message, moved)
        if (held) keep(held, method)
      } catch (error) {
        values.retract(message)
        throw cannotSend(method, error)
      }
    },

    sendBatch: (batch) => {
      const messages = batch.message as object[]
      const move = (held: Held | undefined): void => {
        for (const message of messages) {
          const entry = pending.get(idOf(message))
          if (entry) entry.held = held
        }
      }
      try {
        batch.collecting = false
        move(undefined)
        if (!messages.length) return
        const held = send(messages, batch.transfer)
        move(held)
        if (held && messages.some((message) => idOf(message) === undefined)) keep(held, 'batch')
      } catch (error) {
        rejectAll(batch, cannotSend('batch', error))
      }
    },

    dropBatch: rejectAll,

    lost: ({ id, method }, error) => {
      diagnose('undeliverable', method, error)
      if (method) take(id)?.reject(cannotSend(method, error))
    },

    untilConnected: (timeout) =>
      new Promise((resolve, reject) => {
        const held = emptyBatch()
        add(held, { method: 'rpc.connect', resolve, reject }, timeout, held)
      }),

    answer: ({ id, error, result, hasResult, values: marks }) => {
      const entry = pending.get(id)
      if (!entry || entry.held) return unexpected(id, marks)
      take(id)
      const { method, resolve, reject, site, signal } = entry
      try {
        if (error === undefined && hasResult)
          resolve(marks === undefined ? result : unpack(result, marks, signal))
        else if (isObject(error) && result === undefined)
          reject(toError(unpack(error, marks) as object, site))
        else reject(callError(INVALID_RESPONSE, method, 'got an answer that is not JSON-RPC 2.0'))
      } catch (cause) {
        const why = `got an answer that cannot be read: ${messageOf(cause)}`
        reject(callError(INVALID_RESPONSE, method, why, { cause }))
      }
    },

    flush: () => {
      for (const [key, entry] of pending) {
        if (entry.held === key) take(key)?.resolve(undefined)
        if (!entry.held?.collecting) entry.held = undefined
      }
      outbox.open((held, error) => {
        diagnose('undeliverable', (held.message as Partial<RPCRequest>).method, error)
        rejectAll(held, cannotSend('message', error))
      })
    },

    failAll: (code, why, cause, all) => {
      for (const [key, { held, method, reject }] of pending) {
        if (held && !all) continue
        take(key)
        if (held) outbox.withdraw(held, key)
        reject(callError(code, method, `failed: ${why}`, { cause }))
      }
    },

    isWaiting: () => pending.size > 0,

    close: () => {
      isClosed = true
      alarm.stop()
    },
  }
}
