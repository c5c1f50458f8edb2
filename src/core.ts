/**
 * The bare RPC: JSON-RPC 2.0 with values as the medium carries them. Functions, objects, signals and streams do not cross
 * by reference, and there is no `expose` and `wrap`; `rpc.remote<T>()` is there.
 *
 * @example
 * import { RPC } from 'portcall/core'
 * const rpc = new RPC({ transport: worker })
 * await rpc.invoke('add', [1, 2])
 */
export { BaseRPC as RPC } from './base.ts'
export type { RPCInvokeOptions } from './arguments.ts'
export { type CallContext, callContext } from './context.ts'
export { type ErrorDetail, registerError } from './details.ts'
export { acpDialect, type Dialect, lspDialect, mcpDialect, portcallDialect } from './dialects.ts'
export { type Endpoint, endpointTransport } from './endpoint.ts'
export { ErrorCode, RPCError } from './errors.ts'
export { laneTransport } from './adapters/lane.ts'
export { windowTransport, type WindowOptions } from './adapters/window.ts'
export { RPCMessageEvent, type RPCMessageEventOptions } from './events.ts'
export type { Limits } from './limits.ts'
export type { RPCInitOptions } from './options.ts'
export type { PeerState } from './peer.ts'
export type { Transport } from './transport.ts'
