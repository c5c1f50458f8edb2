/** Calls that anybody makes at a subject, without a session. */
import { jsonCodec } from '../../values/json-codec.ts'
import { portcallDialect } from '../../features/dialects/dialects.ts'
import { isObject } from '../../protocol/guards.ts'
import type { RPCParams } from '../../protocol/messages.ts'
import type { Receiver, Transport } from '../../transport/transport.ts'
import { type NatsConnectionLike, publish } from './wire.ts'

interface Asked {
  readonly id: unknown
  readonly reply: string
}

/** Calls of anybody, each answered where it wants its reply: callers choose ids of their own, so they get others here. */
export function singleCalls(nc: NatsConnectionLike): {
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
      return {
        ...rest,
        method,
        params: [key, ...(Array.isArray(params) ? (params as unknown[]).slice(1, 2) : [])],
      }
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
