/** The window on the other side: who it is, what is heard of it, and when it ends. */
import type { Receiver } from '../transport.ts'

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

/** What of its events is let in. */
export interface Guards {
  readonly acceptUntrusted: boolean
  readonly lets: (origin: string) => boolean
  /** Who is told of what is not. */
  readonly receiver: () => Pick<Receiver, 'refused' | 'unreadable'> | undefined
}

const POLL_MS = 50

/** The other sides of all transports of this page. */
const peers = new Set<() => unknown>()

const isSomePeer = (source: unknown): boolean => [...peers].some((peer) => peer() === source)

// `window` may be asked of a window of any origin; most other names may not.
const isWindow = (value: unknown): value is WindowLike =>
  typeof value === 'object' && value !== null && (value as Partial<WindowLike>).window === value

const isForUs = (data: unknown): boolean => (Object(data) as { jsonrpc?: unknown }).jsonrpc === '2.0'

/**
 * The other side, as it is at each moment: the window of an iframe changes when it is moved.
 * @throws TypeError for a window that is missing, closed or this one.
 */
export function peerOf(target: FrameLike | WindowLike | null | undefined): {
  readonly first: WindowLike
  readonly peer: () => WindowLike | null | undefined
} {
  // Asked once: a window that has been closed does not even say that it is a window.
  const peer = isWindow(target) ? () => target : () => (target as FrameLike | null | undefined)?.contentWindow
  const first = peer()
  if (!first)
    throw new TypeError('There is no window: the popup was blocked, or the iframe is not in the document')
  if (first === window)
    throw new TypeError('A window cannot speak with itself: pass an iframe, popup, parent or opener')
  if (first.closed) throw new TypeError('That window is closed')
  return { first, peer }
}

/** Hear what comes from the peer and is let in. @returns how to stop. */
export function hear(
  peer: () => WindowLike | null | undefined,
  { acceptUntrusted, lets, receiver }: Guards,
  on: (data: unknown, origin: string) => void,
): () => void {
  const isFrom = ({ isTrusted, source }: MessageEvent): boolean =>
    (isTrusted || acceptUntrusted) && source !== null && source === peer()
  const listener = (event: MessageEvent): void => {
    const { origin, data } = event
    const isPeer = isFrom(event)
    if (isPeer && lets(origin)) on(data, origin)
    // Other libraries and other connections share the window: only what claims to be for us and is of nobody's peer is worth a word.
    else if (isPeer || (event.isTrusted && isForUs(data) && !isSomePeer(event.source)))
      receiver()?.refused(origin)
  }
  const unreadable = (event: MessageEvent): void => {
    if (!isFrom(event)) return
    if (lets(event.origin)) receiver()?.unreadable(event)
    else receiver()?.refused(event.origin)
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

/** Removing an iframe and closing a popup tell nobody but the document that goes. @returns how to stop. */
export function watch(peer: () => WindowLike | null | undefined, lost: (reason: string) => void): () => void {
  let wasOpen = true
  const timer = setInterval(() => {
    const isOpen = peer()?.closed === false
    if (wasOpen && !isOpen) lost('the window was closed')
    wasOpen = isOpen
  }, POLL_MS)
  return () => clearInterval(timer)
}

/** A frame or popup that has not begun to load, or whose document this page writes. */
export function isBlank(peer: WindowLike): boolean {
  try {
    return (peer as Window).location.href === 'about:blank'
  } catch {
    return false
  }
}
