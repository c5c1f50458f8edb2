import { Worker } from 'node:worker_threads'
import { fileURLToPath } from 'node:url'
import { rpcOf, withOptions, wrap } from '../../dist/index.js'
import { peerOf } from '../peers/all.mjs'
import { heapUsed } from './heap.mjs'
import { openThread } from './open-thread.mjs'

const BURST = 1_000

/** What calls leave behind: bytes per call that are still in use after 100,000 of them. */
export const memory = {
  name: 'memory',
  title: 'Retained memory per call, in bytes (Node)',
  node: true,

  async measure({ quick }) {
    const calls = quick ? 20_000 : 100_000
    const rows = []
    for (const [name, start] of Object.entries(portcallCalls)) {
      const worker = openThread({ kind: 'api' })
      const remote = wrap(worker)
      try {
        const own = await best(quick ? 1 : 3, calls, () => start(remote), remote.heapUsed)
        rows.push({ peer: 'portcall-wrap', calls: name, count: calls, ...own })
      } finally {
        rpcOf(remote).destroy()
        await worker.terminate()
      }
    }
    for (const name of ['raw', 'comlink', 'birpc', 'async-call-rpc', 'vscode-jsonrpc']) {
      const peer = peerOf(name)
      const worker = new Worker(fileURLToPath(new URL('../sides/thread.mjs', import.meta.url)), {
        workerData: { peer: name },
      })
      try {
        const remote = await peer.connect({ kind: 'thread', endpoint: worker })
        const own = await best(quick ? 1 : 3, calls, () => remote.call(1, 'hello'))
        rows.push({ peer: name, calls: 'completed', count: calls, ...own })
      } finally {
        await worker.terminate()
      }
    }
    return { rows }
  },
}

/** One call of each kind; none rejects. */
const portcallCalls = {
  completed: (remote) => remote.echo(1, 'hello'),
  failed: (remote) => remote.fail().catch(() => {}),
  'timed out': (remote) =>
    withOptions(remote, { timeout: 1 })
      .wait()
      .catch(() => {}),
  aborted(remote) {
    const controller = new AbortController()
    const call = withOptions(remote, { signal: controller.signal })
      .wait()
      .catch(() => {})
    controller.abort()
    return call
  },
}

async function run(count, start) {
  for (let done = 0; done < count; done += BURST) {
    const calls = []
    for (let i = 0; i < BURST; i++) calls.push(start())
    await Promise.all(calls)
  }
}

/**
 * The least of several tries, as what else the engine does meanwhile only adds; one that is near nothing is the last.
 * @param heapUsedThere tells the same of the answering side.
 */
async function best(tries, calls, start, heapUsedThere) {
  // Enough for the engine to have compiled what is hot.
  await run(20_000, start)
  const least = { bytes: Infinity, ...(heapUsedThere && { far: Infinity }) }
  for (let i = 0; i < tries && Object.values(least).some((bytes) => bytes > 1); i++) {
    const before = { bytes: await heapUsed(), far: await heapUsedThere?.() }
    await run(calls, start)
    least.bytes = Math.min(least.bytes, round(((await heapUsed()) - before.bytes) / calls))
    if (heapUsedThere) least.far = Math.min(least.far, round(((await heapUsedThere()) - before.far) / calls))
  }
  return least
}

const round = (bytes) => Math.round(bytes * 10) / 10
