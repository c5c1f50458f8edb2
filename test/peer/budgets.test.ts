/**
 * What 1,000 calls cost in things that can be counted, exactly, on both sides together where it does not say which: a
 * regression fails here however fast the machine is.
 */
import { MessageChannel } from 'node:worker_threads'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { callContext, endpointTransport, RPC, type Transport } from '../../src/index.ts'
import { linkedPair } from '../../src/testing.ts'
import { turn } from './pair.ts'

interface Cost {
  /** Messages posted by the caller and by the other side. */
  readonly posts: readonly [number, number]
  /** Those of them that were frames. */
  readonly frames: readonly [number, number]
  readonly timers: number
  readonly listeners: number
  readonly controllers: number
}

const free = { timers: 0, listeners: 0, controllers: 0 }

const spies = {
  timers: () => vi.spyOn(globalThis, 'setTimeout'),
  intervals: () => vi.spyOn(globalThis, 'setInterval'),
  immediates: () => vi.spyOn(globalThis, 'setImmediate'),
  listeners: () => vi.spyOn(EventTarget.prototype, 'addEventListener'),
  uuids: () => vi.spyOn(crypto, 'randomUUID'),
  random: () => vi.spyOn(crypto, 'getRandomValues'),
  json: () => vi.spyOn(JSON, 'stringify'),
}

// The one rule of frames that looks at the clock is out of the way.
beforeEach(() => void vi.spyOn(Date, 'now').mockReturnValue(0))
afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

type Link = () => { left: Transport; right: Transport; close(): void }

const links: Record<string, Link> = {
  'in memory': () => ({ ...linkedPair(), close() {} }),
  'over a Node MessageChannel': () => {
    const { port1, port2 } = new MessageChannel()
    return { left: endpointTransport(port1), right: endpointTransport(port2), close: () => port1.close() }
  },
}

const service = {
  add: (a: number, b: number) => a + b,
  addLater: async (a: number, b: number) => a + b,
  echo: (value: unknown) => value,
  note() {},
  watched: () => callContext().signal.aborted,
  fail() {
    throw new Error('no')
  },
  async *count(to: number) {
    for (let i = 0; i < to; i++) yield i
  },
}

/** Wrap a transport so that its posts are counted. */
function counted(transport: Transport): {
  transport: Transport
  posts(): number
  frames(): number
  reset(): void
} {
  let posts = 0
  let frames = 0
  return {
    transport: {
      ...transport,
      post(message, transfer) {
        posts++
        if (Reflect.get(message as object, 'method') === 'rpc.frame') frames++
        transport.post(message, transfer)
      },
    },
    posts: () => posts,
    frames: () => frames,
    reset: () => void (posts = frames = 0),
  }
}

async function costOf(link: Link, work: (rpc: RPC) => Promise<unknown>): Promise<Cost> {
  const ends = link()
  const mine = counted(ends.left)
  const theirs = counted(ends.right)
  const server = new RPC({ transport: theirs.transport, methods: service })
  const rpc = new RPC({ transport: mine.transport })
  await rpc.connect()
  await rpc.invoke('add', [1, 2])
  // Before anything is replaced by what counts.
  const later = turn
  await later()
  mine.reset()
  theirs.reset()
  let controllers = 0
  vi.stubGlobal(
    'AbortController',
    class extends AbortController {
      constructor() {
        super()
        controllers++
      }
    },
  )
  const counts = Object.entries(spies).map(([name, spy]) => [name, spy()] as const)
  try {
    await work(rpc)
    // In Node an event target's own events are told in later turns.
    for (let i = 0; i < 5; i++) await later()
    const calls = Object.fromEntries(counts.map(([name, spy]) => [name, spy.mock.calls.length]))
    const { timers = 0, listeners = 0, ...others } = calls
    expect(others).toEqual({ intervals: 0, immediates: 0, uuids: 0, random: 0, json: 0 })
    return {
      posts: [mine.posts(), theirs.posts()],
      frames: [mine.frames(), theirs.frames()],
      timers,
      listeners,
      controllers,
    }
  } finally {
    rpc.destroy()
    server.destroy()
    ends.close()
  }
}

const COUNT = 1_000
const numbers = Array.from({ length: COUNT }, (_, i) => i)

const burst = (call: (rpc: RPC, i: number) => unknown) => (rpc: RPC) =>
  Promise.all(numbers.map((i) => call(rpc, i)))

const oneByOne = (call: (rpc: RPC, i: number) => unknown) => async (rpc: RPC) => {
  for (const i of numbers) await call(rpc, i)
}

const collect = async (rpc: RPC): Promise<void> => {
  const remote = rpc.remote<{ count(to: number): AsyncIterable<number> }>()
  const items: number[] = []
  for await (const item of remote.count(COUNT)) items.push(item)
  expect(items).toEqual(numbers)
}

const { signal } = new AbortController()

// The one timer runs since connect(). The first of 1,000 leaves alone, 999 in 16 frames of at most 64; so do the answers.
const rows: readonly (readonly [name: string, work: (rpc: RPC) => Promise<unknown>, cost: Cost])[] = [
  [
    'sequential calls',
    oneByOne((rpc, i) => rpc.invoke('add', [i, 1])),
    { ...free, posts: [1_000, 1_000], frames: [0, 0] },
  ],
  [
    'sequential calls of a remote',
    oneByOne((rpc, i) => rpc.remote<typeof service>().add(i, 1)),
    { ...free, posts: [1_000, 1_000], frames: [0, 0] },
  ],
  [
    'sequential calls with a timeout',
    oneByOne((rpc, i) => rpc.invoke('add', [i, 1], { timeout: 60_000 })),
    { ...free, posts: [1_000, 1_000], frames: [0, 0] },
  ],
  [
    'sequential calls with a signal',
    oneByOne((rpc, i) => rpc.invoke('add', [i, 1], { signal })),
    { ...free, posts: [1_000, 1_000], frames: [0, 0], listeners: 1_000 },
  ],
  [
    'a burst of numbers',
    burst((rpc, i) => rpc.invoke('add', [i, 1])),
    { ...free, posts: [17, 17], frames: [16, 16] },
  ],
  [
    'a burst of small objects',
    burst((rpc, i) => rpc.invoke('echo', [{ a: i, b: 'hello' }])),
    { ...free, posts: [17, 17], frames: [16, 16] },
  ],
  [
    'a burst with a timeout each',
    burst((rpc, i) => rpc.invoke('add', [i, 1], { timeout: 60_000 })),
    { ...free, posts: [17, 17], frames: [16, 16] },
  ],
  [
    'a burst with one signal',
    burst((rpc, i) => rpc.invoke('add', [i, 1], { signal })),
    { ...free, posts: [17, 17], frames: [16, 16], listeners: 1 },
  ],
  [
    'a burst whose handler reads its signal',
    burst((rpc) => rpc.invoke('watched')),
    { ...free, posts: [17, 17], frames: [16, 16], controllers: 1_000 },
  ],
  [
    'a burst that fails',
    burst((rpc) => rpc.invoke('fail').catch(() => {})),
    { ...free, posts: [17, 1_000], frames: [16, 0] },
  ],
  [
    'a burst of a Map each',
    burst((rpc, i) => rpc.invoke('echo', [new Map([[i, i]])])),
    { ...free, posts: [17, 17], frames: [16, 16] },
  ],
  [
    'a burst of bytes each, which wait for nothing',
    burst((rpc, i) => rpc.invoke('echo', [new Uint8Array([i])])),
    { ...free, posts: [1_000, 1_000], frames: [0, 0] },
  ],
  ['notifications', burst((rpc, i) => rpc.notify('note', [i])), { ...free, posts: [17, 0], frames: [16, 0] }],
  [
    'a batch',
    (rpc) => rpc.batch((call) => numbers.map((i) => call('add', [i, 1]))),
    { ...free, posts: [1, 1], frames: [0, 0] },
  ],
]

describe.each(Object.keys(links))('1,000 of them %s cost exactly that', (link) => {
  test.each(rows)('%s', async (_, work, cost) => {
    expect(await costOf(links[link]!, work)).toEqual(cost)
  })
})

test.each(Object.keys(links))('the items of a stream, 1,000 of them %s, cost few posts', async (link) => {
  const { posts, listeners, controllers } = await costOf(links[link]!, collect)
  expect({ listeners, controllers }).toEqual({ listeners: 0, controllers: 0 })
  // Asked for: windows of 64, 128 … 1,024 at most; sent: those, and parts of them that were ready.
  for (const count of posts) expect(count).toBeLessThanOrEqual(16)
})

test.each(Object.keys(links))('%s an RPC that is idle costs nothing', async (link) => {
  expect(await costOf(links[link]!, async () => {})).toEqual({ ...free, posts: [0, 0], frames: [0, 0] })
})

// In memory the first frame has arrived when the first answer is ready, so all answers leave in frames.
test.each([
  ['in memory', { ...free, posts: [17, 16], frames: [16, 16] }],
  ['over a Node MessageChannel', { ...free, posts: [17, 17], frames: [16, 16] }],
])('a burst of 1,000 to an async handler %s costs no more than one to a sync one', async (link, cost) => {
  expect(
    await costOf(
      links[link]!,
      burst((rpc, i) => rpc.invoke('addLater', [i, 1])),
    ),
  ).toEqual(cost)
})
