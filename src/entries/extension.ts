/** The entry `portcall/extension`: the parts of a browser extension, web pages, other extensions. */
import { createServe, type Serve } from '../adapters/extension/serve.ts'
import { type RPC, makeRPC } from '../api/preset-rpc.ts'

export type { ServeOptions, Server } from '../adapters/serving/server.ts'
export type { MessageSenderLike, PortLike } from '../adapters/extension/extension-port.ts'
export type { ExtensionServeOptions } from '../adapters/extension/serve.ts'
export {
  type ExtensionOptions,
  type ExtensionTransport,
  extensionTransport,
  type Sender,
} from '../adapters/extension/transport.ts'

/** Let those who connect to this part of the extension call an api. */
export const serve: Serve<RPC> = /* @__PURE__ */ createServe(makeRPC)
