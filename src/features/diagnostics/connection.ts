/** Follows a connection, and tells how it stands. */
import type { Diagnose } from '../../peer/diagnostics.ts'
import type { Peer, PeerState } from '../../peer/seam.ts'
import { CLOSED, messageOf, type RPCError } from '../../protocol/errors.ts'
import { originText } from '../../protocol/origin-text.ts'
import { shorten } from '../../protocol/paths.ts'
import type { ConnectionInfo } from './connection-info.ts'
import { explain } from './explanation.ts'

/** Follows one connection. */
export interface Follower {
  readonly info: () => ConnectionInfo
  /** Whether it has ever been connected. */
  readonly hasMet: () => boolean
  readonly diagnose: Diagnose
  /** The connection has ended. */
  readonly lost: (reason: RPCError) => void
}

const mediumOf = ({ transport: { endpoint, medium } }: Peer): string => {
  if (medium !== undefined) return medium
  const { name } = (Object(endpoint) as object).constructor ?? {}
  return !name || name === 'Object' ? 'transport' : name
}

/** @param changed is told each new state. */
export function follow(peer: Peer, changed: (state: PeerState) => void): Follower {
  const { transport } = peer
  let since = 0
  let failures = 0
  let others = 0
  let refused: unknown
  let failure: unknown
  let hasMet = false
  peer.onPeer((state) => {
    since = Date.now()
    if (state === 'connected') {
      hasMet = true
      failures = others = 0
      refused = undefined
    }
    changed(state)
  })

  return {
    hasMet: () => hasMet,
    lost: (reason) => {
      if (reason.code !== CLOSED) failure = reason
    },
    diagnose: (kind, about, error) => {
      if (kind === 'refused') refused = about
      if (peer.state !== 'waiting') return
      if (kind === 'peer-error') {
        failures++
        failure = error
      }
      if (kind === 'invalid' || kind === 'unreadable') others++
    },
    info: () => {
      const { session, state } = peer
      const known = peer.known()
      const sight = transport.look?.()
      const origin = sight ? sight.refused : refused
      const info = {
        state,
        since,
        attempts: failures + 1,
        ...(origin !== undefined && { lastRefusal: originText(origin) }),
        ...(failure !== undefined && { lastFailure: shorten(messageOf(failure)) }),
        medium: sight?.medium ?? mediumOf(peer),
        ...(session !== '\0' && { session }),
        ...(known.session !== undefined && { peerSession: known.session }),
        capabilities: { own: [...known.own], peer: [...known.peer] },
        otherMessages: others + (sight?.otherMessages ?? 0),
        ...(sight?.window && { window: sight.window }),
      }
      return { ...info, explanation: explain(info, sight?.text) }
    },
  }
}
