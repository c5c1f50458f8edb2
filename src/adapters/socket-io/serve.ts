/** `serveSocketIo`: one RPC for each client of a socket.io server. */
import type { BaseRPC } from '../../api/rpc.ts'
import type { RPCMaker } from '../../api/shared-rpc.ts'
import type { Methods } from '../../peer/methods.ts'
import { createServer, type ServeOptions, type Server } from '../serving/server.ts'
import { type SocketIoOptions, socketIoTransport, type SocketLike } from './socket-io.ts'

/** A Server of socket.io, or one of its namespaces, as far as it is needed here. */
export interface SocketIoServerLike {
  on(event: 'connection', listener: (socket: SocketLike) => void): unknown
  off(event: 'connection', listener: (socket: SocketLike) => void): unknown
}

/**
 * Let every client of a socket.io server, or of one namespace, call methods. Who may connect is for its middleware to
 * say (`io.use`), before any method can be reached.
 * @param api what every client may call; a function is called for each client and returns that client's own.
 */
export type ServeSocketIo<R extends BaseRPC> = (
  io: SocketIoServerLike,
  api: Methods | (() => Methods),
  options?: ServeOptions<R> & SocketIoOptions,
) => Server<R>

export const createServe =
  <R extends BaseRPC>(make: RPCMaker<R>): ServeSocketIo<R> =>
  (io, api, { maxSize, maxBuffered, ...options } = {}) => {
    const server = createServer(make, api, options, true)
    const accept = (socket: SocketLike): void =>
      server.accept(socketIoTransport(socket, { maxSize, maxBuffered }))
    io.on('connection', accept)
    return {
      clients: server.clients,
      broadcast: server.broadcast,
      close: () => {
        io.off('connection', accept)
        server.close()
      },
    }
  }
