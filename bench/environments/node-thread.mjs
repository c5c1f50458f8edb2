import { Worker } from 'node:worker_threads'
import { interleave } from '../interleave.mjs'
import { peerOf } from '../peers/all.mjs'
import { rowOf } from '../rows.mjs'

const thread = new URL('../sides/thread.mjs', import.meta.url)

export const nodeThread = {
  name: 'node-thread',
  title: 'Node worker_threads thread',

  async measure({ row, rounds, peers }) {
    const workers = peers.map((name) => new Worker(thread, { workerData: name }))
    try {
      const calls = new Map(peers.map((name, i) => [name, peerOf(name).connect(workers[i])]))
      return {
        samples: await interleave(calls, rowOf(row), rounds),
        versions: { node: process.versions.node },
      }
    } finally {
      await Promise.all(workers.map((worker) => worker.terminate()))
    }
  },
}
