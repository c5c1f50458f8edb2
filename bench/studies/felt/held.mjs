// A fresh process: `node --expose-gc held.mjs PEER` prints how many bytes one idle connection holds, and one reference of 10,000,
// both ends together.
import { createAPI } from '../../api.mjs'
import { heapUsed } from '../heap.mjs'

const [peer] = Object.values(await import(`../../peers/${process.argv[2]}.mjs`))
const kept = []

async function connect() {
  const { port1, port2 } = new MessageChannel()
  void peer.serve({ kind: 'thread', endpoint: port2 }, createAPI())
  const remote = await peer.connect({ kind: 'thread', endpoint: port1 })
  await remote.call(1)
  kept.push([remote, port1, port2])
  return remote
}

/** Bytes for one of `count` things. */
async function bytesOf(count, step) {
  const before = await heapUsed()
  await step()
  return Math.round(((await heapUsed()) - before) / count)
}

for (let i = 0; i < 100; i++) await connect()
const connection = await bytesOf(200, async () => {
  for (let i = 0; i < 200; i++) await connect()
})
const remote = await connect()
const figures = { connection }
if (remote.keep)
  figures.reference = await bytesOf(10_000, async () => {
    for (let done = 0; done < 10_000; done += 100)
      await remote.keep(Array.from({ length: 100 }, (_, i) => () => i + kept.length))
  })
process.stdout.write(JSON.stringify(figures), () => process.exit())
