import { jsonCodec } from '../codec.ts'
import { portcallDialect } from '../dialects.ts'
import { PEER_GONE } from '../errors.ts'
import { isObject } from '../guards.ts'
import type { RPCInitOptions } from '../options.ts'
import { RPC } from '../rpc.ts'
import type { Receiver, Transport } from '../transport.ts'
import {
  asking,
  checkSize,
  isNobody,
  memberOf,
  type NatsConnectionLike,
  type NatsMessageLike,
  newInbox,
  parse,
  publish,
  watch,
} from './nats-wire.ts'
import type { NatsOptions } from './nats-session.ts'

/** Options of `callNats`. */
export interface NatsCallOptions
  extends NatsOptions, Omit<RPCInitOptions, 'transport' | 'event' | 'name' | 'plain' | 'dialect'> {
  /**
   * Which calls may run twice: one whose worker dies is given to another, up to twice. Default: false: it rejects PEER_GONE,
   * as it may have run.
   */
  readonly retry?: boolean | ((method: string) => boolean) | undefined
}

const RETRIES = 2
/** Looks until a request for a worker is made again: it runs nothing. */
const PATIENCE = 10

interface Request {
  readonly id: unknown
  readonly method: string
}

/** One message with requests, on its way to a worker. */
interface Call {
  readonly text: string
  readonly requests: readonly Request[]
  worker: string | undefined
  waited: number
  retries: number
}

/**
 * Call those who serve a subject, each call whichever of its queue group NATS chooses: its worker. Values are JSON.
 * A worker that dies rejects its calls PEER_GONE; where nobody serves the subject they reject so at once.
 * @returns an RPC: `invoke`, `notify`, `batch`, `remote`, `destroy`.
 */
export const callNats = (nc: NatsConnectionLike, subject: string, options: NatsCallOptions = {}): RPC =>
  new RPC({
    ...options,
    transport: callsTransport(nc, subject, options),
    // A worker stops when the caller gives up. It keeps nothing of a caller, so there is nobody to say hello to.
    dialect: portcallDialect,
  })

function callsTransport(
  nc: NatsConnectionLike,
  subject: string,
  { heartbeat = 1_000, retry = false }: NatsCallOptions,
): Transport {
  const inbox = newInbox()
  const calls = new Map<string, Call>()
  let count = 0
  let timer: ReturnType<typeof setInterval> | undefined
  let receiver: Receiver | undefined
  let stop: (() => void) | undefined

  const replyOf = (key: string): string => `${inbox}.${key}`
  const ask = (key: string, call: Call): void => {
    call.worker = undefined
    call.waited = 0
    publish(nc, subject, asking('worker'), replyOf(key))
  }
  const drop = (key: string): void => {
    calls.delete(key)
    if (!calls.size) clearInterval(timer)
  }
  const fail = (key: string, { requests }: Call, why: string): void => {
    drop(key)
    for (const { id, method } of requests) {
      const error = { code: PEER_GONE, message: `Request \`${method}\` failed: ${why}` }
      receiver?.message({ jsonrpc: '2.0', id, error })
    }
  }
  const mayRetry = ({ requests, retries }: Call): boolean =>
    retries < RETRIES && requests.every(({ method }) => (typeof retry === 'function' ? retry(method) : retry))

  const died = (worker: string): void => {
    for (const [key, call] of calls) {
      if (call.worker !== worker) continue
      if (mayRetry(call)) {
        call.retries++
        ask(key, call)
      } else fail(key, call, `the worker that served ${subject} is gone; it may have run`)
    }
  }
  const look = (): void => {
    const workers = new Set<string>()
    for (const [key, call] of calls) {
      if (call.worker !== undefined) workers.add(call.worker)
      else if (++call.waited > PATIENCE) ask(key, call)
    }
    for (const worker of workers) publish(nc, worker, '', replyOf(`w.${worker}`))
  }
  const receive = (message: NatsMessageLike): void => {
    const key = message.subject.slice(inbox.length + 1)
    const call = calls.get(key)
    if (key.startsWith('w.')) return isNobody(message) ? died(key.slice(2)) : undefined
    if (!call) return
    if (isNobody(message)) {
      if (call.worker === undefined) return fail(key, call, `nobody serves ${subject}`)
      // It died before it could be told, so nothing has run.
      return ask(key, call)
    }
    const data = parse(message)
    const worker = memberOf(data, 'from')
    if (call.worker === undefined && worker !== undefined) {
      call.worker = worker
      publish(nc, worker, call.text, replyOf(key))
    } else if (worker === undefined) {
      drop(key)
      if (data === undefined) receiver?.unreadable(new TypeError('An answer is no JSON'))
      else receiver?.message(data)
    }
  }
  const cancel = (text: string, id: unknown): void => {
    for (const [key, { requests, worker }] of calls) {
      if (!requests.some((request) => request.id === id)) continue
      if (worker !== undefined) publish(nc, worker, text, replyOf(key))
      if (requests.length === 1) drop(key)
    }
  }

  return {
    endpoint: {},
    policy: 'strict',
    successor: true,
    opens: true,
    codec: jsonCodec(),
    post: (message) => {
      const text = JSON.stringify(message)
      const entries = [message]
        .flat()
        .filter((entry): entry is Request & { params?: unknown } => isObject(entry))
      const requests = entries.filter(({ id, method }) => id !== undefined && method !== undefined)
      if (entries[0]?.method === portcallDialect.method)
        return cancel(text, portcallDialect.idOf(entries[0].params as never))
      if (!requests.length) return publish(nc, subject, text)
      const key = String(++count)
      const call: Call = { text, requests, worker: undefined, waited: 0, retries: 0 }
      checkSize(nc, text)
      if (!calls.size) timer = setInterval(look, heartbeat)
      calls.set(key, call)
      ask(key, call)
    },
    listen: (to) => {
      receiver = to
      const subscription = nc.subscribe(`${inbox}.>`, {
        callback: (error, message) => (error ? to.unreadable(error) : receive(message)),
      })
      const lose = (reason: string, final: boolean): void => {
        calls.clear()
        clearInterval(timer)
        to.gone(reason, final)
      }
      const stopWatching = watch(nc, {
        lost: () => lose('the connection to NATS was lost', false),
        back: () => to.opened(),
        closed: () => lose('the connection to NATS was closed', true),
      })
      stop = () => {
        stopWatching()
        subscription.unsubscribe()
        calls.clear()
        clearInterval(timer)
      }
      to.opened()
    },
    close: () => stop?.(),
  }
}
