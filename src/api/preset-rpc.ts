import { all } from './preset.ts'
import { type BatchCall, type BatchResult, collectBatch } from '../features/batches/batches.ts'
import type { RPCInvokeOptions } from '../peer/arguments.ts'
import { type RPCInitOptions, transportOf } from './options.ts'
import { emitterTransport } from './emitter.ts'
import { shared } from './shared-rpc.ts'
import { BaseRPC, peerOf } from './rpc.ts'

/** An RPC with every feature. */
export class FullRPC extends BaseRPC {
  /**
   * Send several calls as one JSON-RPC batch (specification section 6).
   * @returns what `Promise.all` makes of what `collect` returns: `rpc.batch((call) => [call('x'), call('y', [1])])`.
   * @throws RPCError TOO_LARGE over `maxBatch` entries, and what `collect` throws; then nothing is sent.
   */
  readonly batch: <const T extends readonly unknown[]>(
    collect: (call: BatchCall) => T,
  ) => Promise<BatchResult<T>> = (collect) => collectBatch(collect, peerOf(this))

  /**
   * Construct a class that the other side exposes, as `new remote.Counter(1)` does.
   * @returns a promise of a remote of the instance.
   */
  readonly construct: (
    name: string,
    args: readonly unknown[],
    options?: RPCInvokeOptions,
  ) => Promise<unknown> = (name, args, options = {}) =>
    peerOf(this).core.call('rpc.new', [null, name, ...args], options)

  constructor(options: RPCInitOptions, emitter?: typeof emitterTransport) {
    super(options, all, (given) => transportOf(given, emitter))
  }
}

/**
 * One JSON-RPC 2.0 peer over a transport, or over an emitter of events: it answers the methods registered here and calls
 * those of the other side. Functions, objects, signals and streams cross by reference.
 */
export class RPC extends FullRPC {
  // Those that `wrap` and `expose` make do without emitters, and are RPCs all the same.
  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof BaseRPC
  }

  /** @throws TypeError for wrong options, and while another RPC uses the endpoint. */
  constructor(options: RPCInitOptions) {
    super(options, emitterTransport)
  }
}

/** The RPC that `wrap` and `expose` share. */
export const sharedRPC = (options: RPCInitOptions): FullRPC => shared(options, FullRPC, transportOf)
