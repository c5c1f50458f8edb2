/** The class RPC as `portcall/core` has it: with the features that are listed, over a Worker, port or thread. */
import { leanTransport } from '../transport/lean-endpoint.ts'
import type { Transport } from '../transport/transport.ts'
import type { RPCInitOptions } from './options.ts'
import { BaseRPC, inChannel, type TransportOf } from './rpc.ts'
import { type RPCMaker, shared } from './shared-rpc.ts'

const transportOf: TransportOf = ({ transport, channel }) =>
  inChannel(leanTransport(transport as Transport), channel)

/** One JSON-RPC 2.0 peer with the features that `use` lists: `new RPC({ transport: worker, use: [references] })`. */
export class CoreRPC extends BaseRPC {
  /** @throws TypeError for wrong options, and while another RPC uses the endpoint. */
  constructor(options: RPCInitOptions) {
    super(options, [], transportOf)
  }
}

/** The RPC that `wrap` and `expose` share. */
export const sharedCoreRPC: RPCMaker<CoreRPC> = (options) => shared(options, CoreRPC, transportOf)
