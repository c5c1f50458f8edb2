import { expose } from '../../../src/index.ts'

expose({
  hang: () => new Promise(() => {}),
  quit: () => self.close(),
})
