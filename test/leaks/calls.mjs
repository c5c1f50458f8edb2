// Run by `node --expose-gc calls.mjs <scenario>`: prints by how many bytes the heap grew over many calls, and how
// many calls had room in the tables of both sides after them.
import { callContext, RPC } from '../../dist/index.js'
import { linkedPair } from '../../dist/testing.js'

const CHUNK = 1_000

const turn = () => new Promise((resolve) => setImmediate(resolve))

const untilAborted = () =>
  new Promise((resolve) => callContext().signal.addEventListener('abort', () => resolve()))

const link = linkedPair()
const methods = { add: (a, b) => a + b, later: async (value) => value, wait: untilAborted }
const right = new RPC({ transport: link.right, methods, limits: { maxInFlight: CHUNK } })
const left = new RPC({ transport: link.left, limits: { maxPending: CHUNK } })
await left.connect()
await right.connect()

const expectCode = (code) => (error) => {
  if ((error.code ?? error) !== code) throw error
}

/** One chunk of calls; each ends as its scenario says, or this rejects. */
const scenarios = {
  answered: () =>
    Promise.all(
      Array.from({ length: CHUNK }, (_, i) =>
        i % 2 ? left.invoke('add', [i, 1]) : left.invoke('later', { i }, { timeout: 60_000 }),
      ),
    ),
  async timedOut() {
    const calls = Array.from({ length: CHUNK }, () => left.invoke('wait', null, { timeout: 1 }))
    await Promise.all(calls.map((call) => call.then(unexpected, expectCode(-32300))))
  },
  async aborted() {
    const abort = new AbortController()
    const calls = Array.from({ length: CHUNK }, () => left.invoke('wait', null, { signal: abort.signal }))
    const settled = Promise.all(calls.map((call) => call.then(unexpected, expectCode('enough'))))
    await turn()
    abort.abort('enough')
    await settled
  },
  async unclonable() {
    const calls = Array.from({ length: CHUNK }, (_, i) =>
      left.invoke('add', [i % 2 ? [() => i, Symbol('x')] : new WeakMap()]),
    )
    await Promise.all(calls.map((call) => call.then(unexpected, expectCode(-32052))))
  },
  strays() {
    for (let i = 0; i < CHUNK; i++) link.inject('right', { jsonrpc: '2.0', id: `nobody ${i}`, result: i })
  },
  batches: () =>
    Promise.all(
      Array.from({ length: CHUNK / 10 }, () =>
        left.batch((call) => Array.from({ length: 10 }, (_, i) => call('later', [i]))),
      ),
    ),
  cancels() {
    for (let i = 0; i < CHUNK; i++)
      link.inject('left', { jsonrpc: '2.0', method: 'rpc.cancel', params: [`nobody ${i}`] })
  },
  async signals() {
    const { signal } = sharedAbort
    await Promise.all(Array.from({ length: CHUNK }, (_, i) => left.invoke('add', [i, 1], { signal })))
  },
}

const sharedAbort = new AbortController()

function unexpected(value) {
  throw new Error(`Resolved with ${value}`)
}

async function heap() {
  for (let i = 0; i < 3; i++) {
    await turn()
    globalThis.gc()
  }
  return process.memoryUsage().heapUsed
}

/** How many of 2 * CHUNK concurrent calls are accepted: CHUNK, if nothing is left in the tables. */
async function room() {
  const abort = new AbortController()
  const calls = Array.from({ length: 2 * CHUNK }, () => left.invoke('wait', null, { signal: abort.signal }))
  const settled = Promise.allSettled(calls)
  await turn()
  abort.abort('enough')
  return (await settled).filter(({ reason }) => reason === 'enough').length
}

const [name, count] = process.argv.slice(2)
const chunk = scenarios[name]
const run = async (calls) => {
  for (let i = 0; i < calls; i += CHUNK) {
    await chunk()
    await turn()
  }
}
await run(10_000)
const before = await heap()
await run(Number(count))
const grew = (await heap()) - before
process.stdout.write(JSON.stringify({ grew, room: await room() }))
right.destroy()
left.destroy()
