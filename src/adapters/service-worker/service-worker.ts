/** The entry `portcall/core/service-worker`: a page and the worker that is active for it. */
import { type CoreRPC, makeCoreRPC } from '../../api/core-rpc.ts'
import { createServe, type Serve } from './serve.ts'

export type { ServeOptions, Server } from '../serving/server.ts'
export type { ClientLike } from './clients.ts'
export { type ContainerLike, type RegistrationLike, serviceWorkerTransport } from './transport.ts'

/** Let every client that connects call an api, with the features that are listed by `use`. */
export const serve: Serve<CoreRPC> = /* @__PURE__ */ createServe(makeCoreRPC)
