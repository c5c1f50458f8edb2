/** A service worker as a Transport: a page and the worker that is active for it, which the browser stops and starts as it likes. */
import { type Endpoint, hear, type Host } from '../../transport/endpoint.ts'
import type { Receiver, Transport } from '../../transport/transport.ts'
import { type ClientLike, clientTransport, pollClient } from './clients.ts'
import { type WatchResting, withLifeline } from '../liveness/client-liveness.ts'
import { pollLock } from '../liveness/web-locks.ts'

interface Target {
  addEventListener(type: string, listener: () => void): void
  removeEventListener(type: string, listener: () => void): void
}

/** What `navigator.serviceWorker.register()` gives, as far as it is needed here. */
export interface RegistrationLike extends Target {
  readonly active: (Endpoint & Target) | null
  readonly waiting: (Endpoint & Target) | null
  readonly installing: (Endpoint & Target) | null
}

/** `navigator.serviceWorker`, as far as it is needed here. */
export interface ContainerLike {
  readonly ready: Promise<RegistrationLike>
}

/**
 * In a page: speak with the active service worker, and after an update or a stop with the one that follows.
 * In a service worker: speak with one client.
 * @param target in a page a registration. Default: `navigator.serviceWorker`, that is the one whose scope this page is in.
 * In the worker a client.
 * @throws TypeError where there are no service workers.
 */
export function serviceWorkerTransport(target?: RegistrationLike | ContainerLike | ClientLike): Transport {
  if (target && 'id' in target) return toClient(target)
  const { serviceWorker } = (globalThis as { navigator?: Partial<Navigator> }).navigator ?? {}
  if (!serviceWorker) throw new TypeError('There are no service workers here: they need a secure context')
  return withLifeline(workerTransport(serviceWorker, target ?? serviceWorker), watchWorker)
}

// Once stopped, it would not know who calls: its end is looked for all the time.
const watchWorker: WatchResting = (lock, ended) => (lock === undefined ? undefined : pollLock(lock, ended))

/** One client, in the worker. */
export const toClient = (client: ClientLike): Transport =>
  withLifeline(clientTransport(client), (_, ended) => pollClient(client.id, ended))

function workerTransport(container: object, target: RegistrationLike | ContainerLike): Transport {
  let receiver: Receiver | undefined
  let worker: Endpoint | null | undefined
  let stops: (() => void)[] = []

  const on = (at: Target | null, type: string, listener: () => void): void => {
    at?.addEventListener(type, listener)
    stops.push(() => at?.removeEventListener(type, listener))
  }

  const follow = (registration: RegistrationLike): void => {
    const check = (): void => {
      const { active } = registration
      if (active === worker) return
      if (worker) receiver?.gone(active ? 'the service worker was updated' : 'it was unregistered', !active)
      worker = active
      if (active) receiver?.opened()
    }
    on(registration, 'updatefound', () => on(registration.installing, 'statechange', check))
    for (const each of ['installing', 'waiting', 'active'] as const)
      on(registration[each], 'statechange', check)
    check()
  }

  return {
    endpoint: target,
    opens: true,
    successor: true,
    trusted: true,
    post: (message, transfer = []) =>
      (worker as Host | null | undefined)?.postMessage(message, [...transfer]),
    listen: (to) => {
      receiver = to
      worker = undefined
      stops = [
        hear(container as Host, {
          ...to,
          message: (data, event) => {
            if (event?.source === worker) to.message(data)
          },
        }),
      ]
      const found = (registration: RegistrationLike): void => {
        if (receiver === to) follow(registration)
      }
      if ('ready' in target) void target.ready.then(found)
      else found(target)
    },
    close: () => {
      receiver = undefined
      stops.forEach((stop) => stop())
    },
  }
}
