/** `serve` in a SharedWorker: one RPC for each page that connects. */
import type { BaseRPC } from '../../api/rpc.ts'
import type { RPCMaker } from '../../api/shared-rpc.ts'
import type { Methods } from '../../peer/methods.ts'
import type { Endpoint } from '../../transport/endpoint.ts'
import { createServer, type ServeOptions, type Server } from '../serving/server.ts'
import { sharedWorkerTransport } from './transport.ts'

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
export type Serve<R extends BaseRPC> = (
  api: Methods | (() => Methods),
  options?: ServeOptions<R>,
) => Server<R>

export const createServe =
  <R extends BaseRPC>(make: RPCMaker<R>): Serve<R> =>
  (api, options = {}) => {
    const scope = globalThis as unknown as Scope
    const { clients, broadcast, accept, close } = createServer(make, api, options)
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
