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
export { expose, rpcOf, type VerbOptions, withOptions, wrap } from './verbs.ts'
export type { RPCInitOptions } from './options.ts'
export type { PeerState } from './peer.ts'
export { RPC } from './rpc.ts'
export { type Proxied, proxy } from './proxy.ts'
export { get, release, set } from './references.ts'
export { transfer } from './transfer.ts'
export type { DisposableLike } from './dispose.ts'
export { type FrameLike, type WindowLike, type WindowOptions, windowTransport } from './adapters/window.ts'
export { laneTransport } from './adapters/lane.ts'
export {
  type Connection,
  createConnection,
  createRequest,
  type Request,
  type Respond,
  type Response,
} from './connection.ts'
export {
  type AbstractMessageReceiveEndpoint,
  type AbstractMessageSendEndpoint,
  type RPCEmitter,
  type RPCEvent,
  RPCMessageEvent,
  type RPCMessageEventOptions,
  type RPCPostMessageConfig,
} from './events.ts'
export type { OriginOption } from './origins.ts'
export type { BatchCall, BatchResult } from './batch.ts'
export { type CallContext, callContext, type HostSignal, type SignalLike } from './context.ts'
export { type ErrorClass, type ErrorDetail, registerError } from './details.ts'
export type { Diagnostic } from './diagnostics.ts'
export { acpDialect, type Dialect, lspDialect, mcpDialect, portcallDialect } from './dialects.ts'
export { type Endpoint, endpointTransport, type MessageLike } from './endpoint.ts'
export { ErrorCode, RPCError } from './errors.ts'
export type { Hooks } from './hooks.ts'
export type { Limits } from './limits.ts'
export type {
  Policy,
  RPCErrorObject,
  RPCId,
  RPCMessage,
  RPCNotification,
  RPCParams,
  RPCRequest,
  RPCResponse,
} from './messages.ts'
export type { Methods, RPCHandler } from './methods.ts'
export type { RPCInvokeOptions } from './arguments.ts'
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
} from './remote.ts'
export type { Codec, Receiver, Transport } from './transport.ts'
