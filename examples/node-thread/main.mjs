import { userInfo } from 'node:os'
import { Worker } from 'node:worker_threads'
import { expose, rpcOf, withOptions, wrap } from 'portcall'

export const mainApi = { userName: () => userInfo().username }

const worker = new Worker(new URL('./thread.mjs', import.meta.url))
/** @type {import('portcall').Remote<typeof import('./thread.mjs').api>} */
const thread = wrap(worker)
expose(mainApi, worker)

console.log(await thread.add(1, 2))
console.log(await thread.greet('Hello'))

try {
  await withOptions(thread, { timeout: 100 }).nap(10_000)
} catch (error) {
  console.log(error.code, error.message)
}

rpcOf(thread).destroy()
await worker.terminate()
