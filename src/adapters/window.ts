import { OPAQUE, type OriginOption, parseOrigins } from '../origins.ts'
import type { Receiver, Transport } from '../transport.ts'
import { upgradeTransport } from './upgrade.ts'

/** A window as far as it is needed here: one of this origin or of another. */
export interface WindowLike {
  readonly closed: boolean
  readonly window: unknown
  postMessage(message: unknown, targetOrigin: string, transfer?: never[]): void
}

/** An iframe element. It is followed through reloads and changes of `src`. */
export interface FrameLike {
  readonly contentWindow: WindowLike | null
}

/** Options of `windowTransport`. */
export interface WindowOptions {
  /** The origins that may be on the other side. Default: the page's own origin. `*` only if you write it. */
  readonly origin?: OriginOption | undefined
  /** Let in a document whose origin is opaque (sandboxed, `data:`), which no origin can name. Default: false. */
  readonly allowOpaque?: boolean | undefined
  /** Plain JSON-RPC messages on the window itself, for peers that are not portcall; needs one exact origin. Default: false. */
  readonly raw?: boolean | undefined
  /** Accept events that a script made, as jsdom's are. Default: false. */
  readonly acceptUntrusted?: boolean | undefined
}

const POLL_MS = 50

/** The other sides of all transports of this page. */
const peers = new Set<() => unknown>()

const isSomePeer = (source: unknown): boolean => [...peers].some((peer) => peer() === source)

/**
 * Speak with another window: an iframe element, a popup, `window.parent`, `window.opener`. Each message's source and origin
 * are checked; the connection itself is a MessagePort that was sent to the checked origin.
 * @throws TypeError for a window that is missing, closed or this one, and for an origin that is none.
 */
export const windowTransport = (
  target: FrameLike | WindowLike | null | undefined,
  options: WindowOptions = {},
): Transport => laneTo(target, options, undefined)

function laneTo(
  target: FrameLike | WindowLike | null | undefined,
  options: WindowOptions,
  name: string | undefined,
): Transport {
  const { allowOpaque = false, raw = false, acceptUntrusted = false } = options
  // Asked once: a window that has been closed does not even say that it is a window.
  const peer = isWindow(target) ? () => target : () => (target as FrameLike | null | undefined)?.contentWindow
  const first = peer()
  if (!first)
    throw new TypeError('There is no window: the popup was blocked, or the iframe is not in the document')
  if (first === window)
    throw new TypeError('A window cannot speak with itself: pass an iframe, popup, parent or opener')
  if (first.closed) throw new TypeError('That window is closed')
  const allowed = parseOrigins(options.origin ?? ownOrigin())
  const lets = (origin: string): boolean => (origin === OPAQUE ? allowOpaque : allowed.allows(origin))
  const guard = [...(allowed.exact ?? [options.origin].flat()), allowOpaque, raw]
  let receiver: Receiver | undefined

  const hear = (on: (data: unknown, origin: string) => void): (() => void) => {
    const isFrom = ({ isTrusted, source }: MessageEvent): boolean =>
      (isTrusted || acceptUntrusted) && source !== null && source === peer()
    const listener = (event: MessageEvent): void => {
      const { origin, data } = event
      const isPeer = isFrom(event)
      if (isPeer && lets(origin)) on(data, origin)
      // Other libraries and other connections share the window: only what claims to be for us and is of nobody's peer is worth a word.
      else if (isPeer || (event.isTrusted && isForUs(data) && !isSomePeer(event.source)))
        receiver?.refused(origin)
    }
    const unreadable = (event: MessageEvent): void => {
      if (!isFrom(event)) return
      if (lets(event.origin)) receiver?.unreadable(event)
      else receiver?.refused(event.origin)
    }
    addEventListener('message', listener)
    addEventListener('messageerror', unreadable)
    peers.add(peer)
    return () => {
      removeEventListener('message', listener)
      removeEventListener('messageerror', unreadable)
      peers.delete(peer)
    }
  }

  // Removing an iframe and closing a popup tell nobody but the document that goes.
  const watch = (lost: (reason: string) => void): (() => void) => {
    let wasOpen = true
    const timer = setInterval(() => {
      const isOpen = peer()?.closed === false
      if (wasOpen && !isOpen) lost('the window was closed')
      wasOpen = isOpen
    }, POLL_MS)
    return () => clearInterval(timer)
  }

  if (raw) {
    const to = allowed.exact?.length === 1 ? allowed.exact[0] : options.origin === '*' && '*'
    if (!to) throw new TypeError('A raw window needs one exact origin: its messages must be addressed')
    let stops: readonly (() => void)[] = []
    return {
      endpoint: first,
      guard,
      public: true,
      successor: true,
      post: (message, transfer = []) => peer()?.postMessage(message, to, transfer as never[]),
      listen: (toReceiver) => {
        receiver = toReceiver
        stops = [
          hear((data, origin) => receiver?.message(data, origin)),
          watch((reason) => receiver?.gone(reason, true)),
        ]
      },
      close: () => stops.forEach((stop) => stop()),
    }
  }

  const upgrade = upgradeTransport({
    endpoint: first,
    name,
    guard,
    opaque: origin === OPAQUE,
    trusts: (theirs) => theirs === origin && theirs !== OPAQUE,
    greets: () => {
      const now = peer()
      // It has our own origin until it loads something; any other would only make the browser complain.
      if (now && isBlank(now)) return lets(origin) ? [origin] : []
      return allowOpaque ? ['*'] : (allowed.exact ?? ['*'])
    },
    post: (message, to, ports) => peer()?.postMessage(message, to, ports as never[]),
    hear: (on) => {
      const onShow = ({ persisted }: PageTransitionEvent): void => {
        if (persisted) upgrade.restart()
      }
      addEventListener('pagehide', upgrade.leave)
      addEventListener('pageshow', onShow)
      const stops = [hear(on), watch((reason) => upgrade.drop(reason, true))]
      return () => {
        removeEventListener('pagehide', upgrade.leave)
        removeEventListener('pageshow', onShow)
        for (const stop of stops) stop()
      }
    },
  })
  return {
    ...upgrade.transport,
    get trusted() {
      return upgrade.transport.trusted === true
    },
    lane: (lane) => laneTo(target, options, lane),
    listen: (to) => {
      receiver = to
      upgrade.transport.listen(to)
    },
  }
}

// `window` may be asked of a window of any origin; most other names may not.
const isWindow = (value: unknown): value is WindowLike =>
  typeof value === 'object' && value !== null && (value as Partial<WindowLike>).window === value

const isForUs = (data: unknown): boolean => (Object(data) as { jsonrpc?: unknown }).jsonrpc === '2.0'

function ownOrigin(): string {
  if (origin !== OPAQUE) return origin
  throw new TypeError("This page's own origin is opaque: say which origin may be on the other side")
}

// A frame or popup that has not begun to load, or whose document this page writes.
function isBlank(peer: WindowLike): boolean {
  try {
    return (peer as Window).location.href === 'about:blank'
  } catch {
    return false
  }
}
