/** Values in a frame are those of the call, and what arrives is what would have arrived alone. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { proxy } from '../../../src/index.ts'
import { connectedPair, type Pair, turn } from '../../peer/pair.ts'
import { echoPair, framing, isFrame, messagesOf, sizesOf, stopClock } from './framing.ts'

stopClock()

const leaf = fc.oneof(
  fc.string(),
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.bigInt(),
  fc.date({ noInvalidDate: false }),
  fc.constantFrom(null, undefined, NaN, -0, Infinity),
)
const small = fc.letrec((tie) => ({
  value: fc.oneof({ depthSize: 'small' }, leaf, tie('list'), tie('record'), tie('map'), tie('set')),
  list: fc.array(tie('value'), { maxLength: 4 }),
  record: fc.dictionary(fc.string(), tie('value'), { maxKeys: 4 }),
  map: fc.array(fc.tuple(leaf, tie('value')), { maxLength: 3 }).map((entries) => new Map(entries)),
  set: fc.array(tie('value'), { maxLength: 3 }).map((items) => new Set(items)),
})).value

const anything = fc.anything({
  withBigInt: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withNullPrototype: true,
  withSparseArray: true,
  withTypedArray: true,
  withObjectString: true,
})

/** Change everything in a value that can be changed. */
function spoil(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  for (const key of Object.keys(value)) {
    spoil(Reflect.get(value, key))
    Reflect.set(value, key, 'spoilt')
  }
  Reflect.set(value, 'more', 'spoilt')
  if (value instanceof Date) value.setTime(1)
  if (value instanceof Map) value.set('more', 'spoilt')
  if (value instanceof Set) value.add('spoilt')
  if (Array.isArray(value)) value.length = 0
}

/** What `echo` gives back for each, all called in one turn after one that leaves at once. */
const echoAll = async ({ left }: Pair, values: readonly unknown[]): Promise<unknown[]> => {
  const [, ...answers] = await Promise.all([
    left.invoke('nothing'),
    ...values.map((value) => left.invoke('echo', [value])),
  ])
  return answers
}

test('arguments arrive as they were at the call, whatever happens to them after it', async () => {
  using pair = await echoPair()
  await fc.assert(
    fc.asyncProperty(fc.array(small, { minLength: 1, maxLength: 8 }), async (values) => {
      const meant = structuredClone(values)
      const first = pair.left.invoke('nothing')
      const answers = values.map((value) => {
        // In an array, as undefined alone is answered by null.
        const answer = pair.left.invoke('echo', [[value]])
        spoil(value)
        return answer
      })
      await first
      expect(await Promise.all(answers)).toStrictEqual(meant.map((value) => [value]))
    }),
    { numRuns: 200 },
  )
})

test('results arrive as they were when the handler returned', async () => {
  const kept: { count: number; list: number[] } = { count: 0, list: [] }
  using pair = await connectedPair({
    right: {
      methods: {
        next: () => {
          kept.count++
          kept.list.push(kept.count)
          return kept
        },
      },
    },
  })
  const results = await Promise.all(Array.from({ length: 20 }, () => pair.left.invoke('next')))
  expect(results).toEqual(
    results.map((_, i) => ({ count: i + 1, list: Array.from({ length: i + 1 }, (__, j) => j + 1) })),
  )
})

test('one params array that is used for all calls says something else in each', async () => {
  using pair = await echoPair()
  const params = [0]
  const answers = Array.from({ length: 100 }, (_, i) => {
    params[0] = i
    return pair.left.invoke('echo', params)
  })
  expect(await Promise.all(answers)).toEqual(answers.map((_, i) => i))
})

test('any value that can be cloned arrives in a frame as it arrives alone', async () => {
  using framed = await echoPair()
  using single = await echoPair({ coalesce: false })
  await fc.assert(
    fc.asyncProperty(fc.array(anything, { minLength: 1, maxLength: 6 }), async (values) => {
      const alone = await echoAll(single, values)
      expect(await echoAll(framed, values)).toStrictEqual(alone)
    }),
    { numRuns: 300 },
  )
})

const shared = { a: 1 }
const cyclic: { self?: unknown } = {}
cyclic.self = cyclic
const holes: unknown[] = [1]
holes[3] = 4
class Point {
  x = 1
  get y(): number {
    return 2
  }
}
const named = Object.assign([1, 2], { name: 'n' })
const deep = JSON.parse('['.repeat(70) + ']'.repeat(70)) as unknown

/** Values that leave alone, because a copy would not be what a clone is. */
const alone: readonly (readonly [name: string, value: unknown])[] = [
  ['an object that stands in two places', [shared, shared]],
  ['a cycle', cyclic],
  ['an array with holes', holes],
  ['an array with a named member', named],
  ['an own __proto__', JSON.parse('{"__proto__": {"polluted": true}}')],
  ['an instance of a class', new Point()],
  ['a Date of a class', new (class extends Date {})(0)],
  ['a RegExp', /x/g],
  ['an Error', new RangeError('x')],
  ['a Map of a class', new (class extends Map<number, number> {})([[1, 2]])],
  ['a Map of what leaves alone', new Map([[1, holes]])],
  ['a Map of 70', new Map(Array.from({ length: 70 }, (_, i) => [i, i]))],
  ['a Set of bytes', new Set([new Uint8Array([1])])],
  ['bytes', new Uint8Array([1, 2])],
  ['a boxed number', Object(1)],
  ['more than 64 values', Array.from({ length: 70 }, (_, i) => i)],
  ['more than 64 members', Object.fromEntries(Array.from({ length: 70 }, (_, i) => [`k${i}`, i]))],
  ['more than 64 levels', deep],
  ['a string of 1,025 characters', 'x'.repeat(1_025)],
  ['one in an object', { text: 'x'.repeat(1_025) }],
]

// Engines differ in whether a clone of an error has its stack.
const withoutStack = (value: unknown): unknown => {
  if (value instanceof Error) Reflect.deleteProperty(value, 'stack')
  return value
}

describe('what may not be coalesced', () => {
  test.each(alone)('%s leaves alone and arrives like a clone', async (_, value) => {
    using pair = await echoPair()
    const [, answer] = await echoAll(pair, [1, value, 2])
    expect(withoutStack(answer)).toStrictEqual(withoutStack(structuredClone(value)))
    const sent = pair.wire.filter(({ from }) => from === 'left').map(({ message }) => message)
    expect(sizesOf(sent)).toEqual([1, 1, 1, 1])
    expect(sent.filter(isFrame)).toHaveLength(2)
  })

  test('by reference stays by reference', async () => {
    using pair = await connectedPair({
      right: {
        methods: {
          nothing() {},
          call: (fn: () => Promise<number>) => fn(),
          member: (object: { get(): Promise<number> }) => object.get(),
          aborted: (signal: AbortSignal) => signal.aborted,
          sum: async (items: AsyncIterable<number>) => {
            let sum = 0
            for await (const item of items) sum += item
            return sum
          },
        },
      },
    })
    const plain = { get: () => 2 }
    const items = {
      async *[Symbol.asyncIterator]() {
        yield 1
        yield 3
      },
    }
    const call = (method: string, value: unknown): Promise<unknown> => pair.left.invoke(method, [value])
    const answers = [
      call('nothing', 0),
      call('call', () => 1),
      call('member', proxy(plain)),
      call('member', [proxy(plain)][0]),
      call('aborted', AbortSignal.abort()),
      call('sum', items),
    ]
    expect(await Promise.all(answers)).toEqual([undefined, 1, 2, 2, true, 4])
  })

  test('an object that stands in two calls is two objects, one that stands twice in a call is one', async () => {
    const heard: unknown[] = []
    using pair = await connectedPair({
      right: { methods: { note: (...args: unknown[]) => void heard.push(args) } },
    })
    const value = { a: 1 }
    for (const params of [[0], [value], [value], [value, value], [[value], { value }]])
      pair.left.notify('note', params)
    await turn()
    const [, [one], [two], [three, four], [[five], { value: six }]] = heard as [
      unknown,
      [object],
      [object],
      [object, object],
      [[object], { value: object }],
    ]
    expect(heard).toEqual([[0], [value], [value], [value, value], [[value], { value }]])
    expect(one).not.toBe(two)
    expect(three).toBe(four)
    expect(five).toBe(six)
  })

  test('an own __proto__ pollutes nothing', async () => {
    using pair = await echoPair()
    const value: unknown = JSON.parse('{"a": {"__proto__": {"polluted": true}}}')
    const [, answer] = await echoAll(pair, [1, value])
    expect(Object.hasOwn(Reflect.get(answer as object, 'a') as object, '__proto__')).toBe(true)
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
  })
})

test('no params and an empty array arrive as what they are', async () => {
  const heard: unknown[] = []
  using pair = await connectedPair({ right: { fallback: (_, params) => void heard.push(params) } })
  for (const params of [undefined, [], undefined, []]) pair.left.notify('note', params)
  await turn()
  expect(heard).toEqual([undefined, [], undefined, []])
})

test('a getter that calls the same peer while its value is read leaves both messages whole', async () => {
  using peer = framing()
  peer.rpc.notify('first')
  const value = {
    get x() {
      peer.rpc.notify('inner', [1])
      return 7
    },
  }
  peer.rpc.invoke('outer', [value]).catch(() => {})
  await turn()
  const said = peer.posted.flatMap((message) =>
    isFrame(message)
      ? messagesOf(message.params).map(({ is, values }) => [is, ...values])
      : [[Reflect.get(message as object, 'method'), ...(Reflect.get(message as object, 'params') ?? [])]],
  ) as unknown[][]
  // One for each look at the value.
  expect(said.filter(([method]) => method !== 'inner')).toEqual([['first'], ['outer', { x: 7 }]])
  expect(new Set(said.filter(([method]) => method === 'inner').map(String))).toEqual(new Set(['inner,1']))
})

test('a getter that flushes while its value is read loses nothing', async () => {
  using pair = await echoPair()
  const value = {
    get x() {
      pair.left.flush()
      return 7
    },
  }
  const values = [1, value, 2]
  expect(await echoAll(pair, values)).toEqual([1, { x: 7 }, 2])
})

test('a getter that throws rejects its own call alone', async () => {
  using pair = await echoPair()
  const value = {
    get x(): number {
      throw new Error('hostile')
    },
  }
  const settled = await Promise.allSettled([1, value, 2].map((one) => pair.left.invoke('echo', [one])))
  expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
})

test('what stands in two places stays one object, whatever a getter between them calls', async () => {
  using pair = await connectedPair({
    right: { methods: { nothing() {}, same: ({ a, b }: { a: object; b: object }) => a === b } },
  })
  const twice = { x: 1 }
  const value = {
    a: twice,
    get between(): number {
      pair.left.notify('nothing', [{}])
      return 1
    },
    b: twice,
  }
  const answers = [pair.left.invoke('nothing'), pair.left.invoke('same', [value])]
  expect(await Promise.all(answers)).toEqual([undefined, true])
})

test('members that somebody put on a Map, Set or Date are not asked for what it holds', async () => {
  using pair = await echoPair()
  const lying = { size: 0, entries: () => [][Symbol.iterator](), getTime: () => 0 }
  const given = [new Map([[1, 2]]), new Set([3]), new Date(4)]
  const answers = await echoAll(
    pair,
    given.map((value) => {
      const made = structuredClone(value)
      for (const [key, member] of Object.entries(lying)) Object.defineProperty(made, key, { value: member })
      return made
    }),
  )
  expect(answers).toStrictEqual(given)
})
