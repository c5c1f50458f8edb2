/** The entry `portcall/socket-io-server`: one RPC for each client of a socket.io server. */
import { createServe, type ServeSocketIo } from '../adapters/socket-io/serve.ts'
import { type RPC, makeRPC } from '../api/preset-rpc.ts'

export type { ServeOptions, Server } from '../adapters/serving/server.ts'
export type { SocketIoServerLike } from '../adapters/socket-io/serve.ts'

/** Let every client of a socket.io server call an api. */
export const serveSocketIo: ServeSocketIo<RPC> = /* @__PURE__ */ createServe(makeRPC)
