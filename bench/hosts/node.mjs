import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { createSampler, measureInTurn, within } from '../interleave.mjs'
import { spreadThreads, threads } from '../processors.mjs'
import { rowOf } from '../rows.mjs'
import { connectThread } from '../sides/connect.mjs'

const thread = fileURLToPath(new URL('../sides/thread.mjs', import.meta.url))

/** What is the same in every Node environment: a thread for each peer. Each row is measured in a process of its own. */
export async function measureInNode(plan) {
  const row = rowOf(plan.row)
  const failures = {}
  const samplers = new Map()
  const stops = []
  const known = threads()
  try {
    for (const name of plan.peers) {
      try {
        const remote = await within(10_000, connect(await load(name), stops), 'connecting')
        const sampler = createSampler(remote, row, plan)
        if (sampler) samplers.set(name, sampler)
      } catch (error) {
        failures[name] = error.message
      }
    }
    // Where the system moves threads about, short slices of sequential calls have two modes by chance.
    if (plan.slices && plan.processors.length > 1) spreadThreads(known, plan.processors)
    return { samples: await measureInTurn(samplers, plan, failures), failures }
  } finally {
    await Promise.allSettled(stops.map((stop) => stop()))
  }
}

/** A process holds the code of no other peer than those that it measures. */
const load = async (name) => Object.values(await import(`../peers/${name}.mjs`))[0]

async function connect(peer, stops) {
  if (peer.over.thread === 'script') return peer.connect({ kind: 'thread', script: thread, stops })
  const worker = new Worker(thread, { workerData: { peer: peer.name } })
  stops.push(() => worker.terminate())
  const failed = new Promise((_, reject) => worker.once('error', reject))
  failed.catch(() => {})
  return Promise.race([connectThread(peer, worker, stops), failed])
}
