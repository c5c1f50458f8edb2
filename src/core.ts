/**
 * The small peer: calls, timeouts, cancellation and disconnect detection, with values as the medium carries them. What else it
 * can do are features, added one by one or as a list: see "Bundle size" in the documentation.
 *
 * @example
 * import { references, wrap } from 'portcall/core'
 * const endpoint = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' })
 * const worker = wrap<typeof api>(endpoint, { use: [references] })
 * await worker.index(files, (done) => console.log(done))
 */
export { expose, rpcOf, wrap } from './api/core-verbs.ts'
export { all, values } from './api/feature-lists.ts'
export { CoreRPC as RPC } from './api/core-rpc.ts'
export { type RemoteOptions, type VerbOptions, withOptions } from './api/shared-rpc.ts'
export type { Limits, RPCInitOptions, Use } from './api/options.ts'
export { batch, type BatchCall, type BatchResult } from './features/batches/batch.ts'
export { batches } from './features/batches/batches.ts'
export { classes } from './features/classes/classes.ts'
export { collections } from './features/collections/collections.ts'
export type { ConnectionInfo } from './features/diagnostics/connection-info.ts'
export { connectionOf, diagnostics } from './features/diagnostics/diagnostics.ts'
export { deep } from './features/deep/deep.ts'
export {
  acpDialect,
  type Dialect,
  dialects,
  lspDialect,
  mcpDialect,
  portcallDialect,
} from './features/dialects/dialects.ts'
export { encoding } from './features/encoding/encoding.ts'
export { errorDetails } from './features/error-details/error-details.ts'
export { exceptions } from './features/exceptions/exceptions.ts'
export { findUncloneable } from './features/find-uncloneable/find-uncloneable.ts'
export { frames } from './features/frames/frames.ts'
export { type Hooks, hooks } from './features/hooks/hooks.ts'
export { heartbeat } from './features/liveness/heartbeat.ts'
export { webLock } from './features/liveness/web-lock.ts'
export { get, properties, set } from './features/properties/properties.ts'
export { proxy, type ProxyOptions } from './features/references/proxy.ts'
export { release } from './features/references/reference.ts'
export { references } from './features/references/references.ts'
export { signals } from './features/signals/signals.ts'
export { streams } from './features/streams/streams.ts'
export { styledRemote } from './features/styles/styled-remote.ts'
export { transfer } from './features/transfers/transfer.ts'
export { transferChecks } from './features/transfers/transfer-checks.ts'
export { transfers } from './features/transfers/transfers.ts'
export { unread } from './features/unread/unread.ts'
export { webStreams } from './features/web-streams/web-streams.ts'
export { webValues } from './features/web-values/web-values.ts'
export type { RPCInvokeOptions } from './peer/arguments.ts'
export { type CallContext, callContext, type HostSignal, type SignalLike } from './peer/context.ts'
export type { Diagnostic } from './peer/diagnostics.ts'
export type { DisposableLike } from './peer/dispose.ts'
export type { Methods, RPCHandler } from './peer/methods.ts'
export type { Proxied, Remote, RemoteByName, RemoteByPosition, RemoteStyle } from './peer/remote-types.ts'
export type { OwnFeature as Feature, PeerState } from './peer/seam.ts'
export { ErrorCode, RPCError } from './protocol/errors.ts'
export type { Endpoint } from './transport/endpoint.ts'
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
