/**
 * One peer: wires calls and handling, wraps its functions by those of its features, knows who is there.
 *
 * 1. At the start one request `rpc.connect` is sent, with our session, unless the peer is said to be plain.
 * 2. The peer is portcall when it sends such a request itself, or answers ours with its own session. The answer to a
 *    request introduces us, so whoever starts later reaches the other: nothing is repeated, no timer runs.
 * 3. It is plain when it answers with an error (or something else), or sends anything before it introduced itself.
 * 4. Another session on the same transport is a new epoch: what the old one still owed is lost.
 */
import {
  callError,
  CLOSED,
  fromErrorObject,
  messageOf,
  PEER_GONE,
  RPCError,
  toErrorObject,
} from '../protocol/errors.ts'
import { isObject } from '../protocol/guards.ts'
import type { RPCId, RPCParams } from '../protocol/messages.ts'
import { uuid } from '../protocol/uuid.ts'
import type { Transport } from '../transport/transport.ts'
import { createCalls } from './calls.ts'
import { checkTimeout } from './arguments.ts'
import type { Running } from './context.ts'
import type { Around, Core, Draft, Feature, Hooks } from './seam.ts'
import { createHandling } from './handling.ts'
import type { RPCInitOptions } from '../api/options.ts'

/** `waiting` for the other side to come, `connected`, `gone`, or `closed` by this side. */
export type PeerState = 'waiting' | 'connected' | 'gone' | 'closed'

interface Introduction {
  readonly session: string
  readonly version: number
  readonly capabilities: readonly string[]
  /** The session of whoever is answered. */
  readonly re?: string
}

export interface Peer {
  readonly core: Core
  /** Begin to listen, and say hello. */
  readonly start: () => void
  readonly connect: (timeout: number) => Promise<void>
  readonly destroy: () => void
}

/** More than any message of a feature has. */
const MAX_PARAMS = 65_536

type Table = Map<string, readonly [hooks: Hooks, step: (...args: never[]) => unknown]>

export function createPeer(
  transport: Transport,
  options: RPCInitOptions,
  features: readonly Feature[],
  nextId: () => number,
  left: () => void,
): Peer {
  const session = uuid()
  const listeners = new Set<(state: PeerState) => void>()
  let end: { readonly code: number; readonly why: string; readonly cause: unknown } | undefined
  let peer: string | undefined
  let abilities: ReadonlySet<unknown> = new Set()

  // The kernel's own functions; features are wrapped around them below.
  const core = {
    transport,
    options,
    session,
    isPlain: options.plain === true || options.dialect !== undefined,
    isShared: (options.policy ?? transport.policy) !== 'strict',
    methods: new Map(),
    pending: new Map(),
    state: 'waiting',
    isOpen: false,
    inFlight: 0,
    epoch: 0,
    can: (capability) => abilities.has(capability),
    need: (feature) => install(feature).face as never,
    attempt: (about, step) => {
      try {
        return step()
      } catch (error) {
        core.diagnose('failed', about, error)
        return undefined
      }
    },
    onPeer: (listener) => {
      listeners.add(listener)
      core.attempt('onPeer', () => listener(core.state))
      return () => void listeners.delete(listener)
    },
    gone: (reason) => lose(PEER_GONE, reason, !transport.successor),
    ask: (call) => call,
    find: () => undefined,
    pack: (_, __, given) => given?.transfer,
    unpack: (payload) => payload,
    drop() {},
    discard() {},
    join: () => false,
    flush() {},
    post: (message, transfer) => {
      if (core.state !== 'closed') transport.post(message, transfer)
    },
    explain: (_, __, error) => error,
    receive: (data, origin) => void core.receiveOne(data, origin, core.reply),
    cancel: (id) => {
      if (abilities.has('cancel')) say('rpc.cancel', [id])
    },
    errorOut: toErrorObject,
    errorIn: fromErrorObject,
    lost() {},
    isInUse: () => core.pending.size + core.inFlight > 0,
    diagnose() {},
  } as Partial<Core> as Core

  // What cannot be said now need not be known.
  const say = (method: string, params?: RPCParams): void =>
    core.attempt(method, () => core.post({ jsonrpc: '2.0', method, ...(params && { params }) }))

  const become = (state: PeerState): void => {
    if (core.state === state || core.state === 'closed') return
    core.state = state
    for (const listener of listeners) core.attempt('onPeer', () => listener(core.state))
  }

  const connected = (): void => {
    end = undefined
    become('connected')
    if (core.state !== 'connected') return
    core.isOpen = true
    calls.flush()
  }

  // Something else than our protocol, so the peer is a plain one.
  const spokenTo = (): void => {
    if (core.state === 'waiting') connected()
  }

  const meet = (value: unknown, id?: RPCId): boolean => {
    const theirs: Partial<Introduction> = isObject(value) ? value : {}
    if (typeof theirs.session !== 'string') return false
    // Our own echo, from a medium that gives one.
    if (theirs.session === session) return true
    if (id === undefined && theirs.re !== session) return false
    // Answer first: if what waits here arrived before our introduction, the peer would take us for a plain one.
    if (id !== undefined) hello({ id, result: { ...me, re: theirs.session } })
    if (theirs.session === peer) return true
    // Whoever answers our request has heard all that was said after it, so nothing is lost.
    if ((id !== undefined || peer) && core.state === 'connected')
      lose(PEER_GONE, 'the other side was replaced', false)
    peer = theirs.session
    const named: unknown = theirs.capabilities
    abilities = new Set(Array.isArray(named) ? named : [])
    connected()
    return true
  }

  // What was sent will not be answered; if `final`, what waits will not be sent either.
  const lose = (code: number, cause: unknown, final: boolean): void => {
    // A side that only waits has nothing to lose but hope.
    if (core.state === 'closed' || (core.state !== 'connected' && !final)) return
    const why = messageOf(cause)
    if (final) end = { code, why, cause }
    peer = undefined
    abilities = new Set()
    core.isOpen = false
    core.epoch++
    const reason = new RPCError(code, why, { cause })
    handling.abandon(reason)
    core.lost(reason)
    calls.failAll(code, why, cause, final)
    become(code === CLOSED ? 'closed' : 'gone')
    // Unless somebody who was told of that has ended it, or connected anew.
    if (!final && core.state === 'gone') become('waiting')
    if (core.isPlain && !transport.opens) spokenTo()
  }

  const refusal = (method: string): RPCError | undefined =>
    end && callError(end.code, method, `was not sent: ${end.why}`, { cause: end.cause })

  const calls = createCalls(core, () => (transport.public ? `${session}:${nextId()}` : nextId()), refusal)
  const handling = createHandling(core, {
    introduced: (id, result) => {
      if (id !== session) return false
      if (!meet(result)) spokenTo()
      return true
    },
    extension: (call) => {
      const { id, method, params } = call
      const notice = id === undefined && find(notices, call)
      if (notice) {
        notice((params ?? []) as never, call as never)
        return true
      }
      if (!method.startsWith('rpc.')) return undefined
      if (core.isPlain) return false
      return method === 'rpc.connect' && id !== undefined ? meet(params, id) : (find(requests, call) ?? false)
    },
    spokenTo,
  })

  const requests: Table = new Map()
  const notices: Table = new Map()
  const capabilities = ['cancel', 'close']
  const me: Introduction = { session, version: 1, capabilities }

  // Around the features: frames do not count it, and nobody may change it.
  const { post } = core
  const hello = (message: Draft): void => post({ jsonrpc: '2.0', ...message })
  const greet = (): void => hello({ id: session, method: 'rpc.connect', params: me })

  const find = (
    table: Table,
    { method, params = [] }: Running,
  ): ((...args: never[]) => unknown) | undefined => {
    const [hooks, step] = table.get(method) ?? []
    return !hooks?.among ||
      // A sparse array of a few bytes can be as long as it likes.
      (Array.isArray(params) && params.length <= MAX_PARAMS && hooks.among.some((one) => abilities.has(one)))
      ? step
      : undefined
  }

  // In the order of the list, each after what it needs.
  const installed = new Map<Feature, Hooks>()
  const install = (feature: Feature): Hooks => {
    let hooks = installed.get(feature)
    if (!hooks) installed.set(feature, (hooks = feature(core)))
    return hooks
  }
  // What the kernel itself obeys.
  install(() => ({
    notices: {
      'rpc.cancel': ([id]: unknown[]) => core.stop(id, false),
      'rpc.close': () => core.gone('it was closed over there'),
    },
    among: [...capabilities],
  }))
  features.forEach(install)
  for (const hooks of [...installed.values()].reverse())
    for (const [name, wrap] of Object.entries(hooks.around ?? {}))
      if (wrap) core[name as 'post'] = (wrap as NonNullable<Around['post']>)(core[name as 'post'])
  for (const hooks of installed.values()) {
    capabilities.push(...(hooks.capabilities ?? []))
    for (const [name, step] of Object.entries(hooks.requests ?? {})) requests.set(name, [hooks, step])
    for (const [name, step] of Object.entries(hooks.notices ?? {})) notices.set(name, [hooks, step])
  }

  // Also to a side that has not answered yet: it may have heard our hello.
  const leaving = (): void => {
    core.flush()
    if (!core.isPlain && (core.state === 'waiting' || abilities.has('close'))) say('rpc.close')
  }

  return {
    core,
    connect: async (timeout) => {
      checkTimeout(timeout)
      const refused = refusal('rpc.connect')
      if (refused) throw refused
      if (core.state === 'waiting')
        await new Promise((resolve, reject) =>
          core.wait(
            'rpc.connect',
            { message: [], transfer: [], expires: Infinity },
            timeout,
            resolve,
            reject,
          ),
        )
    },
    start: () => {
      const { diagnose } = core
      transport.listen({
        message: (data, origin) => {
          if (core.state === 'closed') return
          try {
            core.receive(data, origin)
          } catch (error) {
            diagnose('failed', undefined, error)
          }
        },
        unreadable: (reason) => {
          diagnose('unreadable', undefined, reason)
          handling.unreadable()
        },
        gone: (cause, final = !transport.successor) => lose(PEER_GONE, cause, final),
        isInUse: () => core.isInUse(),
        leaving,
        failed: (reason) => {
          diagnose('peer-error', undefined, reason)
          if (core.state === 'waiting') calls.failAll(PEER_GONE, messageOf(reason), reason, true)
        },
        refused: (origin) => diagnose('refused', origin),
        opened: () => {
          if (core.state === 'closed') return
          if (core.isPlain) connected()
          else core.attempt('rpc.connect', greet)
        },
      })
      if (transport.opens) return
      if (core.isPlain) connected()
      else if (!end) greet()
    },
    destroy: () => {
      if (core.state === 'closed') return
      leaving()
      core.attempt('destroy', () => transport.close())
      left()
      lose(CLOSED, 'destroy() was called', true)
      calls.close()
      listeners.clear()
    },
  }
}
