import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { rpcOf, wrap } from 'portcall'

const folder = await mkdtemp(join(tmpdir(), 'portcall-hashing-'))
const chosen = process.argv.slice(2)
const files = chosen.length > 0 ? chosen : await makeSample()

const endpoint = new Worker(new URL('./thread.mjs', import.meta.url))
/** @type {import('portcall').Remote<typeof import('./thread.mjs').api>} */
const thread = wrap(endpoint)

let reports = 0
const { signal } = new AbortController()
for await (const { name, hash, bytes } of thread.hash(files, () => void reports++, signal))
  console.log(hash, name, bytes, 'bytes')
console.log('reports:', reports)

const controller = new AbortController()
const stopAtHalf = ({ bytes, total }) => {
  if (bytes >= total / 2) controller.abort(new Error('That is enough'))
}
try {
  for await (const { name } of thread.hash(files, stopAtHalf, controller.signal)) console.log('again', name)
} catch (error) {
  console.log(error.message)
}
console.log(await thread.lastLog())

rpcOf(thread).destroy()
void endpoint.terminate()
await once(endpoint, 'exit')
await rm(folder, { recursive: true })

/** Files of 2, 4 and 6 MB that are always the same. */
async function makeSample() {
  const names = ['one.bin', 'two.bin', 'three.bin']
  for (const [index, name] of names.entries())
    await writeFile(join(folder, name), Buffer.alloc((index + 1) * 2_097_152, name))
  return names.map((name) => join(folder, name))
}
