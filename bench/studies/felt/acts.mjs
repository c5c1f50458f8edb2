// What a user waits for, once, in a fresh process or page. An act gets a host, with `load()`, which imports the bundle of one peer;
// `makeWorker()` and `connect(peer, worker)` for a worker with the answering bundle; and `origin`, in a page. It returns figures.
import { createAPI } from '../../api.mjs'
import { connectFrame } from '../../sides/connect.mjs'
import { rowOf } from '../../rows.mjs'

/** As a program does that calls at once. */
const early = ({ peer }) => ({ ...peer, connect: peer.start ?? peer.connect })

export const acts = {
  async start(host) {
    const before = performance.now()
    const worker = host.makeWorker()
    const remote = await host.connect(early(await host.load()), worker)
    await remote.call({ a: 0, b: 'hello' })
    const first = performance.now() - before
    const between = performance.now()
    for (let i = 0; i < 200; i++) await remote.call({ a: i, b: 'hello' })
    return { first, cold: ((performance.now() - between) / 200) * 1_000 }
  },

  async made(host) {
    const { peer } = await host.load()
    const before = performance.now()
    for (let i = 0; i < 200; i++) {
      const { remote, port1 } = await pair(peer)
      await remote.call(i)
      remote.close?.()
      port1.close()
    }
    return { made: ((performance.now() - before) / 200) * 1_000 }
  },

  async connections(host) {
    const { peer } = await host.load()
    const before = performance.now()
    await Promise.all(
      Array.from({ length: 100 }, async (_, i) => {
        const { remote } = await pair(peer)
        await remote.call(i)
      }),
    )
    return { connections: performance.now() - before }
  },

  /** Each of two workers gets its next task when one of its 8 is done. */
  async pool(host) {
    const { peer } = await host.load()
    const remotes = await Promise.all([1, 2].map(() => host.connect(peer, host.makeWorker())))
    const task = rowOf('object-1kB').prepare()
    await Promise.all(remotes.map((remote) => remote.take(task)))
    let left = 2_000
    const before = performance.now()
    await Promise.all(
      remotes.flatMap((remote) =>
        Array.from({ length: 8 }, async () => {
          while (left-- > 0) await remote.take(task)
        }),
      ),
    )
    return { pool: performance.now() - before }
  },

  async frames(host) {
    const before = performance.now()
    const peer = early(await host.load())
    const address = `/alone/frame?${new URLSearchParams({ origin: host.origin })}`
    await Promise.all(
      Array.from({ length: 30 }, async (_, i) => {
        const remote = await connectFrame(peer, address, host.origin)
        await remote.call(i)
      }),
    )
    return { frames: performance.now() - before }
  },
}

/** Both ends in this thread. */
async function pair(peer) {
  const { port1, port2 } = new MessageChannel()
  void peer.serve({ kind: 'thread', endpoint: port2 }, createAPI())
  return { remote: await peer.connect({ kind: 'thread', endpoint: port1 }), port1 }
}
