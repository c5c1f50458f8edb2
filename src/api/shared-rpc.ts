/** `expose` and `wrap` over an RPC of any features. */
import { type Methods, methodsOf, type RPCHandler } from '../peer/methods.ts'
import type { RPCInitOptions } from './options.ts'
import { registered } from '../peer/registry.ts'
import type { Endpoint } from '../transport/endpoint.ts'
import type { Transport } from '../transport/transport.ts'
import { BaseRPC } from './rpc.ts'

/** Options of the RPC that `wrap` and `expose` make; they count only where the endpoint has none yet. */
export type VerbOptions = Omit<RPCInitOptions, 'transport' | 'event' | 'methods'>

interface Exposed {
  readonly methods: ReadonlyMap<string, RPCHandler>
  readonly undo: () => void
}

const exposed = new WeakMap<BaseRPC, Exposed>()

export function exposeBy(rpc: BaseRPC, api: Methods): () => void {
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

/** @throws TypeError where there is none. */
export function orThrow(endpoint: Endpoint | undefined): Endpoint {
  if (endpoint) return endpoint
  throw new TypeError(
    'Here is no default endpoint: write expose(api, endpoint), in a window expose(api, windowTransport(parent, { origin }))',
  )
}

/**
 * The RPC of a transport's endpoint and lane; made if there is none yet.
 * @throws TypeError if there is one whose transport lets in somebody else.
 */
export function shared<R extends BaseRPC>(
  options: RPCInitOptions,
  make: new (options: RPCInitOptions) => R,
  toTransport: (options: RPCInitOptions) => Transport,
): R {
  const transport = toTransport(options)
  return (
    (registered(transport) as R | undefined) ??
    new make({ ...options, transport, event: undefined, name: undefined })
  )
}
