/**
 * Who is on the other side.
 *
 * 1. At the start one request `rpc.connect` is sent, with our session, unless the peer is said to be plain.
 * 2. The peer is portcall when it sends such a request itself, or answers ours with its own session. The answer to a
 *    request introduces us, so whoever starts later reaches the other: nothing is repeated, no timer runs.
 * 3. It is plain when it answers with an error (or something else), or sends anything before it introduced itself.
 * 4. Another session on the same transport is a new epoch: what the old one still owed is lost.
 */
import { isObject } from './guards.ts'
import { locks } from './vigil.ts'
import type { Transport } from './transport.ts'

/** What a portcall peer can take beyond plain JSON-RPC. */
export type Capability = 'cancel' | 'close' | 'details' | 'values' | 'frame' | 'ping' | 'lock'

interface Introduction {
  readonly session: string
  readonly version: number
  readonly capabilities: readonly Capability[]
  /** The session of whoever is answered. */
  readonly re?: string
}

/** What this side can take over a transport. */
export function capabilitiesOf({ codec, emitsEvents, lock }: Transport, hasValues: boolean): Capability[] {
  const all: Capability[] = ['cancel', 'close', 'details', 'ping']
  if (hasValues) all.push('values')
  if (lock && locks()) all.push('lock')
  // JSON has not all that stands in a frame, and listeners of events would not see into it.
  if (!codec && !emitsEvents) all.push('frame')
  return all
}

export interface Hello {
  /** The request that introduces us. Its id is our session: no answer meant for somebody before us here can match. */
  readonly request: object
  /** True for a portcall peer that announced it, if this side did, too. */
  readonly can: (capability: Capability) => boolean
  /** The peer's `rpc.connect` request: `answer` with our introduction. @returns false if it is none. */
  readonly greeted: (params: unknown, answer: (introduction: object) => void) => boolean
  /** The answer to our own request. @returns false if no portcall peer wrote it. */
  readonly answered: (result: unknown) => boolean
  /** The peer has gone. */
  readonly left: () => void
}

/** `arrives` and `arrived` are called around the moment that a peer becomes known which was not there before. */
export function createHello(
  session: string,
  capabilities: readonly Capability[],
  { arrives, arrived }: { readonly arrives: () => void; readonly arrived: () => void },
): Hello {
  const me: Introduction = { session, version: 1, capabilities }
  let peer: Introduction | undefined
  let abilities: ReadonlySet<unknown> = new Set()

  const meet = (value: unknown, answer?: (introduction: object) => void): boolean => {
    const theirs: Partial<Introduction> = isObject(value) ? value : {}
    if (typeof theirs.session !== 'string') return false
    // Our own echo, from a medium that gives one.
    if (theirs.session === session) return true
    if (!answer && theirs.re !== session) return false
    // Answer first: if what waits here arrived before our introduction, the peer would take us for a plain one.
    answer?.({ ...me, re: theirs.session })
    if (theirs.session !== peer?.session) {
      // Whoever answers our request has heard all that was said after it, so nothing is lost.
      if (answer || peer) arrives()
      peer = theirs as Introduction
      const named: unknown = theirs.capabilities
      abilities = new Set(Array.isArray(named) ? capabilities.filter((one) => named.includes(one)) : [])
      arrived()
    }
    return true
  }

  return {
    request: { jsonrpc: '2.0', id: session, method: 'rpc.connect', params: me },
    can: (capability) => abilities.has(capability),
    greeted: meet,
    answered: meet,
    left: () => {
      peer = undefined
      abilities = new Set()
    },
  }
}
