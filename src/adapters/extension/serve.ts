/** `serve` in a part of a browser extension: one RPC for each who connects. */
import type { BaseRPC } from '../../api/rpc.ts'
import type { RPCMaker } from '../../api/shared-rpc.ts'
import { createDiagnose } from '../../features/diagnostics/diagnostics.ts'
import { isClass, type Methods } from '../../peer/methods.ts'
import { createServer, type ServeOptions, type Server } from '../serving/server.ts'
import { type PortLike, runtimeHere } from './extension-port.ts'
import { extensionTransport, type Sender } from './transport.ts'

/** Options of `serve`; those of an RPC count for each client's. */
export interface ExtensionServeOptions<R extends BaseRPC = BaseRPC> extends ServeOptions<R> {
  /** Take only ports of this name, as of `chrome.runtime.connect({ name })`. Default: '', those without one. */
  readonly port?: string | undefined
  /**
   * Ids of other extensions and origins of web pages that are let in; the manifest's `externally_connectable` must name them,
   * too. Default: none.
   */
  readonly external?: readonly string[] | undefined
  /** Called for each who would be let in, before any method can be reached; anything but true refuses. Default: nobody is refused. */
  readonly accept?: ((sender: Sender) => boolean) | undefined
}

/**
 * Let those who connect to this part of the extension (`chrome.runtime.connect()`, `chrome.tabs.connect(id)`) call `api`. In
 * a background worker call it before the script's first `await`.
 * @param api what all may call; a function is called with each who is let in, and returns that one's own.
 * @throws TypeError outside of extensions, and for an `external` that is neither an id nor an exact origin.
 */
export type Serve<R extends BaseRPC> = (
  api: Methods | ((sender: Sender) => Methods),
  options?: ExtensionServeOptions<R>,
) => Server<R>

export const createServe =
  <R extends BaseRPC>(make: RPCMaker<R>): Serve<R> =>
  (api, { port: name = '', external, accept, ...options } = {}) => {
    const { onConnect, onConnectExternal } = runtimeHere() ?? {}
    if (!onConnect)
      throw new TypeError('Here is no chrome.runtime.onConnect: call serve() inside an extension')
    const listed = new Set(external?.map(idOrOrigin))
    const diagnose = createDiagnose(options.onDiagnostic)
    let sender: Sender
    const isGiven = typeof api === 'function' && !isClass(api)
    const server = createServer(
      make,
      isGiven ? () => (api as (by: Sender) => Methods)(sender) : api,
      options,
      true,
    )

    const take = (port: PortLike, isExternal: boolean): void => {
      const transport = extensionTransport(port)
      if (port.name !== name || !transport.sender) return
      sender = transport.sender
      // A content script of another extension has the origin of its page: where there is an id, it alone counts.
      const who = sender.id ?? sender.origin ?? ''
      const close = (): void => {
        transport.close()
        port.disconnect()
      }
      try {
        if ((!isExternal || listed.has(who)) && (!accept || accept(sender) === true))
          return server.accept({ ...transport, close })
      } catch (error) {
        close()
        throw error
      }
      close()
      diagnose('refused', who)
    }
    const inside = (port: PortLike): void => take(port, false)
    const outside = (port: PortLike): void => take(port, true)
    onConnect.addListener(inside)
    if (external) onConnectExternal?.addListener(outside)
    return {
      clients: server.clients,
      broadcast: server.broadcast,
      close: () => {
        onConnect.removeListener(inside)
        onConnectExternal?.removeListener(outside)
        server.close()
      },
    }
  }

function idOrOrigin(text: string): string {
  const origin = /^https?:\/\//i.test(text) ? new URL(text).origin : text
  if (!/^https?:\/\/[^*]+$|^(?!null$)[^/*]+$/.test(origin))
    throw new TypeError(
      `${JSON.stringify(text)} is neither an id of an extension nor an origin such as 'https://a.example'`,
    )
  return origin
}
