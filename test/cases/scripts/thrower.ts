/** What throws in a worker, at known places. */
import { expose } from '../../../src/index.ts'

const deepest = (): never => {
  throw new TypeError('thrown here')
}

class Maker {
  constructor(fails: boolean) {
    if (fails) deepest()
  }
}

expose({
  atOnce() {
    deepest()
  },
  async later() {
    await Promise.resolve()
    deepest()
  },
  async *items() {
    yield 1
    deepest()
  },
  calls: (callback: () => Promise<unknown>) => callback(),
  Maker,
})
