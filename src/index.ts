/**
 * JSON-RPC 2.0 over anything that has `postMessage`, with every feature.
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
export { expose, rpcOf, wrap } from './api/verbs.ts'
export { RPC } from './api/preset-rpc.ts'
export { type RemoteOptions, type VerbOptions, withOptions } from './api/shared-rpc.ts'
export type { Limits, RPCInitOptions, Use } from './api/options.ts'
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
export type { ConnectionInfo } from './features/diagnostics/connection-info.ts'
export type { BatchCall, BatchResult } from './features/batches/batch.ts'
export {
  acpDialect,
  type Dialect,
  lspDialect,
  mcpDialect,
  portcallDialect,
} from './features/dialects/dialects.ts'
export type { Hooks } from './features/hooks/hooks.ts'
export { get, set } from './features/properties/properties.ts'
export { proxy, type ProxyOptions } from './features/references/proxy.ts'
export { release } from './features/references/reference.ts'
export { transfer } from './features/transfers/transfer.ts'
export type { RPCInvokeOptions } from './peer/arguments.ts'
export { type CallContext, callContext, type HostSignal, type SignalLike } from './peer/context.ts'
export type { Diagnostic } from './peer/diagnostics.ts'
export type { DisposableLike } from './peer/dispose.ts'
export type { Exposed } from './peer/exposed.ts'
export type { Methods, RPCHandler } from './peer/methods.ts'
export type {
  CallbackMustReturnPromise,
  HiddenMember,
  MisnamedMember,
  NestedMembers,
  PositionalMember,
  Proxied,
  Remote,
  RemoteArgument,
  RemoteArguments,
  RemoteByName,
  RemoteByPosition,
  RemoteConstructor,
  RemoteFunction,
  RemoteMembers,
  RemoteResult,
  RemoteStream,
  RemoteStyle,
  StyledRemote,
} from './peer/remote-types.ts'
export type { OwnFeature as Feature, PeerState } from './peer/seam.ts'
export { ErrorCode, RPCError } from './protocol/errors.ts'
export type {
  InvokeParams,
  ParamsHint,
  Policy,
  RPCErrorObject,
  RPCId,
  RPCMessage,
  RPCNotification,
  RPCParams,
  RPCRequest,
  RPCResponse,
} from './protocol/messages.ts'
export {
  type Connectable,
  type ConnectableOrSelf,
  type Endpoint,
  type EndpointHint,
  endpointTransport,
  type MessageLike,
} from './transport/endpoint.ts'
export type { Receiver, Sight, Transport, WindowSight } from './transport/transport.ts'
export type { Codec } from './values/codec.ts'
export type { ErrorDetail } from './values/error-details.ts'
export { type ErrorClass, registerError } from './values/error-reading.ts'
export { channelTransport } from './windows/channel-transport.ts'
export type { OriginOption } from './windows/origins.ts'
export {
  type FrameLike,
  type WindowLike,
  type WindowOptions,
  windowTransport,
} from './windows/window-transport.ts'
