/**
 * Who is on the other side: unknown, a portcall peer, a plain JSON-RPC peer, or nobody any more.
 *
 * 1. At the start one request `rpc.connect` is sent, with our session, unless the peer is said to be plain.
 * 2. The peer is portcall when it sends such a request itself, or answers ours with its own session. The answer to a
 *    request introduces us, so whoever starts later reaches the other: nothing is repeated, no timer runs.
 * 3. It is plain when it answers with an error (or something else), or sends anything before it introduced itself.
 * 4. Another session on the same transport is a new epoch: what the old one still owed is lost.
 */
import { isObject } from './messages.ts'

/** What a portcall peer can take beyond plain JSON-RPC. */
export type Capability = 'cancel' | 'close'

const capabilities: readonly Capability[] = ['cancel', 'close']

export interface Hello {
  readonly kind: 'unknown' | 'portcall' | 'plain' | 'dead'
  /** Send the request that introduces us, unless the peer is plain. */
  start(): void
  /** True for a portcall peer that announced it. */
  can(capability: Capability): boolean
  /** The peer's `rpc.connect` request: `answer` with our introduction. @returns false if it is none, or our own echo. */
  greeted(params: unknown, answer: (introduction: object) => void): boolean
  /** The answer to our own request; undefined for an error. */
  answered(result: unknown): void
  /** A valid request or notification of something else than this protocol. */
  spokenTo(): void
  /** The peer has gone; `dead`: nobody can come after it, unless someone introduces themselves all the same. */
  left(dead: boolean): void
}

export interface HelloDeps {
  readonly session: string
  readonly plain: boolean
  post(message: object): void
  /** The peer is there: what waits may be sent. */
  connected(): void
  /** It was another one before. */
  replaced(): void
}

const VERSION = 1

export function createHello({ session, plain, post, connected, replaced }: HelloDeps): Hello {
  let kind: Hello['kind'] = plain ? 'plain' : 'unknown'
  let peer: string | undefined
  let abilities: readonly unknown[] = []

  const isIntroduction = (
    value: unknown,
  ): value is { session: string; capabilities?: unknown; re?: unknown } =>
    isObject(value) &&
    typeof Reflect.get(value, 'session') === 'string' &&
    Reflect.get(value, 'session') !== session

  const become = (next: 'portcall' | 'plain'): void => {
    const former = kind
    kind = next
    if (former === 'portcall' || former === 'plain') replaced()
    connected()
  }

  const meet = (introduction: { session: string; capabilities?: unknown }): void => {
    if (introduction.session === peer) return
    peer = introduction.session
    abilities = Array.isArray(introduction.capabilities) ? introduction.capabilities : []
    become('portcall')
  }

  return {
    get kind() {
      return kind
    },
    start() {
      if (plain) return connected()
      // The id is our session, so that an answer meant for somebody before us on this transport cannot match.
      post({
        jsonrpc: '2.0',
        id: session,
        method: 'rpc.connect',
        params: { session, version: VERSION, capabilities },
      })
    },
    can: (capability) => kind === 'portcall' && abilities.includes(capability),
    greeted(params, answer) {
      if (!isIntroduction(params)) return false
      // Answer first: if what waits here arrived before our introduction, the peer would take us for a plain one.
      answer({ session, version: VERSION, capabilities, re: params.session })
      meet(params)
      return true
    },
    answered(result) {
      if (isIntroduction(result) && result.re === session) meet(result)
      else if (kind === 'unknown') become('plain')
    },
    spokenTo() {
      if (kind === 'unknown') become('plain')
    },
    left(dead) {
      kind = dead ? 'dead' : 'unknown'
      peer = undefined
    },
  }
}
