/** `batch`: collects calls and sends them as one message. */
import { checkCall, type RPCInvokeOptions } from '../../peer/arguments.ts'
import { peerOf } from '../../peer/registry.ts'
import {
  type CallOptions,
  type Collector,
  COLLECTOR,
  type Draft,
  type Held,
  type Peer,
} from '../../peer/seam.ts'
import { cannotSend, RPCError, TOO_LARGE } from '../../protocol/errors.ts'
import type { InvokeParams, ParamsHint } from '../../protocol/messages.ts'
import { maxBatchOf } from './batches.ts'

/** Adds calls to a batch: `call(method, params, options)`, `call.notify(method, params)`. */
export interface BatchCall {
  <T = unknown>(
    method: string,
    params?: InvokeParams<ParamsHint> | null,
    options?: RPCInvokeOptions,
  ): Promise<T>
  notify(method: string, params?: InvokeParams<ParamsHint> | null): void
}

/** What `Promise.all` makes of what a batch's callback returns. */
export type BatchResult<T extends readonly unknown[]> = { -readonly [I in keyof T]: Awaited<T[I]> }

const NO_OPTIONS: RPCInvokeOptions = {}

/**
 * Send several calls as one JSON-RPC batch (specification section 6). Both sides need the feature `batches`.
 * @returns what `Promise.all` makes of what `collect` returns: `batch(rpc, (call) => [call('x'), call('y', [1])])`.
 * @throws RPCError TOO_LARGE over `maxBatch` entries, and what `collect` throws; then nothing is sent.
 */
export async function batch<const T extends readonly unknown[]>(
  rpc: object,
  collect: (call: BatchCall) => T,
): Promise<BatchResult<T>> {
  const peer = peerOf(rpc)
  if (!peer.has('batches')) throw new TypeError('batch() needs the feature `batches`: add it to `use`')
  const maxBatch = maxBatchOf(peer)
  const { messages, moved, made, collector, held, seal } = createCollector(peer)
  const options = (given: RPCInvokeOptions): CallOptions => ({ ...given, [COLLECTOR]: collector })
  const call = (
    method: string,
    params?: InvokeParams<ParamsHint> | null,
    given = NO_OPTIONS,
  ): Promise<unknown> => {
    const result = peer.call(method, checkCall(method, params, given), options(given))
    made.push(result)
    return result
  }
  const notify: BatchCall['notify'] = (method, params) =>
    peer.notify(method, checkCall(method, params, NO_OPTIONS), options(NO_OPTIONS))
  const rejectAll = (reason: unknown): void => {
    for (const message of messages) {
      peer.drop(message)
      peer.take(message.id)?.reject(reason)
    }
  }
  const move = (to: Held | undefined): void => {
    for (const { id } of messages) {
      const entry = peer.pending.get(id)
      if (entry) entry.held = to
    }
  }

  let results: T
  try {
    results = collect(Object.assign(call, { notify }) as BatchCall)
    if (!Array.isArray(results)) throw new TypeError('Return an array of calls: (call) => [call(method)]')
    if (messages.length > maxBatch) throw new RPCError(TOO_LARGE, `A batch has at most ${maxBatch} entries`)
  } catch (error) {
    // Nobody holds these promises any more, so their rejection must not count as unhandled.
    for (const result of made) result.catch(() => {})
    rejectAll(error)
    throw error
  } finally {
    seal()
  }
  try {
    move(undefined)
    if (messages.length) {
      const queued = peer.send(messages, moved)
      if (queued) {
        queued.withdraw = held.withdraw as NonNullable<Held['withdraw']>
        move(queued)
        if (messages.some(({ id }) => id === undefined)) peer.wait('batch', queued)
      }
    }
  } catch (error) {
    rejectAll(cannotSend('batch', error))
  }
  return Promise.all(results)
}

function createCollector(peer: Peer): {
  readonly messages: Draft[]
  readonly moved: object[]
  readonly made: Promise<unknown>[]
  readonly held: Held
  readonly collector: Collector
  /** No call is taken any more. */
  readonly seal: () => void
} {
  const messages: Draft[] = []
  const moved: object[] = []
  let isOpen = true
  const held: Held = {
    message: messages,
    transfer: moved,
    expires: Infinity,
    collecting: true,
    withdraw(id) {
      const list = this.message as Draft[]
      if (id === this) return true
      // Entries of a batch mostly leave in order, so the first is it.
      const at = list.findIndex((message) => message.id === id)
      if (at >= 0) list.splice(at, 1).forEach((one) => peer.drop(one))
      return !list.length
    },
  }
  return {
    messages,
    moved,
    made: [],
    held,
    collector: {
      get held() {
        if (isOpen) return held
        throw new TypeError('This batch has been sent already')
      },
      add: (message, transfer = []) => {
        messages.push(message)
        moved.push(...transfer)
      },
    },
    seal: () => {
      isOpen = false
      held.collecting = false
    },
  }
}
