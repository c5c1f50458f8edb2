import { fileURLToPath } from 'node:url'
import { MessageChannel, Worker } from 'node:worker_threads'
import { createSampler, interleave, within } from '../interleave.mjs'
import { peerOf } from '../peers/all.mjs'
import { rowOf } from '../rows.mjs'

const thread = fileURLToPath(new URL('../sides/thread.mjs', import.meta.url))

/** What is the same in every Node environment: a thread for each peer. Each row is measured in a process of its own. */
export async function measureInNode(plan) {
  const row = rowOf(plan.row)
  const failures = {}
  const samplers = new Map()
  const stops = []
  try {
    for (const name of plan.peers) {
      try {
        const remote = await within(10_000, connect(peerOf(name), stops), 'connecting')
        const sampler = createSampler(remote, row, plan)
        if (sampler) samplers.set(name, sampler)
      } catch (error) {
        failures[name] = error.message
      }
    }
    return { samples: await interleave(samplers, plan, failures), failures }
  } finally {
    await Promise.allSettled(stops.map((stop) => stop()))
  }
}

/** A peer in a thread, by itself: its remote, and how to stop it. */
export async function connectPeer(name) {
  const stops = []
  return { remote: await connect(peerOf(name), stops), stop: () => Promise.all(stops.map((stop) => stop())) }
}

async function connect(peer, stops) {
  if (peer.over.thread === 'script') return peer.connect({ kind: 'thread', script: thread, stops })
  const worker = new Worker(thread, { workerData: { peer: peer.name } })
  stops.push(() => worker.terminate())
  const failed = new Promise((_, reject) => worker.once('error', reject))
  failed.catch(() => {})
  const link = { kind: 'thread', endpoint: worker }
  if (peer.over.thread === 'port') {
    const { port1, port2 } = new MessageChannel()
    stops.push(() => port1.close())
    worker.postMessage(port2, [port2])
    link.endpoint = port1
  }
  return Promise.race([peer.connect(link), failed])
}
