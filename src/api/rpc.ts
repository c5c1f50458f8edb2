import { checkCall, checkMethod, type RPCInvokeOptions } from '../peer/arguments.ts'
import type { Feature } from '../peer/seam.ts'
import { checkHandler, methodsOf, type RPCHandler } from '../peer/methods.ts'
import type { RPCInitOptions } from './options.ts'
import { createPeer, type Peer, type PeerState } from '../peer/peer.ts'
import { register } from '../peer/registry.ts'
import type { RPCParams } from '../protocol/messages.ts'
import type { Transport } from '../transport/transport.ts'
import { uuid } from '../protocol/uuid.ts'
import { dispose, type DisposableLike } from '../peer/dispose.ts'
import { createRemote, type Remote } from '../peer/remote.ts'

const NO_OPTIONS: RPCInvokeOptions = {}
const peers = new WeakMap<object, Peer>()

/** What stands behind an RPC. */
export const peerOf = (rpc: object): Peer => peers.get(rpc) as Peer

/**
 * One JSON-RPC 2.0 peer over a transport: it answers the methods registered here and calls those of the other side.
 * It says hello at once and holds calls until the other side is there. There is one RPC for an endpoint.
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
   * @returns a function that takes it back.
   * @throws TypeError for a name that is taken or reserved.
   */
  readonly registerMethod: (method: string, handler: RPCHandler) => () => void

  /** Stop answering `method`. Calls that run are still answered. */
  readonly removeMethod: (method: string) => void

  /**
   * Call a method of the other side.
   * @param params an array is spread, a plain object is one argument, null is none.
   * @returns a promise of its result; it rejects with an RPCError (see `ErrorCode`), or with the signal's reason.
   * @throws TypeError for anything else as params, and for an `id` that is pending.
   */
  readonly invoke: <T = unknown>(
    method: string,
    params?: RPCParams | null,
    options?: RPCInvokeOptions,
  ) => Promise<T>

  /** @internal */
  readonly ask: (method: string, params: RPCParams | null, options?: RPCInvokeOptions) => Promise<unknown>

  /**
   * Call a method of the other side and expect no answer.
   * @throws RPCError UNDELIVERABLE if the params cannot be sent, BUSY, CLOSED, PEER_GONE; TypeError as `invoke`.
   */
  readonly notify: (
    method: string,
    params?: RPCParams | null,
    options?: Pick<RPCInvokeOptions, 'transfer'>,
  ) => void

  /**
   * Wait until the other side is there.
   * @param timeout milliseconds; 0: for ever. Default: `connectTimeout`.
   * @returns a promise that rejects TIMEOUT, PEER_GONE or CLOSED.
   */
  readonly connect: (timeout?: number) => Promise<void>

  /** Post now what waits to leave together with what follows in the same turn. */
  readonly flush: () => void

  /** Tell `listener` how the other side is, now and whenever that changes. @returns a function that stops it. */
  readonly onPeer: (listener: (state: PeerState) => void) => () => void

  /**
   * End the connection: what is pending rejects CLOSED, signals of running handlers abort, the other side is told.
   * The endpoint stays its owner's: a worker is not terminated, a port not closed.
   */
  readonly destroy: () => void

  constructor(
    options: RPCInitOptions,
    preset: readonly Feature[],
    toTransport: (options: RPCInitOptions) => Transport,
  ) {
    const transport = toTransport(options ?? {})
    const { nextId, enter, leave } = register(transport)
    const peer = createPeer(transport, options, [...(options.use ?? []), ...preset], nextId, leave)
    const { core } = peer
    const { methods } = core
    peers.set(this, peer)
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
    this.removeMethod = (method) => void methods.delete(method)
    this.invoke = <T>(method: string, params?: RPCParams | null, options = NO_OPTIONS) =>
      core.call(method, checkCall(method, params, options), options) as Promise<T>
    this.ask = (method, params, options) => core.ask(this.invoke(method, params, options))
    this.notify = (method, params, options = NO_OPTIONS) =>
      core.notify(method, checkCall(method, params, options), options)
    this.connect = (timeout = options.connectTimeout ?? 30_000) => peer.connect(timeout)
    this.flush = () => core.flush()
    this.onPeer = core.onPeer
    this.destroy = peer.destroy
    Object.assign(this, { [dispose]: this.destroy })
    for (const [name, handler] of methodsOf(options.methods ?? {})) this.registerMethod(name, handler)
    enter(this)
    try {
      peer.start()
    } catch (error) {
      this.destroy()
      throw error
    }
  }

  /** Make a typed proxy of the other side; `path` is a dotted prefix of its method names. */
  remote<T extends object>(path = ''): Remote<T> {
    return createRemote<T>(this, path)
  }
}

// oxlint-disable-next-line typescript/no-unsafe-declaration-merging
export interface BaseRPC extends DisposableLike {}
