/** One `runtime.Port` after the other: hears it, and makes another when it is lost. */
import { messageOf, RPCError, TOO_LARGE } from '../../protocol/errors.ts'
import type { Receiver } from '../../transport/transport.ts'
import { type BackOffTimes, createBackOff } from '../sockets/back-off.ts'

interface Event<L> {
  addListener(listener: L): void
  removeListener(listener: L): void
}

/** What the browser says of who connects (`runtime.MessageSender`), as far as it is needed here. */
export interface MessageSenderLike {
  readonly id?: string | undefined
  readonly origin?: string | undefined
  readonly url?: string | undefined
  readonly frameId?: number | undefined
  readonly tab?: { readonly id?: number | undefined } | undefined
}

/** A `runtime.Port`, as far as it is needed here. */
export interface PortLike {
  readonly name: string
  readonly sender?: MessageSenderLike | undefined
  postMessage(message: object): void
  disconnect(): void
  readonly onMessage: Event<(message: unknown) => void>
  readonly onDisconnect: Event<() => void>
}

/** `chrome.runtime`, as far as it is needed here. */
export interface RuntimeLike {
  readonly id?: string | undefined
  readonly lastError?: { readonly message?: string | undefined } | undefined
  readonly onConnect?: Event<(port: PortLike) => void>
  readonly onConnectExternal?: Event<(port: PortLike) => void>
}

type OnShown = (type: 'pageshow', listener: (event: { readonly persisted: boolean }) => void) => void

interface Scope {
  readonly chrome?: { readonly runtime?: RuntimeLike }
  readonly addEventListener?: OnShown
  readonly removeEventListener?: OnShown
}

/** Milliseconds in which a reloaded extension has gone from its content scripts. */
const SETTLED = 1_000

const scope = (): Scope => globalThis

/** What the browser has for this part of an extension; undefined in a page that it lets connect to none. */
export const runtimeHere = (): RuntimeLike | undefined => scope().chrome?.runtime

/** The way over the port of now. */
export interface Line {
  /** @throws what making a port throws. */
  readonly open: () => void
  /** @throws while there is no port, and for what is too large. */
  readonly post: (message: object) => void
  readonly close: () => void
}

/**
 * Speak over a port until it is lost, or over one after the other.
 * @param target a port, or what makes one.
 * @param backOff milliseconds from one attempt to the next; undefined: a lost port is the end.
 */
export function holdLine(
  target: PortLike | (() => PortLike),
  backOff: BackOffTimes | undefined,
  { message, gone, opened }: Receiver,
): Line {
  const make = typeof target === 'function' ? target : undefined
  const id = runtimeHere()?.id
  let port: PortLike | undefined
  const wait = backOff && createBackOff(backOff)
  let timer: ReturnType<typeof setTimeout> | undefined

  const leave = (): void => {
    clearTimeout(timer)
    port?.onMessage.removeListener(heard)
    port?.onDisconnect.removeListener(disconnected)
    port = undefined
  }
  const heard = (data: unknown): void => {
    wait?.reset()
    message(data, port?.sender?.origin)
  }
  const end = (reason: unknown): void => {
    leave()
    gone(reason, true)
  }
  const lost = (reason: string): void => {
    if (!wait) return end(new Error(reason))
    leave()
    timer = setTimeout(retry, wait.next())
    gone(new Error(reason))
  }
  // To read lastError is also what keeps the browser from printing it.
  const disconnected = (): void =>
    lost(runtimeHere()?.lastError?.message ?? 'the extension port was disconnected')
  const open = (): void => {
    port = make ? make() : (target as PortLike)
    port.onMessage.addListener(heard)
    port.onDisconnect.addListener(disconnected)
    opened()
  }
  const retry = (): void => {
    try {
      timer = setTimeout(check, SETTLED)
      open()
    } catch (error) {
      // Nobody can connect any more: the extension was reloaded or removed.
      end(error)
    }
  }
  // A port that is made while the extension is being reloaded is never disconnected.
  const check = (): void => {
    if (runtimeHere()?.id !== id) end(new Error('the extension was reloaded or removed'))
  }
  // The port of a page that goes into the back/forward cache is closed, which nobody tells the page.
  const shown: Parameters<OnShown>[1] = ({ persisted }): void => {
    if (!persisted || !port) return
    if (make) port.disconnect()
    lost('the page was in the back/forward cache')
  }

  return {
    open: () => {
      scope().addEventListener?.('pageshow', shown)
      open()
    },
    post: (data) => {
      if (!port) throw new Error('The extension port is not connected')
      try {
        port.postMessage(data)
      } catch (error) {
        const text = messageOf(error)
        // Over 64 MiB, in Chromium.
        throw /maximum allowed/.test(text) ? new RPCError(TOO_LARGE, text) : error
      }
    },
    close: () => {
      scope().removeEventListener?.('pageshow', shown)
      const last = make && port
      leave()
      last?.disconnect()
    },
  }
}
