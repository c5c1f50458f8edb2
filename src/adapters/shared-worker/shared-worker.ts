/** The entry `portcall/core/shared-worker`: one worker, any number of pages of its origin. */
import { type CoreRPC, makeCoreRPC } from '../../api/core-rpc.ts'
import { createServe, type Serve } from './serve.ts'

export type { ServeOptions, Server } from '../serving/server.ts'
export { type SharedWorkerLike, sharedWorkerTransport } from './transport.ts'

/** Let every page that connects call an api, with the features that are listed by `use`. */
export const serve: Serve<CoreRPC> = /* @__PURE__ */ createServe(makeCoreRPC)
