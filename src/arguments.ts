/** What callers pass, and whether they may: a TypeError at the call says what to write instead. */
import type { SignalLike } from './context.ts'
import { isObject, isPlainObject } from './guards.ts'
import type { RPCParams } from './messages.ts'

/** Options of one call. */
export interface RPCInvokeOptions {
  /** Milliseconds until the call rejects TIMEOUT; 0: no deadline. Default: the RPC's `timeout`. */
  readonly timeout?: number | undefined
  /** Rejects the call at once with the signal's reason, and tells the other side to stop. */
  readonly signal?: SignalLike | undefined
  /** Send a notification: no id on the wire, no answer, resolves at once. Default: false. */
  readonly isNotify?: boolean | undefined
  /** Objects to move instead of copy, as in `postMessage`. */
  readonly transfer?: readonly object[] | undefined
  /** Functions and objects that the params pass by reference are released when the call is settled. Default: false. */
  readonly scoped?: boolean | undefined
  /** The request's id, for peers that refer to it (progress tokens). Default: chosen here. */
  readonly id?: string | number | undefined
}

export function checkCall(
  method: string,
  params: RPCParams | null | undefined,
  options: unknown,
): RPCParams | undefined {
  checkMethod(method)
  const ok = params === undefined || params === null || Array.isArray(params) || isPlainObject(params)
  if (ok && isObject(options)) return params ?? undefined
  throw new TypeError(
    `Params must be an array or a plain object: write invoke('${method}', [value, …], options)`,
  )
}

export function checkMethod(method: unknown): void {
  if (typeof method !== 'string') throw new TypeError('The method must be a string')
  if (method.startsWith('rpc.')) throw new TypeError(`\`${method}\`: names that begin with rpc. are reserved`)
}

/** @throws TypeError for anything but milliseconds, or 0 for none. */
export function checkTimeout(timeout: unknown): void {
  if (typeof timeout !== 'number' || !(timeout >= 0))
    throw new TypeError('A timeout is a number of milliseconds, 0 for none')
}
