import { BaseRPC } from './base.ts'
import type { RPCInitOptions } from './options.ts'
import type { DisposableLike } from './dispose.ts'
import { type Endpoint, ownEndpoint } from './endpoint.ts'
import { type Methods, methodsOf, type RPCHandler } from './methods.ts'
import { createRemote, nodeOf, type Remote, type RemoteOptions } from './remote.ts'
import type { RPC } from './rpc.ts'
import { sharedRPC } from './shared.ts'
import type { Transport } from './transport.ts'

/** Options of the RPC that `wrap` and `expose` make; they count only where the endpoint has none yet. */
export type VerbOptions = Omit<RPCInitOptions, 'transport' | 'event' | 'methods'>

interface Exposed {
  readonly methods: ReadonlyMap<string, RPCHandler>
  readonly undo: () => void
}

const exposed = new WeakMap<BaseRPC, Exposed>()

/**
 * Let the other side call `api`: a function, an object of functions (nesting makes dotted names) or a class instance.
 * On an endpoint that exposes something already, the new one takes its place (hot reload).
 * @param endpoint default: a worker's `self`, in a Node thread `parentPort`.
 * @returns a function that takes it back.
 * @throws TypeError where there is no default endpoint.
 */
export function expose(
  api: Methods,
  endpoint: Transport | Endpoint = defaultEndpoint(),
  options?: VerbOptions,
): () => void {
  const rpc = sharedRPC({ ...options, transport: endpoint })
  const methods = methodsOf(api)
  const former = exposed.get(rpc)
  former?.undo()
  try {
    return register(rpc, methods)
  } catch (error) {
    if (former) register(rpc, former.methods)
    throw error
  }
}

function register(rpc: BaseRPC, methods: ReadonlyMap<string, RPCHandler>): () => void {
  const steps: (() => void)[] = []
  const undo = (): void => steps.splice(0).forEach((step) => step())
  try {
    for (const [name, handler] of methods) steps.push(rpc.registerMethod(name, handler))
  } catch (error) {
    undo()
    throw error
  }
  exposed.set(rpc, { methods, undo })
  return undo
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
  if (caller instanceof BaseRPC) return caller
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

function defaultEndpoint(): Endpoint {
  const endpoint = ownEndpoint()
  if (endpoint) return endpoint
  throw new TypeError(
    'Here is no default endpoint: write expose(api, endpoint), in a window expose(api, windowTransport(parent, { origin }))',
  )
}
