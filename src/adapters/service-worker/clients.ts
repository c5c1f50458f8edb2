/** The clients of a service worker, which are all heard at its self. */
import { type Endpoint, hear, type Host, type MessageLike } from '../../transport/endpoint.ts'
import type { Receiver, Transport } from '../../transport/transport.ts'

/** A client as a service worker has it (`clients.matchAll()`, `event.source`). */
export interface ClientLike extends Endpoint {
  readonly id: string
}

type Parts = Partial<Record<'jsonrpc' | 'method' | 'params' | 'result', unknown>>

interface Clients {
  get(id: string): Promise<unknown>
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
    // Of one client: the others must not lose their calls to it.
    unreadable: (event) => {
      const id = idOf(event)
      if (id !== undefined) receivers.get(id)?.unreadable(event)
    },
    gone: ignore,
    failed: ignore,
  })
}

function receive(data: unknown, event: MessageLike | undefined): void {
  const id = idOf(event)
  if (id === undefined) return
  if (!receivers.has(id)) stranger?.(event?.source as ClientLike, data)
  receivers.get(id)?.message(data)
}

/** The id of the client that an event came from. */
function idOf(event: unknown): string | undefined {
  const { source } = Object(event) as { readonly source?: Partial<ClientLike> | null }
  return typeof source?.id === 'string' ? source.id : undefined
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

/** Call `ended` when there is no such client any more: looks once a second. @returns how to stop. */
export function pollClient(id: string, ended: () => void): () => void {
  const { clients } = globalThis as unknown as { readonly clients: Clients }
  let isStopped = false
  const look = (client: unknown): void => {
    if (!client && !isStopped) ended()
  }
  const timer = setInterval(() => void clients.get(id).then(look, () => {}), 1_000)
  return () => {
    isStopped = true
    clearInterval(timer)
  }
}

/** What somebody says who comes does not begin like this. */
const isParting = ({ method, params }: Parts): boolean =>
  method === 'rpc.close' || (method === 'rpc.lock' && Array.isArray(params) && params.length === 0)

/**
 * Hear of clients that nobody listens to yet, by the first JSON-RPC message of each; whoever listens to it then gets it.
 * @returns how to stop.
 * @throws TypeError if somebody does already.
 */
export function onStranger(listener: (client: ClientLike) => void): () => void {
  if (stranger) throw new TypeError('This service worker serves already: close() that first')
  stranger = (client, data) => {
    const message = Object(data) as Parts
    if (message.jsonrpc === '2.0' && !isParting(message)) listener(client)
  }
  update()
  return () => {
    stranger = undefined
    update()
  }
}

/**
 * Lets nothing through before the client has introduced itself: it was meant for a worker that has been stopped, which the
 * client learns by a hello. No other hello is said, as who follows the client meanwhile would take it for its own.
 */
export function introducedFirst(inner: Transport): Transport {
  let isIntroduced = false
  let isTold = false
  return {
    ...inner,
    listen: (to) =>
      inner.listen({
        ...to,
        opened() {},
        message: (data) => {
          const { method, result } = Object(data) as Parts
          isIntroduced ||= method === 'rpc.connect' || typeof Object(result).session === 'string'
          if (isIntroduced) return to.message(data)
          if (method === 'rpc.close') return to.gone('it was closed over there', true)
          if (!isTold) to.opened()
          isTold = true
        },
      }),
  }
}
