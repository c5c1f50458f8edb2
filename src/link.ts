/** What the values of a connection need of it, and what it needs of them. */
import type { Running, SignalLike } from './context.ts'
import type { Diagnose } from './diagnostics.ts'
import type { Mark } from './encode.ts'
import type { RPCError } from './errors.ts'
import type { Limits } from './limits.ts'
import type { RPCHandler } from './methods.ts'
import type { RPCInvokeOptions } from './arguments.ts'

export interface Link {
  readonly limits: Limits
  /** Copy what a medium cannot transfer. */
  readonly copiesTransfer: boolean
  readonly diagnose: Diagnose
  /** What this side registered. */
  readonly methods: ReadonlyMap<string, RPCHandler>
  /** Call one of the peer's `rpc.` methods. */
  readonly request: (
    method: string,
    params: readonly unknown[],
    options?: RPCInvokeOptions,
  ) => Promise<unknown>
  /** Tell the peer something, if it is there. @throws what cannot be sent. */
  readonly send: (method: string, params: readonly unknown[]) => void
  /** The same; what fails becomes a diagnostic. */
  readonly tell: (method: string, params: readonly unknown[]) => void
  /** Do something when the other side is there and what was held for it has left; never, if nobody comes. */
  readonly whenThere: (step: () => void) => void
  /** What of an error the peer gets; `context` is the call that it came of. */
  readonly toErrorObject: (error: unknown, context?: Running) => object
  /** The error that the peer means. */
  readonly toError: (object: object) => Error
}

/** A message that is being made; `values` lists what is not what it seems. */
export interface Draft {
  readonly jsonrpc?: '2.0'
  id?: unknown
  method?: string
  params?: unknown
  result?: unknown
  error?: unknown
  values?: readonly Mark[]
}

/** What of a message holds the user's values. */
export type Member = 'params' | 'result' | 'error'

/** The values of one connection. */
export interface Values {
  /**
   * Make a message ready to be posted.
   * @returns what is to be transferred with it.
   * @throws an error that names the path of what cannot be sent.
   */
  readonly pack: (
    message: Draft,
    member: Member,
    options?: Pick<RPCInvokeOptions, 'transfer' | 'scoped'>,
    context?: Running,
  ) => readonly object[] | undefined
  /** The values of a member of a portcall peer's message. `signal` ends the streams in it. */
  readonly unpack: (payload: unknown, marks: unknown, signal?: SignalLike) => unknown
  /** The message was not sent after all. */
  readonly retract: (message: Draft) => void
  /** What a scoped message passed by reference is to be let go of. */
  readonly endScope: (message: Draft) => void
  /** Nobody waits any more for what a message passes by reference: give it back. */
  readonly discard: (marks: unknown) => void
  /** The `rpc.` requests about values. */
  readonly handlers: Readonly<Record<string, RPCHandler>>
  /** The `rpc.` notifications about values: they are obeyed at once, and never refused for want of room. */
  readonly notices: Readonly<Record<string, (...params: never[]) => void>>
  /** Whether anything crossed by reference that is not given back. */
  readonly isOpen: () => boolean
  /** The other side is gone. */
  readonly lost: (reason: RPCError) => void
}
