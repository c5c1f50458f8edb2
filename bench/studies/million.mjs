import { Worker } from 'node:worker_threads'
import { fileURLToPath } from 'node:url'
import { peerOf } from '../peers/all.mjs'

const thread = fileURLToPath(new URL('../sides/thread.mjs', import.meta.url))
const BURST = 1_000

/** Whether calls get slower with time: a million of them on one connection, in bursts. */
export const million = {
  name: 'million',
  title: '1,000,000 calls: rate of the last 100,000 against the first (Node)',
  node: true,

  async measure({ quick }) {
    const all = quick ? 100_000 : 1_000_000
    const rows = []
    for (const name of ['raw', 'portcall-wrap']) {
      const worker = new Worker(thread, { workerData: { peer: name } })
      try {
        const { call } = await peerOf(name).connect({ kind: 'thread', endpoint: worker })
        // The first ones are slow because the engine has not compiled them.
        await rate(call, 50_000)
        const first = await rate(call, all / 10)
        await rate(call, (all / 10) * 8)
        const last = await rate(call, all / 10)
        rows.push({ peer: name, calls: all, first, last, ratio: Math.round((last / first) * 1_000) / 1_000 })
      } finally {
        await worker.terminate()
      }
    }
    return { rows }
  },
}

/** Calls per second. */
async function rate(call, count) {
  const start = performance.now()
  for (let done = 0; done < count; done += BURST) {
    const answers = []
    for (let i = 0; i < BURST; i++) answers.push(call(i, 'hello'))
    await Promise.all(answers)
  }
  return Math.round(count / ((performance.now() - start) / 1_000))
}
