/** A page on a bus and at a shared worker, which tells whether it is the same document as before. */
import { broadcastBus } from '../../../../src/entries/broadcast.ts'
import { sharedWorkerTransport } from '../../../../src/entries/shared-worker.ts'
import { RPC } from '../../../../src/index.ts'

const born = crypto.randomUUID()
const worker = new SharedWorker('/worker.js', { type: 'module' })
const rpc = new RPC({ transport: sharedWorkerTransport(worker) })
const bus = broadcastBus('pages', { methods: { born: () => born } })
await rpc.connect()

declare global {
  var there: {
    readonly born: string
    /** Of the shared worker, as this page sees it, and who answers on the bus. */
    readonly look: () => Promise<{ readonly clients: unknown; readonly others: unknown[] }>
  }
}

globalThis.there = {
  born,
  look: async () => {
    const answers = await bus.gather('born', null, { deadline: 30_000 })
    return {
      clients: await rpc.invoke('clients'),
      others: answers.map((answer) => (answer.status === 'fulfilled' ? answer.value : answer.reason)),
    }
  },
}
