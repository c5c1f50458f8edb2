/**
 * A message that could not be read, as the realm it arrived in has no class for something in it: whose call was it? Who could
 * not read it says so (`rpc.unread`), and is asked which calls it does not run (request `rpc.unread [...ids]`). Messages
 * arrive in order, so what was sent before that question and is neither run nor answered was never read.
 */
import { callError, messageOf, RPCError, UNDELIVERABLE } from '../protocol/errors.ts'
import type { Calls } from './calls.ts'
import type { Hooks, Peer } from './seam.ts'

/** The latest calls are asked for, however many there are. */
const MOST = 4_096

export function createUnread(peer: Peer, failAll: Calls[1]): Required<Pick<Hooks, 'notices' | 'requests'>> {
  // Features of users see no question.
  const { call, pending } = peer
  peer.missed = (cause) => {
    failAll(new RPCError(UNDELIVERABLE, `an answer could not be read: ${messageOf(cause)}`, { cause }), false)
    if (peer.can('close')) peer.tell('rpc.unread')
  }
  // One question at a time, and one more for all that was said meanwhile.
  let isAsking = false
  let isToAsk = false

  const ask = (): void => {
    isToAsk = isAsking
    if (isAsking) return
    const sent = Array.from(pending).filter(([, { held }]) => !held)
    const asked = new Map(sent.slice(-MOST))
    if (!asked.size) return
    isAsking = true
    const end = (lost?: unknown): void => {
      isAsking = false
      for (const id of Array.isArray(lost) ? (lost.slice(0, MOST) as unknown[]) : []) {
        const entry = asked.get(id)
        if (entry && pending.get(id) === entry)
          peer
            .take(id)
            ?.reject(
              callError(UNDELIVERABLE, entry.method, 'cannot be sent: the peer cannot read something in it'),
            )
      }
      if (isToAsk) ask()
    }
    call('rpc.unread', Array.from(asked.keys()), {}).then(end, () => end())
  }

  return {
    notices: { 'rpc.unread': ask },
    requests: { 'rpc.unread': (ids: unknown[]) => ids.filter((id) => !peer.isRunning(id as never)) },
  }
}
