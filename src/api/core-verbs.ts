/** `expose` and `wrap` as `portcall/core` has them: with the features that are listed. */
import type { DisposableLike } from '../peer/dispose.ts'
import type { Exposed } from '../peer/exposed.ts'
import { checkApi } from '../peer/methods.ts'
import type { Remote, Untyped } from '../peer/remote-types.ts'
import type { Connectable, ConnectableOrSelf, EndpointHint } from '../transport/endpoint.ts'
import { ownEndpoint } from '../transport/own-endpoint.ts'
import { type CoreRPC, sharedCoreRPC } from './core-rpc.ts'
import { endpointIn, exposeBy, rpcBehind, type VerbOptions, wrapBy } from './shared-rpc.ts'

/**
 * Let the peer call `api`: a function, an object of functions (nesting makes dotted names) or a class instance.
 * On an endpoint that exposes something already, the new one takes its place (hot reload).
 * @param endpoint default: a worker's `self`, in a Node thread `parentPort`.
 * @param options `use` lists the features: `expose(api, self, { use: [references, signals] })`.
 * @returns a function that takes it back.
 * @throws TypeError where there is no default endpoint, for no object, and for one with members, none of which can be called.
 */
export function expose<A>(
  api: Exposed<A>,
  endpoint?: ConnectableOrSelf<EndpointHint>,
  options?: VerbOptions,
): () => void
export function expose(
  api: unknown,
  ...given: readonly [endpoint?: unknown, options?: VerbOptions]
): () => void {
  const transport = endpointIn('expose(api, ', given, ownEndpoint)
  return exposeBy(sharedCoreRPC({ ...given[1], transport }), checkApi(api))
}

/**
 * Make the peer's api callable as if it were local: `await wrap<typeof api>(worker).add(1, 2)`.
 * Without a type, nothing is checked. Each endpoint has one RPC that `wrap` and `expose` share; `rpcOf` gives it. `timeout` is that of
 * this remote's calls alone.
 * @param endpoint default: a worker's `self`, in a Node thread `parentPort`.
 */
export function wrap<T extends object = Untyped>(): Remote<T> & DisposableLike
export function wrap<T extends object = Untyped>(
  endpoint: Connectable<`${EndpointHint}; inside a worker wrap<Api>()`>,
  options?: VerbOptions,
): Remote<T> & DisposableLike
export function wrap<T extends object>(
  ...given: readonly [endpoint?: unknown, options?: VerbOptions]
): Remote<T> & DisposableLike {
  const transport = endpointIn('wrap(', given, ownEndpoint)
  return wrapBy((of) => sharedCoreRPC({ ...of, transport }), given[1])
}

/** Give the RPC behind a remote. @throws TypeError for anything else. */
export const rpcOf = (remote: object): CoreRPC => rpcBehind(remote)
