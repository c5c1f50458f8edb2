/**
 * Who the peer is, and whether it is there.
 *
 * 1. At the start one request `rpc.connect` is sent, with the session of this side, unless the peer is said to be plain.
 * 2. The peer is portcall when it sends such a request itself, or answers ours with its own session. The answer to a
 *    request introduces this side, so whoever starts later reaches the other: nothing is repeated, no timer runs.
 * 3. It is plain when it answers with an error (or something else), or sends anything before it introduced itself.
 * 4. Another session on the same transport is a new epoch: what the old one still owed is lost.
 */
import { callError, CLOSED, messageOf, PEER_GONE, RPCError, TIMEOUT } from '../protocol/errors.ts'
import { isObject } from '../protocol/guards.ts'
import type { RPCId, RPCParams } from '../protocol/messages.ts'
import type { Introduced } from './reading.ts'
import type { Draft, Peer, PeerState } from './seam.ts'

/** The params of `rpc.connect`, and its result. */
interface Introduction {
  readonly session: string
  readonly version: number
  readonly capabilities: readonly string[]
  /** The session that is answered. */
  readonly re?: string
}

export interface Hello {
  /** There is a way to the peer: introduce this side to it, or take a plain one as it is. */
  readonly open: () => void
  /** An introduction: the params of a request with this id, or the result of ours. @returns false for anything else. */
  readonly meet: (value: unknown, id?: RPCId) => boolean
  /** Something else than an introduction came, so the peer is a plain one. */
  readonly spokenTo: () => void
  /** What was sent will not be answered; if `final`, what is queued will not be sent either. */
  readonly lose: (code: number, cause: unknown, final: boolean) => void
  /** Why nothing can be called any more. */
  readonly refusal: (method: string) => RPCError | undefined
  /** Say that this side leaves. */
  readonly leave: () => void
}

export interface HelloDeps {
  readonly capabilities: readonly string[]
  /** Posts past all features: frames must not count a hello, and nobody may change it. */
  readonly post: Peer['post']
  /** The peer has connected. */
  readonly opened: () => void
  readonly ended: (reason: RPCError, final: boolean) => void
}

/** Characters of a session or the name of a capability, and how many of those are kept. */
const MAX_NAME = 64
const MAX_NAMES = 64

const isName = (value: unknown): value is string => typeof value === 'string' && value.length <= MAX_NAME

const namesIn = (list: unknown): readonly string[] =>
  Array.isArray(list) ? (list as unknown[]).slice(0, MAX_NAMES).filter(isName) : []

/** What `rpc.cancel` says. A deadline is our own, or that of `AbortSignal.timeout`. */
export const cancelParams = (id: RPCId, reason: unknown): RPCParams =>
  reason instanceof Error && ((reason as RPCError).code === TIMEOUT || reason.name === 'TimeoutError')
    ? [id, TIMEOUT]
    : [id]

export function createHello(peer: Peer, { capabilities, post, opened, ended }: HelloDeps): Hello {
  const { transport } = peer
  const me = (): Introduction => ({ session: peer.session, version: 1, capabilities })
  const listeners = new Set<(state: PeerState) => void>()
  let end: { readonly code: number; readonly why: string; readonly cause: unknown } | undefined
  let theirs: string | undefined
  let abilities: ReadonlySet<string> = new Set()

  const become = (state: PeerState): void => {
    if (peer.state === state || peer.state === 'closed') return
    peer.state = state
    for (const listener of listeners) peer.attempt('onPeer', () => listener(peer.state))
  }

  const connected = (): void => {
    end = undefined
    become('connected')
    // A listener may have destroyed it.
    if (peer.state !== 'connected') return
    peer.isOpen = true
    peer.isStranger = theirs === undefined
    transport.rest?.(false)
    opened()
  }

  const spokenTo = (): void => {
    if (peer.state === 'waiting') connected()
  }

  const say = (message: Draft): void => post({ jsonrpc: '2.0', ...message })

  // What cannot be said now need not be known.
  peer.tell = (method, params) =>
    peer.attempt(method, () => peer.owe({ jsonrpc: '2.0', method, ...(params && { params }) }))

  const lose = (code: number, cause: unknown, final: boolean): void => {
    // A side that only waits has lost nothing, unless nobody can come any more.
    if (peer.state === 'closed' || (peer.state !== 'connected' && !final)) return
    const why = messageOf(cause)
    if (final) end = { code, why, cause }
    theirs = undefined
    abilities = new Set()
    peer.isOpen = peer.isStranger = false
    peer.epoch++
    ended(new RPCError(code, why, { cause }), final)
    become(code === CLOSED ? 'closed' : 'gone')
    if (code === CLOSED) listeners.clear()
    // Unless a listener has destroyed it, or it is connected again.
    if (!final && peer.state === 'gone') become('waiting')
    if (peer.isPlain && !transport.opens) spokenTo()
  }

  peer.cancel = (id, reason) => {
    if (abilities.has('cancel')) peer.tell('rpc.cancel', cancelParams(id, reason))
  }
  peer.known = () => ({ own: capabilities, peer: abilities, session: theirs })
  peer.can = (capability) => abilities.has(capability)
  peer.gone = (reason) => lose(PEER_GONE, reason, !transport.successor)
  peer.onPeer = (listener) => {
    listeners.add(listener)
    peer.attempt('onPeer', () => listener(peer.state))
    return () => void listeners.delete(listener)
  }

  return {
    open: () => {
      if (peer.isPlain) connected()
      else if (peer.state !== 'closed') say({ id: peer.session, method: 'rpc.connect', params: me() })
    },
    meet: (value, id) => {
      const introduction: Partial<Introduction> = isObject(value) ? value : {}
      if (!isName(introduction.session)) return false
      // An echo of our own hello, from a medium that gives one.
      if (introduction.session === peer.session) return true
      if (id === undefined && introduction.re !== peer.session) return false
      // Answer first: if what is queued here arrived before our introduction, the peer would take us for a plain one.
      if (id !== undefined) say({ id, result: { ...me(), re: introduction.session } })
      if (introduction.session === theirs) return true
      // Whoever answers our request has heard all that was said after it, so nothing is lost.
      if ((id !== undefined || theirs) && peer.state === 'connected')
        lose(PEER_GONE, 'the other side was replaced', false)
      theirs = introduction.session
      abilities = new Set(namesIn(introduction.capabilities))
      connected()
      return true
    },
    spokenTo,
    lose,
    refusal: (method) => end && callError(end.code, method, `was not sent: ${end.why}`, { cause: end.cause }),
    leave: () => {
      peer.flush()
      // Also to a peer that has not answered yet: it may have heard our hello.
      if (!peer.isPlain && (peer.state === 'waiting' || abilities.has('close'))) peer.tell('rpc.close')
    },
  }
}

/**
 * Take an answer to our hello. Who cannot read it answers without its id, or without `jsonrpc`, and is a plain peer; where others
 * speak too, that may be an answer to somebody else.
 */
export function answersToHello(peer: Peer, { meet, spokenTo }: Hello): Introduced {
  const isMisread = (isOurs: boolean, id: unknown, error: unknown): boolean =>
    peer.state === 'waiting' &&
    error !== undefined &&
    error !== null &&
    (id === null || (id === undefined && (isOurs || !peer.isShared)))

  return (isOurs, id, error, result) => {
    const isAnswer = id === peer.session
    if (!(isOurs && isAnswer) && (peer.transport.public || !(isAnswer || isMisread(isOurs, id, error))))
      return false
    if (!isOurs || !isAnswer || !meet(result)) spokenTo()
    return true
  }
}
