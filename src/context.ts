import type { Call, RPCId, RPCParams } from './messages.ts'
import type { Transport } from './transport.ts'

/** The part of an AbortSignal that is needed here, for hosts whose types have none. */
export interface SignalLike {
  readonly aborted: boolean
  readonly reason?: unknown
  addEventListener(type: 'abort', listener: () => void): void
  removeEventListener(type: 'abort', listener: () => void): void
}

/** The host's AbortSignal type where there is one. */
export type HostSignal = typeof globalThis extends { AbortSignal: { prototype: infer S } } ? S : SignalLike

/** Who calls, with what, and whether the caller has given up. */
export interface CallContext {
  /** Aborts when the caller cancels, when it is gone, and when this side is destroyed. Made when first read. */
  readonly signal: HostSignal
  /** The caller's origin, where the environment tells it. */
  readonly origin: string | undefined
  readonly transport: Transport
  readonly method: string
  readonly params: RPCParams | undefined
  /** Undefined for a notification. */
  readonly id: RPCId | undefined
}

let current: CallContext | undefined

/**
 * Tell a handler about the call that it is running for. Works until the handler's first `await`: read it first.
 * @throws TypeError outside of that.
 */
export function callContext(): CallContext {
  if (current) return current
  throw new TypeError('callContext() works inside a handler, before its first await')
}

/** Make `context` the current one and return the former, to be handed to the next `enterContext`. */
export function enterContext(context: CallContext | undefined): CallContext | undefined {
  const former = current
  current = context
  return former
}

/** The context of one call as `callContext` gives it. */
export class Running implements CallContext {
  readonly transport: Transport
  readonly origin: string | undefined
  readonly method: string
  readonly params: RPCParams | undefined
  readonly id: RPCId | undefined
  aborted = false
  #reason: unknown
  #controller: AbortController | undefined

  constructor(transport: Transport, origin: string | undefined, { method, id, params }: Call) {
    this.transport = transport
    this.origin = origin
    this.method = method
    this.params = params
    this.id = id
  }

  get signal(): HostSignal {
    const controller = (this.#controller ??= new AbortController())
    if (this.aborted) controller.abort(this.#reason)
    return controller.signal
  }

  abort(reason: unknown): void {
    this.aborted = true
    this.#reason = reason
    this.#controller?.abort(reason)
  }
}
