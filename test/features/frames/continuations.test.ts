/** What runs between the messages of a frame runs where separate posts would have run it. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { connectedPair, notification, result, turn } from '../../peer/pair.ts'
import { type Framing, framing, isFrame, stopClock } from './framing.ts'

stopClock()

/** Awaits of a handler, or async functions around a call: as many run before the next message of a frame. */
const DEPTH = 8

/** One message of the other side. */
type Step =
  | { readonly is: 'answer'; readonly wrappers: number }
  | { readonly is: 'sync' }
  | { readonly is: 'async'; readonly awaits: number; readonly isRequest: boolean }

const depth = fc.nat(DEPTH)
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ is: fc.constant('answer'), wrappers: depth } as const),
  fc.record({ is: fc.constant('sync') } as const),
  fc.record({ is: fc.constant('async'), awaits: depth, isRequest: fc.boolean() } as const),
)

interface Said {
  readonly alone: object
  readonly framed: readonly unknown[]
}

const call = (id: unknown, method: string, params: unknown[]): Said => ({
  alone: { ...notification(method, params), ...(id !== null && { id }) },
  framed: [id, method, params.length, ...params],
})

const answer = (id: unknown, value: unknown): Said => ({
  alone: result(id, value),
  framed: [id, true, value],
})

/** Somebody whose handlers and continuations note in which order they run; and what is said to it. */
function listener(steps: readonly Step[]): { peer: Framing; log: string[]; said: Said[] } {
  const log: string[] = []
  const run = async (name: string, awaits: number): Promise<void> => {
    log.push(`${name} starts`)
    for (let i = 0; i < awaits; i++) await Promise.resolve()
    log.push(`${name} ends`)
  }
  const methods = { sync: (name: string) => void log.push(name), async: run }
  const peer = framing({ methods })
  const said = steps.map((one, i) => {
    if (one.is === 'sync') return call(null, 'sync', [`sync ${i}`])
    if (one.is === 'async') return call(one.isRequest ? `r${i}` : null, 'async', [`async ${i}`, one.awaits])
    const id = `mine ${i}`
    const ask = async (wrappers: number): Promise<unknown> =>
      wrappers ? await ask(wrappers - 1) : peer.rpc.invoke('any', null, { id })
    void ask(one.wrappers).then(() => log.push(`after ${i}`))
    return answer(id, i)
  })
  return { peer, log, said }
}

// Answers that stand together settle together: their continuations run in order if they are equally deep.
const isComparable = (steps: readonly Step[]): boolean =>
  steps.every((one, i) => {
    const next = steps[i + 1]
    return one.is !== 'answer' || next?.is !== 'answer' || one.wrappers <= next.wrappers
  })

test('handlers and what follows an await run in the order in which separate posts would run them', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }).filter(isComparable), async (steps) => {
      const apart = listener(steps)
      for (const { alone } of apart.said) {
        apart.peer.receive(alone)
        await turn()
      }
      const together = listener(steps)
      together.peer.frame(...together.said.flatMap(({ framed }) => framed))
      await turn()
      expect(together.log).toEqual(apart.log)
      apart.peer.rpc.destroy()
      together.peer.rpc.destroy()
    }),
    { numRuns: 300 },
  )
})

test('code after an await runs before the next handler of the same frame', async () => {
  const log: string[] = []
  using pair = await connectedPair({ left: { methods: { next: () => void log.push('next') } }, right: {} })
  pair.right.registerMethod('ask', () => {
    // After the answer, in the frame that it leaves in.
    queueMicrotask(() => pair.right.notify('next'))
    return 'told'
  })
  const asked = [1, 2, 3].map(async (n) => log.push(`${await pair.left.invoke<string>('ask')} ${n}`))
  await Promise.all(asked)
  await turn()
  expect(log.indexOf('told 1')).toBeLessThan(log.indexOf('next'))
  expect(log.filter((line) => line === 'next')).toHaveLength(3)
})

test('an async open, then a hover: the document is there', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(DEPTH), { minLength: 1, maxLength: 20 }), async (awaits) => {
      const documents = new Map<number, string>()
      using pair = await connectedPair({
        right: {
          methods: {
            nothing() {},
            async open(uri: number) {
              for (let i = 0; i < (awaits[uri] ?? 0); i++) await Promise.resolve()
              documents.set(uri, `text ${uri}`)
            },
            hover: (uri: number) => documents.get(uri) ?? 'not open',
          },
        },
      })
      pair.left.notify('nothing')
      const hovers = awaits.map((_, uri) => {
        pair.left.notify('open', [uri])
        return pair.left.invoke('hover', [uri])
      })
      expect(await Promise.all(hovers)).toEqual(awaits.map((_, uri) => `text ${uri}`))
      expect(pair.wire.filter(({ message }) => isFrame(message)).length).toBeGreaterThan(0)
    }),
    { numRuns: 100 },
  )
})

test('the steps of an async handler up to its first await run before the next message is looked at', async () => {
  const log: string[] = []
  using peer = framing({
    methods: {
      async slow(name: string) {
        log.push(`${name} starts`)
        await new Promise(() => {})
      },
      sync: (name: string) => void log.push(name),
    },
  })
  peer.frame(1, 'slow', 1, 'a', null, 'sync', 1, 'b', 2, 'slow', 1, 'c', null, 'sync', 1, 'd')
  await turn()
  expect(log).toEqual(['a starts', 'b', 'c starts', 'd'])
})

test('the body of a `for await` runs for an item before the message that follows it', async () => {
  const log: unknown[] = []
  using peer = framing({ methods: { sync: (name: string) => void log.push(name) } })
  const { stream } = peer.rpc.remote<{ stream(): AsyncIterable<string> }>()
  const items = stream()
  const [{ id }] = peer.posted as [{ id: unknown }]
  peer.receive({ ...result(id, null), values: [[[], 'stream', 1]] })
  const consumed = (async () => {
    for await (const item of items) log.push(item)
    log.push('end')
  })()
  await turn()
  peer.frame(
    null,
    'rpc.next',
    2,
    1,
    'item',
    null,
    'sync',
    1,
    'a',
    null,
    'rpc.end',
    1,
    1,
    null,
    'sync',
    1,
    'b',
  )
  await consumed
  await turn()
  expect(log).toEqual(['item', 'a', 'end', 'b'])
})
