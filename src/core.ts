/**
 * The bare RPC: JSON-RPC 2.0 with values as the medium carries them. Functions, objects, signals and streams do not cross
 * by reference, and there is no `expose` and `wrap`; `rpc.remote<T>()` is there.
 *
 * @example
 * import { RPC } from 'portcall/core'
 * const rpc = new RPC({ transport: worker })
 * await rpc.invoke('add', [1, 2])
 */
export { CoreRPC as RPC } from './api/bare.ts'
export type { RPCInvokeOptions } from './peer/arguments.ts'
export { type CallContext, callContext } from './peer/context.ts'
export { type ErrorDetail, registerError } from './features/error-details/error-details.ts'
export { acpDialect, type Dialect, lspDialect, mcpDialect, portcallDialect } from './features/dialects/dialects.ts'
export { type Endpoint, endpointTransport } from './transport/endpoint.ts'
export { ErrorCode, RPCError } from './protocol/errors.ts'
export { laneTransport } from './windows/channel-transport.ts'
export { windowTransport, type WindowOptions } from './windows/window-transport.ts'
export { RPCMessageEvent, type RPCMessageEventOptions } from './api/events.ts'
export type { Limits } from './peer/limits.ts'
export type { RPCInitOptions } from './api/options.ts'
export type { PeerState } from './peer/peer.ts'
export type { Transport } from './transport/transport.ts'
