/** A further client of the worker that this page is in the scope of. The test calls it by what it puts on its window. */
import '../silent.ts'
import { serviceWorkerTransport } from '../../../src/entries/service-worker.ts'
import { RPC } from '../../../src/index.ts'

const told: unknown[] = []
const rpc = new RPC({
  transport: serviceWorkerTransport(),
  methods: {
    told: (...args: unknown[]) => told.push(args),
    who: () => 'the frame',
  },
})
await rpc.connect()
Object.assign(window, { page: { rpc, told } })
