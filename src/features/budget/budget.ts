/**
 * The feature `budget`: each received message has a budget of its own (values/budget.ts) while it is read, and all of it is
 * read before any of it runs.
 */
import type { Hooks, Peer } from '../../peer/seam.ts'
import { enterMessage, leaveMessage } from '../../values/budget.ts'
import { BUDGET } from '../ranks.ts'

export function budget(peer: Peer): Hooks {
  // Entries of a batch may share objects: what a handler puts into its params must not be reached by the marks of the next entry.
  let waiting: (() => void)[] | undefined
  const readAll = (read: () => void): void => {
    const calls: (() => void)[] = []
    waiting = calls
    try {
      read()
    } finally {
      waiting = undefined
      const { epoch } = peer
      for (const start of calls) if (epoch === peer.epoch) start()
    }
  }
  return {
    name: 'budget',
    rank: BUDGET,
    around: {
      receive: (next) => (data, origin) => {
        const former = enterMessage(data)
        try {
          if (Array.isArray(data)) readAll(() => next(data, origin))
          else next(data, origin)
        } finally {
          leaveMessage(former)
        }
      },
      start: (next) => (call, reply) => {
        if (waiting) waiting.push(() => next(call, reply))
        else next(call, reply)
      },
    },
  }
}
