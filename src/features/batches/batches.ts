/** JSON-RPC batches (specification section 6), both ways. */
import type { RPCInvokeOptions } from '../../peer/arguments.ts'
import { checkCall } from '../../peer/arguments.ts'
import { type Core, type Draft, type Held, type Hooks, type Into, limitOf, type Reply } from '../../peer/seam.ts'
import { invalid, refusal } from '../../peer/handling.ts'
import type { Peer } from '../../peer/peer.ts'
import { cannotSend, RPCError, TOO_LARGE } from '../../protocol/errors.ts'
import { isObject, own } from '../../protocol/guards.ts'
import type { RPCParams } from '../../protocol/messages.ts'

/** Adds calls to a batch: `call(method, params, options)`, `call.notify(method, params)`. */
export interface BatchCall {
  <T = unknown>(method: string, params?: RPCParams | null, options?: RPCInvokeOptions): Promise<T>
  notify(method: string, params?: RPCParams | null): void
}

/** What `Promise.all` makes of what a batch's callback returns. */
export type BatchResult<T extends readonly unknown[]> = { -readonly [I in keyof T]: Awaited<T[I]> }

const NO_OPTIONS: RPCInvokeOptions = {}
const maxBatchOf = (core: Core): number => limitOf(core, 'maxBatch', 1_000)

/** Collect the calls that `collect` makes, send them as one message, and wait for what it returned. */
export async function collectBatch<const T extends readonly unknown[]>(
  collect: (call: BatchCall) => T,
  { core }: Peer,
): Promise<BatchResult<T>> {
  const maxBatch = maxBatchOf(core)
  const messages: Draft[] = []
  const moved: object[] = []
  const batch: Held = { message: messages, transfer: moved, expires: Infinity, collecting: true, withdraw }
  const made: Promise<unknown>[] = []
  let open = true
  const into: Into = (message, transfer = []) => {
    messages.push(message)
    moved.push(...transfer)
    return batch
  }
  const rejectAll = (reason: unknown): void => {
    for (const message of messages) {
      core.drop(message)
      core.take(message.id)?.reject(reason)
    }
  }
  function withdraw(this: Held, key: unknown): boolean {
    const list = this.message as Draft[]
    if (key === this) return true
    // Entries of a batch mostly leave in order, so the first is it.
    const at = list.findIndex(({ id }) => id === key)
    if (at >= 0) list.splice(at, 1).forEach((one) => core.drop(one))
    return !list.length
  }
  const checkOpen = (): void => {
    if (!open) throw new TypeError('This batch has been sent already')
  }
  const call = (method: string, params?: RPCParams | null, options = NO_OPTIONS): Promise<unknown> => {
    checkOpen()
    const result = core.call(method, checkCall(method, params, options), options, into, batch)
    made.push(result)
    return result
  }
  const notify: BatchCall['notify'] = (method, params) => {
    checkOpen()
    core.notify(method, checkCall(method, params, NO_OPTIONS), NO_OPTIONS, into)
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
    open = false
  }
  const move = (held: Held | undefined): void => {
    for (const { id } of messages) {
      const entry = core.pending.get(id)
      if (entry) entry.held = held
    }
  }
  try {
    batch.collecting = false
    move(undefined)
    if (messages.length) {
      const held = core.send(messages, moved)
      if (held) {
        held.withdraw = withdraw
        move(held)
        if (messages.some(({ id }) => id === undefined)) core.wait('batch', held)
      }
    }
  } catch (error) {
    rejectAll(cannotSend('batch', error))
  }
  return Promise.all(results)
}

export function batches(core: Core): Hooks {
  const maxBatch = maxBatchOf(core)
  const { isShared } = core

  const has = (key: string) => (one: unknown) => {
    try {
      return isObject(one) && own(one, key) !== undefined
    } catch {
      return false
    }
  }

  const receiveBatch = (entries: readonly unknown[], origin: string | undefined): void => {
    const isTooLong = entries.length > maxBatch
    // Looked at no further than to know whose it is: a sparse array of a few bytes can be as long as it likes.
    const messages: unknown[] = Array.from(isTooLong ? entries.slice(0, maxBatch) : entries)
    if (isTooLong) {
      if (isShared && !messages.some(has('jsonrpc'))) return
      if (messages.some((one) => has('method')(one) || !has('jsonrpc')(one)))
        core.reply(refusal(null, TOO_LARGE, `A batch has at most ${maxBatch} entries`))
      return
    }
    if (!messages.length) return isShared ? undefined : core.reply(invalid())
    const answers: Parameters<Reply>[] = []
    const began = core.epoch
    let open = 1
    const strangers: number[] = []
    let isOurs = false
    const close: Reply = (...answer) => {
      if (answer[0]) answers.push(answer)
      if (--open || !answers.length || began !== core.epoch) return
      try {
        core.post(
          answers.map(([answer]) => answer as Draft),
          answers.flatMap(([, , transfer]) => transfer ?? []),
        )
      } catch {
        // One that the platform refuses must not take the others with it.
        for (const answer of answers) core.reply(...answer)
      }
    }
    for (const message of messages) {
      if (began !== core.epoch) return
      open++
      const isAnswered = core.receiveOne(message, origin, close)
      if (isAnswered !== true) open--
      if (isAnswered === undefined) strangers.push(answers.length)
      isOurs ||= typeof isAnswered === 'boolean'
    }
    // Among messages of ours, what is none is invalid, too.
    if (isOurs) for (const at of strangers.reverse()) answers.splice(at, 0, [invalid()])
    close()
  }

  return {
    around: {
      receive: (next) => (data, origin) => {
        if (Array.isArray(data)) receiveBatch(data, origin)
        else next(data, origin)
      },
    },
  }
}
