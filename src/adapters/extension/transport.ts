/** A port of a browser extension (Manifest V3) as a Transport. */
import { jsonCodec } from '../../values/json-codec.ts'
import type { Transport } from '../../transport/transport.ts'
import { backOffTimes } from '../sockets/back-off.ts'
import { holdLine, type Line, type PortLike } from './extension-port.ts'

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
    medium: 'extension port',
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
