/**
 * The feature `unread`: a call that the peer could not read, as its realm has no class for something in it, is rejected. Who could
 * not read a message says so (notification `rpc.unread`), and is asked which calls it does not run (request `rpc.unread [...ids]`):
 * messages arrive in order, so what was sent before that question and is neither run nor answered was never read.
 */
import { callError, UNDELIVERABLE } from '../../protocol/errors.ts'
import type { Hooks, Peer } from '../../peer/seam.ts'
import { ANYWHERE } from '../ranks.ts'

/** The latest calls are asked for, however many there are. */
const MOST = 4_096

export function unread(peer: Peer): Hooks {
  const { pending } = peer
  // Features of users see no question.
  let call: typeof peer.call
  // One question at a time, and one more for all that was said meanwhile.
  let isAsking = false
  let isToAsk = false

  const ask = (): void => {
    isToAsk = isAsking
    if (isAsking) return
    const asked = Array.from(pending)
      .filter(([, { held }]) => !held)
      .slice(-MOST)
    if (!asked.length) return
    isAsking = true
    const end = (answer: unknown): void => {
      const lost = new Set(Array.isArray(answer) ? (answer.slice(0, MOST) as unknown[]) : [])
      for (const [id, entry] of asked)
        if (lost.has(id) && pending.get(id) === entry)
          peer
            .take(id)
            ?.reject(
              callError(UNDELIVERABLE, entry.method, 'cannot be sent: the peer cannot read something in it'),
            )
      isAsking = false
      if (isToAsk) ask()
    }
    call(
      'rpc.unread',
      asked.map(([id]) => id),
      {},
    ).then(end, end)
  }

  return {
    name: 'unread',
    rank: ANYWHERE,
    around: {
      call: (next) => (call = next),
      missed: (next) => (cause) => {
        next(cause)
        if (peer.can('close')) peer.tell('rpc.unread')
      },
    },
    notices: { 'rpc.unread': ask },
    requests: { 'rpc.unread': (ids: unknown[]) => ids.filter((id) => !peer.isRunning(id as never)) },
  }
}
