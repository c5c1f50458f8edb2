import { parentPort } from 'node:worker_threads'
import { setTimeout as sleep } from 'node:timers/promises'
import { callContext, expose, wrap } from 'portcall'

/** @type {import('portcall').Remote<typeof import('./main.mjs').mainApi>} */
const main = wrap(parentPort)

export const api = {
  /** @param {number} a @param {number} b */
  add: (a, b) => a + b,

  /** Ask the main thread back. @param {string} greeting */
  greet: async (greeting) => `${greeting}, ${await main.userName()}!`,

  /** Stops when the caller gives up. @param {number} milliseconds */
  nap: (milliseconds) => sleep(milliseconds, 'rested', { signal: callContext().signal }),
}

expose(api)
