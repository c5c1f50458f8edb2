/** The entry `portcall/service-worker`: a page and the worker that is active for it. */
import { createServe, type Serve } from '../adapters/service-worker/serve.ts'
import { type RPC, makeRPC } from '../api/preset-rpc.ts'

export type { ServeOptions, Server } from '../adapters/serving/server.ts'
export type { ClientLike } from '../adapters/service-worker/clients.ts'
export {
  type ContainerLike,
  type RegistrationLike,
  serviceWorkerTransport,
} from '../adapters/service-worker/transport.ts'

/** Let every client that connects call an api. */
export const serve: Serve<RPC> = /* @__PURE__ */ createServe(makeRPC)
