/** The feature `budget`: each received message has a budget of its own (values/budget.ts) while it is read. */
import type { Hooks } from '../../peer/seam.ts'
import { enterMessage, leaveMessage } from '../../values/budget.ts'
import { BUDGET } from '../ranks.ts'

export const budget = (): Hooks => ({
  name: 'budget',
  rank: BUDGET,
  around: {
    receive: (next) => (data, origin) => {
      const former = enterMessage(data)
      try {
        next(data, origin)
      } finally {
        leaveMessage(former)
      }
    },
  },
})
