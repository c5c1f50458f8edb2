/** Tells what a received value is: a call, an answer, or nothing of JSON-RPC 2.0. Each field is read once. */
import { INVALID_PARAMS, INVALID_REQUEST } from '../protocol/errors.ts'
import { isObject } from '../protocol/guards.ts'
import type { RPCId, RPCParams } from '../protocol/messages.ts'
import { microtask } from '../protocol/realm.ts'
import { isHollow } from '../values/size.ts'
import { IncomingCall } from './context.ts'
import type { Draft, Peer } from './seam.ts'

type Fields = Partial<Record<'jsonrpc' | 'method' | 'id' | 'params' | 'error' | 'result' | 'values', unknown>>

const root = Object.prototype as Fields

// Engines know the answer without looking.
const isPolluted = (): boolean =>
  (root.jsonrpc ?? root.method ?? root.id ?? root.params ?? root.error ?? root.result ?? root.values) !==
  undefined

const isId = (id: unknown): id is RPCId | undefined =>
  id === undefined || typeof id === 'string' || id === null || Number.isFinite(id)

/** By position: more are no arguments of a function in every engine. */
export const MAX_PARAMS = 65_536
/** In all that is read at once: one list may stand in many messages of a batch. */
const MAX_AT_ONCE = 1_048_576

/** An answer that refuses a request. */
export const refusal = (id: unknown, code: number, message: string): Draft => ({
  jsonrpc: '2.0',
  id,
  error: { code, message },
})

/** The answer to what is no request (JSON-RPC 2.0, section 5.1). */
export const invalidRequest = (id: unknown = null): Draft => refusal(id, INVALID_REQUEST, 'Invalid Request')

/** Takes an answer to this side's hello. @returns false for any other. */
export type Introduced = (isOurs: boolean, id: unknown, error: unknown, result: unknown) => boolean

export function readMessages(peer: Peer, introduced: Introduced): void {
  const { isShared, transport } = peer
  let atOnce = 0
  let isLoose = false

  const isTooLong = (params: readonly unknown[]): boolean => {
    const { length } = params
    // Few are no matter, and most have few.
    if (length < 64) return isHollow(params)
    if (!atOnce) microtask(() => (atOnce = 0))
    return length > MAX_PARAMS || (atOnce += length) > MAX_AT_ONCE || isHollow(params)
  }

  // Only own members count, and one that is undefined counts as absent, because structured clone keeps it.
  peer.receiveOne = (data, origin, reply) => {
    let jsonrpc, method, id, params, error, result, values: unknown
    let hasResult = false
    try {
      if (isObject(data)) {
        ;({ jsonrpc, method, id, params, error, result, values } = data as Fields)
        hasResult = result !== undefined || Object.hasOwn(data, 'result')
        // A plain object inherits nothing of these names, unless somebody polluted its prototype.
        if (Object.getPrototypeOf(data) !== root || isPolluted()) {
          const own = <T>(key: string, member: T): T | undefined =>
            member !== undefined && Object.hasOwn(data, key) ? member : undefined
          jsonrpc = own('jsonrpc', jsonrpc)
          method = own('method', method)
          id = own('id', id)
          params = own('params', params)
          error = own('error', error)
          result = own('result', result)
          values = own('values', values)
        }
      }
    } catch (cause) {
      peer.diagnose('invalid', undefined, cause)
      return false
    }
    const isOurs = jsonrpc === '2.0'
    if (params === null) params = undefined
    const isAnswer =
      hasResult ||
      error !== undefined ||
      (method === undefined &&
        (isShared ? isOurs || id !== undefined : id === peer.session || peer.pending.has(id)))
    if (typeof method !== 'string' && isAnswer) {
      if (introduced(isOurs, id, error, result)) {
        // A peer that answers the hello without `jsonrpc` answers calls without it.
        isLoose ||= !isOurs
        return false
      }
      // What looks like somebody else's answer gets none, or two peers would never stop.
      if (!isOurs && ((isShared && !isLoose) || !peer.pending.has(id))) return null
      peer.settle(id, error, result, hasResult, values)
      return false
    }
    if (isOurs && typeof method === 'string' && isId(id) && (params === undefined || isObject(params))) {
      if (Array.isArray(params) && isTooLong(params)) {
        if (id === undefined) peer.diagnose('invalid', method)
        else reply(refusal(id, INVALID_PARAMS, 'Invalid params: too many, or with holes'))
        return id !== undefined
      }
      peer.accept(
        new IncomingCall(transport, origin, id, method, params as RPCParams | undefined),
        values,
        reply,
      )
      return id !== undefined
    }
    // Where others may post too, whatever is not JSON-RPC 2.0 is theirs.
    if (!isOurs && isShared) return undefined
    peer.diagnose('invalid')
    // With its id, or the caller would wait for ever.
    reply(invalidRequest(method === undefined || !isId(id) || peer.isRunning(id) ? null : id))
    return true
  }
}
