import { get, rpcOf, wrap } from 'portcall'
import type { api } from './worker.ts'

const host = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' })
const worker = wrap<typeof api>(host)
console.log(await worker.add(1, 2))
for await (const n of worker.count(3)) console.log('item', n)
await worker.index(['a', 'b'], (done) => console.log('done', done), { signal: new AbortController().signal })
const counter = await worker.counter()
console.log(await counter.add(2), await get(counter, 'value'))
await worker.fail().catch((error) => console.log(error instanceof RangeError, error.message))
rpcOf(worker).destroy()
host.terminate()
