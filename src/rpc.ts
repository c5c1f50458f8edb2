import { checkCall, checkMethod, checkTimeout } from './arguments.ts'
import { type BatchCall, type BatchResult, collectBatch, type MakeCall } from './batch.ts'
import { createDiagnose, type Diagnostic } from './diagnostics.ts'
import { type ErrorDetail, fromDetailedError } from './details.ts'
import { type Dialect, portcallDialect } from './dialects.ts'
import { dispose, type DisposableLike } from './dispose.ts'
import { emitterTransport } from './emitter.ts'
import { type Endpoint, toTransport } from './endpoint.ts'
import { callError, CLOSED, fromErrorObject, messageOf, PEER_GONE, RPCError } from './errors.ts'
import { isObject } from './guards.ts'
import type { RPCEmitter } from './events.ts'
import { createHello } from './hello.ts'
import { createIncoming, type Hooks } from './incoming.ts'
import { type Limits, limitsOf } from './limits.ts'
import type { Policy, RPCParams } from './messages.ts'
import { isReserved, type Methods, methodsOf, type RPCHandler } from './methods.ts'
import { createOutbox, type Held } from './outbox.ts'
import { createOutgoing, type RPCInvokeOptions } from './outgoing.ts'
import { createRemote, type Remote } from './remote.ts'
import type { Transport } from './transport.ts'
import { uuid } from './uuid.ts'

/** `waiting` for the other side to come, `connected`, `gone`, or `closed` by this side. */
export type PeerState = 'waiting' | 'connected' | 'gone' | 'closed'

/** Options of an RPC. */
export interface RPCInitOptions extends Hooks {
  /** What to speak through: a Transport, or a bare Worker, MessagePort, self, Node worker or parentPort. */
  readonly transport?: Transport | Endpoint | undefined
  /** In place of `transport`: an RPCMessageEvent, or any emitter whose `emit` reaches the other side (a socket.io socket). */
  readonly event?: RPCEmitter | undefined
  /** A further connection, a lane, over a transport that has such; both sides name it alike. */
  readonly name?: string | undefined
  /** Methods to register: functions by name; nesting and class instances make dotted names. */
  readonly methods?: Methods | undefined
  /** Milliseconds until a call rejects TIMEOUT. Default: 0, no deadline: a dead peer is found out instead. */
  readonly timeout?: number | undefined
  /** Milliseconds that calls and `connect` wait for the other side to be there. Default: 30,000; 0: for ever. */
  readonly connectTimeout?: number | undefined
  /** The other side is a JSON-RPC peer that is not portcall: say nothing but JSON-RPC to it, and do not wait. Default: false. */
  readonly plain?: boolean | undefined
  /** How the other side is told that a call is cancelled; implies `plain`. Default: portcall's own way, between portcall peers. */
  readonly dialect?: Dialect | undefined
  /** What malformed messages get. Default: the transport's, else `shared`: ignored. */
  readonly policy?: Policy | undefined
  readonly limits?: Partial<Limits> | undefined
  /**
   * How much of a thrown error a portcall peer gets: `message`: code, message, data and its class; `fields`: also cause and
   * own fields; `stack`: also the stack. Default: `fields` for workers, threads and windows of this origin, else `message`.
   * With `stack`, errors that arrive here show the stack of the call, too.
   */
  readonly errors?: ErrorDetail | undefined
  /** Told of what went wrong without being a rejected call, at most 100 times a second. Default: nothing is said anywhere. */
  readonly onDiagnostic?: ((event: Diagnostic) => void) | undefined
}

/** Why nobody can be called any more. */
interface End {
  readonly code: number
  readonly why: string
  readonly cause?: unknown
}

const NO_OPTIONS: RPCInvokeOptions = {}

/** By endpoint, then by lane. */
const rpcs = new WeakMap<object, Map<string, RPC>>()

// Of an endpoint, as an answer to the RPC before may still come. Ids begin with 1.
const counters = new WeakMap<object, { last: number }>()

const guards = new WeakMap<RPC, readonly unknown[]>()

const rpcAt = (endpoint: object, name = ''): RPC | undefined => rpcs.get(endpoint)?.get(name)

/**
 * One JSON-RPC 2.0 peer over a transport: it answers the methods registered here and calls those of the other side.
 * It says hello at once and holds calls until the other side is there. There is one RPC for an endpoint.
 * @throws TypeError for wrong options, and while another RPC uses the endpoint.
 */
// oxlint-disable-next-line typescript/no-unsafe-declaration-merging -- the constructor sets what the interface declares
export class RPC {
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
   * Send several calls as one JSON-RPC batch (specification section 6).
   * @returns what `Promise.all` makes of what `collect` returns: `rpc.batch((call) => [call('x'), call('y', [1])])`.
   * @throws RPCError TOO_LARGE over `maxBatch` entries, and what `collect` throws; then nothing is sent.
   */
  readonly batch: <const T extends readonly unknown[]>(
    collect: (call: BatchCall) => T,
  ) => Promise<BatchResult<T>>

  /**
   * Wait until the other side is there.
   * @param timeout milliseconds; 0: for ever. Default: `connectTimeout`.
   * @returns a promise that rejects TIMEOUT, PEER_GONE or CLOSED.
   */
  readonly connect: (timeout?: number) => Promise<void>

  /** Tell `listener` how the other side is, now and whenever that changes. @returns a function that stops it. */
  readonly onPeer: (listener: (state: PeerState) => void) => () => void

  /**
   * End the connection: what is pending rejects CLOSED, signals of running handlers abort, the other side is told.
   * The endpoint stays its owner's: a worker is not terminated, a port not closed.
   */
  readonly destroy: () => void

  constructor(options: RPCInitOptions) {
    const transport = transportOf(options ?? {})
    const name = transport.name ?? ''
    const key = transport.endpoint ?? transport
    if (rpcAt(key, name))
      throw new TypeError('This endpoint has an RPC already: destroy() it, or share it by wrap and expose')
    const { methods, timeout = 0, connectTimeout = 30_000 } = options
    checkTimeout(timeout)
    checkTimeout(connectTimeout)
    const session = uuid()
    const counter = counters.get(key) ?? { last: 0 }
    counters.set(key, counter)
    const plain = options.plain === true || options.dialect !== undefined
    const limits = limitsOf(options.limits)
    const diagnose = createDiagnose(options.onDiagnostic)
    const listeners = new Set<(state: PeerState) => void>()
    let state: PeerState = 'waiting'
    let end: End | undefined

    const post: Transport['post'] = (message, transfer) => {
      if (state !== 'closed') transport.post(message, transfer)
    }

    const safely = (about: string, step: () => void): void => {
      try {
        step()
      } catch (error) {
        diagnose('failed', about, error)
      }
    }

    const dialect = (): Dialect | undefined =>
      plain ? options.dialect : hello.can('cancel') ? portcallDialect : undefined

    const outbox = createOutbox(post, limits)
    const outgoing = createOutgoing({
      outbox,
      limits,
      diagnose,
      timeout,
      connectTimeout,
      makeId: () => (transport.public ? `${session}:${++counter.last}` : ++counter.last),
      keepsSite: options.errors === 'stack',
      toError: (error, site) =>
        hello.can('details') ? fromDetailedError(error, site) : fromErrorObject(error),
      cancel: (id, reason) => {
        const { method, params } = dialect() ?? {}
        if (method) safely(method, () => post({ jsonrpc: '2.0', method, params: params?.(id, reason) }))
      },
    })

    const replace = (): void => {
      if (state === 'connected') lose(PEER_GONE, 'the other side was replaced', false)
    }

    const connected = (): void => {
      if (state === 'closed') return
      end = undefined
      become('connected')
      outgoing.flush()
    }

    const hello = createHello(session, replace, connected)

    // Something else than our protocol, so the peer is a plain one.
    const spokenTo = (): void => {
      if (state === 'waiting') connected()
    }

    const incoming = createIncoming({
      transport,
      limits,
      diagnose,
      dialect,
      post,
      policy: options.policy ?? transport.policy ?? 'shared',
      hooks: options,
      detail: () =>
        hello.can('details') ? (options.errors ?? (transport.trusted ? 'fields' : 'message')) : undefined,
      called: spokenTo,
      answered: (answer) => {
        if (answer.id !== session) outgoing.answer(answer)
        else if (!hello.answered(answer.result)) spokenTo()
      },
      extension: ({ id, method, params }) => {
        if (plain) return false
        if (method === 'rpc.connect' && id !== undefined)
          return hello.greeted(params, (result) => post({ jsonrpc: '2.0', id, result }))
        if (method !== 'rpc.close' || id !== undefined || !hello.can('close')) return false
        gone('it was closed over there')
        return true
      },
    })

    // What was sent will not be answered; if `final`, what waits will not be sent either.
    const lose = (code: number, cause: unknown, final: boolean): void => {
      // A side that only waits has nothing to lose but hope.
      if (state === 'closed' || (state !== 'connected' && !final)) return
      const why = messageOf(cause)
      if (final) end = { code, why, cause }
      hello.left()
      outbox.hold()
      incoming.abandon(new RPCError(code, why, { cause }))
      outgoing.failAll(code, why, cause, final)
      become(code === CLOSED ? 'closed' : 'gone')
      // Unless somebody who was told of that has ended it, or connected anew.
      if (!final && state === 'gone') become('waiting')
      if (plain && !transport.opens && state === 'waiting') connected()
    }

    const gone = (cause: unknown, final = !transport.successor): void => lose(PEER_GONE, cause, final)

    const become = (next: PeerState): void => {
      if (state === next || state === 'closed') return
      state = next
      for (const listener of listeners) tell(listener)
    }

    const tell = (listener: (state: PeerState) => void): void => safely('onPeer', () => listener(state))

    const refusal = (method: string): RPCError | undefined =>
      end && callError(end.code, method, `was not sent: ${end.why}`, { cause: end.cause })

    const call: MakeCall = (method, params, options = NO_OPTIONS, batch) => {
      if (options.isNotify) return new Promise((resolve) => resolve(notify(method, params, options, batch)))
      const checked = checkCall(method, params, options)
      const refused = refusal(method)
      return refused ? Promise.reject(refused) : outgoing.request(method, checked, options, batch)
    }

    const notify = (
      method: string,
      params: RPCParams | null | undefined,
      options = NO_OPTIONS,
      batch?: Held,
    ): void => {
      const checked = checkCall(method, params, options)
      const refused = refusal(method)
      if (refused) throw refused
      outgoing.notify(method, checked, options.transfer, batch)
    }

    this.registerMethod = (method, handler) => {
      checkMethod(method)
      const { methods } = incoming
      if (isReserved(method)) throw new TypeError(`\`${method}\` is a reserved name: every object has it`)
      if (typeof handler !== 'function')
        throw new TypeError(`The handler of \`${method}\` must be a function`)
      if (methods.has(method))
        throw new TypeError(`\`${method}\` is registered already: removeMethod() it first`)
      methods.set(method, handler)
      return () => {
        if (methods.get(method) === handler) methods.delete(method)
      }
    }
    this.removeMethod = (method) => void incoming.methods.delete(method)
    this.invoke = <T>(method: string, params?: RPCParams | null, options?: RPCInvokeOptions) =>
      call(method, params, options) as Promise<T>
    this.notify = (method, params, options) => notify(method, params, options)
    this.batch = (collect) =>
      collectBatch(collect, {
        makeCall: call,
        makeNotification: (method, params, batch) => notify(method, params, NO_OPTIONS, batch),
        outgoing,
        maxBatch: limits.maxBatch,
      })
    this.connect = async (timeout = connectTimeout) => {
      checkTimeout(timeout)
      const refused = refusal('rpc.connect')
      if (refused) throw refused
      if (state === 'waiting') await outgoing.untilConnected(timeout)
    }
    this.onPeer = (listener) => {
      listeners.add(listener)
      tell(listener)
      return () => void listeners.delete(listener)
    }
    this.destroy = () => {
      if (state === 'closed') return
      // Also to a side that has not answered yet: it may have heard our hello.
      if (!plain && (state === 'waiting' || hello.can('close')))
        safely('rpc.close', () => post({ jsonrpc: '2.0', method: 'rpc.close' }))
      safely('destroy', () => transport.close())
      rpcs.get(key)?.delete(name)
      lose(CLOSED, 'destroy() was called', true)
      outgoing.close()
      listeners.clear()
    }
    Object.assign(this, { [dispose]: this.destroy })

    for (const [name, handler] of methodsOf(methods ?? {})) this.registerMethod(name, handler)
    if (transport.guard) guards.set(this, transport.guard)
    rpcs.set(key, (rpcs.get(key) ?? new Map<string, RPC>()).set(name, this))
    try {
      transport.listen({
        message: (data, origin) => {
          try {
            if (state !== 'closed') incoming.receive(data, origin)
          } catch (error) {
            diagnose('failed', undefined, error)
          }
        },
        unreadable: (reason) => {
          diagnose('unreadable', undefined, reason)
          incoming.unreadable()
        },
        gone,
        failed: (reason) => {
          diagnose('peer-error', undefined, reason)
          if (state === 'waiting') outgoing.failAll(PEER_GONE, messageOf(reason), reason, true)
        },
        refused: (origin) => diagnose('refused', origin),
        opened: () => {
          if (plain) connected()
          else safely('rpc.connect', () => post(hello.request))
        },
      })
      if (plain && !transport.opens) connected()
      else if (!plain && !transport.opens) post(hello.request)
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
export interface RPC extends DisposableLike {}

/**
 * The RPC of a transport's endpoint and lane; made if there is none yet.
 * @throws TypeError if there is one whose transport lets in somebody else.
 */
export function sharedRPC(options: RPCInitOptions): RPC {
  const transport = transportOf(options)
  const existing = rpcAt(transport.endpoint ?? transport, transport.name)
  if (!existing) return new RPC({ ...options, transport, event: undefined, name: undefined })
  const [theirs = [], ours = []] = [guards.get(existing), transport.guard]
  if (theirs.length === ours.length && theirs.every((rule, i) => rule === ours[i])) return existing
  throw new TypeError('This window has an RPC already that lets in other origins: destroy() it first')
}

function transportOf({ transport, event, name }: RPCInitOptions): Transport {
  const at = transport ?? event
  if (!isObject(at) || (transport && event))
    throw new TypeError('Pass { transport } (a Worker, a MessagePort, self, a Transport) or { event }')
  const base = 'listen' in at || !event ? toTransport(at as Transport | Endpoint) : emitterTransport(event)
  const lane = name ? base.lane?.(name) : base
  if (lane) return lane
  throw new TypeError('This transport has no lanes: pass laneTransport(endpoint, name)')
}
