/** SharedWorker: one worker, any number of pages of its origin. */
import { type Endpoint, endpointTransport } from '../../transport/endpoint.ts'
import type { Methods } from '../../peer/methods.ts'
import type { Receiver, Transport } from '../../transport/transport.ts'
import { withLifeline } from '../liveness/client-liveness.ts'
import { createServer, type ServeOptions, type Server } from '../serving/server.ts'

export type { ServeOptions, Server } from '../serving/server.ts'

/** A SharedWorker as far as it is needed here. */
export interface SharedWorkerLike {
  readonly port: Endpoint
  addEventListener(type: 'error', listener: (event: unknown) => void): void
  removeEventListener(type: 'error', listener: (event: unknown) => void): void
}

/**
 * Speak with a SharedWorker: `wrap(sharedWorkerTransport(new SharedWorker(url, { type: 'module' })))`. The worker is told
 * when this page is left and finds out when it crashes, and the other way round.
 * @param worker in the worker itself: the port of a `connect` event, for which `serve` does this.
 * @throws TypeError for what is neither.
 */
export function sharedWorkerTransport(worker: SharedWorkerLike | Endpoint): Transport {
  if (!('port' in worker)) return withLifeline({ ...endpointTransport(worker), trusted: true })
  const inner = endpointTransport(worker.port)
  let receiver: Receiver | undefined
  const failed = (event: unknown): void => {
    const { error, message } = Object(event) as Partial<ErrorEvent>
    receiver?.failed(error ?? new Error(message || 'The worker could not be loaded'))
  }
  return withLifeline({
    ...inner,
    // Nobody but this origin can make or reach one.
    trusted: true,
    listen: (to) => {
      receiver = to
      worker.addEventListener('error', failed)
      inner.listen(to)
    },
    close: () => {
      receiver = undefined
      worker.removeEventListener('error', failed)
      inner.close()
    },
  })
}

interface ConnectEvent {
  readonly ports: readonly Endpoint[]
}

type OnConnect = (type: 'connect', listener: (event: ConnectEvent) => void) => void

interface Scope {
  addEventListener: OnConnect
  removeEventListener: OnConnect
  close?: () => void
}

/**
 * In a SharedWorker: let every page that connects call `api`. Call it before the script's first `await`, or the first
 * pages are missed.
 * @param api an object shared by all pages; a function is called for each page and returns that page's own.
 * @returns the pages that are there, a way to notify them all, and the end of it.
 */
export function serve(api: Methods | (() => Methods), options: ServeOptions = {}): Server {
  const scope = globalThis as unknown as Scope
  const { clients, broadcast, accept, close } = createServer(api, options)
  const connect = ({ ports: [port] }: ConnectEvent): void => {
    if (port) accept(sharedWorkerTransport(port))
  }
  const stop = (): void => {
    scope.removeEventListener('connect', connect)
    close()
  }
  // The browser tells no page of it, and who rests waits for no lock.
  const former = scope.close
  const closeWorker = (): void => {
    stop()
    former?.call(scope)
  }
  scope.close = closeWorker
  scope.addEventListener('connect', connect)
  return {
    clients,
    broadcast,
    close: () => {
      if (scope.close === closeWorker && former) scope.close = former
      stop()
    },
  }
}
