/** C07: references that are handed on. C08: passed objects that can be iterated. */
import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { get, proxy, type Remote, set } from '../../src/index.ts'
import { type Medium, pairOver, rejection } from './media.ts'

class Counter {
  static made = 0
  value: number
  _secret = 1
  parts = proxy({ name: () => 'part' })
  helper = (): number => 1
  constructor(value = 0) {
    this.value = value
    Counter.made++
  }
  add(by: number): number {
    return (this.value += by)
  }
  get double(): number {
    return this.value * 2
  }
}

const api = {
  counter: () => proxy(new Counter(1), { writable: ['value'] }),
  readonly: () => proxy(new Counter(1)),
  Counter: () => proxy(Counter),
  plus: () => (a: number, b: number) => a + b,
}

type Passed = Remote<Counter> & { readonly no: () => Promise<unknown> }
type Made = new (value: number) => Promise<Passed>

/** B, which gets what is A's and uses it. */
const user = {
  read: (counter: Passed) => get(counter, 'value'),
  double: (counter: Passed) => get(counter, 'double'),
  write: async (counter: Passed, value: number) => {
    await set(counter, 'value', value)
    return get(counter, 'value')
  },
  make: async (Class: Made) => (await new Class(5)).add(1),
  remake: async (Class: Made) => proxyOf(await new Class(7)),
  part: async (counter: Passed) => (await get<{ name(): Promise<string> }>(counter, 'parts')).name(),
  add: (counter: Passed, by: number) => counter.add(by),
  call: (f: (a: number, b: number) => Promise<number>) => f(1, 2),
  failure: (what: object, name: string) => get(what, name).catch((error: { code: number }) => error.code),
  refused: (what: object, name: string) => set(what, name, 1).catch((error: { code: number }) => error.code),
}
const proxyOf = <T>(value: T): T => value

for (const medium of ['channel', 'websocket', 'fork json', 'fork advanced'] as Medium[]) {
  test(`C07: get, set, new and calls of a reference that was handed on (${medium})`, async () => {
    const a = (await pairOver(medium, {}, { methods: api })).left
    const b = (await pairOver(medium, {}, { methods: user })).left
    const counter = await a.invoke<Passed>('counter')
    expect(await b.invoke('read', [counter])).toBe(1)
    expect(await b.invoke('double', [counter])).toBe(2)
    expect(await b.invoke('write', [counter, 41])).toBe(41)
    expect(await b.invoke('add', [counter, 1])).toBe(42)
    expect(await get(counter, 'value')).toBe(42)
    expect(await b.invoke('part', [counter])).toBe('part')
    const Class = await a.invoke<object>('Counter')
    expect(await b.invoke('make', [Class])).toBe(6)
    const remade = await b.invoke<Passed>('remake', [Class])
    expect([await remade.add(1), await get(remade, 'value')]).toEqual([8, 8])
    expect(await b.invoke('call', [await a.invoke('plus')])).toBe(3)
  })

  test(`C07: twice handed on, and what the owner does not let out stays there (${medium})`, async () => {
    const a = (await pairOver(medium, {}, { methods: api })).left
    const { left: b, right: c } = await pairOver(medium, {}, { methods: user })
    const d = (await pairOver(medium, {}, { methods: user })).left
    c.registerMethod('on', (method: string, ...args: unknown[]) => d.invoke(method, args))
    const counter = await a.invoke<Passed>('counter')
    expect(await b.invoke('on', ['read', counter])).toBe(1)
    expect(await b.invoke('on', ['write', counter, 9])).toBe(9)
    const readonly = await a.invoke<Passed>('readonly')
    for (const name of ['_secret', 'constructor', '__proto__', 'helper', 'none', 'value.x'])
      expect([name, await b.invoke('failure', [counter, name])]).toEqual([
        name,
        name === 'helper' ? -32603 : -32601,
      ])
    expect(await b.invoke('refused', [readonly, 'value'])).toBe(-32601)
    // A function that was passed as such has no properties, and a root no class of that name.
    expect(await b.invoke('failure', [await a.invoke('plus'), 'length'])).toBe(-32601)
    expect(await rejection(b.invoke('make', [await a.invoke('plus')]))).toMatchObject({ code: -32601 })
  })
}

test('C07: the validate of the side that hands on sees it', async () => {
  const seen: unknown[] = []
  const a = (await pairOver('channel', {}, { methods: api })).left
  const b = await pairOver(
    'channel',
    { validate: (method, params, { access, target }) => seen.push([method, params, access, typeof target]) },
    { methods: user },
  )
  const counter = await a.invoke<Passed>('counter')
  await b.left.invoke('write', [counter, 3])
  await b.left.invoke('make', [await a.invoke<object>('Counter')])
  expect(seen.map((call) => (call as unknown[]).slice(0, 3))).toEqual([
    ['value', [3], 'set'],
    ['value', [], 'get'],
    ['', [5], 'new'],
    ['add', [1], 'call'],
  ])
})

class Shelf {
  books = ['a', 'b', 'c']
  async *[Symbol.asyncIterator](): AsyncGenerator<string> {
    for (const book of this.books) yield book
  }
  size(): number {
    return this.books.length
  }
}

const shelves: Readonly<Record<string, () => object>> = {
  'an object': () => ({
    async *[Symbol.asyncIterator]() {
      yield* ['a', 'b', 'c']
    },
    size: () => 3,
  }),
  'an instance of a class': () => new Shelf(),
  'a subclass': () => new (class Sub extends Shelf {})(),
  'one that iterates in turn': () => ({
    *[Symbol.iterator]() {
      yield* ['a', 'b', 'c']
    },
    size: () => 3,
  }),
}

type RemoteShelf = AsyncIterable<string> & { size(): Promise<number> }

for (const medium of ['channel', 'websocket', 'fork json', 'fork advanced'] as Medium[])
  for (const [what, make] of Object.entries(shelves))
    test(`C08: ${what} passed by proxy() is iterated, and has its other members (${medium})`, async () => {
      const { left } = await pairOver(medium, {}, { methods: { shelf: () => proxy(make()) } })
      const shelf = await left.invoke<RemoteShelf>('shelf')
      const found: string[] = []
      for await (const book of shelf) found.push(book)
      for await (const book of shelf) {
        found.push(book)
        break
      }
      expect(found).toEqual(['a', 'b', 'c', 'a'])
      expect(await shelf.size()).toBe(3)
    })

test('C08: nothing is sent before the loop, and what cannot be iterated rejects', async () => {
  const { left } = await pairOver(
    'channel',
    {},
    {
      methods: {
        plain: () => proxy({ a: () => 1 }),
        stream: () => proxy(Readable.from([1])),
        fn: () => () => 1,
      },
    },
  )
  const plain = await left.invoke<RemoteShelf>('plain')
  expect(typeof plain[Symbol.asyncIterator]).toBe('function')
  for (const name of ['plain', 'stream']) {
    const remote = await left.invoke<RemoteShelf>(name)
    const loop = async (): Promise<void> => {
      for await (const _ of remote);
    }
    expect(await rejection(loop())).toMatchObject({ code: -32601 })
  }
  const root = left.remote<{ x(): void }>() as never as RemoteShelf
  expect(root[Symbol.asyncIterator]).toBe(undefined)
  expect((await left.invoke<RemoteShelf>('fn'))[Symbol.asyncIterator]).toBe(undefined)
})

test('C08: of a reference that was handed on, too', async () => {
  const a = (await pairOver('channel', {}, { methods: { shelf: () => proxy(new Shelf()) } })).left
  const b = (
    await pairOver(
      'channel',
      {},
      {
        methods: {
          async all(shelf: RemoteShelf) {
            const found: string[] = []
            for await (const book of shelf) found.push(book)
            return found
          },
        },
      },
    )
  ).left
  expect(await b.invoke('all', [await a.invoke('shelf')])).toEqual(['a', 'b', 'c'])
})
