/** What a peer is to its features, and what a feature is to a peer. The kernel knows no feature by name. */
import type { RPCInvokeOptions } from './arguments.ts'
import type { Diagnostic } from './diagnostics.ts'
import type { Mark } from '../values/encode.ts'
import type { RPCError } from '../protocol/errors.ts'
import type { Limits } from './limits.ts'
import type { RPCErrorObject, RPCId, RPCParams } from '../protocol/messages.ts'
import type { RPCHandler } from './methods.ts'
import type { RPCInitOptions } from '../api/options.ts'
import type { Transport } from '../transport/transport.ts'
import type { Running } from './context.ts'
import type { PeerState } from './peer.ts'

/** A message that is being made; `values` lists what in it is not what it seems. */
export interface Draft {
  readonly jsonrpc?: '2.0'
  id?: unknown
  method?: string
  params?: unknown
  result?: unknown
  error?: unknown
  values?: readonly Mark[]
}

/** What of a message holds the user's values. */
export type Member = 'params' | 'result' | 'error'

/** A message, or a batch of them, that waits until it is known who is on the other side. */
export interface Held {
  message: Draft | Draft[]
  readonly transfer: readonly object[]
  /** When whoever waits for it stops to, on the clock of `performance.now()`. */
  expires: number
  /** It is still being collected: not to be sent by whoever opens. */
  collecting?: boolean
  /** Take one call out of it. @returns whether nothing is left. Default: it is of one call. */
  withdraw?: (key: unknown) => boolean
}

/** A call without an answer. */
export interface Entry {
  readonly method: string
  readonly resolve: (value: unknown) => void
  readonly reject: (reason: unknown) => void
  /** Milliseconds given, and when they are over, on the clock of `performance.now()`; Infinity: never. */
  readonly timeout: number
  readonly due: number
  readonly options: RPCInvokeOptions
  /** What it waits in until it is sent. */
  held: Held | undefined
  unlisten: (() => void) | undefined
  /** Its message, if what that passed by reference is let go of with it. */
  scope: Draft | undefined
}

/** Takes a message in place of the way out; what it returns is what the message waits in. */
export type Into = (message: Draft, transfer: readonly object[] | undefined) => Held | undefined

/** Takes the answer to a call; undefined: there is none after all. Called once for a call that has an id. */
export type Reply = (answer?: Draft, method?: string, transfer?: readonly object[]) => void

/**
 * The functions of a peer that a feature may wrap. The kernel calls each at one place, always through its outermost
 * wrapper; where no feature wraps it, that is the kernel's own function itself.
 */
export interface Points {
  /** Make a call of this side. Kernel: an id, the pending table, deadline, abort, `pack`, then post or hold. */
  call(
    method: string,
    params: RPCParams | undefined,
    options: RPCInvokeOptions,
    into?: Into,
    held?: Held,
  ): Promise<unknown>
  /** What whoever called a member of a remote gets of its call. Kernel: its promise. */
  ask(call: Promise<unknown>): Promise<unknown>
  /** The handler of a method that nobody registered. Kernel: none. */
  find(call: Running): RPCHandler | undefined
  /** Run the handler of a call of the other side. Kernel: params spread. */
  handle(handler: RPCHandler, context: Running): unknown
  /** Make a message ready to be posted. @returns what is transferred with it. Kernel: as it is. @throws why it cannot be sent. */
  pack(
    message: Draft,
    member: Member,
    options?: RPCInvokeOptions,
    context?: Running,
  ): readonly object[] | undefined
  /** The values of a received member that has marks. Kernel: as they stand. */
  unpack(payload: unknown, marks: unknown, options?: RPCInvokeOptions): unknown
  /** A packed message was not sent after all; or (`wasSent`) the call that it made is over and was `scoped`. */
  drop(message: Draft, wasSent?: boolean): void
  /** Nobody waits for an answer that has marks: what it passes is not taken. */
  discard(marks: unknown): void
  /** Let a message leave with others; `kind` is a method, or true for a result. @returns false to have it made and posted. Kernel: false. */
  join(id: unknown, kind: string | true, values: readonly unknown[]): boolean
  /** Hand a message to the transport now. @throws what the platform throws. */
  post(message: Draft | Draft[], transfer?: readonly object[]): void
  /** Why a message was refused by the platform. Kernel: `error`. */
  explain(message: Draft | Draft[], transfer: readonly object[], error: unknown): unknown
  /** Something arrived. Kernel: one message is classified, then answered or settled. */
  receive(data: unknown, origin: string | undefined): void
  /** Tell the other side that this one gave up. Kernel: `rpc.cancel`, to portcall peers. */
  cancel(id: RPCId, reason: unknown): void
  /** What of a thrown value the other side gets. Kernel: code, message, data. */
  errorOut(thrown: unknown, context?: Running): RPCErrorObject
  /** The error that the other side meant. Kernel: an RPCError. */
  errorIn(object: object): Error
  /** Post what waits to leave with others. */
  flush(): void
  /** The other side is gone, or this side leaves it. */
  lost(reason: RPCError): void
  /** Whether a call or anything else between the two sides is open. */
  isInUse(): boolean
  /** Something went wrong that is nobody's rejected call. Kernel: nothing is said anywhere. */
  diagnose(kind: Diagnostic['kind'], about?: unknown, error?: unknown): void
}

/** Wrappers of the functions of a peer. Each gets what is to go on behind it. */
export type Around = { readonly [K in keyof Points]?: ((next: Points[K]) => Points[K]) | undefined }

/** What a feature adds to one peer. */
export interface Hooks<Face = unknown> {
  readonly around?: Around
  /** Announced to the other side. */
  readonly capabilities?: readonly string[]
  /** Requests that the feature answers. */
  readonly requests?: Readonly<Record<string, RPCHandler>>
  /** Notifications that it obeys at once: their params as they came, and the call. */
  readonly notices?: Readonly<Record<string, (params: never, call: Running) => void>>
  /** `requests` and `notices` are there for peers that announced one of these, with a list of params. Default: for all. */
  readonly among?: readonly string[]
  /** What other features may use of it, by `core.need`. */
  readonly face?: Face
}

/**
 * One thing that a peer can do besides calling and answering. It is called once for each peer, before anything is sent
 * or received: it may use what `core` says about options and transport at once, and the rest of it from then on.
 */
export type Feature<Face = unknown> = (core: Core) => Hooks<Face>

/** One peer, as its features see it: its functions, wrapped, and what they need besides. */
export interface Core extends Points {
  readonly transport: Transport
  readonly options: RPCInitOptions
  readonly session: string
  /** Whether nothing but JSON-RPC is said. */
  readonly isPlain: boolean
  /** What is malformed is somebody else's. */
  readonly isShared: boolean
  /** What this side registered. */
  readonly methods: Map<string, RPCHandler>
  /** The calls of this side, by id; what waits without one by what it waits in. */
  readonly pending: Map<unknown, Entry>
  state: PeerState
  /** Whether messages leave at once; else they are held. */
  isOpen: boolean
  /** Handlers that have not finished. */
  inFlight: number
  /** Counts the peers that there were. */
  epoch: number
  /** Whether the other side announced it; who asks has announced it, too. */
  can(capability: string): boolean
  /** The face of another feature, which is installed in front of this one if it is not yet. */
  need<Face>(feature: Feature<Face>): Face
  /** Post now, or hold a copy as the values are now. @returns what is held. */
  send(message: Draft | Draft[], transfer?: readonly object[]): Held | undefined
  /** Send a notification, or hand it to `into`. */
  notify(method: string, params: RPCParams | undefined, options: RPCInvokeOptions, into?: Into): void
  /** Keep something pending that waits in `held` without an id. */
  wait(
    method: string,
    held: Held,
    timeout?: number,
    resolve?: Entry['resolve'],
    reject?: Entry['reject'],
  ): void
  /** Take a call out of the pending table. */
  take(id: unknown): Entry | undefined
  /** An answer that is read already. */
  settle(id: unknown, error: unknown, result: unknown, hasResult: boolean, marks: unknown): void
  /** One message, no batch: `reply` takes what answers it. @returns whether it is called, now or later; undefined: it is not JSON-RPC; null: an answer of somebody else. */
  receiveOne(data: unknown, origin: string | undefined, reply: Reply): boolean | undefined | null
  /** A call that is read already. */
  accept(call: Running, marks: unknown, reply: Reply): void
  /** Post an answer; if it cannot be, the reason in its place. */
  reply: Reply
  /** The other side ended a call, which is answered all the same or not. */
  stop(id: unknown, isAnswered: boolean, code?: number): void
  onPeer(listener: (state: PeerState) => void): () => void
  /** Report that the other side is gone. */
  gone(reason: unknown): void
  /** Run what may fail without being anyone's call; what it throws is diagnosed. */
  attempt<T>(about: unknown, step: () => T): T | undefined
}

/** A limit of the option `limits`. @throws TypeError for what is none. */
export function limitOf({ options: { limits } }: Core, name: keyof Limits, or: number, least = 0): number {
  const limit = limits?.[name] ?? or
  if (typeof limit !== 'number' || !(limit >= least))
    throw new TypeError(`limits.${name} must be a number, ${least} at least`)
  return limit
}
