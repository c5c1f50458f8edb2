/** The class RPC as `portcall` has it: with every feature, over any host. */
import { batch, type BatchCall, type BatchResult } from '../features/batches/batch.ts'
import type { ConnectionInfo } from '../features/diagnostics/connection-info.ts'
import { connectionOf } from '../features/diagnostics/diagnostics.ts'
import { styledRemote } from '../features/styles/styled-remote.ts'
import type { Remote, RemoteByName, RemoteByPosition, RemoteStyle, Untyped } from '../peer/remote-types.ts'
import { isObject } from '../protocol/guards.ts'
import { type Endpoint, toTransport } from '../transport/endpoint.ts'
import type { Transport } from '../transport/transport.ts'
import { emitterTransport } from './emitter.ts'
import type { RPCEmitter } from './events.ts'
import { all } from './feature-lists.ts'
import type { RPCInitOptions } from './options.ts'
import { BaseRPC, inChannel, type TransportOf } from './rpc.ts'
import { type RPCMaker, shared } from './shared-rpc.ts'

const transportOf =
  (emitter?: (event: RPCEmitter) => Transport): TransportOf =>
  ({ transport, event, channel }) => {
    const at = transport ?? event
    if (!isObject(at) || (transport && event))
      throw new TypeError('Pass { transport } (a Worker, a MessagePort, self, a Transport) or { event }')
    const isForeign = event && emitter && !('listen' in at)
    return inChannel(isForeign ? emitter(event) : toTransport(at as Transport | Endpoint), channel)
  }

const ofHosts: TransportOf = /* @__PURE__ */ transportOf()

/** An RPC with every feature, over hosts but no emitters. */
export class PresetRPC extends BaseRPC {
  /**
   * Send several calls as one JSON-RPC batch (specification section 6).
   * @returns what `Promise.all` makes of what `collect` returns: `rpc.batch((call) => [call('x'), call('y', [1])])`.
   * @throws RPCError TOO_LARGE over `maxBatch` entries, and what `collect` throws; then nothing is sent.
   */
  readonly batch: <const T extends readonly unknown[]>(
    collect: (call: BatchCall) => T,
  ) => Promise<BatchResult<T>> = (collect) => batch(this, collect)

  constructor(options: RPCInitOptions, of: TransportOf = ofHosts) {
    super(options, all, of)
  }

  /**
   * Make a typed proxy of the peer; `path` is a dotted prefix of its method names. Without a type it is not checked.
   * For a peer that is not portcall pass its style: `rpc.remote<Server>({ params: 'by-name', separator: '/' })`.
   * @throws TypeError for another style.
   */
  override remote<T extends object = Untyped>(): Remote<T>
  override remote<T extends object = Untyped>(path: string): Remote<T, string>
  override remote<T extends object = Untyped>(
    style: RemoteStyle & { readonly params: 'by-name' },
  ): RemoteByName<T>
  override remote<T extends object = Untyped>(
    style: RemoteStyle & { readonly params?: 'by-position' | undefined },
  ): RemoteByPosition<T>
  override remote(at: string | RemoteStyle = ''): unknown {
    return typeof at === 'string' ? super.remote(at) : styledRemote(this, at as never)
  }

  /** How the connection stands, as data: its state and since when, attempts, what was refused, sessions, capabilities. */
  get connection(): ConnectionInfo {
    return connectionOf(this)
  }
}

/**
 * One JSON-RPC 2.0 peer over a transport, or over an emitter of events: it answers the methods registered here and calls those
 * of the peer. Functions, objects, signals and streams cross by reference.
 */
export class RPC extends PresetRPC {
  // Those that `wrap` and `expose` make do without emitters, and are RPCs all the same.
  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof BaseRPC
  }

  /** @throws TypeError for wrong options, and while another RPC uses the endpoint. */
  constructor(options: RPCInitOptions) {
    super(options, transportOf(emitterTransport))
  }
}

/** The RPC of one client, for what serves many. */
export const makeRPC: RPCMaker<PresetRPC> = (options) => new PresetRPC(options, ofHosts)

/** The RPC that `wrap` and `expose` share. */
export const sharedRPC: RPCMaker<PresetRPC> = (options) => {
  const rpc: BaseRPC = shared<BaseRPC>(options, PresetRPC, ofHosts)
  if (rpc instanceof PresetRPC) return rpc
  throw new TypeError(
    'This endpoint has an RPC of portcall/core already, which has fewer features: import wrap and expose from there',
  )
}
