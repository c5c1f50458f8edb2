/** `serve` in a service worker: one RPC for each client that connects. */
import type { BaseRPC } from '../../api/rpc.ts'
import type { RPCMaker } from '../../api/shared-rpc.ts'
import type { Methods } from '../../peer/methods.ts'
import { createServer, type ServeOptions, type Server } from '../serving/server.ts'
import { introducedFirst, onStranger } from './clients.ts'
import { toClient } from './transport.ts'

/**
 * In a service worker: let every client that connects call `api`. Call it before the script's first `await`.
 * @param api an object shared by all clients; a function is called for each client and returns that client's own.
 * @returns the clients that are there, a way to notify them all, and the end of it.
 */
export type Serve<R extends BaseRPC> = (
  api: Methods | (() => Methods),
  options?: ServeOptions<R>,
) => Server<R>

export const createServe =
  <R extends BaseRPC>(make: RPCMaker<R>): Serve<R> =>
  (api, options = {}) => {
    const { clients, broadcast, accept, close } = createServer(make, api, options, true)
    const stop = onStranger((client) => accept(introducedFirst(toClient(client))))
    return {
      clients,
      broadcast,
      close: () => {
        stop()
        close()
      },
    }
  }
