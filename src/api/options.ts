/** What an RPC is made with. */
import type { ErrorDetail } from '../features/error-details/error-details.ts'
import type { Diagnostic } from '../peer/diagnostics.ts'
import type { Dialect } from '../features/dialects/dialects.ts'
import { type Endpoint, toTransport } from '../transport/endpoint.ts'
import type { RPCEmitter } from './events.ts'
import { isObject } from '../protocol/guards.ts'
import type { CallContext } from '../peer/context.ts'
import type { Feature } from '../peer/seam.ts'
import type { Limits } from '../peer/limits.ts'
import type { Policy, RPCParams } from '../protocol/messages.ts'
import type { Methods } from '../peer/methods.ts'
import type { Transport } from '../transport/transport.ts'

/** What the user hooks into the handling of calls. */
export interface Hooks {
  /** Answers methods that nobody registered; throw an RPCError METHOD_NOT_FOUND for those it does not know either. */
  readonly fallback?: ((method: string, params: RPCParams | undefined) => unknown) | undefined
  /** Runs before every handler and must not be async; what it throws is answered INVALID_PARAMS, the handler is not run. */
  readonly validate?: ((method: string, params: RPCParams | undefined) => unknown) | undefined
  /** Returns what to send in place of what a handler threw, to keep secrets here. */
  readonly mapError?: ((error: unknown, context: CallContext) => unknown) | undefined
}

/** Options of an RPC. */
export interface RPCInitOptions extends Hooks {
  /** What to speak through: a Transport, or a bare Worker, MessagePort, self, Node worker or parentPort. */
  readonly transport?: Transport | Endpoint | undefined
  /** In place of `transport`: an RPCMessageEvent, or any emitter whose `emit` reaches the other side (a socket.io socket). */
  readonly event?: RPCEmitter | undefined
  /** What the peer can do besides calling and answering, the outermost first. */
  readonly use?: readonly Feature[] | undefined
  /** A further connection, a lane, over a transport that has such; both sides name it alike. */
  readonly name?: string | undefined
  /** Methods to register: functions by name; nesting and class instances make dotted names. */
  readonly methods?: Methods | undefined
  /** Milliseconds until a call rejects TIMEOUT. Default: 0, no deadline: a dead peer is found out instead. */
  readonly timeout?: number | undefined
  /** Milliseconds that calls and `connect` wait for the other side to be there. Default: 30,000; 0: for ever. */
  readonly connectTimeout?: number | undefined
  /** The other side is a JSON-RPC peer that is not portcall: say nothing but JSON-RPC to it, and do not wait. Default: false. */
  readonly plain?: boolean | undefined
  /** How the other side is told that a call is cancelled; implies `plain`. Default: portcall's own way, between portcall peers. */
  readonly dialect?: Dialect | undefined
  /** What malformed messages get. Default: the transport's, else `shared`: ignored. */
  readonly policy?: Policy | undefined
  /**
   * Milliseconds of silence, while a call, stream or reference is open, after which a portcall peer is asked for a sign of life; after as
   * many again without one it counts as gone. Longer than its longest piece of work. Default: 0: it is not asked.
   */
  readonly heartbeat?: number | undefined
  /** Let small messages of one turn leave together, towards peers that take it. Default: true. */
  readonly coalesce?: boolean | undefined
  /** Copy what is to be transferred where the medium transfers nothing. Default: false: such a call rejects. */
  readonly copyTransfers?: boolean | undefined
  readonly limits?: Partial<Limits> | undefined
  /**
   * How much of a thrown error a portcall peer gets: `message`: code, message, data and its class; `fields`: also cause and
   * own fields; `stack`: also the stack. Default: `fields` for workers, threads and windows of this origin, else `message`.
   * With `stack`, errors that arrive here show the stack of the call, too.
   */
  readonly errors?: ErrorDetail | undefined
  /** Told of what went wrong without being a rejected call, at most 100 times a second. Default: nothing is said anywhere. */
  readonly onDiagnostic?: ((event: Diagnostic) => void) | undefined
}

/** The transport that options mean. @throws TypeError if they mean none. */
export function transportOf(
  { transport, event, name }: RPCInitOptions,
  emitterTransport?: (event: RPCEmitter) => Transport,
): Transport {
  const at = transport ?? event
  if (!isObject(at) || (transport && event))
    throw new TypeError('Pass { transport } (a Worker, a MessagePort, self, a Transport) or { event }')
  const isOwn = 'listen' in at || !event
  if (!isOwn && !emitterTransport) throw new TypeError('portcall/core takes no emitters: use portcall')
  const base = isOwn ? toTransport(at as Transport | Endpoint) : emitterTransport?.(event)
  const lane = name ? base?.lane?.(name) : base
  if (lane) return lane
  throw new TypeError('This transport has no lanes: pass laneTransport(endpoint, name)')
}
