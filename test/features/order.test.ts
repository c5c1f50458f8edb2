/** Any subset of the features, in any order and with repeats, installs to the same observable behaviour. */
import fc from 'fast-check'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import * as core from '../../src/core.ts'
import { RPC } from '../../src/index.ts'
import { linkedPair } from '../../src/testing.ts'

type Feature = core.Use[number]

const features: Readonly<Record<string, Feature>> = {
  batches: core.batches,
  classes: core.classes,
  collections: core.collections,
  deep: core.deep,
  diagnostics: core.diagnostics,
  dialects: core.dialects,
  encoding: core.encoding,
  errorDetails: core.errorDetails,
  exceptions: core.exceptions,
  findUncloneable: core.findUncloneable,
  frames: core.frames,
  heartbeat: core.heartbeat,
  hooks: core.hooks,
  properties: core.properties,
  references: core.references,
  signals: core.signals,
  streams: core.streams,
  transferChecks: core.transferChecks,
  transfers: core.transfers,
  values: core.values,
  webLock: core.webLock,
  webStreams: core.webStreams,
  webValues: core.webValues,
}

class Counter {
  value = 0
  add(by: number): number {
    return (this.value += by)
  }
}

const methods = {
  add: (a: number, b: number) => a + b,
  echo: (value: unknown) => value,
  counter: () => core.proxy(new Counter()),
  call: (callback: (n: number) => unknown) => callback(1),
  aborts: (signal: AbortSignal) => signal.aborted,
  fail: () => {
    throw new RangeError('too far', { cause: new TypeError('why') })
  },
  async *count(to: number) {
    for (let i = 0; i < to; i++) yield i
  },
}

/** What an RPC of these features posts, receives, answers and diagnoses. */
async function transcript(use: core.Use): Promise<unknown> {
  const said: unknown[] = []
  const sessions = new Map<string, string>()
  const link = linkedPair()
  const { left, right } = link
  link.tap((from, message) =>
    said.push(
      `${from} ${JSON.stringify(message, (_, value: unknown) => (value === undefined ? '(undefined)' : value))}`.replace(
        /[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g,
        (session) => {
          if (!sessions.has(session)) sessions.set(session, `session ${sessions.size}`)
          return sessions.get(session) ?? ''
        },
      ),
    ),
  )
  const rpc = new core.RPC({
    transport: left,
    use,
    methods: { ...methods, mine: () => 'mine' },
    validate: (method) => {
      if (method === 'forbidden') throw new Error('no')
    },
    mapError: (error) => error,
    onDiagnostic: ({ kind }) => said.push(kind),
  })
  const peer = new RPC({ transport: right, methods })
  const outcome = async (what: string, step: () => unknown): Promise<void> => {
    try {
      said.push([what, await step()])
    } catch (error) {
      said.push([what, String(error), Reflect.get(Object(error), 'code')])
    }
  }
  const stream = async (from: Pick<RPC, 'invoke'>): Promise<unknown> => {
    const items: number[] = []
    for await (const n of (await from.invoke('count', [3])) as AsyncIterable<number>) items.push(n)
    return items
  }
  await Promise.all([rpc.connect(), peer.connect()])
  for (const side of [rpc, peer]) {
    await outcome('add', () => side.invoke('add', [1, 2]))
    await outcome('many', () => Promise.all([1, 2, 3, 4].map((n) => side.invoke('echo', [n]))))
    await outcome('call', () => side.invoke('call', [(n: number) => n + 1]))
    await outcome('map', () => side.invoke('echo', [new Map([['f', () => 1]])]).then((map) => typeof map))
    await outcome('counter', () =>
      side.invoke<core.Remote<Counter>>('counter').then((counter) => counter.add(2)),
    )
    await outcome('signal', () => side.invoke('aborts', [AbortSignal.abort('enough')]))
    await outcome('fail', () => side.invoke('fail').catch((error: unknown) => error instanceof RangeError))
    await outcome('stream', () => stream(side))
    const buffer = new ArrayBuffer(4)
    await outcome('move', () =>
      side.invoke('echo', [core.transfer(buffer, [buffer])]).then(() => buffer.byteLength),
    )
    await outcome('symbol', () => side.invoke('echo', [{ a: [Symbol('s')] }]))
    side.notify('nothing')
  }
  await outcome('batch', () => peer.batch((call) => [call('add', [1, 1]), call('mine')]))
  await outcome('own batch', () => core.batch(rpc, (call) => [call('add', [1, 1]), call('add', [2, 2])]))
  rpc.destroy()
  peer.destroy()
  return said
}

const names = Object.keys(features)
const useOf = (list: readonly string[]): core.Use => list.map((name) => features[name] as Feature)

describe('features', () => {
  test(
    'in any order, and with repeats, install to the same observable behaviour',
    { timeout: 120_000 },
    async () => {
      // Which items of a stream leave together depends on the clock.
      vi.useFakeTimers({ toFake: ['Date'] })
      onTestFinished(() => void vi.useRealTimers())
      const subset = fc.uniqueArray(fc.constantFrom(...names), { maxLength: names.length })
      const shuffled = subset.chain((chosen) =>
        fc.tuple(
          fc.constant(names.filter((name) => chosen.includes(name))),
          fc.constant(chosen),
          fc.subarray(chosen).chain((again) => fc.constant([...again, ...chosen.toReversed()])),
        ),
      )
      await fc.assert(
        fc.asyncProperty(shuffled, async ([sorted, ...orders]) => {
          const expected = await transcript(useOf(sorted))
          for (const order of orders) expect(await transcript(useOf(order))).toEqual(expected)
        }),
        { numRuns: 200 },
      )
    },
  )

  test('the same features listed in another order announce the same, so that this test can fail', async () => {
    const none = await transcript([])
    expect(await transcript([core.references])).not.toEqual(none)
  })

  test.each([
    ['something else', [{}]],
    ['undefined', [undefined]],
    ['a name', ['references']],
  ])('%s in `use` throws a TypeError that says what to write', (_, use) => {
    const make = (): unknown => new core.RPC({ transport: linkedPair().left, use: use as never })
    expect(make).toThrow(TypeError)
    expect(make).toThrow(/use: \[references, signals\]/)
  })

  test('two copies of a feature throw a TypeError that says so', () => {
    const copy = ((...args: Parameters<typeof core.frames>) => core.frames(...args)) as typeof core.frames
    const make = (): unknown => new core.RPC({ transport: linkedPair().left, use: [core.frames, copy] })
    expect(make).toThrow(/all of one copy of portcall/)
  })
})
