/** `rpcShooterTransport`: a page that still runs rpc-shooter. */
import type { Endpoint, MessageLike } from '../../transport/endpoint.ts'
import type { RPCMessageEventOptions } from '../../api/events.ts'
import { isObject } from '../../protocol/guards.ts'
import type { RPCErrorObject } from '../../protocol/messages.ts'
import type { Transport } from '../../transport/transport.ts'
import { type Format, type Line, listOf, type Message, translate } from './translate.ts'

const ASK = 'syn:'
const ANSWER = 'ack:'
const CONNECT = '__rpc_connect_event'

interface Frame {
  readonly event?: unknown
  readonly args?: unknown
}

/**
 * Speak with a page that runs rpc-shooter 0.0.14, over the transport that carries its messages: a Worker, a MessagePort,
 * `windowTransport(window, { origin, raw: true })`, or an RPCMessageEvent with the options that it has now. Its `connect`
 * is the hello, so calls wait until it is there; a new one over there is a new epoch.
 * @throws TypeError for `windowTransport` without `raw`.
 */
export const rpcShooterTransport = (at: Transport | Endpoint): Transport => translate(at, createFormat)

function createFormat({ post, opened, replaced }: Line): Format {
  // Its answers are named by method, JSON-RPC's are not.
  const asked = new Map<unknown, string>()
  let isOpen = false

  const open = (): void => {
    isOpen = true
    opened()
  }

  const read = (data: unknown): Message | undefined => {
    const { event, args } = Object(data) as Frame
    if (typeof event !== 'string' || !Array.isArray(args)) return undefined
    const sign = event.slice(0, ASK.length)
    const method = event.slice(ASK.length)
    if (method === CONNECT) {
      if (sign === ASK) {
        // It says so once in its life.
        if (isOpen) replaced()
        asked.clear()
        post({ event: ANSWER + CONNECT, args: [] })
        open()
      } else if (sign === ANSWER && !isOpen) open()
      return undefined
    }
    const [first] = args as unknown[]
    if (!isObject(first)) return undefined
    const { id, params = [], result = null, error } = first as { [K in keyof Message]: unknown }
    const isId = typeof id === 'string' || Number.isFinite(id)
    if (sign === ASK) {
      if (!isObject(params) || (id && !isId)) return undefined
      // As it has it: an id that is falsy makes a notification.
      if (!id) return { jsonrpc: '2.0', method, params }
      if (!asked.has(id)) asked.set(id, method)
      return { jsonrpc: '2.0', id, method, params }
    }
    // Without an id it complains of a notification that it has no method for.
    if (sign !== ANSWER || !isId) return undefined
    return { jsonrpc: '2.0', id, ...(error ? { error: error as RPCErrorObject } : { result }) }
  }

  return {
    opens: true,
    start: () => post({ event: ASK + CONNECT, args: [] }),
    read,
    write: (message) => {
      const { id, method, params } = message
      if (method === undefined) {
        const name = asked.get(id)
        return name === undefined ? undefined : { event: ANSWER + name, args: [message] }
      }
      if (id !== undefined && !id) throw new TypeError('rpc-shooter does not answer an id that is 0 or empty')
      return { event: ASK + method, args: [{ ...message, params: listOf(params) }] }
    },
    answered: (id) => void asked.delete(id),
    forget: () => {
      asked.clear()
      isOpen = false
    },
  }
}

/**
 * The events of rpc-shooter's own RPCMessageEvent: `new RPCMessageEvent({ …, ...rpcShooterEvents })` emits to it and hears
 * what it emits. For events alone, not for an RPC; the messages of one are left out.
 */
export const rpcShooterEvents: Required<Pick<RPCMessageEventOptions, 'sendAdapter' | 'receiveAdapter'>> = {
  sendAdapter: (message) => {
    const { method: event, params } = message as Message
    return { data: { event, args: listOf(params) } }
  },
  receiveAdapter: ({ data }: MessageLike): unknown => {
    const { event, args } = Object(data) as Frame
    if (typeof event !== 'string' || event.startsWith(ASK) || event.startsWith(ANSWER)) return null
    return { jsonrpc: '2.0', method: event, params: Array.isArray(args) ? args : [] }
  },
}
