/** The options of an RPC: the kernel's, and those of all features. Types only. */
import type { BatchLimits } from '../features/batches/batches.ts'
import type { DiagnosticOptions } from '../features/diagnostics/diagnostics.ts'
import type { DialectOptions } from '../features/dialects/dialects.ts'
import type { EncodingLimits } from '../features/encoding/encoding.ts'
import type { ErrorDetailOptions } from '../features/error-details/error-details.ts'
import type { FrameOptions } from '../features/frames/frames.ts'
import type { Hooks } from '../features/hooks/hooks.ts'
import type { HeartbeatOptions } from '../features/liveness/heartbeat.ts'
import type { HeldLimits } from '../features/held-bytes/held-bytes.ts'
import type { ReferenceLimits } from '../features/references/references.ts'
import type { StreamLimits } from '../features/streams/streams.ts'
import type { TransferOptions } from '../features/transfers/transfer-checks.ts'
import type { Methods } from '../peer/methods.ts'
import type { Feature, PeerLimits, PeerOptions } from '../peer/seam.ts'
import type { ConnectableOrSelf, EndpointHint } from '../transport/endpoint.ts'
import type { RPCEmitter } from './events.ts'

/** What one connection may make this side hold or do. Each field names the attack or accident that it bounds. */
export interface Limits
  extends PeerLimits, BatchLimits, EncodingLimits, HeldLimits, ReferenceLimits, StreamLimits {}

/** Features, and lists of them. Their order does not matter. */
export type Use = readonly (Feature | readonly Feature[])[]

/** Options of an RPC. */
export interface RPCInitOptions
  extends
    PeerOptions,
    Hooks,
    DiagnosticOptions,
    DialectOptions,
    HeartbeatOptions,
    FrameOptions,
    TransferOptions,
    ErrorDetailOptions {
  /** What to speak through: a Transport, or a bare Worker, MessagePort, self, Node worker or parentPort. */
  readonly transport?: ConnectableOrSelf<EndpointHint> | undefined
  /** In place of `transport`: an RPCMessageEvent, or any emitter whose `emit` reaches the peer (a socket.io socket). */
  readonly event?: RPCEmitter | undefined
  /** Features to install, in addition to those that the entry has: `portcall` has all, `portcall/core` none. */
  readonly use?: Use | undefined
  /** One of several connections over a transport that has channels; both sides name it alike. */
  readonly channel?: string | undefined
  /** Methods to register: functions by name; nesting and class instances make dotted names. */
  readonly methods?: Methods | undefined
  readonly limits?: Partial<Limits> | undefined
}
