import { BaseRPC } from './base.ts'
import type { RPCInitOptions } from './options.ts'
import { emitterTransport } from './emitter.ts'
import { createValues } from './values.ts'

/**
 * One JSON-RPC 2.0 peer over a transport, or over an emitter of events: it answers the methods registered here and calls
 * those of the other side. Functions, objects, signals and streams cross by reference.
 */
export class RPC extends BaseRPC {
  // Those that `wrap` and `expose` make do without emitters, and are RPCs all the same.
  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof BaseRPC
  }

  /** @throws TypeError for wrong options, and while another RPC uses the endpoint. */
  constructor(options: RPCInitOptions) {
    super(options, { createValues, emitterTransport })
  }
}
