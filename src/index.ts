/**
 * JSON-RPC 2.0 over anything that has `postMessage`.
 *
 * @example
 * // worker.ts
 * import { expose } from 'portcall'
 * export const api = { add: (a: number, b: number) => a + b }
 * expose(api)
 *
 * // main.ts
 * import { wrap } from 'portcall'
 * import type { api } from './worker'
 * const worker = wrap<typeof api>(new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' }))
 * await worker.add(1, 2) // 3
 */
export { expose, rpcOf, type VerbOptions, withOptions, wrap } from './api/verbs.ts'
export type { RPCInitOptions } from './api/options.ts'
export type { PeerState } from './peer/peer.ts'
export { RPC } from './api/preset-rpc.ts'
export { type Proxied, proxy } from './features/references/proxy.ts'
export { get, set } from './features/properties/properties.ts'
export { release } from './features/references/references.ts'
export { transfer } from './features/transfers/transfers.ts'
export type { DisposableLike } from './peer/dispose.ts'
export { type FrameLike, type WindowLike, type WindowOptions, windowTransport } from './windows/window-transport.ts'
export { laneTransport } from './windows/channel-transport.ts'
export {
  type Connection,
  createConnection,
  createRequest,
  type Request,
  type Respond,
  type Response,
} from './api/connection.ts'
export {
  type AbstractMessageReceiveEndpoint,
  type AbstractMessageSendEndpoint,
  type RPCEmitter,
  type RPCEvent,
  RPCMessageEvent,
  type RPCMessageEventOptions,
  type RPCPostMessageConfig,
} from './api/events.ts'
export type { OriginOption } from './windows/origins.ts'
export type { BatchCall, BatchResult } from './features/batches/batches.ts'
export { type CallContext, callContext, type HostSignal, type SignalLike } from './peer/context.ts'
export { type ErrorClass, type ErrorDetail, registerError } from './features/error-details/error-details.ts'
export type { Diagnostic } from './peer/diagnostics.ts'
export { acpDialect, type Dialect, lspDialect, mcpDialect, portcallDialect } from './features/dialects/dialects.ts'
export { type Endpoint, endpointTransport, type MessageLike } from './transport/endpoint.ts'
export { ErrorCode, RPCError } from './protocol/errors.ts'
export type { Hooks } from './api/options.ts'
export type { Limits } from './peer/limits.ts'
export type {
  Policy,
  RPCErrorObject,
  RPCId,
  RPCMessage,
  RPCNotification,
  RPCParams,
  RPCRequest,
  RPCResponse,
} from './protocol/messages.ts'
export type { Methods, RPCHandler } from './peer/methods.ts'
export type { RPCInvokeOptions } from './peer/arguments.ts'
export type {
  CallbackMustReturnPromise,
  Remote,
  RemoteArgument,
  RemoteArguments,
  RemoteConstructor,
  RemoteFunction,
  RemoteMembers,
  RemoteOptions,
  RemoteResult,
  RemoteStream,
} from './peer/remote.ts'
export type { Codec, Receiver, Transport } from './transport/transport.ts'
