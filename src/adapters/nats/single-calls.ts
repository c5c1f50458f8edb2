/** Calls that anybody makes at a subject, without a session. */
import { jsonCodec } from '../../values/json-codec.ts'
import { portcallDialect } from '../../features/dialects/dialects.ts'
import { TOO_LARGE } from '../../protocol/errors.ts'
import { isObject } from '../../protocol/guards.ts'
import type { RPCParams } from '../../protocol/messages.ts'
import type { Receiver, Transport } from '../../transport/transport.ts'
import { backlogOf, type NatsConnectionLike, publish } from './wire.ts'

interface Asked {
  readonly id: unknown
  readonly reply: string
}

/** Whether the RPC will answer it under its id, however bad its shape is: all else is answered at once, under none. */
const isRequest = (id: unknown, method: unknown): boolean =>
  method !== undefined && (typeof id === 'string' || Number.isFinite(id) || id === null)

/** By what a caller cancels a call. */
const nameOf = (id: unknown, reply: string | undefined): string => JSON.stringify([reply, id])

/** Calls of anybody, each answered where it wants its reply: callers choose ids of their own, so they get others here. */
export function singleCalls(nc: NatsConnectionLike): {
  readonly transport: Transport
  readonly take: (data: unknown, reply: string | undefined) => void
} {
  const asked = new Map<unknown, Asked>()
  const named = new Map<string, number>()
  // Those of the message that is being taken.
  let taken: number[] = []
  const backlog = backlogOf(nc)
  let unwatch: (() => void) | undefined
  let receiver: Receiver | undefined
  let lastId = 0
  // Of the message that is being taken: what is no request is answered there, too.
  let replyNow: string | undefined

  const forget = (key: unknown): void => {
    const one = asked.get(key)
    if (!one) return
    const name = nameOf(one.id, one.reply)
    asked.delete(key)
    // A later one may have the same.
    if (named.get(name) === key) named.delete(name)
  }

  const inward = (entry: unknown, reply: string | undefined): unknown => {
    if (!isObject(entry)) return entry
    const { id, method, params, ...rest } = entry as Partial<Record<string, unknown>>
    if (id === undefined && method === portcallDialect.method) {
      const key = isObject(params)
        ? named.get(nameOf(portcallDialect.idOf(params as RPCParams), reply))
        : undefined
      forget(key)
      // With why, if it says so.
      return { ...rest, method, params: [key, ...(Array.isArray(params) ? params.slice(1, 2) : [])] }
    }
    if (!isRequest(id, method)) return entry
    const message = { ...rest, method, ...(params !== undefined && { params }) }
    if (!reply) return message
    asked.set(++lastId, { id, reply })
    named.set(nameOf(id, reply), lastId)
    taken.push(lastId)
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
      taken = []
    },
    transport: {
      endpoint: {},
      policy: 'strict',
      codec: jsonCodec(),
      hasRoom: backlog.hasRoom,
      post: (message) => {
        backlog.check()
        const entries = [message].flat() as {
          readonly id: unknown
          readonly error?: { readonly code: number }
        }[]
        const to = entries.map(({ id }) => asked.get(id)?.reply).find(Boolean) ?? replyNow
        if (!to) return
        publish(
          nc,
          to,
          JSON.stringify(Array.isArray(message) ? entries.map(outward) : entries.map(outward)[0]),
        )
        // Not before it is sent: if it cannot be, the reason is.
        for (const { id } of entries) forget(id)
        // A batch that was refused as a whole.
        if (entries[0]?.id === null && entries[0].error?.code === TOO_LARGE) taken.forEach(forget)
      },
      listen: (to) => {
        receiver = to
        unwatch = to.drained && backlog.listen(to.drained)
      },
      close: () => {
        unwatch?.()
        asked.clear()
        named.clear()
      },
    },
  }
}
