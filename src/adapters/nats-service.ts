import { jsonCodec } from '../codec.ts'
import { portcallDialect } from '../dialects.ts'
import { isObject } from '../guards.ts'
import type { RPCParams } from '../messages.ts'
import type { Methods } from '../methods.ts'
import type { RPCInitOptions } from '../options.ts'
import { RPC } from '../rpc.ts'
import type { Receiver, Transport } from '../transport.ts'
import { sessionTransport } from './nats-session.ts'
import { answering, memberOf, type NatsConnectionLike, newInbox, parse, publish } from './nats-wire.ts'

/** Options of `serveNats`: those of an RPC, and these. */
export interface NatsServiceOptions extends Omit<
  RPCInitOptions,
  'transport' | 'event' | 'name' | 'plain' | 'dialect' | 'methods'
> {
  /** The queue group: each call goes to one of its members. Default: `portcall`. */
  readonly queue?: string | undefined
  /** Milliseconds between two looks whether clients that have a session are still there. Default: 5,000. */
  readonly heartbeat?: number | undefined
  /** Sessions at a time. Default: 10,000. Bounds a flood of clients: more are not answered. */
  readonly maxClients?: number | undefined
}

/** What serves a subject. */
export interface NatsService {
  /** The clients that have a session (`natsTransport`). */
  readonly clients: ReadonlySet<RPC>
  /** Notify all clients that have a session with this process. */
  readonly broadcast: (method: string, params?: RPCParams | null) => void
  /** Stop serving; calls that run reject PEER_GONE. The connection to NATS stays open. */
  readonly close: () => void
}

/**
 * Serve methods at a NATS subject, as one of its queue group. Takes single calls (`callNats`, or JSON-RPC of any NATS
 * client that wants a reply) and sessions (`natsTransport`).
 */
export function serveNats(
  nc: NatsConnectionLike,
  subject: string,
  methods: Methods,
  options: NatsServiceOptions = {},
): NatsService {
  const { queue = 'portcall', heartbeat = 5_000, maxClients = 10_000, ...rpcOptions } = options
  const clients = new Set<RPC>()
  const looks = new Map<RPC, () => void>()
  const inbox = newInbox()
  const single = singleCalls(nc)
  const worker = new RPC({ ...rpcOptions, methods, transport: single.transport, dialect: portcallDialect })

  const openSession = (peer: string): void => {
    if (clients.size >= maxClients) return
    const { transport, look } = sessionTransport(nc, peer, answering)
    const rpc = new RPC({ ...rpcOptions, methods, transport })
    clients.add(rpc)
    looks.set(rpc, look)
    rpc.onPeer((state) => {
      if (state !== 'gone' && state !== 'closed') return
      clients.delete(rpc)
      looks.delete(rpc)
      rpc.destroy()
    })
  }

  const subscriptions = [
    nc.subscribe(subject, {
      queue,
      callback: (error, message) => {
        if (error || !message.data.length) return
        const { reply } = message
        const data = parse(message)
        const want = memberOf(data, 'want')
        if (want === undefined) single.take(data, reply)
        else if (reply && want === 'session') openSession(reply)
        else if (reply && want === 'worker') publish(nc, reply, answering(inbox))
      },
    }),
    nc.subscribe(inbox, {
      callback: (error, message) => {
        // One that is empty asks whether anybody is here, which NATS itself answers.
        if (!error && message.data.length) single.take(parse(message), message.reply)
      },
    }),
  ]
  const timer = setInterval(() => looks.forEach((look) => look()), heartbeat)

  return {
    clients,
    broadcast: (method, params) => clients.forEach((rpc) => rpc.notify(method, params)),
    close: () => {
      clearInterval(timer)
      for (const subscription of subscriptions) subscription.unsubscribe()
      for (const rpc of clients) rpc.destroy()
      worker.destroy()
    },
  }
}

interface Asked {
  readonly id: unknown
  readonly reply: string
}

/** Calls of anybody, each answered where it wants its reply: callers choose ids of their own, so they get others here. */
function singleCalls(nc: NatsConnectionLike): {
  readonly transport: Transport
  readonly take: (data: unknown, reply: string | undefined) => void
} {
  const asked = new Map<unknown, Asked>()
  let receiver: Receiver | undefined
  let lastId = 0
  // Of the message that is being taken: what is no request is answered there, too.
  let replyNow: string | undefined

  const inward = (entry: unknown, reply: string | undefined): unknown => {
    if (!isObject(entry)) return entry
    const { id, method, params, ...rest } = entry as Partial<Record<string, unknown>>
    if (id === undefined && method === portcallDialect.method) {
      const wanted = portcallDialect.idOf(params as RPCParams)
      const [key] = [...asked].find(([, one]) => one.reply === reply && one.id === wanted) ?? []
      asked.delete(key)
      return { ...rest, method, params: [key] }
    }
    if (id === undefined || method === undefined) return entry
    const message = { ...rest, method, ...(params !== undefined && { params }) }
    if (!reply) return message
    asked.set(++lastId, { id, reply })
    return { ...message, id: lastId }
  }

  const outward = (entry: { readonly id: unknown }): object => ({
    ...entry,
    id: asked.get(entry.id)?.id ?? null,
  })

  return {
    take: (data, reply) => {
      replyNow = reply
      if (data === undefined) receiver?.unreadable(new TypeError('A message is no JSON'))
      else
        receiver?.message(
          Array.isArray(data) ? data.map((entry) => inward(entry, reply)) : inward(data, reply),
        )
      replyNow = undefined
    },
    transport: {
      endpoint: {},
      policy: 'strict',
      codec: jsonCodec(),
      post: (message) => {
        const entries = [message].flat() as { readonly id: unknown }[]
        const to = entries.map(({ id }) => asked.get(id)?.reply).find(Boolean) ?? replyNow
        if (!to) return
        publish(
          nc,
          to,
          JSON.stringify(Array.isArray(message) ? entries.map(outward) : entries.map(outward)[0]),
        )
        // Not before it is sent: if it cannot be, the reason is.
        for (const { id } of entries) asked.delete(id)
      },
      listen: (to) => {
        receiver = to
      },
      close: () => asked.clear(),
    },
  }
}
