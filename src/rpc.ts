import { type BatchCall, type BatchResult, collectBatch } from './batch.ts'
import { createDiagnose, type Diagnose, type Diagnostic } from './diagnostics.ts'
import { type Dialect, portcallDialect } from './dialects.ts'
import { dispose, type DisposableLike } from './dispose.ts'
import { type Endpoint, toTransport } from './endpoint.ts'
import { ErrorCode, messageOf, RPCError } from './errors.ts'
import { createHello, type Hello } from './hello.ts'
import { createIncoming, type Hooks, type Incoming } from './incoming.ts'
import { defaultLimits, type Limits } from './limits.ts'
import { isObject, type Policy, type RPCParams } from './messages.ts'
import { isReserved, type Methods, methodsOf, type RPCHandler } from './methods.ts'
import { createOutbox, type Held } from './outbox.ts'
import { createOutgoing, type Outgoing, type RPCInvokeOptions } from './outgoing.ts'
import { createRemote, type Remote } from './remote.ts'
import { isPlainObject } from './scan.ts'
import type { Receiver, Transport } from './transport.ts'

/** `waiting` for the other side to come, `connected`, `gone`, or `closed` by this side. */
export type PeerState = 'waiting' | 'connected' | 'gone' | 'closed'

/** Options of an RPC. */
export interface RPCInitOptions extends Hooks {
  /** What to speak through: a Transport, or a bare Worker, MessagePort, self, Node worker or parentPort. */
  readonly transport: Transport | Endpoint
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
  /** Told of what went wrong without being a rejected call, at most 100 times a second. Default: nothing is said anywhere. */
  readonly onDiagnostic?: ((event: Diagnostic) => void) | undefined
}

interface End {
  readonly code: number
  readonly why: string
  readonly cause?: unknown
}

const NO_OPTIONS: RPCInvokeOptions = {}

const rpcs = new WeakMap<object, RPC>()

const keyOf = (at: Transport | Endpoint): object => ('listen' in at && at.endpoint) || at

/** The RPC of an endpoint, while there is one. */
export const rpcAt = (at: Transport | Endpoint): RPC | undefined => rpcs.get(keyOf(at))

/**
 * One JSON-RPC 2.0 peer over a transport: it answers the methods registered here and calls those of the other side.
 * It says hello at once and holds calls until the other side is there. There is one RPC for an endpoint.
 * @throws TypeError for wrong options, and while another RPC uses the endpoint.
 */
export class RPC {
  readonly #key: object
  readonly #transport: Transport
  readonly #hello: Hello
  readonly #incoming: Incoming
  readonly #outgoing: Outgoing
  readonly #diagnose: Diagnose
  readonly #limits: Limits
  readonly #connectTimeout: number
  readonly #listeners = new Set<(state: PeerState) => void>()
  #state: PeerState = 'waiting'
  /** Why nobody can be called any more. */
  #end: End | undefined

  constructor(options: RPCInitOptions) {
    const at = options?.transport
    if (!isObject(at))
      throw new TypeError('Pass { transport }: a Worker, a MessagePort, self, or a Transport')
    const key = keyOf(at)
    if (rpcs.has(key))
      throw new TypeError(
        'This endpoint has an RPC already: destroy() it first, or share it by wrap and expose',
      )
    const transport = toTransport(at)
    const post = (message: unknown, transfer?: readonly object[]): void => transport.post(message, transfer)

    const session = RPC.uuid()
    const plain = options.plain === true || options.dialect !== undefined
    const limits = { ...defaultLimits, ...options.limits }
    const diagnose = createDiagnose(options.onDiagnostic)
    const connectTimeout = milliseconds('connectTimeout', options.connectTimeout ?? 30_000)
    const outbox = createOutbox(post, limits)
    const dialect = (): Dialect | undefined =>
      plain ? options.dialect : hello.can('cancel') ? portcallDialect : undefined
    const outgoing = createOutgoing({
      outbox,
      limits,
      diagnose,
      dialect,
      connectTimeout,
      idPrefix: transport.public ? `${session}:` : '',
      timeout: milliseconds('timeout', options.timeout ?? 0),
    })
    const hello = createHello({
      session,
      plain,
      post,
      connected: () => {
        this.#end = undefined
        this.#become('connected')
        outgoing.flush()
      },
      replaced: () => this.#lose({ code: ErrorCode.PEER_GONE, why: 'the other side was replaced' }, false),
    })
    const leave = (why: string, cause?: unknown): void => {
      const dead = !transport.successor
      hello.left(dead)
      outbox.hold()
      this.#lose({ code: ErrorCode.PEER_GONE, why, cause }, dead)
    }
    const incoming = createIncoming({
      transport,
      limits,
      diagnose,
      dialect,
      post,
      policy: options.policy ?? transport.policy ?? 'shared',
      hooks: options,
      answered: (answer) => {
        if (answer.id === session) hello.answered(answer.kind === 'result' ? answer.value : undefined)
        else outgoing.answer(answer)
      },
      extension: ({ id, method, value }, reply) => {
        if (plain) return false
        if (method === 'rpc.connect' && id !== undefined) return hello.greeted(value, reply)
        if (method !== 'rpc.close' || id !== undefined || !hello.can('close')) return false
        leave('it was closed over there')
        return true
      },
      called: hello.spokenTo,
    })
    this.#key = key
    this.#transport = transport
    this.#hello = hello
    this.#incoming = incoming
    this.#outgoing = outgoing
    this.#diagnose = diagnose
    this.#limits = limits
    this.#connectTimeout = connectTimeout

    for (const [name, handler] of methodsOf(options.methods ?? {})) this.registerMethod(name, handler)
    transport.listen(
      contained(
        {
          message: (data, origin) => incoming.receive(data, origin),
          unreadable: (reason) => {
            diagnose('unreadable', undefined, reason)
            incoming.unreadable()
          },
          gone: (reason) => leave(messageOf(reason), reason),
          failed: (reason) => {
            if (hello.kind === 'unknown')
              outgoing.failAll(ErrorCode.PEER_GONE, messageOf(reason), reason, true)
            else diagnose('peer-error', undefined, reason)
          },
        },
        diagnose,
      ),
    )
    rpcs.set(key, this)
    hello.start()
  }

  /** Make a random UUID, version 4 (RFC 9562), also in insecure contexts, where `crypto.randomUUID` is missing. */
  static uuid(): string {
    const bytes = crypto.getRandomValues(new Uint8Array(16))
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
    const variant = '89ab'[bytes[8]! & 3]
    return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})/, `$1-$2-4$3-${variant}$4-`)
  }

  /**
   * Answer `method` by `handler`.
   * @returns a function that takes it back.
   * @throws TypeError for a name that is taken or reserved.
   */
  registerMethod(method: string, handler: RPCHandler): () => void {
    checkMethod(method)
    const { methods } = this.#incoming
    if (typeof handler !== 'function') throw new TypeError(`The handler of \`${method}\` must be a function`)
    if (isReserved(method)) throw new TypeError(`\`${method}\` is a reserved name`)
    if (methods.has(method))
      throw new TypeError(`\`${method}\` is registered already: removeMethod() it first`)
    methods.set(method, handler)
    return () => {
      if (methods.get(method) === handler) methods.delete(method)
    }
  }

  /** Stop answering `method`. Calls that run are still answered. */
  removeMethod(method: string): void {
    this.#incoming.methods.delete(method)
  }

  /**
   * Call a method of the other side.
   * @param params an array is spread, a plain object is one argument, null is none.
   * @returns a promise of its result; it rejects with an RPCError (see `ErrorCode`), or with the signal's reason.
   * @throws TypeError for anything else as params, and for an `id` that is pending.
   */
  invoke<T = unknown>(
    method: string,
    params?: RPCParams | null,
    options: RPCInvokeOptions = NO_OPTIONS,
  ): Promise<T> {
    return this.#call(method, params, options) as Promise<T>
  }

  /**
   * Call a method of the other side and expect no answer.
   * @throws RPCError UNDELIVERABLE if the params cannot be sent, BUSY, CLOSED, PEER_GONE; TypeError as `invoke`.
   */
  notify(
    method: string,
    params?: RPCParams | null,
    options: Pick<RPCInvokeOptions, 'transfer'> = NO_OPTIONS,
  ): void {
    this.#notify(method, params, options)
  }

  /**
   * Send several calls as one JSON-RPC batch (specification section 6).
   * @returns what `Promise.all` makes of what `collect` returns: `rpc.batch((call) => [call('x'), call('y', [1])])`.
   * @throws RPCError TOO_LARGE over `maxBatch` entries, and what `collect` throws; then nothing is sent.
   */
  batch<const T extends readonly unknown[]>(collect: (call: BatchCall) => T): Promise<BatchResult<T>> {
    return collectBatch(collect, {
      maxBatch: this.#limits.maxBatch,
      outgoing: this.#outgoing,
      request: (batch, method, params, options = NO_OPTIONS) => this.#call(method, params, options, batch),
      notify: (batch, method, params) => this.#notify(method, params, NO_OPTIONS, batch),
    })
  }

  /**
   * Wait until the other side is there.
   * @param timeout milliseconds; 0: for ever. Default: `connectTimeout`.
   * @returns a promise that rejects TIMEOUT, PEER_GONE or CLOSED.
   */
  async connect(timeout: number = this.#connectTimeout): Promise<void> {
    milliseconds('timeout', timeout)
    const refusal = this.#refusal('rpc.connect')
    if (refusal) throw refusal
    if (this.#state === 'waiting') await this.#outgoing.untilConnected(timeout)
  }

  /** Tell `listener` how the other side is, now and whenever that changes. @returns a function that stops it. */
  onPeer(listener: (state: PeerState) => void): () => void {
    this.#listeners.add(listener)
    this.#tell(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** Make a typed proxy of the other side; `path` is a dotted prefix of its method names. */
  remote<T extends object>(path = ''): Remote<T> {
    return createRemote<T>(this, path)
  }

  /**
   * End the connection: what is pending rejects CLOSED, signals of running handlers abort, the other side is told.
   * The endpoint stays its owner's: a worker is not terminated, a port not closed.
   */
  destroy(): void {
    if (this.#state === 'closed') return
    const { kind } = this.#hello
    try {
      // Also to a side that has not answered yet: it may have heard our hello.
      if (kind === 'unknown' || kind === 'portcall')
        this.#transport.post({ jsonrpc: '2.0', method: 'rpc.close' })
    } catch (error) {
      this.#diagnose('undeliverable', 'rpc.close', error)
    }
    this.#transport.close()
    rpcs.delete(this.#key)
    this.#lose({ code: ErrorCode.CLOSED, why: 'destroy() was called' }, true)
    this.#outgoing.close()
    this.#listeners.clear()
  }

  static {
    Object.defineProperty(this.prototype, dispose, { value: this.prototype.destroy })
  }

  #call(
    method: string,
    params: RPCParams | null | undefined,
    options: RPCInvokeOptions,
    batch?: Held,
  ): Promise<unknown> {
    if (options.isNotify)
      return new Promise((resolve) => resolve(this.#notify(method, params, options, batch)))
    const checked = checkCall(method, params, options)
    const refusal = this.#refusal(method)
    return refusal ? Promise.reject(refusal) : this.#outgoing.request(method, checked, options, batch)
  }

  #notify(
    method: string,
    params: RPCParams | null | undefined,
    options: RPCInvokeOptions,
    batch?: Held,
  ): void {
    const checked = checkCall(method, params, options)
    const refusal = this.#refusal(method)
    if (refusal) throw refusal
    this.#outgoing.notify(method, checked, options.transfer, batch)
  }

  #refusal(method: string): RPCError | undefined {
    const end = this.#end
    return (
      end && new RPCError(end.code, `Request \`${method}\` was not sent: ${end.why}`, { cause: end.cause })
    )
  }

  // What was sent will not be answered; if `final`, what waits will not be sent either.
  #lose(end: End, final: boolean): void {
    if (this.#state === 'closed') return
    const { code, why, cause } = end
    if (final) this.#end = end
    this.#incoming.abandon(new RPCError(code, why, { cause }))
    this.#outgoing.failAll(code, why, cause, final)
    this.#become(code === ErrorCode.CLOSED ? 'closed' : 'gone')
    if (!final) this.#become('waiting')
  }

  #become(state: PeerState): void {
    if (this.#state === 'closed' || this.#state === state) return
    this.#state = state
    for (const listener of this.#listeners) this.#tell(listener)
  }

  #tell(listener: (state: PeerState) => void): void {
    try {
      listener(this.#state)
    } catch (error) {
      this.#diagnose('failed', 'onPeer', error)
    }
  }
}

// oxlint-disable-next-line typescript/no-unsafe-declaration-merging -- the static block above defines what it declares
export interface RPC extends DisposableLike {}

/** Nothing that arrives may throw into the environment. */
function contained(receiver: Receiver, diagnose: Diagnose): Receiver {
  const safely =
    <A extends unknown[]>(step: (...args: A) => void) =>
    (...args: A): void => {
      try {
        step(...args)
      } catch (error) {
        diagnose('failed', undefined, error)
      }
    }
  return {
    message: safely(receiver.message),
    unreadable: safely(receiver.unreadable),
    gone: safely(receiver.gone),
    failed: safely(receiver.failed),
  }
}

function checkCall(
  method: string,
  params: RPCParams | null | undefined,
  options: unknown,
): RPCParams | undefined {
  checkMethod(method)
  if (!isObject(options)) throw new TypeError('The options must be an object')
  if (params === undefined || params === null) return undefined
  if (Array.isArray(params) || isPlainObject(params)) return params
  throw new TypeError(
    `Params must be an array or a plain object: write invoke(${JSON.stringify(method)}, [value])`,
  )
}

function checkMethod(method: unknown): void {
  if (typeof method !== 'string') throw new TypeError('The method must be a string')
  if (method.startsWith('rpc.')) throw new TypeError(`\`${method}\`: names that start with rpc. are reserved`)
}

function milliseconds(name: string, value: number): number {
  if (typeof value === 'number' && value >= 0) return value
  throw new TypeError(`${name} must be a number of milliseconds, or 0 for none`)
}
