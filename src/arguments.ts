/** What callers pass, checked: a TypeError at the call says what to write instead. */
import { isObject, isPlainObject } from './guards.ts'
import type { RPCParams } from './messages.ts'

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
