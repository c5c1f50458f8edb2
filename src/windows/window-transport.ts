/** A Transport to another window: an iframe, a popup, `parent`, `opener`. */
import { type AllowedOrigins, hereOrigin, OPAQUE, type OriginOption, parseOrigins } from './origins.ts'
import type { Receiver, Transport } from '../transport/transport.ts'
import { type FrameLike, hear, isBlank, peerOf, watch, type WindowLike } from './window-endpoint.ts'
import { nearWindow } from './near-port.ts'
import { upgradeTransport } from './port-upgrade.ts'
import { isConnect } from './greeting.ts'
import { watchSight } from './sight.ts'
import { type Reloads, watchReloads } from './reloads.ts'

export type { FrameLike, WindowLike } from './window-endpoint.ts'

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

/**
 * Speak with another window: an iframe element, a popup, `window.parent`, `window.opener`. Each message's source and origin
 * are checked; the connection itself is a MessagePort that was sent to the checked origin.
 * @throws TypeError for a window that is missing, closed or this one, and for an origin that is none.
 */
export const windowTransport = (
  target: FrameLike | WindowLike | null | undefined,
  options: WindowOptions = {},
): Transport => channelTo(target, options, undefined)

function channelTo(
  target: FrameLike | WindowLike | null | undefined,
  options: WindowOptions,
  channel: string | undefined,
): Transport {
  const { allowOpaque = false, raw = false, acceptUntrusted = false } = options
  const { first, peer } = peerOf(target)
  const own = named(hereOrigin())
  const allowed =
    options.origin === undefined && own === OPAQUE
      ? onlyOpaque(allowOpaque)
      : parseOrigins(options.origin ?? own)
  const lets = (origin: string): boolean => (origin === OPAQUE ? allowOpaque : allowed.allows(origin))
  const sight = watchSight({ target, peer, origin: options.origin, allowOpaque, allowed })
  const guard = [...(allowed.exact ?? [options.origin].flat()), allowOpaque, raw]
  let receiver: Receiver | undefined
  const guards = {
    acceptUntrusted,
    lets: (theirs: string): boolean => {
      const isLetIn = lets(named(theirs))
      if (!isLetIn) sight.refused(theirs)
      return isLetIn
    },
    receiver: () => receiver,
  }

  if (raw) {
    const to = allowed.exact?.length === 1 ? allowed.exact[0] : options.origin === '*' && '*'
    if (!to) throw new TypeError('A raw window needs one exact origin: its messages must be addressed')
    let stops: readonly (() => void)[] = []
    let reloads: Reloads | undefined
    return {
      endpoint: first,
      guard,
      public: true,
      successor: true,
      look: sight.look,
      post: (message, transfer = []) => {
        reloads?.lookHere()
        peer()?.postMessage(message, to, transfer as never[])
      },
      listen: (toReceiver) => {
        receiver = toReceiver
        sight.listen()
        const { look, stop } = (reloads = watchReloads(target, peer, toReceiver))
        stops = [
          stop,
          sight.stop,
          hear(peer, guards, (data, origin) => {
            look()
            if (!isOurs(data)) sight.other()
            receiver?.message(data, origin)
          }),
        ]
      },
      close: () => stops.forEach((stop) => stop()),
    }
  }

  const upgrade = upgradeTransport({
    endpoint: first,
    channel,
    guard,
    left: 'it was closed over there, or its page was reloaded or left',
    opaque: own === OPAQUE,
    trusts: (theirs) => theirs === own && theirs !== OPAQUE,
    greets: () => {
      const now = peer()
      // It has our own origin until it loads something; any other would only make the browser complain.
      if (now && isBlank(now)) return lets(own) ? [own === OPAQUE ? '*' : own] : []
      return allowOpaque ? ['*'] : (allowed.exact ?? ['*'])
    },
    post: (message, to, ports) => peer()?.postMessage(message, to, ports as never[]),
    near: () => nearWindow(peer),
    hear: (on) => {
      const onShow = ({ persisted }: PageTransitionEvent): void => {
        if (persisted) upgrade.restart()
      }
      addEventListener('pagehide', upgrade.leave)
      addEventListener('pageshow', onShow)
      const heard = (data: unknown, origin: string): void => {
        if (!isConnect(data)) sight.other()
        on(data, named(origin))
      }
      sight.listen()
      const stops = [
        sight.stop,
        hear(peer, guards, heard),
        watch(peer, (reason) => upgrade.drop(reason, true)),
      ]
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
    look: sight.look,
    openChannel: (name) => channelTo(target, options, name),
    listen: (to) => {
      receiver = to
      upgrade.transport.listen(to)
    },
  }
}

const isOurs = (data: unknown): boolean => (Object(data) as { readonly jsonrpc?: unknown }).jsonrpc === '2.0'

// Engines differ about that of `file:`, which is opaque in all of them.
const named = (origin: string): string => (origin.startsWith('file:') ? OPAQUE : origin)

/** Nobody who has a name. @throws TypeError if nobody else is let in, either. */
function onlyOpaque(allowOpaque: boolean): AllowedOrigins {
  if (allowOpaque) return { allows: () => false, exact: undefined }
  throw new TypeError(
    "This page's own origin is opaque: say which origin may be there, or allowOpaque: true for another opaque one",
  )
}
