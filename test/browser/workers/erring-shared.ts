/** A SharedWorker with an error of its script that nobody catches. */
import { serve } from '../../../src/entries/shared-worker.ts'

serve({
  add: (a: number, b: number) => a + b,
  failLater: () =>
    void setTimeout(() => {
      throw new Error('later')
    }, 1),
})
