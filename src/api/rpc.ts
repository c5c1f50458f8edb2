/** The class behind every RPC: one peer, of whatever features and hosts an entry has. */
import { checkCall, checkMethod, connectTimeoutOf, type RPCInvokeOptions } from '../peer/arguments.ts'
import { dispose, type DisposableLike } from '../peer/dispose.ts'
import { checkApi, checkHandler, lookUp, methodsOf, type RPCHandler } from '../peer/methods.ts'
import { createKernel, createPeer } from '../peer/peer.ts'
import { register } from '../peer/registry.ts'
import { createRemote } from '../peer/remote.ts'
import type { Remote, Untyped } from '../peer/remote-types.ts'
import type { Feature, PeerState } from '../peer/seam.ts'
import type { InvokeParams, ParamsHint } from '../protocol/messages.ts'
import { uuid } from '../protocol/uuid.ts'
import type { Transport } from '../transport/transport.ts'
import type { RPCInitOptions } from './options.ts'

const NO_OPTIONS: RPCInvokeOptions = {}

/** The transport that the options of an RPC mean. @throws TypeError if they mean none. */
export type TransportOf = (options: RPCInitOptions) => Transport

/** The connection of a name over a transport. @throws TypeError where it has no further ones. */
export function inChannel(transport: Transport, channel: string | undefined): Transport {
  const found = channel ? transport.openChannel?.(channel) : transport
  if (found) return found
  throw new TypeError('This transport has no channels: pass channelTransport(endpoint, channel)')
}

/**
 * One JSON-RPC 2.0 peer over a transport: it answers the methods registered here and calls those of the peer. It says hello
 * at once, and queues calls until the peer connects. There is one RPC for an endpoint.
 * @throws TypeError for wrong options, and while another RPC uses the endpoint.
 */
// oxlint-disable-next-line typescript/no-unsafe-declaration-merging -- the constructor sets what the interface declares
export class BaseRPC {
  /** Make a random UUID, version 4 (RFC 9562), also in insecure contexts, where `crypto.randomUUID` is missing. */
  static uuid(): string {
    return uuid()
  }

  /**
   * Answer `method` by `handler`.
   * @returns a function that removes it.
   * @throws TypeError for a name that is taken or reserved.
   */
  declare readonly registerMethod: (method: string, handler: RPCHandler) => () => void

  /** Stop answering `method`, also one that is exposed. Calls that run are still answered. */
  declare readonly removeMethod: (method: string) => void

  /**
   * Call a method of the peer.
   * @param params an array is spread, a plain object is one argument, null is none.
   * @returns a promise of its result; it rejects with an RPCError (see `ErrorCode`), or with the signal's reason.
   * @throws TypeError for anything else as params, and for an `id` that is pending.
   */
  declare readonly invoke: <T = unknown>(
    method: string,
    params?: InvokeParams<ParamsHint> | null,
    options?: RPCInvokeOptions,
  ) => Promise<T>

  /** @internal */
  declare readonly ask: (
    method: string,
    params: InvokeParams<ParamsHint> | null,
    options?: RPCInvokeOptions,
  ) => Promise<unknown>

  /**
   * Call a method of the peer and expect no answer.
   * @throws RPCError UNDELIVERABLE if the params cannot be sent, BUSY, CLOSED, PEER_GONE; TypeError as `invoke`.
   */
  declare readonly notify: (
    method: string,
    params?: InvokeParams<ParamsHint> | null,
    options?: Pick<RPCInvokeOptions, 'transfer'>,
  ) => void

  /**
   * Construct a class that the peer exposes, as `new remote.Counter(1)` does. Both sides need the feature `classes`.
   * @returns a promise of a remote of the instance.
   */
  declare readonly construct: (
    name: string,
    args: readonly unknown[],
    options?: RPCInvokeOptions,
  ) => Promise<unknown>

  /**
   * Wait until the peer connects.
   * @param timeout milliseconds; 0: for ever. Default: `connectTimeout`.
   * @returns a promise that rejects TIMEOUT, PEER_GONE or CLOSED.
   */
  declare readonly connect: (timeout?: number) => Promise<void>

  /** Post now what waits to leave together with what follows in the same turn. */
  declare readonly flush: () => void

  /** Tell `listener` the state of the peer, now and whenever it changes. @returns a function that stops it. */
  declare readonly onPeer: (listener: (state: PeerState) => void) => () => void

  /**
   * End the connection: pending calls reject CLOSED, signals of running handlers abort, the peer is told. The endpoint stays its
   * owner's: a worker is not terminated, a port not closed.
   */
  declare readonly destroy: () => void

  constructor(options: RPCInitOptions, preset: readonly Feature[], transportOf: TransportOf) {
    const transport = transportOf(options ?? {})
    const [nextId, leave, enter] = register(transport)
    const features = [options.use ?? [], preset].flat(2)
    const peer = createKernel(transport, options, features)
    const [start, connect, destroy] = createPeer(peer, nextId, leave)
    const { methods } = peer
    this.registerMethod = (method, handler) => {
      checkMethod(method)
      checkHandler(method, handler)
      if (methods.has(method))
        throw new TypeError(`\`${method}\` is registered already: removeMethod() it first`)
      methods.set(method, handler)
      return () => {
        if (methods.get(method) === handler) methods.delete(method)
      }
    }
    this.removeMethod = (method) => {
      methods.delete(method)
      peer.closed.add(method)
    }
    this.invoke = <T>(method: string, params?: InvokeParams<ParamsHint> | null, options = NO_OPTIONS) =>
      peer.call(method, checkCall(method, params, options), options) as Promise<T>
    this.ask = (method, params, options) => peer.ask(this.invoke(method, params, options))
    this.notify = (method, params, options = NO_OPTIONS) =>
      peer.notify(method, checkCall(method, params, options), options)
    this.construct = (name, args, options = NO_OPTIONS) => {
      if (peer.construct) return peer.construct(name, args, options)
      throw new TypeError(`new ${name}() needs the feature \`classes\`: add it to \`use\``)
    }
    this.connect = (timeout = connectTimeoutOf(options)) => connect(timeout)
    this.flush = () => peer.flush()
    this.onPeer = peer.onPeer
    this.destroy = destroy
    Object.assign(this, { [dispose]: destroy })
    const reach = { isTrusted: transport.trusted === true }
    const given = options.methods && checkApi(options.methods)
    if (given) {
      for (const [name, handler] of methodsOf(given, reach)) this.registerMethod(name, handler)
      // They are what they are now, so this only says why one is not reached.
      peer.exposed = (name) => {
        const why = lookUp(given, name, reach)
        return typeof why === 'string' ? why : undefined
      }
    }
    enter(this, peer)
    try {
      start()
    } catch (error) {
      destroy()
      throw error
    }
  }

  /** Make a typed proxy of the peer; `path` is a dotted prefix of its method names. Without a type it is not checked. */
  remote<T extends object = Untyped>(): Remote<T>
  remote<T extends object = Untyped>(path: string): Remote<T, string>
  remote<T extends object>(path = ''): Remote<T> {
    checkMethod(path)
    return createRemote<T>(this, path)
  }
}

// oxlint-disable-next-line typescript/no-unsafe-declaration-merging
export interface BaseRPC extends DisposableLike {}
