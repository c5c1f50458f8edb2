// The thread that `npm start` calls.
import { parentPort } from 'node:worker_threads'
import { setTimeout as sleep } from 'node:timers/promises'
import { callContext, expose, RPCError, wrap } from '../../dist/index.js'

const main = wrap(parentPort)
const notes = []

expose({
  sum: (...numbers) => numbers.reduce((total, number) => total + number, 0),
  summarize: (numbers) => ({ min: Math.min(...numbers), max: Math.max(...numbers), count: numbers.length }),
  greet: async (greeting) => `${greeting}, ${await main.askName()}!`,
  sleep: (milliseconds) => sleep(milliseconds, 'slept', { signal: callContext().signal }),
  note: (text) => void notes.push(text),
  notes: () => notes,
  account: {
    withdraw(amount) {
      throw new RPCError(402, 'The account is empty', { data: { missing: amount } })
    },
  },
})
