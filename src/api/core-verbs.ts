/** `expose` and `wrap` with the features that one lists: `wrap(worker, { use: [references] })`. */
import type { Methods } from '../peer/methods.ts'
import type { RPCInitOptions } from './options.ts'
import type { Transport } from '../transport/transport.ts'
import type { Endpoint } from '../transport/endpoint.ts'
import { leanTransport, ownEndpoint } from '../transport/lean-endpoint.ts'
import type { DisposableLike } from '../peer/dispose.ts'
import { exposeBy, orThrow, shared, type VerbOptions } from './shared-rpc.ts'
import type { Remote } from '../peer/remote.ts'
import { BaseRPC } from './rpc.ts'

const toTransport = ({ transport }: RPCInitOptions): Transport => leanTransport(transport as Transport)

/** One JSON-RPC 2.0 peer with the features that one lists: `new RPC({ transport: worker, use: [references] })`. */
export class RPC extends BaseRPC {
  constructor(options: RPCInitOptions) {
    super(options, [], toTransport)
  }
}

/** Let the other side call `api`. @returns a function that takes it back. */
export const expose = (
  api: Methods,
  endpoint: Transport | Endpoint = orThrow(ownEndpoint()),
  options?: VerbOptions,
): (() => void) => exposeBy(shared({ ...options, transport: endpoint }, RPC, toTransport), api)

/** Make the other side's api callable as if it were local. */
export const wrap = <T extends object>(
  endpoint: Transport | Endpoint,
  options?: VerbOptions,
): Remote<T> & DisposableLike =>
  shared({ ...options, transport: endpoint }, RPC, toTransport).remote<T>() as Remote<T> & DisposableLike
