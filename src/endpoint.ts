import type { Receiver, Transport } from './transport.ts'

/**
 * A host object that one can post to: a Worker, a worker's `self`, a MessagePort, a Node Worker, `parentPort`, or anything
 * of that shape. Structural, so that no declaration here needs a DOM or Node type.
 */
export interface Endpoint {
  postMessage(message: unknown): void
}

type Listener = (event: never) => void

interface Host {
  postMessage?(message: unknown, transfer?: readonly object[]): void
  addEventListener?(type: string, listener: Listener): void
  removeEventListener?(type: string, listener: Listener): void
  on?(type: string, listener: Listener): void
  off?(type: string, listener: Listener): void
  onmessage?: unknown
  terminate?: unknown
  start?(): void
  startMessages?(): void
  window?: unknown
}

interface MessageLike {
  readonly data: unknown
  readonly origin?: string
}

/**
 * Make a Transport of any `postMessage` + `message` endpoint.
 * @param endpoint where messages arrive.
 * @param target where they are posted, if elsewhere: `endpointTransport(navigator.serviceWorker, registration.active)`.
 * @throws TypeError for what cannot post or listen, for a Window (it needs origin checks) and a BroadcastChannel (it has no one peer).
 */
export function endpointTransport(endpoint: object, target: Endpoint = endpoint as Endpoint): Transport {
  const source = host(endpoint, 'listen')
  const sink = host(target, 'post')
  const undo: (() => void)[] = []

  return {
    endpoint,
    post(message, transfer) {
      if (transfer?.length) sink.postMessage?.(message, transfer)
      else sink.postMessage?.(message)
    },
    listen(receiver) {
      const add = source.on ? 'on' : 'addEventListener'
      const remove = source.on ? 'off' : 'removeEventListener'
      const on = (type: string, listener: Listener): void => {
        source[add]?.(type, listener)
        undo.push(() => source[remove]?.(type, listener))
      }
      if (source.on) listenToEmitter(on, receiver)
      else if (source.addEventListener) listenToTarget(on, receiver, source)
      else {
        const former = source.onmessage
        source.onmessage = ({ data, origin }: MessageLike) => receiver.message(data, origin)
        undo.push(() => (source.onmessage = former))
      }
      source.start?.()
      source.startMessages?.()
    },
    close() {
      for (const step of undo.splice(0)) step()
    },
  }
}

function listenToTarget(
  on: (type: string, listener: Listener) => void,
  receiver: Receiver,
  source: Host,
): void {
  on('message', ({ data, origin }: MessageLike) => receiver.message(data, origin || undefined))
  on('messageerror', (event) => receiver.unreadable(event))
  on('close', () => receiver.gone('the port was closed'))
  // Only the owner's Worker object: on a worker's own self, `error` is about this side.
  if (!source.terminate) return
  on('error', ({ message, error }: { message?: string; error?: unknown }) =>
    receiver.failed(error ?? new Error(message || 'The worker could not be loaded')),
  )
}

// Node: a Worker tells of an uncaught error and then of its exit, a MessagePort of its close.
function listenToEmitter(on: (type: string, listener: Listener) => void, receiver: Receiver): void {
  let failure: unknown
  on('message', (data) => receiver.message(data))
  on('messageerror', (error) => receiver.unreadable(error))
  on('error', (error) => receiver.failed((failure = error)))
  on('exit', (code) => receiver.gone(failure ?? `the worker exited with code ${code}`))
  on('close', () => receiver.gone('the port was closed'))
}

function host(value: object, verb: 'listen' | 'post'): Host {
  const object: Host | null | undefined = value
  if (object && object.window === object)
    throw new TypeError('A Window needs origin checks: pass windowTransport(window, { origin })')
  if (Object.prototype.toString.call(object) === '[object BroadcastChannel]')
    throw new TypeError(
      'A BroadcastChannel has many listeners, RPC needs one peer: pass a MessagePort or a Worker',
    )
  const able =
    verb === 'post'
      ? object?.postMessage
      : object && (object.addEventListener ?? object.on ?? 'onmessage' in object)
  if (able) return object as Host
  throw new TypeError(
    `Nothing to ${verb} with: pass a Worker, a MessagePort, self, a Node worker, parentPort or a Transport`,
  )
}

/** A Transport as it is, anything else as an endpoint. */
export const toTransport = (value: Transport | Endpoint): Transport =>
  'listen' in value ? value : endpointTransport(value)
