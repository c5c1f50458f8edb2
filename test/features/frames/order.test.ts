import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type RPC, transfer } from '../../../src/index.ts'
import { connectedPair, deferred, notification, rejection, turn } from '../../peer/pair.ts'
import { framing, media, meet } from './framing.ts'

type Fn = (value: number) => Promise<unknown>

interface Run {
  readonly rpc: RPC
  /** A function of the other side. */
  readonly fn: Fn
  /** Calls that are answered at once, in the order of the calls and in that of the answers. */
  readonly asked: number[]
  readonly settled: number[]
  readonly ends: Promise<unknown>[]
}

const answered = ({ asked, settled, ends }: Run, token: number, call: Promise<unknown>): void => {
  asked.push(token)
  const note = (): void => void settled.push(token)
  ends.push(call.then(note, note))
}

const long = 'x'.repeat(2_000)

/** Every way to say something; each carries `token`, and says whether the other side hears it. */
const ways: Record<string, (run: Run, token: number) => boolean | Promise<boolean>> = {
  notify: ({ rpc }, token) => (rpc.notify('note', [token]), true),
  invoke: (run, token) => (answered(run, token, run.rpc.invoke('note', [token])), true),
  'invoke object': (run, token) => (answered(run, token, run.rpc.invoke('note', [token, { a: [1] }])), true),
  'invoke later': ({ rpc, ends }, token) => (ends.push(rpc.invoke('later', [token])), true),
  'invoke by name': (run, token) => (answered(run, token, run.rpc.invoke('named', { token })), true),
  'invoke and throw': (run, token) => (answered(run, token, run.rpc.invoke('fail', [token])), true),
  'long string': (run, token) => (answered(run, token, run.rpc.invoke('note', [token, long])), true),
  'notify bytes': ({ rpc }, token) => (rpc.notify('note', [token, new Uint8Array(1)]), true),
  'a callback': (run, token) => (answered(run, token, run.rpc.invoke('note', [token, () => {}])), true),
  'a transfer': (run, token) => (
    answered(run, token, run.rpc.invoke('note', [token, transfer(new ArrayBuffer(1), [])])),
    true
  ),
  'a function over there': (run, token) => (answered(run, token, run.fn(token)), true),
  'a batch': ({ rpc, ends }, token) => (
    ends.push(rpc.batch((call) => [call('note', [token]), call('nothing')])),
    true
  ),
  'a long batch': ({ rpc, ends }, token) => (
    ends.push(rpc.batch((call) => [call('note', [token, long])])),
    true
  ),
  'not sendable': ({ rpc, ends }, token) => (
    ends.push(rejection(rpc.invoke('note', [token, Symbol('no')]))),
    false
  ),
  'cancelled at once': ({ rpc, ends }, token) => {
    const controller = new AbortController()
    ends.push(rpc.invoke('note', [token], { signal: controller.signal }).catch(() => {}))
    controller.abort()
    return true
  },
  'flush()': ({ rpc }) => (rpc.flush(), false),
  'a microtask': async () => false,
  'a turn': async () => (await turn(), false),
}

const way = fc.constantFrom(...Object.keys(ways))
const weighted = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('notify', 'invoke') },
  { arbitrary: way, weight: 2 },
)

test.each(Object.keys(media))(
  'what is said is heard in order, and so are the answers, %s',
  async (medium) => {
    const heard: number[] = []
    const note = (token: number): number => heard.push(token)
    using pair = await meet(medium, {
      right: {
        methods: {
          note,
          nothing() {},
          named: ({ token }: { token: number }) => note(token),
          fail(token: number) {
            note(token)
            throw new Error('no')
          },
          async later(token: number) {
            note(token)
            await Promise.resolve()
          },
          give: () => note,
        },
      },
    })
    const fn = await pair.left.invoke<Fn>('give')
    await fc.assert(
      fc.asyncProperty(fc.array(weighted, { maxLength: 90 }), async (steps) => {
        heard.length = 0
        const said: number[] = []
        const run: Run = { rpc: pair.left, fn, asked: [], settled: [], ends: [] }
        for (const [token, step] of steps.entries()) if (await ways[step]?.(run, token)) said.push(token)
        await Promise.all(run.ends)
        // Its answer comes after all that was said before; how many turns that takes is up to the engine.
        await pair.left.invoke('nothing')
        expect(heard).toEqual(said)
        expect(run.settled).toEqual(run.asked)
      }),
      { numRuns: 150 },
    )
  },
)

test.each(Object.keys(media))(
  'both sides at once: each hears the other in order, and streams come whole, %s',
  async (medium) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('note', 'stream', 'turn'), { maxLength: 40 }),
        async (steps) => {
          const heard: Record<string, number[]> = { left: [], right: [] }
          const methods = (side: string) => ({
            note: (token: number) => heard[side]?.push(token),
            async *count(to: number) {
              for (let i = 0; i < to; i++) yield i
            },
          })
          using pair = await meet(medium, {
            left: { methods: methods('left') },
            right: { methods: methods('right') },
          })
          const said: number[] = []
          const ends: Promise<unknown>[] = []
          for (const [token, step] of steps.entries()) {
            if (step === 'turn') await turn()
            else
              for (const rpc of [pair.left, pair.right])
                if (step === 'note') rpc.notify('note', [token])
                else ends.push(collect(rpc, token))
            if (step === 'note') said.push(token)
          }
          await Promise.all(ends)
          await Promise.all([pair.left, pair.right].map((rpc) => rejection(rpc.invoke('unknown'))))
          expect(heard).toEqual({ left: said, right: said })
        },
      ),
      { numRuns: 60 },
    )
  },
)

async function collect(rpc: RPC, count: number): Promise<void> {
  const items: number[] = []
  const { count: numbers } = rpc.remote<{ count(to: number): AsyncIterable<number> }>()
  for await (const item of numbers(count)) {
    items.push(item)
    rpc.notify('unknown', [item])
  }
  expect(items).toEqual(Array.from({ length: count }, (_, i) => i))
}

test('a message that comes alone while a frame is handled in turns waits for its end', async () => {
  const heard: unknown[] = []
  const gate = deferred()
  using peer = framing({
    methods: {
      note: (token: unknown) => void heard.push(token),
      async later(token: unknown) {
        heard.push(token)
        await gate.promise
      },
    },
  })
  peer.frame(null, 'later', 1, 1, null, 'later', 1, 2, null, 'note', 1, 3)
  peer.receive(notification('note', [4]))
  peer.frame(null, 'later', 1, 5, null, 'note', 1, 6)
  peer.receive(notification('note', [7]))
  expect(heard).toEqual([1])
  await turn()
  expect(heard).toEqual([1, 2, 3, 4, 5, 6, 7])
})

test('a handler that calls back while its frame is handled hears the answer before what it says next', async () => {
  const heard: string[] = []
  using pair = await connectedPair({ right: {} })
  pair.right.registerMethod('ask', async (n: number) => {
    heard.push(`ask ${n}`)
    heard.push(`told ${await pair.right.invoke<number>('tell', [n])}`)
  })
  pair.left.registerMethod('tell', (n: number) => n)
  await Promise.all([1, 2, 3, 4].map((n) => pair.left.invoke('ask', [n])))
  expect(heard.filter((line) => line.startsWith('ask'))).toEqual(['ask 1', 'ask 2', 'ask 3', 'ask 4'])
  expect(heard.filter((line) => line.startsWith('told'))).toEqual(['told 1', 'told 2', 'told 3', 'told 4'])
})

test('over a transport that delivers inside `post` nothing overtakes the rest of a frame, or what waits behind it', async () => {
  const heard: number[] = []
  using peer = framing({
    methods: { note: (token: number) => void heard.push(token), later: async () => {} },
  })
  // As when the other side answers a call of this handler at once.
  peer.rpc.registerMethod('outer', (token: number) => {
    heard.push(token)
    peer.receive(notification('note', [token + 2]))
  })
  peer.frame(null, 'outer', 1, 1, null, 'note', 1, 2)
  await turn()
  peer.frame(null, 'later', 0, null, 'note', 1, 4)
  peer.receive(notification('outer', [5]), notification('note', [6]))
  await turn()
  expect(heard).toEqual([1, 2, 3, 4, 5, 6, 7])
})
