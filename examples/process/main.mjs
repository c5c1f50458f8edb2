import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { rpcOf, wrap } from 'portcall'
import { processTransport } from 'portcall/process'

const program = fileURLToPath(new URL('./child.mjs', import.meta.url))
const child = fork(program, { serialization: 'advanced' })
const worker = wrap(processTransport(child))

console.log(await worker.sum(new Float64Array([1, 2, 3.5])))

const seen = await worker.search(40, (percent) => console.log(`${percent} %`))
console.log(seen.size, 'primes, the last one', [...seen].at(-1))

const waits = worker.wait().catch((error) => console.log(error.code, error.message))
await worker.sum(new Float64Array())
child.kill('SIGKILL')
await waits

rpcOf(worker).destroy()
