import type { SignalLike } from './context.ts'
import type { Diagnose } from './diagnostics.ts'
import type { Dialect } from './dialects.ts'
import { ErrorCode, fromErrorObject, messageOf, RPCError } from './errors.ts'
import type { Limits } from './limits.ts'
import type { Answer, RPCId, RPCParams } from './messages.ts'
import { type Held, idOf, type Outbox } from './outbox.ts'
import { scan } from './scan.ts'

/** Options of one call. */
export interface RPCInvokeOptions {
  /** Milliseconds until the call rejects TIMEOUT; 0: no deadline. Default: the RPC's `timeout`. */
  readonly timeout?: number | undefined
  /** Rejects the call at once with the signal's reason, and tells the other side to stop. */
  readonly signal?: SignalLike | undefined
  /** Send a notification: no id on the wire, no answer, resolves at once. Default: false. */
  readonly isNotify?: boolean | undefined
  /** Objects to move instead of copy, as in `postMessage`. */
  readonly transfer?: readonly object[] | undefined
  /** The request's id, for peers that refer to it (progress tokens). Default: chosen here. */
  readonly id?: string | number | undefined
}

/** The calls of this side: ids, the pending table, deadlines, abort, and settling everything at the end. */
export interface Outgoing {
  /** Number of calls, waits for `connect` and held notifications that have not settled. */
  readonly size: number
  /** Send a request, or add it to a batch. @throws TypeError if `options.id` is pending already. */
  request(
    method: string,
    params: RPCParams | undefined,
    options: RPCInvokeOptions,
    batch?: Held,
  ): Promise<unknown>
  /** Send a notification, or add it to a batch. @throws RPCError UNDELIVERABLE or BUSY. */
  notify(method: string, params: RPCParams | undefined, transfer?: readonly object[], batch?: Held): void
  sendBatch(batch: Held): void
  /** Reject what was collected for a batch that is not sent after all. */
  dropBatch(batch: Held, reason: unknown): void
  /** Resolve when `flush` is called. */
  untilConnected(timeout: number): Promise<unknown>
  answer(answer: Answer): void
  /** The other side is known: send what is held. */
  flush(): void
  /** Reject what was sent, and with `all` also what is held. */
  failAll(code: number, why: string, cause: unknown, all: boolean): void
  /** Stop the timer. */
  close(): void
}

export interface OutgoingDeps {
  readonly outbox: Outbox
  readonly limits: Limits
  readonly diagnose: Diagnose
  /** Put before the counter where others read our ids. */
  readonly idPrefix: string
  readonly timeout: number
  readonly connectTimeout: number
  /** How to cancel at this peer; undefined: it cannot be told. */
  dialect(): Dialect | undefined
}

interface Entry {
  readonly method: string
  readonly resolve: (value: unknown) => void
  readonly reject: (reason: unknown) => void
  /** Milliseconds given, and when they are over; Infinity: never. */
  readonly timeout: number
  readonly due: number
  /** When it rejects: `due`, or earlier while it waits for the hello. */
  deadline: number
  /** What it waits in until it is sent. */
  held: Held | undefined
  unlisten: (() => void) | undefined
}

// Node's timers keep the process alive unless told otherwise; a browser's are numbers.
type Timer = { ref?(): void; unref?(): void }

const LONGEST_TIMER = 2 ** 31 - 1

const cannotSend = (method: string, cause: unknown): RPCError =>
  cause instanceof RPCError
    ? cause
    : new RPCError(ErrorCode.UNDELIVERABLE, `\`${method}\` cannot be sent: ${messageOf(cause)}`, { cause })

export function createOutgoing(deps: OutgoingDeps): Outgoing {
  const { outbox, limits, diagnose, connectTimeout } = deps
  // The key is the id; what waits without one (connect, a held notification) is keyed by what it waits in.
  const pending = new Map<unknown, Entry>()
  let lastId = 0
  let timed = 0
  let timer: Timer | undefined
  let wakesAt = Infinity

  // One timer for all deadlines. An answer does not clear it: it then finds nothing to do, which is cheaper than two timer calls a call.
  const arm = (deadline: number): void => {
    timer?.ref?.()
    if (deadline >= wakesAt) return
    if (timer) clearTimeout(timer as unknown as number)
    wakesAt = deadline
    timer = setTimeout(sweep, Math.min(deadline - performance.now(), LONGEST_TIMER)) as unknown as Timer
  }

  const sweep = (): void => {
    timer = undefined
    wakesAt = Infinity
    const now = performance.now()
    let next = Infinity
    for (const [key, entry] of pending) {
      if (entry.deadline <= now) expire(key, entry)
      else if (entry.deadline < next) next = entry.deadline
    }
    if (next < Infinity) arm(next)
  }

  const setDeadline = (entry: Entry, deadline: number): void => {
    timed += Number(deadline < Infinity) - Number(entry.deadline < Infinity)
    entry.deadline = deadline
    if (deadline < Infinity) arm(deadline)
    else if (!timed) timer?.unref?.()
  }

  const expire = (key: unknown, entry: Entry): void => {
    const early = entry.deadline < entry.due
    const timeout = early ? connectTimeout : entry.timeout
    const why = early ? 'was not sent: nobody introduced themselves within' : 'timed out after'
    giveUp(
      key,
      entry,
      new RPCError(ErrorCode.TIMEOUT, `Request \`${entry.method}\` ${why} ${timeout} ms`, {
        data: { timeout },
      }),
    )
  }

  const giveUp = (key: unknown, entry: Entry, reason: unknown): void => {
    take(key)
    if (entry.held) outbox.withdraw(entry.held, key)
    else {
      const dialect = deps.dialect()
      try {
        if (dialect)
          outbox.send({
            jsonrpc: '2.0',
            method: dialect.method,
            params: dialect.params(key as RPCId, reason),
          })
      } catch (error) {
        diagnose('undeliverable', dialect?.method, error)
      }
    }
    entry.reject(reason)
  }

  const take = (key: unknown): Entry | undefined => {
    const entry = pending.get(key)
    if (!entry) return undefined
    pending.delete(key)
    entry.unlisten?.()
    if (entry.deadline < Infinity) setDeadline(entry, Infinity)
    return entry
  }

  const add = (
    key: unknown,
    method: string,
    timeout: number,
    { resolve, reject }: Pick<Entry, 'resolve' | 'reject'>,
  ): Entry => {
    const due = timeout > 0 ? performance.now() + timeout : Infinity
    const entry: Entry = {
      method,
      resolve,
      reject,
      timeout,
      due,
      deadline: Infinity,
      held: undefined,
      unlisten: undefined,
    }
    pending.set(key, entry)
    if (timeout > 0) setDeadline(entry, due)
    return entry
  }

  const hold = (entry: Entry, held: Held): void => {
    entry.held = held
    if (connectTimeout > 0) setDeadline(entry, Math.min(entry.due, performance.now() + connectTimeout))
  }

  const envelope = (method: string, params: RPCParams | undefined, id?: RPCId): object => {
    const refusal = params && scan(params, limits.maxDepth)
    if (typeof refusal === 'object')
      throw new RPCError(
        ErrorCode.UNDELIVERABLE,
        `\`${method}\` cannot be sent: params${refusal.path} ${refusal.reason}`,
      )
    if (id === undefined) return params ? { jsonrpc: '2.0', method, params } : { jsonrpc: '2.0', method }
    return params ? { jsonrpc: '2.0', id, method, params } : { jsonrpc: '2.0', id, method }
  }

  const nextId = (): RPCId => {
    let id: RPCId
    do id = deps.idPrefix ? deps.idPrefix + ++lastId : ++lastId
    while (pending.has(id))
    return id
  }

  const addTo = (batch: Held, message: object, transfer: readonly object[] = []): void => {
    batch.messages.push(message)
    batch.transfer.push(...transfer)
  }

  const busy = (what: string): RPCError =>
    new RPCError(ErrorCode.BUSY, `${what}: ${pending.size} calls are pending already`)

  return {
    get size() {
      return pending.size
    },

    request(method, params, options, batch) {
      const { signal, transfer } = options
      const id = options.id ?? nextId()
      if (pending.has(id)) throw new TypeError(`The id ${JSON.stringify(id)} is pending already`)
      return new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason)
        if (pending.size >= limits.maxPending) return reject(busy(`\`${method}\` was not sent`))
        try {
          const message = envelope(method, params, id)
          const entry = add(id, method, options.timeout ?? deps.timeout, { resolve, reject })
          if (signal) {
            const abort = (): void => giveUp(id, entry, signal.reason)
            signal.addEventListener('abort', abort)
            entry.unlisten = () => signal.removeEventListener('abort', abort)
          }
          if (batch) {
            entry.held = batch
            return addTo(batch, message, transfer)
          }
          const held = outbox.send(message, transfer)
          if (held) hold(entry, held)
        } catch (error) {
          take(id)
          reject(cannotSend(method, error))
        }
      })
    },

    notify(method, params, transfer, batch) {
      const message = envelope(method, params)
      if (batch) return addTo(batch, message, transfer)
      try {
        const held = outbox.send(message, transfer)
        if (!held) return
        const reject = (error: unknown): void => diagnose('undeliverable', method, error)
        hold(add(held, method, 0, { resolve() {}, reject }), held)
      } catch (error) {
        throw cannotSend(method, error)
      }
    },

    sendBatch(batch) {
      if (!batch.messages.length) return
      const entries = batch.messages.map((message) => pending.get(idOf(message)))
      for (const entry of entries) if (entry) entry.held = undefined
      try {
        const held = outbox.send(batch.messages, batch.transfer)
        if (held) for (const entry of entries) if (entry) hold(entry, held)
      } catch (error) {
        this.dropBatch(batch, cannotSend('batch', error))
      }
    },

    dropBatch(batch, reason) {
      for (const message of batch.messages) take(idOf(message))?.reject(reason)
    },

    untilConnected(timeout) {
      return new Promise((resolve, reject) => {
        const held: Held = { messages: [], batch: false, transfer: [] }
        add(held, 'rpc.connect', timeout, { resolve, reject }).held = held
      })
    },

    answer({ kind, id, value }) {
      const entry = pending.get(id)
      if (!entry || entry.held) return diagnose('unexpected', id)
      take(id)
      if (kind === 'result') entry.resolve(value)
      else if (kind === 'error') entry.reject(fromErrorObject(value))
      else
        entry.reject(
          new RPCError(ErrorCode.INVALID_RESPONSE, `The answer to \`${entry.method}\` is not JSON-RPC 2.0`),
        )
    },

    flush() {
      for (const [key, entry] of pending) {
        if (!entry.held) continue
        entry.held = undefined
        if (typeof key === 'object') take(key)?.resolve(undefined)
        else setDeadline(entry, entry.due)
      }
      outbox.open((held, error) => this.dropBatch(held, cannotSend('message', error)))
    },

    failAll(code, why, cause, all) {
      for (const [key, entry] of pending) {
        if (entry.held && !all) continue
        take(key)
        if (entry.held) outbox.withdraw(entry.held, key)
        entry.reject(new RPCError(code, `Request \`${entry.method}\` failed: ${why}`, { cause }))
      }
    },

    close() {
      if (timer) clearTimeout(timer as unknown as number)
      timer = undefined
    },
  }
}
