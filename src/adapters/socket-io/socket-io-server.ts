/** The entry `portcall/core/socket-io-server`: one RPC for each client of a socket.io server. */
import { type CoreRPC, makeCoreRPC } from '../../api/core-rpc.ts'
import { createServe, type ServeSocketIo } from './serve.ts'

export type { ServeOptions, Server } from '../serving/server.ts'
export type { SocketIoServerLike } from './serve.ts'

/** Let every client of a socket.io server call an api, with the features that are listed by `use`. */
export const serveSocketIo: ServeSocketIo<CoreRPC> = /* @__PURE__ */ createServe(makeCoreRPC)
