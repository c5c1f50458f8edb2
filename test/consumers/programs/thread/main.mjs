import { Worker } from 'node:worker_threads'
import { callContext, get, release, RPC, rpcOf, withOptions, wrap } from 'portcall'
import { websocketTransport } from 'portcall/websocket'

const thread = new Worker(new URL('./thread.mjs', import.meta.url))
const worker = wrap(thread)
console.log(await worker.add(1, 2))
for await (const n of worker.count(3)) console.log('item', n)
await worker.index(['a', 'b'], (done) => console.log('done', done), { signal: new AbortController().signal })
const counter = await worker.counter()
console.log(await counter.add(2), await get(counter, 'value'))
release(counter)
await worker.fail().catch((error) => console.log(error instanceof RangeError, error.message))
await withOptions(worker, { timeout: 100 })
  .never()
  .catch((error) => console.log(error.code))
// The thread ends by itself. In Deno threads stay.
rpcOf(worker).destroy()
if ('Deno' in globalThis) await thread.terminate()

const { port1, port2 } = new MessageChannel()
const rpc = new RPC({ transport: port1, methods: { 'Main.max': (a, b) => Math.max(a, b) } })
rpc.registerMethod('who', () => callContext().method)
const other = new RPC({ transport: port2 })
console.log(await other.invoke('Main.max', [1, 2]), await other.remote().who())
console.log(String(await other.batch((call) => [call('who'), call('Main.max', [3, 4])])))
await other.invoke('what').catch((error) => console.log(error.code, error.message))
rpc.destroy()
other.destroy()
console.log(typeof websocketTransport)
