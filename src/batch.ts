import { RPCError, TOO_LARGE } from './errors.ts'
import type { RPCParams } from './messages.ts'
import { emptyBatch, type Held } from './outbox.ts'
import type { RPCInvokeOptions } from './arguments.ts'
import type { Outgoing } from './outgoing.ts'

/** Adds calls to a batch: `call(method, params, options)`, `call.notify(method, params)`. */
export interface BatchCall {
  <T = unknown>(method: string, params?: RPCParams | null, options?: RPCInvokeOptions): Promise<T>
  notify(method: string, params?: RPCParams | null): void
}

/** What `Promise.all` makes of what a batch's callback returns. */
export type BatchResult<T extends readonly unknown[]> = { -readonly [I in keyof T]: Awaited<T[I]> }

/** Makes one call, checked; into `batch` if there is one. */
export type MakeCall = (
  method: string,
  params: RPCParams | null | undefined,
  options: RPCInvokeOptions | undefined,
  batch?: Held,
) => Promise<unknown>

export interface BatchDeps {
  readonly makeCall: MakeCall
  readonly makeNotification: (method: string, params: RPCParams | null | undefined, batch: Held) => void
  readonly outgoing: Outgoing
  readonly maxBatch: number
}

/** Collect the calls that `collect` makes, send them as one message, and wait for what it returned. */
export async function collectBatch<const T extends readonly unknown[]>(
  collect: (call: BatchCall) => T,
  { makeCall, makeNotification, outgoing, maxBatch }: BatchDeps,
): Promise<BatchResult<T>> {
  const batch = emptyBatch()
  const made: Promise<unknown>[] = []
  let open = true
  const sent = (): TypeError => new TypeError('This batch has been sent already')
  const call: MakeCall = (method, params, options) => {
    if (!open) throw sent()
    const result = makeCall(method, params, options, batch)
    made.push(result)
    return result
  }
  const notify: BatchCall['notify'] = (method, params) => {
    if (!open) throw sent()
    makeNotification(method, params, batch)
  }
  let results: T
  try {
    results = collect(Object.assign(call, { notify }) as BatchCall)
    if (!Array.isArray(results)) throw new TypeError('Return an array of calls: (call) => [call(method)]')
    if ((batch.message as object[]).length > maxBatch)
      throw new RPCError(TOO_LARGE, `A batch has at most ${maxBatch} entries`)
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
