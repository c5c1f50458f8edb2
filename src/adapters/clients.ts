/** The clients of a service worker, which are all heard at its self. */
import { type Endpoint, hear, type Host, type MessageLike } from '../endpoint.ts'
import type { Receiver, Transport } from '../transport.ts'

/** A client as a service worker has it (`clients.matchAll()`, `event.source`). */
export interface ClientLike extends Endpoint {
  readonly id: string
}

// Clients are other objects with each message: what is known of one is kept by its id.
const endpoints = new Map<string, object>()
const receivers = new Map<string, Receiver>()
let stranger: ((client: ClientLike, data: unknown) => void) | undefined
let stop: (() => void) | undefined

// One listener for all, there from the start: browsers do not wake the worker for one that is added later.
function update(): void {
  if (!receivers.size && !stranger) {
    stop?.()
    stop = undefined
    return
  }
  const ignore = (): void => {}
  stop ??= hear(globalThis as unknown as Host, {
    message: (data, event) => receive(data, event),
    unreadable: (reason) => receivers.forEach((receiver) => receiver.unreadable(reason)),
    gone: ignore,
    failed: ignore,
  })
}

function receive(data: unknown, event: MessageLike | undefined): void {
  const { source } = (event ?? {}) as { readonly source?: Partial<ClientLike> | null }
  if (typeof source?.id !== 'string') return
  if (!receivers.has(source.id)) stranger?.(source as ClientLike, data)
  receivers.get(source.id)?.message(data)
}

/** A Transport to one client. */
export function clientTransport(client: ClientLike): Transport {
  const { id } = client
  const endpoint = endpoints.get(id) ?? {}
  endpoints.set(id, endpoint)
  return {
    endpoint,
    trusted: true,
    post: (message, transfer = []) => (client as Host).postMessage(message, [...transfer]),
    listen: (receiver) => {
      receivers.set(id, receiver)
      update()
    },
    close: () => {
      receivers.delete(id)
      endpoints.delete(id)
      update()
    },
  }
}

/**
 * Hear of clients that nobody listens to yet, by the first JSON-RPC message of each; whoever listens to it then gets it.
 * @returns how to stop.
 * @throws TypeError if somebody does already.
 */
export function onStranger(listener: (client: ClientLike) => void): () => void {
  if (stranger) throw new TypeError('This service worker serves already: close() that first')
  stranger = (client, data) => {
    if ((Object(data) as { readonly jsonrpc?: unknown }).jsonrpc === '2.0') listener(client)
  }
  update()
  return () => {
    stranger = undefined
    update()
  }
}

type Parts = Partial<Record<'method' | 'result', unknown>>

/** Lets no call through before the client has introduced itself: it was meant for a worker that has been stopped. */
export function introducedFirst(inner: Transport): Transport {
  let isIntroduced = false
  return {
    ...inner,
    listen: (to) =>
      inner.listen({
        ...to,
        message: (data) => {
          const { method, result } = Object(data) as Parts
          isIntroduced ||= method === 'rpc.connect' || typeof Object(result).session === 'string'
          if (isIntroduced || String(method).startsWith('rpc.')) to.message(data)
        },
      }),
  }
}
