/**
 * The seam of a peer: its functions that features may wrap ("points"), and what a feature is. Types, and what reads a limit;
 * no behaviour. The kernel (this folder) knows no feature by name.
 */
import type { RPCError } from '../protocol/errors.ts'
import type { Policy, RPCErrorObject, RPCId, RPCParams } from '../protocol/messages.ts'
import type { Transport } from '../transport/transport.ts'
import type { Mark } from '../values/marks.ts'
import type { RPCInvokeOptions } from './arguments.ts'
import type { IncomingCall } from './context.ts'
import type { Diagnose } from './diagnostics.ts'
import type { Reach, RPCHandler } from './methods.ts'

/** A message that is being made. `values` lists what in it is not what it seems (docs/wire.md, "Values"). */
export interface Draft {
  readonly jsonrpc?: '2.0'
  id?: unknown
  method?: string
  params?: unknown
  result?: unknown
  error?: unknown
  values?: readonly Mark[]
  /** While it is queued: its user's values for a peer that knows no marks, or why there are none. */
  plain?: { readonly member: Member; readonly value?: unknown; readonly error?: unknown }
}

/** The member of a message that holds the user's values. */
export type Member = 'params' | 'result' | 'error'

/** A message, or a batch of them, that is queued until the peer connects. */
export interface Held {
  message: Draft | Draft[]
  readonly transfer?: readonly object[]
  /** When it gives up waiting, on the clock of `performance.now()`. Default: never. */
  readonly expires?: number
  /** It is still being collected, so it must not be sent yet. */
  collecting?: boolean
  /** Take one call out of it. @returns whether nothing is left. Default: it holds one call. */
  withdraw?: (id: unknown) => boolean
}

/** A call of this side that has no answer yet. */
export interface Entry {
  readonly method: string
  readonly resolve: (value: unknown) => void
  readonly reject: (reason: unknown) => void
  /** Milliseconds until the deadline, and when that is on the clock of `performance.now()`; Infinity: never. */
  readonly timeout: number
  readonly due: number
  readonly options: RPCInvokeOptions
  /** What it is queued in until it is sent. */
  held: Held | undefined
  unlisten: (() => void) | undefined
  /** Its message, if the references that it passed are released when it settles. */
  scope: Draft | undefined
  /** Until when a deadline that passed while this side was busy is put off. */
  grace: number
}

/** Collects messages instead of posting them: a batch. Options of a call carry it under this key. */
export const COLLECTOR: unique symbol = Symbol('portcall.collector')

/** Options of a call as features pass them on: a wrapper that copies them keeps the collector. */
export interface CallOptions extends RPCInvokeOptions {
  readonly [COLLECTOR]?: Collector | undefined
}

export interface Collector {
  /** What its messages are queued in. @throws TypeError when it has been sent. */
  readonly held: Held
  readonly add: (message: Draft, transfer: readonly object[] | undefined) => void
}

/** Takes the answer to a call; undefined: there is none after all. Called once for a call that has an id. */
export type Reply = (answer?: Draft, method?: string, transfer?: readonly object[]) => void

/** `waiting` for the peer to connect, `connected`, `gone`, or `closed` by this side. */
export type PeerState = 'waiting' | 'connected' | 'gone' | 'closed'

/**
 * The functions of a peer that a feature may wrap. The kernel calls each through its outermost wrapper. A point that no
 * feature wraps is the kernel's own function, called directly.
 */
export interface Points {
  /** Make a call. Kernel: an id, the pending table, deadline, abort, `pack`, then post or queue. */
  call: (method: string, params: RPCParams | undefined, options: CallOptions) => Promise<unknown>
  /** What the caller of a remote's member gets of its call. Kernel: the promise of `call`. */
  ask: (call: Promise<unknown>) => Promise<unknown>
  /** The handler of a method that is not registered. Kernel: none. */
  find: (call: IncomingCall) => RPCHandler | undefined
  /** Run user code for the peer: a registered handler, a passed function, a member or constructor. Kernel: spreads the params. */
  handle: (handler: RPCHandler, call: IncomingCall) => unknown
  /** Find the handler of a call whose params were read, and run it. */
  start: (call: IncomingCall, reply: Reply) => void
  /** Make a message ready to be posted. @returns what it transfers. Kernel: leaves it as it is. @throws why it cannot be sent. */
  pack: (
    message: Draft,
    member: Member,
    options?: CallOptions,
    call?: IncomingCall,
  ) => readonly object[] | undefined
  /** The values of a received member that has marks; not called for one without. Kernel: as they arrived. */
  unpack: (payload: unknown, marks: unknown, options?: CallOptions) => unknown
  /** A packed message was not sent after all; or (`wasSent`) its call has settled and was `scoped`. */
  drop: (message: Draft, wasSent?: boolean) => void
  /** Nobody waits for an answer that has marks: release what it passes. */
  discard: (marks: unknown) => void
  /** Let a message leave together with others; `kind` is a method, or true for a result. @returns false to have it posted by itself. Kernel: false. */
  join: (id: unknown, kind: string | true, values: readonly unknown[]) => boolean
  /** Hand a message to the transport now. @throws what the platform throws. */
  post: (message: Draft | Draft[], transfer?: readonly object[]) => void
  /** Post what `join` took. */
  flush: () => void
  /** What is sent in place of a message that the platform refused. Kernel: nothing, it throws `error`. */
  mend: (message: Draft | Draft[], error: unknown) => Draft | Draft[]
  /** Why the platform refused a message; called only then. Kernel: `error`. */
  explain: (message: Draft | Draft[], transfer: readonly object[], error: unknown) => unknown
  /**
   * Something arrived. Kernel: one message is classified, then answered or settled. A wrapper must not read fields of
   * `data` and pass it on: a getter would be read twice. Use a notice instead.
   */
  receive: (data: unknown, origin: string | undefined) => void
  /** Tell the peer that this side gave up a call. Kernel: `rpc.cancel`, to portcall peers. */
  cancel: (id: RPCId, reason: unknown) => void
  /** The error object for a thrown value. Kernel: code, message, data. */
  errorOut: (thrown: unknown, call?: IncomingCall) => RPCErrorObject
  /** Reject a call by the error of its answer. Kernel: at once. */
  fail: (entry: Entry, error: Error) => void
  /** The error for a received error object. Kernel: an RPCError. */
  errorIn: (object: object) => Error
  /** The peer is gone, or this side was closed (`reason.code` says which). */
  lost: (reason: RPCError) => void
  /** Whether a call or anything else between the two sides is open. */
  isInUse: () => boolean
  /**
   * Another may have taken the place of the peer; without a `cause`, one that was too early for our hello may hear it now. Kernel:
   * one of portcall would say hello; any other counts as gone if that is sure.
   */
  doubt: (cause: unknown, isSure?: boolean) => void
  /** A message that may have been an answer, or anything else of the peer, could not be read. Kernel: calls that are sent reject. */
  missed: (cause: unknown) => void
  /** The transport has room again. */
  drained: () => void
  /**
   * Count what is held: the bytes of a value, and `least` besides. Kernel: nothing is counted.
   * @returns how to end that, once.
   * @throws RPCError BUSY over a limit, unless it is the only thing.
   */
  hold: (value: unknown, least?: number, isReceived?: boolean) => () => void
  /** Keep pending what is queued in `held` and has no id. */
  wait: (
    method: string,
    held: Held,
    timeout?: number,
    resolve?: Entry['resolve'],
    reject?: Entry['reject'],
  ) => void
  /** What the rejection of a call that waited in vain says besides. Kernel: why the last attempt failed. */
  why: () => string
  /** Something went wrong that no rejected call tells. Kernel: nothing. */
  diagnose: Diagnose
}

/** Wrappers of the points of a peer. Each gets the function behind it. Undefined: not wrapped. */
export type Around = { readonly [K in keyof Points]?: ((next: Points[K]) => Points[K]) | undefined }

/** Obeys an `rpc.*` message: its params as they came, and the call. */
export type Step = (params: never, call: IncomingCall) => unknown

/** What a feature adds to one peer. */
export interface Hooks<Face = unknown> {
  /** Of which there can be one in a peer. Default: no name, any number. */
  readonly name?: string
  readonly around?: Around
  /** Where its wrappers stand: lower is further outside. Default 0, as for features of users. The order: features/ranks.ts. */
  readonly rank?: number
  /** Announced to the peer in the hello. */
  readonly capabilities?: readonly string[]
  /** `rpc.*` requests that it answers. */
  readonly requests?: Readonly<Record<string, Step>>
  /** Notifications that it obeys at once. */
  readonly notices?: Readonly<Record<string, Step>>
  /** `requests` and `notices` are there only for peers that announced one of these. Default: for all. */
  readonly among?: readonly string[]
  /** What other features may use of it, by `peer.need`. */
  readonly face?: Face
}

/**
 * One thing that a peer can do besides calling and answering. Called once for each peer, before anything is sent or received,
 * with the options of the peer.
 */
export type Feature<Face = unknown, Options = never> = (peer: Peer, options: Options) => Hooks<Face> | void

/**
 * A feature of your own: `use: [logging]`. Called once for each RPC. `around.call` wraps the calls of this side, `around.handle`
 * the code that answers the peer: registered handlers, and what was passed by reference (`call.target`). The rest of what
 * features can do is internal until 1.0.
 *
 * @example
 * const logging: Feature = () => ({
 *   around: {
 *     call: (next) => async (method, params, options) => {
 *       const start = performance.now()
 *       try {
 *         return await next(method, params, options)
 *       } finally {
 *         console.log(method, performance.now() - start)
 *       }
 *     },
 *   },
 * })
 */
export type OwnFeature = (peer: { readonly transport: Transport }) => {
  readonly around?: {
    readonly call?: (next: OwnCall) => OwnCall
    readonly handle?: (next: Points['handle']) => Points['handle']
  }
} | void

type OwnCall = (method: string, params: RPCParams | undefined, options: RPCInvokeOptions) => Promise<unknown>

/** Limits of the kernel. Each field names the attack or accident that it bounds. */
export interface PeerLimits {
  /** Own calls without an answer. Bounds calls to a peer that never answers: more reject BUSY. */
  readonly maxPending: number
  /** Handlers of the peer's calls that have not finished. Bounds a flood of slow calls: more are answered BUSY. */
  readonly maxInFlight: number
  /** Messages that are queued until the peer connects. Bounds calls to a peer that never comes: more reject BUSY. */
  readonly maxQueuedBeforeConnect: number
}

/** What the kernel itself reads of the options. */
export interface PeerOptions {
  /** Milliseconds until a call rejects TIMEOUT. Default 0: no timeout. Calls still reject when the peer disconnects. */
  readonly timeout?: number | undefined
  /** Milliseconds that calls and `connect` wait for the peer to connect. Default: 30,000; 0: for ever. */
  readonly connectTimeout?: number | undefined
  /** The peer is a JSON-RPC peer that is not portcall: send it nothing but JSON-RPC, and do not wait for it. Default: false. */
  readonly plain?: boolean | undefined
  /** What malformed messages get. Default: the transport's, else `shared`: ignored. */
  readonly policy?: Policy | undefined
  readonly limits?: { readonly [name: string]: number | undefined } | undefined
}

/** One peer, as its features see it: its points, wrapped, and what they need besides. */
export interface Peer extends Points {
  readonly transport: Transport
  readonly options: PeerOptions
  /** What `use` and the entry list. */
  readonly features: readonly unknown[]
  /** Given when it starts. */
  session: string
  /** Malformed messages are somebody else's. */
  readonly isShared: boolean
  /** The registered methods. They win over what is exposed. */
  readonly methods: Map<string, RPCHandler>
  /** What `expose` exposes, looked up at each call. */
  exposed: ((name: string, reach: Reach) => RPCHandler | string | undefined) | undefined
  /** Names that `removeMethod` closed. */
  readonly closed: Set<string>
  /** What answers a method, or why nothing does. */
  reach: (name: string) => RPCHandler | string | undefined
  /** The calls of this side by id; what waits without an id, by what it is queued in. */
  readonly pending: Map<unknown, Entry>
  /** Nothing but JSON-RPC is sent. */
  isPlain: boolean
  state: PeerState
  /** It is connected and has not introduced itself as a portcall peer. */
  isStranger: boolean
  /** Messages leave at once; else they are queued. */
  isOpen: boolean
  /** Handlers that have not finished. */
  inFlight: number
  /** Counts the sessions of the peer. */
  epoch: number
  /** Why the last connection ended, or the last attempt failed. */
  failure: unknown
  /** What both sides have announced, and the session of a portcall peer. */
  known: () => {
    readonly own: readonly string[]
    readonly peer: ReadonlySet<string>
    readonly session: string | undefined
  }
  /** Whether the peer announced a capability. */
  can: (capability: string) => boolean
  /** The face of another feature, which is installed if it is not yet. */
  need: <Face>(feature: Feature<Face>) => Face
  /** Whether a feature of this name is installed here. */
  has: (name: string) => boolean
  /** Construct a class of the peer; undefined while no feature does. */
  construct: ((name: string, args: readonly unknown[], options: CallOptions) => Promise<unknown>) | undefined
  /** Post now, or queue a copy of the values as they are now. @returns what it is queued in. */
  send: (message: Draft | Draft[], transfer?: readonly object[]) => Held | undefined
  /** Send a notification, or let a collector have it. @throws why it cannot be sent. */
  notify: (method: string, params: RPCParams | undefined, options: CallOptions) => void
  /** Send an `rpc.*` notification now, or as soon as there is room; what cannot be sent is diagnosed. */
  tell: (method: string, params?: RPCParams) => void
  /** Post a small message now, or as soon as there is room. @throws what the platform throws otherwise. */
  owe: (message: Draft | Draft[]) => void
  /** Take a call out of the pending table. */
  take: (id: unknown) => Entry | undefined
  /** Settle a call by an answer that is read already. */
  settle: (id: unknown, error: unknown, result: unknown, hasResult: boolean, marks: unknown) => void
  /**
   * Take one message, no batch; `reply` takes what answers it.
   * @returns whether `reply` is called, now or later; undefined: it is not JSON-RPC; null: it answers somebody else.
   */
  receiveOne: (data: unknown, origin: string | undefined, reply: Reply) => boolean | undefined | null
  /** Read the params of a call, and start it. */
  accept: (call: IncomingCall, marks: unknown, reply: Reply) => void
  /** Post an answer; if it cannot be, the reason in its place. */
  reply: Reply
  /** Whether a request of the peer with this id has not been answered yet. */
  isRunning: (id: unknown) => boolean
  /** The peer ended a call, which is answered all the same (with `code`, if its handler throws) or not; `isLate`: for its deadline. */
  stop: (id: unknown, isAnswered: boolean, code?: number, isLate?: boolean) => void
  onPeer: (listener: (state: PeerState) => void) => () => void
  /** Report that the peer is gone. */
  gone: (reason: unknown) => void
  /** Run what may fail without being anyone's call; what it throws is diagnosed. */
  attempt: <T>(about: unknown, step: () => T) => T | undefined
}

/**
 * Read a limit of the option `limits`. By default there is none for what runs code of this side's own; those that have a least
 * value say how much is under way at once, and hold for everybody.
 * @throws TypeError for what is no limit.
 */
export function limitOf(
  { options: { limits }, transport }: Peer,
  name: string,
  or: number,
  least = 0,
): number {
  const isOwn = transport.trusted && !transport.public && !least
  const limit: unknown = limits?.[name] ?? (isOwn ? Infinity : or)
  if (typeof limit !== 'number' || !(limit >= least))
    throw new TypeError(`limits.${name} must be a number, ${least} at least`)
  return limit
}
