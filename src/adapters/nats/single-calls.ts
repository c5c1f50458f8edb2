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

const isId = (id: unknown): boolean => typeof id === 'string' || typeof id === 'number' || id === null

const nameOf = (id: unknown, reply: string | undefined): string => JSON.stringify([reply, id])

/** Calls of anybody, each answered where it wants its reply: callers choose ids of their own, so they get others here. */
export function singleCalls(nc: NatsConnectionLike): {
  readonly transport: Transport
  readonly take: (data: unknown, reply: string | undefined) => void
} {
  const asked = new Map<unknown, Asked>()
  let receiver: Receiver | undefined
  // The same, by who asked under which id.
  const keys = new Map<string, number>()
  let lastId = 0
  // Of the message that is being taken: what is no request is answered there, too.
  let replyNow: string | undefined
  let invalid: number[] = []

  const forget = (key: unknown): void => {
    const one = asked.get(key)
    if (!one) return
    asked.delete(key)
    const name = isId(one.id) ? nameOf(one.id, one.reply) : ''
    if (keys.get(name) === key) keys.delete(name)
  }

  const inward = (entry: unknown, reply: string | undefined): unknown => {
    if (!isObject(entry)) return entry
    const { id, method, params, ...rest } = entry as Partial<Record<string, unknown>>
    if (id === undefined && method === portcallDialect.method) {
      const wanted = portcallDialect.idOf(params as RPCParams)
      const key = isId(wanted) ? keys.get(nameOf(wanted, reply)) : undefined
      forget(key)
      return { ...rest, method, params: [key] }
    }
    if (id === undefined || method === undefined) return entry
    const message = { ...rest, method, ...(params !== undefined && { params }) }
    if (!reply) return message
    asked.set(++lastId, { id, reply })
    const isCall = rest['jsonrpc'] === '2.0' && typeof method === 'string' && isId(id)
    if (isCall && (params === undefined || isObject(params))) keys.set(nameOf(id, reply), lastId)
    // It is refused at once, without its id.
    else invalid.push(lastId)
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
      invalid.forEach(forget)
      invalid = []
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
        for (const { id } of entries) forget(id)
      },
      listen: (to) => {
        receiver = to
      },
      close: () => {
        asked.clear()
        keys.clear()
      },
    },
  }
}
