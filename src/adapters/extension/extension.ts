/** The entry `portcall/core/extension`: the parts of a browser extension, web pages, other extensions. */
import { type CoreRPC, makeCoreRPC } from '../../api/core-rpc.ts'
import { createServe, type Serve } from './serve.ts'

export type { ServeOptions, Server } from '../serving/server.ts'
export type { MessageSenderLike, PortLike } from './extension-port.ts'
export type { ExtensionServeOptions } from './serve.ts'
export {
  type ExtensionOptions,
  type ExtensionTransport,
  extensionTransport,
  type Sender,
} from './transport.ts'

/** Let those who connect to this part of the extension call an api, with the features that are listed by `use`. */
export const serve: Serve<CoreRPC> = /* @__PURE__ */ createServe(makeCoreRPC)
