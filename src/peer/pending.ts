/** The calls of this side that have no answer yet: their deadlines and abort signals, and how they leave the table. */
import { callError, TIMEOUT } from '../protocol/errors.ts'
import type { RPCId } from '../protocol/messages.ts'
import { MAX_GRACE } from '../protocol/patience.ts'
import { now } from '../protocol/realm.ts'
import { createAbortListeners } from './abort-listeners.ts'
import type { RPCInvokeOptions } from './arguments.ts'
import { createDeadlineTimer } from './deadline-timer.ts'
import type { Entry, Held, Peer } from './seam.ts'

export interface Pending {
  readonly add: (
    id: unknown,
    method: string,
    resolve: Entry['resolve'],
    reject: Entry['reject'],
    timeout: number,
    options: RPCInvokeOptions,
    held: Held | undefined,
  ) => Entry
  readonly remove: (id: unknown, entry: Entry) => void
  /** Look at the deadlines at this time, if not before. */
  readonly lookAt: (time: number) => void
  readonly stop: () => void
}

/** The time in so many milliseconds, on the clock of `performance.now()`; 0: never. */
export const after = (ms: number): number => (ms > 0 ? now() + ms : Infinity)

/** @param withdraw takes a call out of what it is queued in. */
export function createPending(
  peer: Peer,
  connectTimeout: number,
  withdraw: (held: Held, id: unknown) => void,
): Pending {
  const { pending } = peer

  const giveUp = (id: unknown, reason: unknown): void => {
    const entry = peer.take(id)
    entry?.reject(reason)
    if (entry?.held) withdraw(entry.held, id)
    else peer.cancel(id as RPCId, reason)
  }

  const listen = createAbortListeners(giveUp)
  const timer = createDeadlineTimer((late) => {
    const time = now()
    for (const [id, entry] of pending) {
      const { held, due, timeout, method } = entry
      const { expires = Infinity } = held ?? {}
      const isQueued = expires < due
      let end = isQueued ? expires : due
      // While this side worked or slept it heard nothing: once, what has arrived meanwhile may still be read.
      if (end <= time && late > 0) entry.grace ||= time + Math.min(late, MAX_GRACE)
      end = Math.max(end, entry.grace)
      const ms = isQueued ? connectTimeout : timeout
      // With very many deadlines, several together.
      if (end > time) {
        timer.at(Math.max(end, time + pending.size / 4_096))
        continue
      }
      const waits = held && !peer.isOpen
      const cause = waits && peer.failure
      // What is queued in itself is `connect`.
      const why = waits
        ? `${held === id ? 'failed' : 'was not sent'}: no answer to the handshake within ${ms} ms${peer.why()}`
        : `timed out after ${ms} ms`
      giveUp(id, callError(TIMEOUT, method, why, { data: { timeout: ms }, cause }))
    }
  })

  const remove = (id: unknown, entry: Entry): void => {
    pending.delete(id)
    entry.unlisten?.()
    // What was not sent is dropped by whatever it was queued in.
    if (entry.scope && !entry.held) peer.drop(entry.scope, true)
    if (!pending.size) timer.rest()
  }

  peer.take = (id) => {
    const entry = pending.get(id)
    if (entry) remove(id, entry)
    return entry
  }

  return {
    add: (id, method, resolve, reject, timeout, options, held) => {
      const due = timeout > 0 ? after(timeout) : Infinity
      const entry: Entry = {
        method,
        resolve,
        reject,
        timeout,
        due,
        options,
        held,
        unlisten: undefined,
        scope: undefined,
        grace: 0,
      }
      pending.set(id, entry)
      timer.at(due)
      if (options.signal) entry.unlisten = listen(options.signal, id)
      return entry
    },
    remove,
    lookAt: timer.at,
    stop: timer.stop,
  }
}
