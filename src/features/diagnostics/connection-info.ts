/** What `rpc.connection` is. Types only. */
import type { PeerState } from '../../peer/seam.ts'
import type { WindowSight } from '../../transport/transport.ts'

/** How a connection stands: plain data, as it is at this moment. */
export interface ConnectionInfo {
  readonly state: PeerState
  /** When that state began, in milliseconds since 1970. */
  readonly since: number
  /** How often this side has tried to reach the peer since it was connected last. */
  readonly attempts: number
  /** The last origin that was refused in the peer's place, at most 120 characters; `null` is an opaque one. */
  readonly lastRefusal?: string
  /** Why the last attempt failed, or the last connection ended. */
  readonly lastFailure?: string
  /** What the connection goes through: `iframe`, `popup`, `parent`, `opener`, `Worker`, `MessagePort`, `WebSocket` and so on. */
  readonly medium: string
  /** The sessions of both sides. This side has none for a plain peer; the peer has none unless it is portcall. */
  readonly session?: string
  readonly peerSession?: string
  /** What both sides announce. The peer announces nothing unless it is portcall. */
  readonly capabilities: { readonly own: readonly string[]; readonly peer: readonly string[] }
  /** Messages from the peer's place that were not portcall's, while this side waited. */
  readonly otherMessages: number
  /** What is seen of the other window, where there is one. */
  readonly window?: WindowSight
  /** In words, what keeps the peer away; empty while it is connected. */
  readonly explanation: string
}
