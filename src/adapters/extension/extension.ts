/** Browser extensions (Manifest V3): background worker, content scripts, extension pages, web pages, other extensions. */
import { jsonCodec } from '../../values/json-codec.ts'
import { createDiagnose } from '../../peer/diagnostics.ts'
import { isClass, type Methods } from '../../peer/methods.ts'
import type { Transport } from '../../transport/transport.ts'
import { backOffTimes } from '../sockets/back-off.ts'
import { holdLine, type Line, type PortLike, runtimeHere } from './extension-port.ts'
import { createServer, type ServeOptions, type Server } from '../serving/server.ts'

export type { MessageSenderLike, PortLike } from './extension-port.ts'
export type { ServeOptions, Server } from '../serving/server.ts'

/** Who connected, as the browser vouches for it. */
export interface Sender {
  /** Of the extension; undefined: a web page. */
  readonly id: string | undefined
  readonly origin: string | undefined
  /** Undefined where there is no tab, as in a popup. */
  readonly tabId: number | undefined
  readonly frameId: number | undefined
  readonly url: string | undefined
}

/** A transport that tells a handler who calls: `callContext().transport`. */
export interface ExtensionTransport extends Transport {
  /** At the side that was connected to; undefined at the side that connects, which the browser tells nothing. */
  readonly sender: Sender | undefined
}

/** Options of `extensionTransport`. */
export interface ExtensionOptions {
  /**
   * Only for a function. A lost connection is made anew, first after about `initial` milliseconds, then twice as long each
   * time, at most `max`; false: it is the end. Default: `{ initial: 500, max: 30_000 }`.
   */
  readonly reconnect?: false | { readonly initial?: number; readonly max?: number } | undefined
}

/** Options of `serve`; those of an RPC count for each client's. */
export interface ExtensionServeOptions extends ServeOptions {
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
 * Speak over a port of a browser extension, in JSON.
 * @param target a port, which stays its owner's: when it is disconnected, that is the end. Or a function that makes one
 * (`() => chrome.runtime.connect()`), called again whenever it is disconnected, which starts a background worker that was
 * stopped. Each new port is a new epoch: what was pending has rejected PEER_GONE and nothing is sent again.
 * @throws TypeError for back-off times that are none.
 */
export function extensionTransport(
  target: PortLike | (() => PortLike),
  { reconnect = {} }: ExtensionOptions = {},
): ExtensionTransport {
  const times = backOffTimes(reconnect)
  const isMade = typeof target === 'function'
  const returns = isMade && reconnect !== false
  const sender = isMade ? undefined : senderOf(target)
  const own = (globalThis as { location?: { origin: string } }).location?.origin
  let line: Line | undefined
  return {
    sender,
    endpoint: isMade ? {} : target,
    policy: 'strict',
    successor: returns,
    opens: true,
    // A page of this extension; its content scripts live in processes of the web.
    trusted: own !== undefined && sender?.origin === own,
    codec: jsonCodec(),
    post: (message) => line?.post(message as object),
    listen: (receiver) => {
      line = holdLine(target, returns ? times : undefined, receiver)
      line.open()
    },
    close: () => line?.close(),
  }
}

const senderOf = ({ sender }: PortLike): Sender | undefined =>
  sender && {
    id: sender.id,
    origin: sender.origin,
    tabId: sender.tab?.id,
    frameId: sender.frameId,
    url: sender.url,
  }

/**
 * Let those who connect to this part of the extension (`chrome.runtime.connect()`, `chrome.tabs.connect(id)`) call `api`. In
 * a background worker call it before the script's first `await`.
 * @param api what all may call; a function is called with each who is let in, and returns that one's own.
 * @throws TypeError outside of extensions, and for an `external` that is neither an id nor an exact origin.
 */
export function serve(
  api: Methods | ((sender: Sender) => Methods),
  { port: name = '', external, accept, ...options }: ExtensionServeOptions = {},
): Server {
  const { onConnect, onConnectExternal } = runtimeHere() ?? {}
  if (!onConnect) throw new TypeError('Here is no chrome.runtime.onConnect: call serve() inside an extension')
  const listed = new Set(external?.map(idOrOrigin))
  const diagnose = createDiagnose(options.onDiagnostic)
  let sender: Sender
  const isGiven = typeof api === 'function' && !isClass(api)
  const server = createServer(isGiven ? () => (api as (by: Sender) => Methods)(sender) : api, options, true)

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
