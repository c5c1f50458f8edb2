/** What `expose` and `wrap` do, over an RPC of any features: one is shared for each endpoint. */
import { checkTimeout, type RPCInvokeOptions } from '../peer/arguments.ts'
import type { DisposableLike } from '../peer/dispose.ts'
import { createExposed, type Methods } from '../peer/methods.ts'
import { peerOf, registered } from '../peer/registry.ts'
import { createRemote, nodeOf } from '../peer/remote.ts'
import type { Remote } from '../peer/remote-types.ts'
import { isPlainObject } from '../protocol/guards.ts'
import type { Endpoint } from '../transport/endpoint.ts'
import type { RPCInitOptions } from './options.ts'
import type { BaseRPC, TransportOf } from './rpc.ts'

/**
 * Options of the RPC that `wrap` and `expose` share. They are given where the endpoint is first wrapped or exposed; later the
 * same ones or fewer may be given again, others throw. Only the `timeout` of `wrap` is its remote's own.
 */
export type VerbOptions = Omit<RPCInitOptions, 'transport' | 'event' | 'methods'>

export function exposeBy(rpc: BaseRPC, api: Methods): () => void {
  const peer = peerOf(rpc)
  const exposed = createExposed(api)
  peer.exposed = exposed
  peer.closed.clear()
  return () => {
    if (peer.exposed === exposed) peer.exposed = undefined
  }
}

/**
 * The endpoint that a verb was given, or that of its worker or thread.
 * @param verb as it was called, with what stands before the endpoint.
 * @throws TypeError where there is none, and for one that is missing by mistake: `wrap(undefined)`.
 */
export function endpointIn(
  verb: string,
  given: readonly unknown[],
  own: () => Endpoint | undefined,
): Endpoint {
  const [endpoint] = given
  // \`expose(api, undefined, options)\` means the default.
  if (endpoint === null || (endpoint === undefined && given.length === 1))
    throw new TypeError(
      `${verb}${endpoint}): there is no endpoint. Pass a Worker, a MessagePort or windowTransport(window, { origin })`,
    )
  const found = endpoint ?? own()
  if (found) return found as Endpoint
  throw new TypeError(
    'Without an endpoint, expose() and wrap() work only inside a worker or a Node thread. In a window, write expose(api, windowTransport(parent, { origin }))',
  )
}

/**
 * The RPC of a transport's endpoint and channel; made if there is none yet.
 * @throws TypeError if there is one whose transport has other options, or that was made without these options.
 */
export function shared<R extends BaseRPC>(
  options: RPCInitOptions,
  make: new (options: RPCInitOptions) => R,
  transportOf: TransportOf,
): R {
  const transport = transportOf(options)
  const given: Record<string, unknown> = {
    ...options,
    transport: undefined,
    event: undefined,
    channel: undefined,
  }
  const existing = registered(transport) as R | undefined
  if (!existing) return new make({ ...given, transport })
  const { options: made, features } = peerOf(existing)
  for (const [key, value] of Object.entries(given)) {
    const former: unknown = made[key as 'plain']
    const has =
      key === 'use'
        ? [value ?? []].flat(2).every((feature) => features.includes(feature))
        : says(former, value)
    if (!has)
      throw new TypeError(
        `This endpoint has an RPC already, ${former === undefined || key === 'use' ? 'without this' : 'with another'} \`${key}\`: give it where that is made`,
      )
  }
  return existing
}

/** Whether an option says what is asked for, or more. Another function is another option: it may check who calls. */
const says = (former: unknown, asked: unknown): boolean =>
  asked === undefined ||
  former === asked ||
  (isPlainObject(former) &&
    isPlainObject(asked) &&
    Object.entries(asked).every(([key, value]) => says(former[key], value)))

/** Makes an RPC, or gives the one of the endpoint. Environments get one, with or without a preset. */
export type RPCMaker<R extends BaseRPC> = (options: RPCInitOptions) => R

/** The remote that `wrap` gives: its `timeout` counts for its calls, and for no others of the RPC. */
export function wrapBy<T extends object>(
  of: (options: VerbOptions) => BaseRPC,
  { timeout, ...options }: VerbOptions = {},
): Remote<T> & DisposableLike {
  if (timeout !== undefined) checkTimeout(timeout)
  return withOptions(of(options).remote<T>(), { timeout }) as Remote<T> & DisposableLike
}

/** The RPC behind a remote. @throws TypeError for anything else. */
export function rpcBehind(remote: object): BaseRPC {
  const caller = nodeOf(remote)?.caller
  if (caller && !caller.iterates) return caller as BaseRPC
  throw notRemote()
}

/** Options of the calls that a remote makes. */
export type RemoteOptions = Pick<RPCInvokeOptions, 'timeout' | 'signal' | 'transfer' | 'isNotify' | 'scoped'>

/** Make the same remote with options for its calls: `withOptions(worker, { timeout: 500 }).add(1, 2)`. */
export function withOptions<R extends object>(remote: R, options: RemoteOptions): R {
  const node = nodeOf(remote)
  if (!node) throw notRemote()
  const given = Object.entries(options).filter(([, value]) => value !== undefined)
  const merged = { ...node.options, ...Object.fromEntries(given) }
  return createRemote(node.caller, node.path, merged) as unknown as R
}

const notRemote = (): TypeError => new TypeError('This is not a remote: pass what wrap() returned')
