import { ErrorCode, RPCError } from './errors.ts'
import type { RPCParams } from './messages.ts'
import type { Held } from './outbox.ts'
import type { Outgoing, RPCInvokeOptions } from './outgoing.ts'

/** Adds calls to a batch: `call(method, params, options)`, `call.notify(method, params)`. */
export interface BatchCall {
  <T = unknown>(method: string, params?: RPCParams | null, options?: RPCInvokeOptions): Promise<T>
  notify(method: string, params?: RPCParams | null): void
}

/** What `Promise.all` makes of what a batch's callback returns. */
export type BatchResult<T extends readonly unknown[]> = { -readonly [I in keyof T]: Awaited<T[I]> }

export interface BatchDeps {
  readonly maxBatch: number
  readonly outgoing: Outgoing
  request(
    batch: Held,
    method: string,
    params: RPCParams | null | undefined,
    options: RPCInvokeOptions | undefined,
  ): Promise<unknown>
  notify(batch: Held, method: string, params: RPCParams | null | undefined): void
}

/** Collect the calls that `collect` makes, send them as one message, and wait for what it returned. */
export async function collectBatch<const T extends readonly unknown[]>(
  collect: (call: BatchCall) => T,
  { maxBatch, outgoing, request, notify }: BatchDeps,
): Promise<BatchResult<T>> {
  const batch: Held = { messages: [], batch: true, transfer: [] }
  const made: Promise<unknown>[] = []
  let open = true
  const check = (): void => {
    if (!open) throw new TypeError('This batch has been sent already')
  }
  const call = (method: string, params?: RPCParams | null, options?: RPCInvokeOptions): Promise<unknown> => {
    check()
    const result = request(batch, method, params, options)
    made.push(result)
    return result
  }
  const add = Object.assign(call, {
    notify(method: string, params?: RPCParams | null): void {
      check()
      notify(batch, method, params)
    },
  })
  let results: T
  try {
    results = collect(add as BatchCall)
    if (batch.messages.length > maxBatch)
      throw new RPCError(ErrorCode.TOO_LARGE, `A batch has at most ${maxBatch} entries`)
  } catch (error) {
    // Nobody holds these promises any more, so their rejection must not count as unhandled.
    for (const result of made) result.catch(() => {})
    outgoing.dropBatch(batch, error)
    throw error
  } finally {
    open = false
  }
  outgoing.sendBatch(batch)
  return Promise.all(results)
}
