/** `serveNats`: methods served at a subject, as one of its queue group. */
import { dialects, portcallDialect } from '../../features/dialects/dialects.ts'
import type { InvokeParams } from '../../protocol/messages.ts'
import type { Methods } from '../../peer/methods.ts'
import type { RPCInitOptions } from '../../api/options.ts'
import type { BaseRPC } from '../../api/rpc.ts'
import type { RPCMaker } from '../../api/shared-rpc.ts'
import { sessionTransport } from './served-session.ts'
import { singleCalls } from './single-calls.ts'
import { answering, memberOf, type NatsConnectionLike, newInbox, parse, publish } from './wire.ts'

/** Options of `serveNats`: those of an RPC, and these. */
export interface NatsServiceOptions extends Omit<
  RPCInitOptions,
  'transport' | 'event' | 'channel' | 'plain' | 'dialect' | 'methods'
> {
  /** The queue group: each call goes to one of its members. Default: `portcall`. */
  readonly queue?: string | undefined
  /** Milliseconds between two looks whether clients that have a session are still there. Default: 5,000. */
  readonly heartbeat?: number | undefined
  /** Sessions at a time. Default: 10,000. Bounds a flood of clients: more are not answered. */
  readonly maxClients?: number | undefined
}

/** What serves a subject. */
export interface NatsService<R extends BaseRPC = BaseRPC> {
  /** The clients that have a session (`natsTransport`). */
  readonly clients: ReadonlySet<R>
  /** Notify all clients that have a session with this process. */
  readonly broadcast: (method: string, params?: InvokeParams | null) => void
  /** Stop serving; calls that run reject PEER_GONE. The connection to NATS stays open. */
  readonly close: () => void
}

/**
 * Serve methods at a NATS subject, as one of its queue group. Takes single calls (`callNats`, or JSON-RPC of any NATS
 * client that wants a reply) and sessions (`natsTransport`).
 */
export type ServeNats<R extends BaseRPC> = (
  nc: NatsConnectionLike,
  subject: string,
  methods: Methods,
  options?: NatsServiceOptions,
) => NatsService<R>

export const createServeNats =
  <R extends BaseRPC>(make: RPCMaker<R>): ServeNats<R> =>
  (nc, subject, methods, options = {}) => {
    const { queue = 'portcall', heartbeat = 5_000, maxClients = 10_000, ...rpcOptions } = options
    const clients = new Set<R>()
    const looks = new Map<R, () => void>()
    const inbox = newInbox()
    const single = singleCalls(nc)
    const worker = make({
      ...rpcOptions,
      methods,
      transport: single.transport,
      use: [dialects, ...(options.use ?? [])],
      dialect: portcallDialect,
    })

    const openSession = (peer: string): void => {
      if (clients.size >= maxClients) return
      const { transport, look } = sessionTransport(nc, peer, answering)
      const rpc = make({ ...rpcOptions, methods, transport })
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
