/** A Node thread on the bus whose name it is given. */
import { workerData } from 'node:worker_threads'
import { broadcastBus } from '../../../src/entries/broadcast.ts'

const noted: unknown[] = []
const bus = broadcastBus(workerData as string, {
  name: 'thread',
  methods: {
    double: (n: number) => n * 2,
    note: (entry: unknown) => noted.push(entry),
    noted: () => noted,
    each: async (items: number[], tell: (item: number) => Promise<void>) => {
      for (const item of items) await tell(item)
    },
    leave: () => void setImmediate(() => bus.close()),
  },
})
