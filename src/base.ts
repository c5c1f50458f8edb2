import { type BatchCall, type BatchResult, collectBatch, type MakeCall } from './batch.ts'
import { attempt, createDiagnose } from './diagnostics.ts'
import { type ErrorDetail, fromDetailedError } from './details.ts'
import type { SignalLike } from './context.ts'
import { type Dialect, portcallDialect } from './dialects.ts'
import { dispose, type DisposableLike } from './dispose.ts'
import { callError, CLOSED, fromErrorObject, messageOf, PEER_GONE, RPCError } from './errors.ts'
import { createExtensions } from './extensions.ts'
import { capabilitiesOf, createHello } from './hello.ts'
import { createIncoming } from './incoming.ts'
import { createLife } from './life.ts'
import { limitsOf } from './limits.ts'
import type { Draft, Link } from './link.ts'
import type { RPCParams } from './messages.ts'
import { checkHandler, methodsOf, type RPCHandler } from './methods.ts'
import { type Features, type RPCInitOptions, transportOf } from './options.ts'
import { createPeer, type PeerState } from './peer.ts'
import { createOutbox, type Held } from './outbox.ts'
import { checkCall, checkMethod, checkTimeout, type RPCInvokeOptions } from './arguments.ts'
import { createOutgoing } from './outgoing.ts'
import { checkPeer, createPlainValues } from './plain-values.ts'
import { register } from './registry.ts'
import { createRemote, type Remote } from './remote.ts'
import { uuid } from './uuid.ts'

/** Why nobody can be called any more. */
interface End {
  readonly code: number
  readonly why: string
  readonly cause?: unknown
}

const NO_OPTIONS: RPCInvokeOptions = {}

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
   * Construct a class that the other side exposes, as `new remote.Counter(1)` does.
   * @returns a promise of a remote of the instance.
   */
  readonly construct: (name: string, args: readonly unknown[], options?: RPCInvokeOptions) => Promise<unknown>

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

  constructor(options: RPCInitOptions, { createValues, emitterTransport }: Features = {}) {
    const transport = transportOf(options ?? {}, emitterTransport)
    const registration = register(transport)
    const { methods, timeout = 0, connectTimeout = 30_000 } = options
    for (const ms of [timeout, connectTimeout]) checkTimeout(ms)
    const session = uuid()
    const plain = options.plain === true || options.dialect !== undefined
    const limits = limitsOf(options.limits)
    const diagnose = createDiagnose(options.onDiagnostic)
    const peer = createPeer(diagnose)
    let end: End | undefined

    const post = (message: Draft | Draft[], transfer?: readonly object[]): void => {
      if (peer.state === 'closed') return
      checkPeer(message, () => hello.can('values'))
      transport.post(message, transfer)
    }

    const safely = (about: string, step: () => void): void => attempt(diagnose, about, step)
    const dialect = (): Dialect | undefined =>
      plain ? options.dialect : hello.can('cancel') ? portcallDialect : undefined

    const link: Link = {
      limits,
      diagnose,
      copiesTransfer: options.copyTransfers === true,
      get methods() {
        return incoming.methods
      },
      request: (method, params, options = NO_OPTIONS) => {
        const refused = refusal(method)
        if (refused) return Promise.reject(refused)
        if (!options.isNotify) return outgoing.request(method, params, options)
        return new Promise((resolve) => resolve(outgoing.notify(method, params, options.transfer)))
      },
      send: (method, params) => {
        if (peer.state === 'closed' || !hello.can('values')) return
        // A long list is better not looked at twice.
        if (params.length <= 8 && outbox.join(null, method, params)) return
        const message: Draft = { jsonrpc: '2.0', method, params }
        outbox.post(message, values.pack(message, 'params'))
      },
      tell: (method, params) => safely(method, () => link.send(method, params)),
      whenThere: (step) => peer.whenThere(step),
      // Only a portcall peer gets it, also if it is not known yet.
      toErrorObject: (error, context) => incoming.describe(error, context, detail()),
      toError: (object) => fromDetailedError(object),
    }

    const toError = (error: object, site?: string): Error =>
      hello.can('details') ? fromDetailedError(error, site) : fromErrorObject(error)

    const detail = (): ErrorDetail => options.errors ?? (transport.trusted ? 'fields' : 'message')

    const values = (createValues ?? createPlainValues)(link, transport)

    const unpack = (payload: unknown, marks: unknown, signal?: SignalLike): unknown =>
      marks !== undefined && hello.can('values') ? values.unpack(payload, marks, signal) : payload

    const outbox = createOutbox({
      post,
      limits,
      dropped: values.retract,
      takesFrames: () => options.coalesce !== false && hello.can('frame'),
      lost: (one, error) => outgoing.lost(one, error),
    })
    const outgoing = createOutgoing({
      outbox,
      limits,
      diagnose,
      timeout,
      connectTimeout,
      values,
      unpack,
      unexpected: (id, marks) => {
        diagnose('unexpected', id)
        if (marks !== undefined && hello.can('values')) values.discard(marks)
      },
      makeId: () => (transport.public ? `${session}:${registration.nextId()}` : registration.nextId()),
      keepsSite: options.errors === 'stack',
      toError,
      cancel: (id, reason) => {
        const { method, params } = dialect() ?? {}
        if (method)
          safely(method, () => outbox.post({ jsonrpc: '2.0', method, params: params?.(id, reason) }))
      },
    })

    const connected = (): void => {
      if (peer.state === 'closed') return
      end = undefined
      peer.become('connected')
      outgoing.flush()
    }

    const hello = createHello(session, capabilitiesOf(transport, createValues !== undefined), {
      arrives: () => {
        if (peer.state === 'connected') lose(PEER_GONE, 'the other side was replaced', false)
      },
      arrived: connected,
    })

    // Something else than our protocol, so the peer is a plain one.
    const spokenTo = (): void => void (peer.state === 'waiting' && connected())

    const isInUse = (): boolean => outgoing.isWaiting() || incoming.isBusy() || values.isOpen()
    const life = createLife({
      hello,
      link,
      transport,
      session,
      heartbeat: options.heartbeat,
      isInUse,
      gone: (reason) => gone(reason),
    })

    const incoming = createIncoming({
      transport,
      limits,
      diagnose,
      dialect,
      values,
      unpack,
      outbox,
      takesFrames: () => hello.can('frame'),
      isClosed: () => peer.state === 'closed',
      policy: options.policy ?? transport.policy ?? 'shared',
      hooks: options,
      detail: () => (hello.can('details') ? detail() : undefined),
      called: spokenTo,
      answered: (answer) => {
        if (answer.id !== session) outgoing.answer(answer)
        else if (!hello.answered(answer.result)) spokenTo()
      },
      extension: createExtensions({
        plain,
        hello,
        values,
        life,
        answer: (id, result) => post({ jsonrpc: '2.0', id, result }),
        closed: () => gone('it was closed over there'),
      }),
    })

    // What was sent will not be answered; if `final`, what waits will not be sent either.
    const lose = (code: number, cause: unknown, final: boolean): void => {
      // A side that only waits has nothing to lose but hope.
      if (peer.state === 'closed' || (peer.state !== 'connected' && !final)) return
      const why = messageOf(cause)
      if (final) end = { code, why, cause }
      hello.left()
      life.lost()
      outbox.hold()
      const reason = new RPCError(code, why, { cause })
      incoming.abandon(reason)
      values.lost(reason)
      outgoing.failAll(code, why, cause, final)
      peer.become(code === CLOSED ? 'closed' : 'gone')
      // Unless somebody who was told of that has ended it, or connected anew.
      if (!final && peer.state === 'gone') peer.become('waiting')
      if (plain && !transport.opens && peer.state === 'waiting') connected()
    }

    const gone = (cause: unknown, final = !transport.successor): void => lose(PEER_GONE, cause, final)

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

    // Also to a side that has not answered yet: it may have heard our hello.
    const sayGoodbye = (): void => {
      outbox.flush()
      if (!plain && (peer.state === 'waiting' || hello.can('close')))
        safely('rpc.close', () => post({ jsonrpc: '2.0', method: 'rpc.close' }))
    }

    this.registerMethod = (method, handler) => {
      checkMethod(method)
      const { methods } = incoming
      checkHandler(method, handler)
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
    this.construct = (name, args, options) => link.request('rpc.new', [null, name, ...args], options)
    this.connect = async (timeout = connectTimeout) => {
      checkTimeout(timeout)
      const refused = refusal('rpc.connect')
      if (refused) throw refused
      if (peer.state === 'waiting') await outgoing.untilConnected(timeout)
    }
    this.flush = outbox.flush
    this.onPeer = peer.listen
    this.destroy = () => {
      if (peer.state === 'closed') return
      sayGoodbye()
      safely('destroy', () => transport.close())
      registration.leave()
      lose(CLOSED, 'destroy() was called', true)
      outgoing.close()
      life.stop()
      peer.forget()
    }
    Object.assign(this, { [dispose]: this.destroy })

    for (const [name, handler] of methodsOf(methods ?? {})) this.registerMethod(name, handler)
    registration.enter(this)
    try {
      transport.listen({
        message: (data, origin) => {
          life.heard()
          if (peer.state !== 'closed') attempt(diagnose, undefined, () => incoming.receive(data, origin))
        },
        unreadable: (reason) => {
          diagnose('unreadable', undefined, reason)
          incoming.unreadable()
        },
        gone,
        isInUse,
        leaving: sayGoodbye,
        failed: (reason) => {
          diagnose('peer-error', undefined, reason)
          if (peer.state === 'waiting') outgoing.failAll(PEER_GONE, messageOf(reason), reason, true)
        },
        refused: (origin) => diagnose('refused', origin),
        opened: () => {
          if (plain) connected()
          else safely('rpc.connect', () => post(hello.request))
        },
      })
      if (plain && !transport.opens) connected()
      else if (!plain && !transport.opens && !end) post(hello.request)
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
