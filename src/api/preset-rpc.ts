/** The class RPC as `portcall` has it: with every feature, over any host. */
import { batch, type BatchCall, type BatchResult } from '../features/batches/batch.ts'
import { toTransport } from '../transport/endpoint.ts'
import { emitterTransport } from './emitter.ts'
import { all } from './feature-lists.ts'
import type { RPCInitOptions } from './options.ts'
import { CoreRPC } from './rpc.ts'
import { type RPCMaker, shared } from './shared-rpc.ts'
import type { Hosts } from './transport-of.ts'

const hosts: Hosts = { endpoint: toTransport }

/** An RPC with every feature, over hosts but no emitters. */
export class PresetRPC extends CoreRPC {
  /**
   * Send several calls as one JSON-RPC batch (specification section 6).
   * @returns what `Promise.all` makes of what `collect` returns: `rpc.batch((call) => [call('x'), call('y', [1])])`.
   * @throws RPCError TOO_LARGE over `maxBatch` entries, and what `collect` throws; then nothing is sent.
   */
  readonly batch: <const T extends readonly unknown[]>(
    collect: (call: BatchCall) => T,
  ) => Promise<BatchResult<T>> = (collect) => batch(this, collect)

  constructor(options: RPCInitOptions, over: Hosts = hosts) {
    super(options, all, over)
  }
}

/**
 * One JSON-RPC 2.0 peer over a transport, or over an emitter of events: it answers the methods registered here and calls those
 * of the peer. Functions, objects, signals and streams cross by reference.
 */
export class RPC extends PresetRPC {
  // Those that `wrap` and `expose` make do without emitters, and are RPCs all the same.
  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof CoreRPC
  }

  /** @throws TypeError for wrong options, and while another RPC uses the endpoint. */
  constructor(options: RPCInitOptions) {
    super(options, { ...hosts, emitter: emitterTransport })
  }
}

/** The RPC that `wrap` and `expose` share. */
export const sharedRPC: RPCMaker<PresetRPC> = (options) => shared(options, PresetRPC, hosts)
