/** Any two sets of features work together: each call works, or rejects with a reason that names what is missing. */
import { isDeepStrictEqual } from 'node:util'
import { describe, expect, test } from 'vitest'
import { batch, RPC as CoreRPC } from '../../src/core.ts'
import type { Remote, RPC } from '../../src/index.ts'
import { linkedPair } from '../../src/testing.ts'
import { type Ability, type FeatureSet, sets } from './sets.ts'

class Counter {
  value = 0
  add(by: number): number {
    return (this.value += by)
  }
}

const apiOf = ({ library }: FeatureSet) => ({
  echo: (value: unknown) => value,
  size: (buffer: ArrayBuffer) => buffer.byteLength,
  add: (a: number, b: number) => a + b,
  call: (callback: (n: number) => unknown) => callback(20),
  callIn: (map: Map<string, (n: number) => unknown>) => map.get('f')?.(20),
  make: () => (n: number) => n + 2,
  counter: () => library.proxy(new Counter(), { writable: ['value'] }),
  Counter,
  fail(): never {
    throw new RangeError('too far')
  },
  isAborted: (signal: AbortSignal) =>
    new Promise((resolve) => {
      if (signal.aborted) resolve('aborted')
      signal.addEventListener('abort', () => resolve('aborted'))
    }),
  async *count(to: number) {
    for (let i = 1; i <= to; i++) yield i
  },
  readable: () =>
    new ReadableStream({
      start: (controller) => {
        controller.enqueue('chunk')
        controller.close()
      },
    }),
  exception: () => new DOMException('no', 'AbortError'),
  sum: async (numbers: AsyncIterable<number>) => {
    let sum = 0
    for await (const n of numbers) sum += n
    return sum
  },
})

type Api = ReturnType<typeof apiOf>

interface Side {
  readonly rpc: RPC
  readonly set: FeatureSet
}

interface Case {
  readonly what: string
  readonly call: (here: Side, text: boolean) => Promise<unknown>
  readonly gives: unknown
  /** What the caller and the side that answers need for it; with both it must give that. */
  readonly needs: { readonly here?: readonly Ability[]; readonly there?: readonly Ability[] }
  /** What it gives otherwise, where structured clone or JSON makes something else of it: docs/bundle-size.md lists these. */
  readonly otherwise?: (text: boolean) => unknown
  /** Text carries it by the codec of `encoding` alone. */
  readonly textNeeds?: readonly Ability[]
}

const read = async (rpc: RPC): Promise<unknown> => {
  const stream = await rpc.invoke<ReadableStream<unknown>>('readable')
  return (await stream.getReader().read()).value
}

const items = async (rpc: RPC): Promise<number[]> => {
  const found: number[] = []
  for await (const n of (await rpc.invoke('count', [3])) as AsyncIterable<number>) found.push(n)
  return found
}

const cases: readonly Case[] = [
  { what: 'a call', call: ({ rpc }) => rpc.invoke('add', [1, 2]), gives: 3, needs: {} },
  {
    what: 'plain data',
    call: ({ rpc }) => rpc.invoke('echo', [{ a: [1, 'b', null, { c: true }] }]),
    gives: { a: [1, 'b', null, { c: true }] },
    needs: {},
  },
  {
    what: '50 calls at once',
    call: ({ rpc }) => Promise.all(Array.from({ length: 50 }, (_, i) => rpc.invoke('echo', [i]))),
    gives: Array.from({ length: 50 }, (_, i) => i),
    needs: {},
  },
  {
    what: 'an unknown method',
    call: ({ rpc }) => rpc.invoke('nothing').catch((error: unknown) => Reflect.get(Object(error), 'code')),
    gives: -32601,
    needs: {},
  },
  {
    what: 'a callback',
    call: ({ rpc }) => rpc.invoke('call', [(n: number) => n + 1]),
    gives: 21,
    needs: { here: ['references'], there: ['references'] },
    otherwise: (text) => (text ? 'TypeError' : undefined),
  },
  {
    what: 'a callback in a Map',
    call: ({ rpc }) => rpc.invoke('callIn', [new Map([['f', (n: number) => n + 1]])]),
    gives: 21,
    needs: { here: ['references', 'collections'], there: ['references', 'collections'] },
    textNeeds: ['references'],
    otherwise: (text) => (text ? 'TypeError' : undefined),
  },
  {
    what: 'a function that is returned',
    call: async ({ rpc }) => (await rpc.invoke<(n: number) => Promise<number>>('make'))(40),
    gives: 42,
    needs: { here: ['references'], there: ['references'] },
    otherwise: (text) => (text ? 'TypeError' : undefined),
  },
  {
    what: 'an object by reference',
    call: async ({ rpc }) => (await rpc.invoke<Remote<Counter>>('counter')).add(2),
    gives: 2,
    needs: { here: ['references'], there: ['references'] },
    otherwise: (text) => (text ? 'TypeError' : undefined),
  },
  {
    what: 'properties of it',
    call: async ({ rpc, set: { library } }) => {
      const counter = await rpc.invoke<Remote<Counter>>('counter')
      await library.set(counter, 'value', 5)
      return library.get(counter, 'value')
    },
    gives: 5,
    needs: { here: ['references'], there: ['references', 'properties'] },
    otherwise: (text) => (text ? 'TypeError' : undefined),
  },
  {
    what: 'a class',
    call: async ({ rpc }) => {
      const { Counter: Remote } = rpc.remote<Api>()
      return (await new Remote()).add(3)
    },
    gives: 3,
    needs: { here: ['references', 'classes'], there: ['references', 'classes'] },
  },
  {
    what: 'an AbortSignal',
    call: ({ rpc }) => {
      const controller = new AbortController()
      const answer = rpc.invoke('isAborted', [controller.signal])
      setTimeout(() => controller.abort(), 5)
      return answer
    },
    gives: 'aborted',
    needs: { here: ['signals'], there: ['signals'] },
    // Node clones an AbortSignal to {}.
    otherwise: () => 'TypeError',
  },
  {
    what: 'a generator',
    call: ({ rpc }) => items(rpc),
    gives: [1, 2, 3],
    needs: { here: ['streams'], there: ['streams'] },
    otherwise: (text) => (text ? 'TypeError' : undefined),
  },
  {
    what: 'an async iterable of one’s own',
    call: ({ rpc }) =>
      rpc.invoke('sum', [
        {
          async *[Symbol.asyncIterator]() {
            yield 1
            yield 2
          },
        },
      ]),
    gives: 3,
    needs: { here: ['streams'], there: ['streams'] },
    // Structured clone makes {} of it, and so does JSON.
    otherwise: () => 'TypeError',
  },
  {
    what: 'a ReadableStream',
    call: ({ rpc }) => read(rpc),
    gives: 'chunk',
    needs: { here: ['webStreams'], there: ['webStreams'] },
    otherwise: (text) => (text ? 'TypeError' : undefined),
  },
  {
    what: 'a buffer that moves',
    call: async ({ rpc, set: { library } }, text) => {
      const buffer = new ArrayBuffer(8)
      const size = await rpc.invoke('size', [library.transfer(buffer, text ? [] : [buffer])])
      return [size, buffer.byteLength]
    },
    gives: [8, 0],
    needs: { here: ['transfers'] },
  },
  {
    what: 'the class of an error',
    call: ({ rpc }) => rpc.invoke('fail').catch((error: unknown) => error instanceof RangeError),
    gives: true,
    needs: { here: ['errorDetails'], there: ['errorDetails'] },
    otherwise: () => false,
  },
  {
    what: 'a DOMException',
    call: async ({ rpc }) => Reflect.get(Object(await rpc.invoke('exception')), 'name') as unknown,
    gives: 'AbortError',
    needs: { here: ['exceptions'], there: ['exceptions'] },
    textNeeds: ['encoding'],
    // Node 20 clones it to {}.
    otherwise: () => undefined,
  },
  {
    what: 'a batch',
    call: async ({ rpc }) => {
      const collect: Parameters<typeof batch>[1] = (call) => [call('add', [1, 1]), call('add', [2, 2])]
      return rpc instanceof CoreRPC ? batch(rpc, collect) : rpc.batch(collect)
    },
    gives: [2, 4],
    needs: { here: ['batches'], there: ['batches'] },
  },
]

const NAMES =
  /`?(references|properties|classes|collections|signals|exceptions|streams|webStreams|transfers|batches)`?|which the (peer|other side) does not take/

const within = (answer: Promise<unknown>): Promise<unknown> =>
  Promise.race([answer, new Promise((resolve) => setTimeout(resolve, 3_000, 'HANGS'))])

const hasAll = ({ has }: FeatureSet, needs: readonly Ability[] = []): boolean =>
  needs.every((ability) => has.has(ability))

/** What is wrong with how a case went; undefined: nothing. */
async function problemOf(
  { what, call, gives, needs, textNeeds, otherwise }: Case,
  here: Side,
  there: FeatureSet,
  text: boolean,
): Promise<string | undefined> {
  const known = text ? textNeeds : undefined
  const isAble = hasAll(here.set, known ?? needs.here) && hasAll(there, known ?? needs.there)
  let outcome: { readonly value?: unknown; readonly error?: unknown }
  try {
    outcome = { value: await within(call(here, text)) }
  } catch (error) {
    outcome = { error }
  }
  const { value, error } = outcome
  const wrong = `${what}: ${JSON.stringify(value)} ${String(error)}`
  if (value === 'HANGS') return wrong
  if (isAble) return !error && isDeepStrictEqual(value, gives) ? undefined : wrong
  if (!error)
    return [otherwise?.(text), gives].some((one) => isDeepStrictEqual(value, one)) ? undefined : wrong
  // What arrived was something else, and is used as what it is not.
  const isOther = otherwise?.(text) === 'TypeError' && !/cannot be sent/.test(wrong)
  return isOther || NAMES.test((error as Error).message) ? undefined : wrong
}

describe.each([
  ['as clones', false],
  ['as text', true],
] as const)('%s', (_, text) => {
  describe.each(sets)('$name', (there) => {
    test.each(sets)('works with $name, or says what is missing', async (set) => {
      const { left, right } = linkedPair({ text })
      const served = there.make({ transport: right, methods: apiOf(there) })
      const rpc = set.make({ transport: left })
      await rpc.connect()
      const problems: (string | undefined)[] = []
      for (const one of cases)
        // Text moves nothing.
        if (!text || one.what !== 'a buffer that moves')
          problems.push(await problemOf(one, { rpc, set }, there, text))
      expect(problems.filter(Boolean)).toEqual([])
      expect(await rpc.invoke('add', [1, 2])).toBe(3)
      rpc.destroy()
      served.destroy()
    })
  })
})
