/** A further page of the worker whose name and address stand in its own. The test calls it by what it puts on its window. */
import '../silent.ts'
import { sharedWorkerTransport } from '../../../src/entries/shared-worker.ts'
import { RPC } from '../../../src/index.ts'

const { name = '', url = '' } = Object.fromEntries(new URLSearchParams(location.search))
const told: unknown[] = []
const rpc = new RPC({
  transport: sharedWorkerTransport(new SharedWorker(url, { type: 'module', name })),
  methods: {
    told: (...args: unknown[]) => told.push(args),
    who: () => 'the frame',
  },
})
await rpc.connect()
Object.assign(window, { page: { rpc, told } })
