import { MessageChannel } from 'node:worker_threads'
import * as Comlink from 'comlink/dist/esm/comlink.mjs'
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs'
import { RPC, rpcOf, wrap } from '../../dist/index.js'
import { messenger } from '../peers/messenger.mjs'
import { openThread } from './open-thread.mjs'

/**
 * What a call costs, in µs, against how much of something there is already. All sizes of one thing are measured in turn, so
 * that noise meets them alike; flat is good.
 */
export const growth = {
  name: 'growth',
  title: 'Growth: µs per call against what there is already (Node)',
  node: true,

  async measure({ quick }) {
    const rows = []
    for (const [name, thing] of Object.entries(things)) {
      const stops = []
      try {
        const callers = new Map()
        for (const size of thing.sizes) callers.set(size, await thing.open(size, stops))
        rows.push({ name, title: thing.title, ...(await inTurn(callers, quick ? 3 : 15, quick ? 4 : 12)) })
      } finally {
        await Promise.allSettled(stops.map((stop) => stop()))
      }
    }
    return { rows }
  },
}

const limits = { maxPending: 200_000 }

function connect(workerData, stops) {
  const worker = openThread(workerData)
  const remote = wrap(worker, { limits })
  stops.push(() => {
    rpcOf(remote).destroy()
    return worker.terminate()
  })
  return remote
}

/** Each opens one size, and gives one or more functions that call, one after the other. */
const things = {
  pending: {
    title: 'pending calls',
    sizes: [1, 10, 100, 1_000, 10_000, 100_000],
    async open(size, stops) {
      const remote = connect({ kind: 'api' }, stops)
      await remote.echo()
      for (let i = 0; i < size; i++) remote.never().catch(() => {})
      await remote.echo()
      return { portcall: [(i) => remote.echo(i, 'hello')] }
    },
  },
  methods: {
    title: 'registered methods',
    sizes: [1, 10, 100, 1_000, 10_000],
    async open(size, stops) {
      const remote = connect({ kind: 'methods', count: size }, stops)
      const last = remote[`method${size - 1}`]
      await last()
      return { portcall: [(i) => last(i, 'hello')] }
    },
  },
  connections: {
    title: 'connections, called in turn',
    sizes: [1, 10, 100, 1_000],
    async open(size, stops) {
      const thread = openThread({ kind: 'connections' })
      const channels = (count) => Array.from({ length: count }, () => new MessageChannel())
      const rpc = channels(size)
      const raw = channels(size)
      const comlink = channels(size)
      const far = Object.fromEntries(
        Object.entries({ rpc, raw, comlink }).map(([name, all]) => [name, all.map(({ port2 }) => port2)]),
      )
      thread.postMessage(far, Object.values(far).flat())
      stops.push(() => thread.terminate())
      const rpcs = rpc.map(({ port1 }) => new RPC({ transport: port1 }))
      await Promise.all(rpcs.map((one) => one.connect()))
      return {
        portcall: rpcs.map((one) => (i) => one.invoke('echo', [i, 'hello'])),
        raw: raw.map(({ port1 }) => rawCaller(port1)),
        comlink: comlink.map(({ port1 }) => {
          const remote = Comlink.wrap(nodeEndpoint(port1))
          return (i) => remote.echo(i, 'hello')
        }),
      }
    },
  },
  references: {
    title: 'live references',
    sizes: [0, 100, 1_000, 10_000, 100_000],
    async open(size, stops) {
      const remote = connect({ kind: 'api' }, stops)
      for (let done = 0; done < size; done += 100)
        await remote.keep(...Array.from({ length: Math.min(100, size - done) }, (_, i) => () => i))
      await remote.echo()
      return { portcall: [(i) => remote.echo(i, 'hello')] }
    },
  },
}

function rawCaller(port) {
  const { post, listen } = messenger({ endpoint: port })
  const waiting = new Map()
  let lastId = 0
  listen(({ id, result }) => {
    waiting.get(id)(result)
    waiting.delete(id)
  })
  return (...args) =>
    new Promise((resolve) => {
      const id = ++lastId
      waiting.set(id, resolve)
      post({ id, args })
    })
}

const ways = {
  async sequential(calls) {
    for (let i = 0; i < 500; i++) await calls[i % calls.length](i)
    return 500
  },
  async burst(calls) {
    const answers = []
    for (let i = 0; i < 1_000; i++) answers.push(calls[i % calls.length](i))
    await Promise.all(answers)
    return 1_000
  },
}

/** The median µs per call, for each size, by `sequential` and `burst`. */
async function inTurn(callers, rounds, target) {
  const sizes = [...callers.keys()]
  const figures = {}
  for (const [way, unit] of Object.entries(ways)) {
    const samples = new Map()
    for (let round = -2; round < rounds; round++) {
      for (const [i] of sizes.entries()) {
        const size = sizes[(i + Math.max(0, round)) % sizes.length]
        for (const [who, calls] of Object.entries(callers.get(size))) {
          const start = performance.now()
          let count = 0
          do count += await unit(calls)
          while (performance.now() - start < target)
          const key = `${who} ${way}`
          if (round < 0) continue
          const list = samples.get(key) ?? samples.set(key, new Map()).get(key)
          list.set(size, [...(list.get(size) ?? []), ((performance.now() - start) / count) * 1_000])
        }
      }
    }
    for (const [key, bySize] of samples)
      figures[key] = Object.fromEntries([...bySize].map(([size, list]) => [size, middle(list)]))
  }
  return { sizes, figures }
}

function middle(list) {
  const sorted = list.toSorted((a, b) => a - b)
  return Math.round(sorted[sorted.length >> 1] * 100) / 100
}
