/** `RPCMessageEvent`: events over any endpoint that posts messages. */
import { hear, type Host, isBroadcastChannel, type MessageLike } from '../transport/endpoint.ts'
import { isHollow } from '../values/size.ts'
import {
  APPLICATION_ERROR,
  INVALID_PARAMS,
  INVALID_REQUEST,
  messageOf,
  METHOD_NOT_FOUND,
  PARSE_ERROR,
  RPCError,
} from '../protocol/errors.ts'
import { isObject } from '../protocol/guards.ts'
import type { RPCHandler } from '../peer/methods.ts'
import { MAX_PARAMS } from '../peer/reading.ts'
import { hereOrigin, type OriginOption, parseOrigins } from '../windows/origins.ts'
import { type Reloads, watchReloads } from '../windows/reloads.ts'
import type { WindowLike } from '../windows/window-endpoint.ts'
import { type Rester, restingOf } from '../transport/resting.ts'
import type { Receiver, Transport } from '../transport/transport.ts'

/** What an RPC needs of an emitter of somebody else, such as a socket of socket.io, which has private members besides. */
export type RPCEmitter = Pick<RPCEvent, 'emit' | 'on' | 'off'>

/** An event emitter whose `emit` reaches the listeners of the other side. All that an RPC needs. */
export interface RPCEvent {
  emit(event: string, ...args: unknown[]): void
  on(event: string, fn: RPCHandler): void
  off(event: string, fn?: RPCHandler): void
  /** Told of what has nobody else to be told: a listener that throws, an event without listener, an unreadable message. */
  onerror?: ((error: RPCError) => void) | null
  destroy?(): void
}

interface ClientLike {
  readonly id?: string
}

/** What may be posted to. */
export interface AbstractMessageSendEndpoint {
  postMessage(message: unknown, ...options: never[]): void
}

/** What messages arrive at; an endpoint that has only `onmessage` will do. */
export interface AbstractMessageReceiveEndpoint {
  onmessage?: unknown
  addEventListener?(type: string, listener: never): void
  removeEventListener?(type: string, listener: never): void
  on?(type: string, listener: never): unknown
  off?(type: string, listener: never): unknown
  start?(): void
}

/** Options of `postMessage`, as a Window takes them. */
export interface RPCPostMessageConfig {
  /** Needed to reach a window of another origin. Default: the page's own origin. */
  readonly targetOrigin?: string
  readonly transfer?: readonly object[]
}

/** Options of an RPCMessageEvent. */
export interface RPCMessageEventOptions {
  /** Where messages arrive: `window`, a Worker, a MessagePort, a BroadcastChannel, `navigator.serviceWorker`. */
  readonly currentEndpoint: AbstractMessageReceiveEndpoint
  /** What is posted to: `iframe.contentWindow`, `window.parent`, the same Worker or port. */
  readonly targetEndpoint: AbstractMessageSendEndpoint
  /** Options for each post, or a function of what is posted that gives them. */
  readonly config?:
    | RPCPostMessageConfig
    | ((data: unknown, target: AbstractMessageSendEndpoint) => RPCPostMessageConfig | undefined)
  /** The origins that a window receives from. Default: the `targetOrigin` of `config`, else the page's own. */
  readonly origin?: OriginOption
  /** Accept events of a window that a script made, as jsdom's are. Default: false. */
  readonly acceptUntrusted?: boolean | undefined
  /** Wraps what is sent: returns it, or `{ data, transfer }` to add objects to transfer. */
  readonly sendAdapter?: (data: unknown, target: AbstractMessageSendEndpoint) => unknown
  /** Unwraps what arrives, or refuses it by returning null. */
  readonly receiveAdapter?: (event: MessageLike) => unknown
}

/**
 * Events over any endpoint: `emit` here calls the listeners of `on` there. An event is a JSON-RPC notification:
 * `emit('x', 1, 2)` posts `{"jsonrpc":"2.0","method":"x","params":[1,2]}`, at once; it never waits for the other side and
 * never introduces itself. It is a Transport too, so an RPC can run over it, and notifications of an RPC reach `on`.
 * Between windows each message's source and origin are checked.
 * @throws TypeError for an endpoint that cannot post or listen, and for an origin that is none.
 */
export class RPCMessageEvent implements RPCEvent, Transport {
  onerror: ((error: RPCError) => void) | null = null
  config: RPCMessageEventOptions['config']
  sendAdapter: RPCMessageEventOptions['sendAdapter']
  receiveAdapter: RPCMessageEventOptions['receiveAdapter']
  readonly emitsEvents = true
  /** Windows and BroadcastChannels are heard by others too. */
  readonly public: boolean
  /** A window can load another document. */
  readonly successor: boolean
  /** One RPC speaks through it, whatever else is wrapped around it. */
  readonly endpoint: object
  readonly #target: Host
  readonly #listeners = new Map<string, readonly RPCHandler[]>()
  readonly #stop: () => void
  readonly #rester: Rester | undefined
  #receiver: Receiver | undefined
  #followed: Reloads | undefined
  #isDestroyed = false
  #refused: string | undefined

  constructor(options: RPCMessageEventOptions) {
    const {
      currentEndpoint,
      targetEndpoint,
      config,
      origin,
      acceptUntrusted = false,
    } = Object(options) as RPCMessageEventOptions
    const source = currentEndpoint as Host
    this.#target = targetEndpoint as Host
    if (!canListen(source) || typeof this.#target?.postMessage !== 'function')
      throw new TypeError(
        'Pass { currentEndpoint, targetEndpoint }: where messages arrive and what can be posted to',
      )
    this.config = config
    this.sendAdapter = options.sendAdapter
    this.receiveAdapter = options.receiveAdapter
    const isWindow = source.window === source
    this.successor = isWindow
    // A window carries connections of other kinds besides; their ids have nonces, so they do not get into each other's way.
    this.endpoint = isWindow ? this : targetEndpoint
    this.public = isWindow || isBroadcastChannel(source)
    const allowed = isWindow && parseOrigins(origin ?? addressed(config))
    const allows = (event: MessageLike): boolean => {
      if (!allowed || !event.origin) return !allowed
      if (origin !== undefined || typeof this.config !== 'function') return allowed.allows(event.origin)
      try {
        // Asked as for a message to there.
        const asked = this.config(event.data, targetEndpoint)
        return parseOrigins(addressed(asked)).allows(event.origin)
      } catch {
        return false
      }
    }
    // All clients of a service worker are heard at its self, each time as another object.
    const client = 'clients' in source ? (targetEndpoint as ClientLike).id : undefined
    const isOthers = (event: MessageLike): boolean => {
      if (!allowed) return false
      if (event.source !== this.#target || (event.isTrusted === false && !acceptUntrusted)) return true
      if (allows(event)) return false
      this.#refuse(String(event.origin).slice(0, 120))
      return true
    }
    this.#stop = hear(source, {
      message: (data, event = { data }) => {
        if (isOthers(event)) return
        if (client !== undefined && (event.source as ClientLike | null)?.id !== client) return
        this.#followed?.look()
        this.#receive(event)
      },
      unreadable: (reason) => {
        if (isOthers(Object(reason) as MessageLike)) return
        this.#fail(PARSE_ERROR, 'A message could not be read', reason)
        this.#receiver?.unreadable(reason)
      },
      gone: (reason) => this.#receiver?.gone(reason),
      failed: (reason, isFatal) => this.#receiver?.failed(reason, isFatal),
    })
    this.#rester = restingOf(source)
  }

  /** Call the other side's listeners of `event`. @throws TypeError for names that begin with `rpc.`, and what `postMessage` throws. */
  emit(event: string, ...args: unknown[]): void {
    if (event.startsWith('rpc.')) throw new TypeError(`\`${event}\`: names that begin with rpc. are reserved`)
    this.post({ jsonrpc: '2.0', method: event, ...(args.length && { params: args }) })
  }

  /** Listen to `event`. */
  on(event: string, fn: RPCHandler): void {
    this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), fn])
  }

  /** Stop listening: `fn`, or all that listen to `event`. */
  off(event: string, fn?: RPCHandler): void {
    const rest = this.#listeners.get(event)?.filter((listener) => fn && listener !== fn)
    if (rest?.length) this.#listeners.set(event, rest)
    else this.#listeners.delete(event)
  }

  post(message: unknown, transfer: readonly object[] = []): void {
    const target = this.#target as AbstractMessageSendEndpoint
    const made = this.sendAdapter ? this.sendAdapter(message, target) : { data: message }
    if (made === undefined) throw new TypeError('sendAdapter returned nothing: return what is to be posted')
    const sent = (isObject(made) && 'data' in made ? made : { data: made }) as Adapted
    const config = typeof this.config === 'function' ? this.config(sent.data, target) : this.config
    const moved = [...transfer, ...(config?.transfer ?? []), ...(sent.transfer ?? [])]
    const options = moved.length ? { ...config, transfer: moved } : config
    this.#followed?.lookHere()
    if (options) this.#target.postMessage(sent.data, options)
    else this.#target.postMessage(sent.data)
  }

  listen(receiver: Receiver): void {
    if (this.#isDestroyed)
      throw new TypeError('This RPCMessageEvent was destroyed, also by destroy() of an RPC over it')
    this.#receiver = receiver
    const peer = this.#target as unknown as WindowLike
    if (this.successor) this.#followed = watchReloads(peer, () => peer, receiver)
  }

  /** @internal Who listens to events is still to hear them. */
  rest(isResting: boolean): void {
    this.#rester?.rest(isResting && !this.#listeners.size)
  }

  close(): void {
    this.destroy()
  }

  /** Leave the endpoint as it was found. `destroy` of an RPC over it does the same. */
  destroy(): void {
    this.#isDestroyed = true
    this.#stop()
    this.#rester?.leave()
    this.#followed?.stop()
    this.#listeners.clear()
    this.#receiver = undefined
  }

  #receive(event: MessageLike): void {
    let data: unknown
    try {
      data = this.receiveAdapter ? this.receiveAdapter(event) : event.data
    } catch (error) {
      return this.#fail(APPLICATION_ERROR, messageOf(error), error)
    }
    if (data === null || data === undefined) return
    this.#receiver?.message(data, event.origin || undefined)
    if (!Array.isArray(data)) this.#dispatch(data)
    // Not to its length: a sparse array of a few bytes can be as long as it likes.
    else data.slice(0, MAX_BATCH).forEach((message) => this.#dispatch(message))
  }

  #dispatch(message: unknown): void {
    let event: Partial<Record<string, unknown>>
    try {
      const { jsonrpc, id, method, params } = Object(message) as typeof event
      event = { jsonrpc, id, method, params }
    } catch (error) {
      return this.#fail(PARSE_ERROR, 'A message could not be read', error)
    }
    const { jsonrpc, id, method, params } = event
    if (jsonrpc !== '2.0' || typeof method !== 'string' || id !== undefined || method.startsWith('rpc.'))
      return
    const listeners = this.#listeners.get(method)
    if (!listeners && !this.#receiver)
      this.#fail(METHOD_NOT_FOUND, `Nobody listens to ${method}`, undefined, message)
    const args = params === undefined || params === null ? [] : Array.isArray(params) ? params : [params]
    if (args.length > MAX_PARAMS || isHollow(args)) return this.#fail(INVALID_PARAMS, 'Invalid params')
    for (const listener of listeners ?? []) {
      try {
        Reflect.apply(listener, undefined, args)
      } catch (error) {
        this.#fail(APPLICATION_ERROR, messageOf(error), error)
      }
    }
  }

  #refuse(origin: string): void {
    if (this.#refused === origin) return
    this.#refused = origin
    this.#fail(INVALID_REQUEST, `A message from ${origin} was refused: pass it as \`origin\``)
    this.#receiver?.refused(origin)
  }

  #fail(code: number, message: string, cause?: unknown, data?: unknown): void {
    try {
      this.onerror?.(new RPCError(code, message, { cause, data }))
    } catch {}
  }
}

interface Adapted {
  readonly data: unknown
  readonly transfer?: readonly object[]
}

/** The origin that a config posts to, as `postMessage` means it. */
const addressed = (config: unknown): string => {
  const { targetOrigin = '/' } = isObject(config) ? (config as RPCPostMessageConfig) : {}
  return targetOrigin === '/' ? hereOrigin() : targetOrigin
}

const MAX_BATCH = 1_000

const canListen = (source: Host): boolean =>
  typeof source === 'object' &&
  source !== null &&
  (source.window === source || Boolean(source.addEventListener || source.on) || 'onmessage' in source)
