/** A worker with an error of its script: at once, behind what it exposes, or later, where nobody catches it. */
import { expose } from '../../../src/index.ts'

const fail = (message: string): never => {
  throw new Error(message)
}

expose({
  add: (a: number, b: number) => a + b,
  failLater: () => void setTimeout(() => fail('later'), 1),
  rejectLater: () => void setTimeout(() => void Promise.reject(new Error('a rejection')), 1),
  hang: () => new Promise(() => {}),
})
if (location.hash === '#at-once') fail('at once')
