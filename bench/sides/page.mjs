// The calling side in a browser. It asks the server what to measure, tells it what came out, and starts anew for the next.
import { createSampler, measureInTurn, within } from '../interleave.mjs'
import { peerOf } from '../peers/all.mjs'
import { rowOf } from '../rows.mjs'
import { acts } from '../studies/felt/acts.mjs'
import { connectWorker } from './connect.mjs'

const stops = []
const ask = async (path, body) => (await fetch(path, { method: 'POST', body: JSON.stringify(body) })).json()

const plan = await ask('/next', { agent: navigator.userAgent })
if (plan) {
  try {
    await ask('/done', plan.kind === 'act' ? { figures: await acts[plan.act](host()) } : await measure())
  } catch (error) {
    await ask('/done', { error: String(error?.stack ?? error) })
  }
  location.reload()
}

/** For an act: the bundles of one peer. */
function host() {
  const near = new URL('/alone/near.js', location.href).href
  return {
    origin: location.origin,
    load: () => import(near),
    makeWorker: () => new Worker('/alone/worker.js', { type: 'module' }),
    connect: connectWorker,
  }
}

async function measure() {
  const failures = {}
  const samplers = new Map()
  const open = plan.kind === 'worker' ? openWorker : openWindow
  await Promise.all(
    plan.peers.map(async (name) => {
      try {
        const sampler = await within(15_000, open(name), 'connecting')
        samplers.set(name, sampler)
      } catch (error) {
        failures[name] = String(error?.message ?? error)
      }
    }),
  )
  // In the order of the plan, not in that of their arrival.
  const ordered = new Map(
    plan.peers.map((name) => [name, samplers.get(name)]).filter(([, sampler]) => sampler),
  )
  const samples = await measureInTurn(ordered, plan, failures)
  for (const stop of stops) stop()
  return { samples, failures }
}

async function openWorker(name) {
  const peer = peerOf(name)
  const script = '/worker.js'
  if (peer.over.worker === 'script') return sample(await peer.connect({ kind: 'worker', script, stops }))
  const worker = new Worker(script, { type: 'module', name })
  stops.push(() => worker.terminate())
  return sample(await connectWorker(peer, worker))
}

function sample(remote) {
  return createSampler(remote, rowOf(plan.row), plan)
}

async function openWindow(name) {
  const host = document.createElement('iframe')
  host.src = `/host?${new URLSearchParams({ peer: name, origin: plan.origin })}`
  document.body.append(host)
  stops.push(() => host.remove())
  await new Promise((resolve) => host.addEventListener('load', resolve, { once: true }))
  return host.contentWindow.open(plan)
}
