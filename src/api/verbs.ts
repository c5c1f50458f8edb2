import type { DisposableLike } from '../peer/dispose.ts'
import { type Endpoint, ownEndpoint } from '../transport/endpoint.ts'
import type { Methods } from '../peer/methods.ts'
export type { VerbOptions } from './shared-rpc.ts'
import { createRemote, nodeOf, type Remote, type RemoteOptions } from '../peer/remote.ts'
import { exposeBy, orThrow, type VerbOptions } from './shared-rpc.ts'
import { BaseRPC } from './rpc.ts'
import { type RPC, sharedRPC } from './preset-rpc.ts'
import type { Transport } from '../transport/transport.ts'

/**
 * Let the other side call `api`: a function, an object of functions (nesting makes dotted names) or a class instance.
 * On an endpoint that exposes something already, the new one takes its place (hot reload).
 * @param endpoint default: a worker's `self`, in a Node thread `parentPort`.
 * @returns a function that takes it back.
 * @throws TypeError where there is no default endpoint.
 */
export function expose(
  api: Methods,
  endpoint: Transport | Endpoint = orThrow(ownEndpoint()),
  options?: VerbOptions,
): () => void {
  return exposeBy(sharedRPC({ ...options, transport: endpoint }), api)
}

/**
 * Make the other side's api callable as if it were local: `await wrap<typeof api>(worker).add(1, 2)`.
 * Each endpoint has one RPC that `wrap` and `expose` share; `rpcOf` gives it.
 */
export function wrap<T extends object>(
  endpoint: Transport | Endpoint,
  options?: VerbOptions,
): Remote<T> & DisposableLike {
  return sharedRPC({ ...options, transport: endpoint }).remote<T>() as Remote<T> & DisposableLike
}

/** Give the RPC behind a remote. @throws TypeError for anything else. */
export function rpcOf(remote: object): RPC {
  const caller = nodeOf(remote)?.caller
  if (caller instanceof BaseRPC) return caller as RPC
  throw notRemote()
}

/** Make the same remote with options for its calls: `withOptions(worker, { timeout: 500 }).add(1, 2)`. */
export function withOptions<R extends object>(remote: R, { notify, ...options }: RemoteOptions): R {
  const node = nodeOf(remote)
  if (!node) throw notRemote()
  const given = Object.entries({ ...options, isNotify: notify }).filter(([, value]) => value !== undefined)
  const merged = { ...node.options, ...Object.fromEntries(given) }
  return createRemote(node.caller, node.path, merged) as unknown as R
}

const notRemote = (): TypeError => new TypeError('This is not a remote: pass what wrap() returned')
