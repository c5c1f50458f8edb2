import { tagOf } from './guards.ts'
import type { Transport } from './transport.ts'

/**
 * A host object that one can post to: a Worker, a worker's `self`, a MessagePort, a Node Worker, `parentPort`, or anything
 * of that shape. Structural, so that no declaration here needs a DOM or Node type.
 */
export interface Endpoint {
  postMessage(message: unknown): void
}

interface MessageLike {
  readonly data: unknown
  readonly origin?: string
}

interface ErrorLike {
  readonly message?: string
  readonly error?: unknown
}

type Subscribe = (type: string, listener: (event: never) => void) => void

/** What an endpoint may have besides `postMessage`. */
interface Host {
  postMessage(message: unknown, transfer?: readonly object[]): void
  readonly addEventListener?: Subscribe
  readonly removeEventListener?: Subscribe
  readonly on?: Subscribe
  readonly off?: Subscribe
  onmessage?: unknown
  readonly terminate?: unknown
  start?(): void
  startMessages?(): void
  readonly window?: unknown
}

/**
 * Make a Transport of any `postMessage` + `message` endpoint.
 * @param endpoint where messages arrive.
 * @param target where they are posted, if elsewhere: `endpointTransport(navigator.serviceWorker, registration.active)`.
 * @throws TypeError for what cannot post or listen, for a Window (it needs origin checks) and a BroadcastChannel (it has no one peer).
 */
export function endpointTransport(endpoint: object, target: Endpoint = endpoint as Endpoint): Transport {
  const source = endpoint as Host
  const sink = target as Host
  if (source.window === source)
    throw new TypeError('A Window needs origin checks: pass windowTransport(window, { origin })')
  if (tagOf(source) === 'BroadcastChannel')
    throw new TypeError('A BroadcastChannel has many listeners: pass a MessagePort')
  if (!sink.postMessage || !(source.addEventListener || source.on || 'onmessage' in source))
    throw new TypeError('Pass a Worker, a MessagePort, self, a Node worker, parentPort or a Transport')
  const undo: (() => void)[] = []

  return {
    endpoint,
    post(message, transfer) {
      if (transfer?.length) sink.postMessage(message, transfer)
      else sink.postMessage(message)
    },
    listen({ message, unreadable, gone, failed }) {
      // Node's emitters hand over the value itself, everything else an event.
      const { on } = source
      const listen: Subscribe = (type, listener) => {
        if (on) source.on?.(type, listener)
        else source.addEventListener?.(type, listener)
        undo.push(() => (on ? source.off : source.removeEventListener)?.call(source, type, listener))
      }
      const unwrap = ({ data, origin }: MessageLike): void => message(data, origin)
      if (on || source.addEventListener) {
        let failure: unknown
        listen('message', on ? message : unwrap)
        listen('messageerror', unreadable)
        listen('close', () => gone('the port was closed'))
        // Only the owner's object of a worker: on a worker's own self, `error` is about this side.
        if (source.terminate) {
          listen('error', (event: ErrorLike) => {
            failure = on
              ? event
              : (event.error ?? new Error(event.message || 'The worker could not be loaded'))
            failed(failure)
          })
          listen('exit', (code: number) => gone(failure ?? `the worker exited with code ${code}`))
        }
      } else {
        const former = source.onmessage
        source.onmessage = unwrap
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

/** A Transport as it is, anything else as an endpoint. */
export const toTransport = (value: Transport | Endpoint): Transport =>
  'listen' in value ? value : endpointTransport(value)
