/** The entry `portcall/shared-worker`: one worker, any number of pages of its origin. */
import { createServe, type Serve } from '../adapters/shared-worker/serve.ts'
import { type RPC, makeRPC } from '../api/preset-rpc.ts'

export type { ServeOptions, Server } from '../adapters/serving/server.ts'
export { type SharedWorkerLike, sharedWorkerTransport } from '../adapters/shared-worker/transport.ts'

/** Let every page that connects call an api. */
export const serve: Serve<RPC> = /* @__PURE__ */ createServe(makeRPC)
