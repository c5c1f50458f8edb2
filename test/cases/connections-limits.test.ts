/** What workers and threads of one's own may be asked for: as much as there is memory for. */
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { channelTransport, RPC, rpcOf, wrap } from '../../src/index.ts'
import * as core from '../../src/core.ts'
import { isPlainData } from '../../src/values/look.ts'
import { linkedPair } from '../../src/testing.ts'
import { bundleScripts, type Scripts } from '../adapters/process/scripts.ts'
import { codeOf } from '../peer/pair.ts'

interface Api {
  slow(): Promise<void>
  release(): void
  quick(n: number): number
  notes(): number
  echo(value: unknown): unknown
  depth(value: unknown): number
  deep(levels: number): unknown
}

let scripts: Scripts<'many-thread'>
beforeAll(async () => {
  scripts = await bundleScripts(fileURLToPath(new URL('./peers/', import.meta.url)), ['many-thread'])
}, 60_000)
afterAll(() => scripts.remove())

function thread(): Worker {
  const worker = new Worker(scripts.path('many-thread'))
  onTestFinished(() => void worker.terminate())
  return worker
}

function nested(levels: number, inside: unknown = []): unknown {
  let value = inside
  for (let i = 1; i < levels; i++) value = [value]
  return value
}

const entries = {
  portcall: { wrap, rpcOf },
  'portcall/core': core as unknown as { wrap: typeof wrap; rpcOf: typeof rpcOf },
  'a channel': { wrap: ((worker: Worker) => wrap(channelTransport(worker, 'many'))) as typeof wrap, rpcOf },
}

for (const [name, verbs] of Object.entries(entries)) {
  test(`C51: ${name}: a thread answers 20,000 slow calls at once`, async () => {
    using remote = verbs.wrap<Api>(thread())
    await verbs.rpcOf(remote).connect()
    const calls = Array.from({ length: 20_000 }, () => remote.slow())
    await remote.release()
    expect(await Promise.all(calls)).toHaveLength(20_000)
  }, 60_000)

  test(`C51: ${name}: and 70,000 quick ones in one turn`, async () => {
    using remote = verbs.wrap<Api>(thread())
    await verbs.rpcOf(remote).connect()
    const answers = await Promise.all(Array.from({ length: 70_000 }, (_, i) => remote.quick(i)))
    expect(answers.every((n, i) => n === i)).toBe(true)
  }, 60_000)

  test(`C51: ${name}: 20,000 notifications wait for the connection, and all arrive`, async () => {
    using remote = verbs.wrap<Api>(thread())
    for (let i = 0; i < 20_000; i++) verbs.rpcOf(remote).notify('note')
    expect(await remote.notes()).toBe(20_000)
  }, 60_000)

  // Node's own structured clone goes to about 3,600 levels with the stack that it has by default.
  test(`C51: ${name}: a list 1,500 deep goes there and back, one of 5,000 levels or 50,000 is the platform's to refuse`, async () => {
    using remote = verbs.wrap<Api>(thread())
    expect(await remote.depth(nested(1_500))).toBe(1_500)
    let depth = 0
    for (let at = await remote.deep(1_500); Array.isArray(at); at = at[0] as unknown) depth++
    expect(depth).toBe(1_500)
    for (const levels of [5_000, 50_000]) {
      const there = await Promise.allSettled([remote.depth(nested(levels))])
      const back = await Promise.allSettled([remote.deep(levels)])
      for (const [outcome] of [there, back])
        expect(outcome.status === 'fulfilled' || (outcome.reason as { code: number }).code).toBeOneOf([
          true,
          -32052,
          -32603,
        ])
    }
    expect(await remote.quick(1)).toBe(1)
  })
}

test('C51: a batch may have any number of entries', async () => {
  using remote = wrap<Api>(thread())
  const answers = await rpcOf(remote).batch((call) =>
    Array.from({ length: 2_000 }, (_, i) => call('quick', [i])),
  )
  expect(answers).toHaveLength(2_000)
})

test('C51: a list that no stack takes is looked at, sent, or refused for what is in it, and the connection lives', async () => {
  using remote = wrap<Api>(thread())
  expect(isPlainData(nested(200_000), Infinity)).toBe(true)
  expect(isPlainData(nested(200_000, [() => {}]), Infinity)).toBe(false)
  expect(isPlainData(nested(1_001), 1_000)).toBe(true)
  expect(isPlainData(nested(1_002), 1_000)).toBe(false)
  for (const value of [nested(20_000), nested(20_000, () => {}), [nested(20_000), () => {}]])
    expect(await remote.depth(await remote.echo(value))).toBe(await remote.depth(value))
  for (const value of [nested(20_000, Symbol('no')), [nested(20_000), new WeakMap()]])
    expect(await codeOf(Promise.resolve(remote.echo(value)))).toBe(-32052)
  expect(await remote.quick(1)).toBe(1)
}, 60_000)

test('C51: each limit is still an option', async () => {
  const at = (limits: object): ReturnType<typeof wrap<Api>> => wrap<Api>(thread(), { limits })
  using few = at({ maxPending: 2 })
  await rpcOf(few).connect()
  const calls = [few.slow(), few.slow(), few.slow()]
  expect(await codeOf(calls[2] as Promise<void>)).toBe(-32054)
  calls.forEach((call) => call.catch(() => {}))
  using shallow = at({ maxDepth: 10 })
  expect(await codeOf(Promise.resolve(shallow.depth(nested(12))))).toBe(-32052)
  using short = at({ maxQueuedBeforeConnect: 1 })
  short.quick(1).catch(() => {})
  expect(await codeOf(Promise.resolve(short.quick(2)))).toBe(-32054)
})

test('C51: strangers keep the limits that they had', async () => {
  const { left } = linkedPair()
  using rpc = new RPC({ transport: left })
  const calls = Array.from({ length: 10_001 }, () => rpc.invoke('x'))
  for (const call of calls) call.catch(() => {})
  expect(await codeOf(calls[10_000] as Promise<unknown>)).toBe(-32054)
  expect(await codeOf(rpc.invoke('x', [nested(1_100)]))).toBe(-32052)
  const { port1 } = new MessageChannel()
  using other = new RPC({ transport: port1 })
  expect(await codeOf(other.invoke('x', [nested(1_100)]))).toBe(-32052)
})
