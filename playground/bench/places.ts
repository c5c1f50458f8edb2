// Where the other side stands, and how both are opened there.
import { origins } from '../origins.ts'
import { h } from '../ui/dom.ts'
import {
  connectWorker,
  createSampler,
  type PeerName,
  peerOf,
  type Plan,
  rowOf,
  type Sampler,
} from './suite.mjs'

/** What measures a row of the suite; undefined where the peer cannot do it. */
export type Side = (row: string, plan: Plan) => Sampler | undefined

export interface Place {
  readonly id: 'worker' | 'same' | 'other'
  readonly title: string
  readonly about: string
  /** Open both sides of a peer; `stops` takes what ends them. */
  readonly open: (peer: PeerName, stops: (() => void)[]) => Promise<Side>
}

const worker: Place = {
  id: 'worker',
  title: 'Worker',
  about: 'a thread of its own',
  async open(peer, stops) {
    const endpoint = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: peer })
    stops.push(() => endpoint.terminate())
    const remote = await connectWorker(peerOf(peer), endpoint)
    return (row, plan) => createSampler(remote, rowOf(row), plan)
  },
}

const frame = (id: Place['id'], title: string, origin: string): Place => ({
  id,
  title,
  about: origin,
  async open(peer, stops) {
    const host = h('iframe', {
      src: `./host.html?${new URLSearchParams({ peer })}`,
      title: 'A side of the benchmark',
      class: 'side',
      tabindex: -1,
      'aria-hidden': 'true',
    })
    const loaded = new Promise((resolve) => host.addEventListener('load', resolve, { once: true }))
    document.body.append(host)
    stops.push(() => host.remove())
    await loaded
    const open = host.contentWindow?.openSide
    if (!open) throw new Error('A side of the benchmark could not be loaded')
    return open(origin)
  },
})

/** Those that there are: without a second origin, only those of this one. */
export const places: readonly Place[] = [
  worker,
  frame('same', 'Iframe, same origin', origins.page),
  ...(origins.other ? [frame('other', 'Iframe, other origin', origins.other)] : []),
]
