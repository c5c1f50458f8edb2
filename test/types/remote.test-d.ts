import { expectTypeOf, test } from 'vitest'
import type { Proxied, Remote, RemoteStream } from '../../src/index.ts'

declare const proxied: <T>(value: T) => Proxied<T>

class Base {
  base(): number {
    return 1
  }
}

class Counter extends Base {
  #n: number
  count = 0
  constructor(start: number, label?: string) {
    super()
    this.#n = start + (label?.length ?? 0)
  }
  private hidden(): number {
    return this.#n
  }
  protected guarded(): number {
    return this.hidden()
  }
  increment(by = 1): number {
    return (this.#n += by)
  }
  get current(): number {
    return this.guarded()
  }
  static create(start: number): Counter {
    return new Counter(start)
  }
}

declare function overloaded(a: string): Promise<string>
declare function overloaded(a: number): Promise<number>
declare function overloadedSync(a: string): string
declare function overloadedSync(a: number): number

interface Tree {
  readonly child: Tree
  readonly maybe?: Tree
  optional?(a: string): number
  value(): number
}

type Json = string | number | boolean | null | Json[] | { [key: string]: Json }

const api = {
  version: '1.0',
  list: [1, 2],
  when: new Date(0),
  map: new Map<string, number>(),
  set: new Set<string>(),
  nothing() {},
  add: (a: number, b: number) => a + b,
  later: async (a: number) => String(a),
  optionalArgument: (a: number, b?: string) => b ?? a,
  rest: (first: string, ...others: number[]) => [first, others.length] as const,
  union: (a: string | number) => (typeof a === 'string' ? 'text' : 5),
  maybe: (a: number): string | undefined => (a ? 'x' : undefined),
  isOpen: () => Date.now() > 0,
  mixed: (a: number): string | Promise<number> => (a ? 'x' : Promise.resolve(a)),
  fail: (why: string): never => {
    throw new Error(why)
  },
  data: () => ({ a: 1, list: ['x'] }),
  json: (value: Json): Json => value,
  math: { sum: (...xs: number[]) => xs.length, deep: { negate: (x: number) => -x, data: 1 } },
  count: async function* (to: number) {
    for (let i = 0; i < to; i++) yield i
  },
  countLater: async (to: number): Promise<AsyncIterable<string>> => {
    throw new Error(String(to))
  },
  id: async <T>(value: T): Promise<T> => value,
  constrained: async <T extends { id: string }>(value: T): Promise<T['id']> => value.id,
  idSync: <T>(value: T): T => value,
  overloaded,
  overloadedSync,
  makeAdder: (n: number) => (m: number) => n + m,
  counter: () => proxied(new Counter(1)),
  counterLater: async () => proxied(new Counter(1)),
  optional: undefined as undefined | ((a: string) => number),
  nullable: null as null | { inner(): string },
  anything: JSON.parse as (text: string) => unknown,
  Counter,
}

declare const remote: Remote<typeof api>

test('a method of any kind becomes one that returns a promise', () => {
  expectTypeOf(remote.add).toEqualTypeOf<(a: number, b: number) => Promise<number>>()
  expectTypeOf(remote.later).toEqualTypeOf<(a: number) => Promise<string>>()
  expectTypeOf(remote.nothing).toEqualTypeOf<() => Promise<void>>()
  expectTypeOf(remote.optionalArgument).toEqualTypeOf<(a: number, b?: string) => Promise<string | number>>()
  expectTypeOf(remote.rest).toEqualTypeOf<
    (first: string, ...others: number[]) => Promise<readonly [string, number]>
  >()
  expectTypeOf(remote.union('x')).toEqualTypeOf<Promise<'text' | 5>>()
  expectTypeOf(remote.maybe(1)).toEqualTypeOf<Promise<string | undefined>>()
  expectTypeOf(remote.isOpen).toEqualTypeOf<() => Promise<boolean>>()
  expectTypeOf(remote.mixed(1)).toEqualTypeOf<Promise<string | number>>()
  expectTypeOf(remote.fail).toEqualTypeOf<(why: string) => Promise<never>>()
  expectTypeOf(remote.data()).toEqualTypeOf<Promise<{ a: number; list: string[] }>>()
  expectTypeOf(remote.json(null)).toEqualTypeOf<Promise<Json>>()
})

test('wrong arguments are errors', () => {
  // @ts-expect-error a string where a number is declared
  void remote.add('1', 2)
  // @ts-expect-error one argument where two are declared
  void remote.add(1)
  // @ts-expect-error three arguments where two are declared
  void remote.add(1, 2, 3)
  // @ts-expect-error an argument where none is declared
  void remote.nothing(1)
  // @ts-expect-error the rest are numbers
  void remote.rest('x', 'y')
  // @ts-expect-error there is no such method
  void remote.subtract(1, 2)
  // @ts-expect-error a promise is no number
  expectTypeOf<number>(remote.add(1, 2))
})

test('members that hold data are not there', () => {
  type Members = keyof typeof remote
  expectTypeOf<Extract<Members, 'version' | 'list' | 'when' | 'map' | 'set'>>().toEqualTypeOf<never>()
  expectTypeOf<keyof typeof remote.math.deep>().toEqualTypeOf<'negate'>()
  // @ts-expect-error data
  void remote.version
  // @ts-expect-error the methods of a list are not remote
  void remote.list.push
})

test('nesting stays, at any depth', () => {
  expectTypeOf(remote.math.sum).toEqualTypeOf<(...xs: number[]) => Promise<number>>()
  expectTypeOf(remote.math.deep.negate).toEqualTypeOf<(x: number) => Promise<number>>()
  expectTypeOf<Remote<typeof api>['math']>().toEqualTypeOf<Remote<(typeof api)['math']>>()
})

test('recursive types end', () => {
  const tree = {} as Remote<Tree>
  expectTypeOf(tree.child.child.child.value).toEqualTypeOf<() => Promise<number>>()
  expectTypeOf(tree.child).toEqualTypeOf<Remote<Tree>>()
})

test('async generics and overloads survive', async () => {
  expectTypeOf(await remote.id('x' as const)).toEqualTypeOf<'x'>()
  expectTypeOf(await remote.id<number[]>([1])).toEqualTypeOf<number[]>()
  expectTypeOf(await remote.constrained({ id: 'a', more: 1 })).toEqualTypeOf<string>()
  // @ts-expect-error the constraint is kept
  void remote.constrained({ name: 'a' })
  expectTypeOf(await remote.overloaded('x')).toEqualTypeOf<string>()
  expectTypeOf(await remote.overloaded(1)).toEqualTypeOf<number>()
  // @ts-expect-error no overload takes a boolean
  void remote.overloaded(true)
})

test('sync generics become unknown, of sync overloads the last one counts', async () => {
  expectTypeOf(await remote.idSync('x')).toEqualTypeOf<unknown>()
  expectTypeOf(await remote.overloadedSync(1)).toEqualTypeOf<number>()
  // @ts-expect-error only the last overload is there
  void remote.overloadedSync('x')
})

test('an async generator is a stream: to iterate at once, or to await first', async () => {
  expectTypeOf(remote.count(3)).toEqualTypeOf<RemoteStream<number>>()
  for await (const n of remote.count(3)) expectTypeOf(n).toEqualTypeOf<number>()
  const iterator = await remote.count(3)
  for await (const n of iterator) expectTypeOf(n).toEqualTypeOf<number>()
  expectTypeOf(remote.countLater(3)).toEqualTypeOf<Promise<AsyncIterableIterator<string>>>()
  // @ts-expect-error a stream is not iterated synchronously
  for (const n of remote.count(3)) void n
  // @ts-expect-error what is not a stream is not iterated
  void remote.add(1, 2)[Symbol.asyncIterator]
})

test('functions and proxied objects that are returned are remote themselves', async () => {
  const adder = await remote.makeAdder(1)
  expectTypeOf(adder).toEqualTypeOf<(m: number) => Promise<number>>()
  const counter = await remote.counter()
  expectTypeOf(counter).toEqualTypeOf<Remote<Counter>>()
  expectTypeOf(await counter.increment()).toEqualTypeOf<number>()
  expectTypeOf(remote.counterLater()).toEqualTypeOf<Promise<Remote<Counter>>>()
})

test('of a class instance its public methods are there, also the inherited', () => {
  type Instance = Remote<Counter>
  expectTypeOf<keyof Instance>().toEqualTypeOf<'base' | 'increment'>()
  const counter = {} as Instance
  expectTypeOf(counter.increment).toEqualTypeOf<(by?: number) => Promise<number>>()
  // @ts-expect-error private
  void counter.hidden
  // @ts-expect-error protected
  void counter.guarded
  // @ts-expect-error an accessor
  void counter.current
})

test('a class is constructed by await new, and its static methods can be called', async () => {
  const Remoted = {} as Remote<typeof Counter>
  expectTypeOf(new Remoted(1, 'label')).toEqualTypeOf<Promise<Remote<Counter>>>()
  expectTypeOf(await (await new remote.Counter(1)).increment(2)).toEqualTypeOf<number>()
  expectTypeOf(Remoted.create(1)).toEqualTypeOf<Promise<Counter>>()
  // @ts-expect-error a wrong argument of the constructor
  void new Remoted('1')
  // @ts-expect-error no argument
  void new Remoted()
  // @ts-expect-error a class is not called
  void Remoted(1)
  // @ts-expect-error a function is not constructed
  void new remote.add(1, 2)
})

test('an optional or nullable member can be called as if it were there', () => {
  expectTypeOf(remote.optional).toEqualTypeOf<(a: string) => Promise<number>>()
  const tree = {} as Remote<Tree>
  expectTypeOf(tree.maybe.maybe.value).toEqualTypeOf<() => Promise<number>>()
  expectTypeOf(tree.optional).toEqualTypeOf<(a: string) => Promise<number>>()
  expectTypeOf(remote.nullable.inner).toEqualTypeOf<() => Promise<string>>()
})

test('a function by itself is a remote function', () => {
  expectTypeOf<Remote<(a: number) => string>>().toEqualTypeOf<(a: number) => Promise<string>>()
  expectTypeOf<Remote<(a: number) => Promise<string>>>().toEqualTypeOf<(a: number) => Promise<string>>()
})

test('a remote is never thenable', () => {
  type Thenable = Remote<{ then(resolve: () => void): void; ok(): void }>
  expectTypeOf<keyof Thenable>().toEqualTypeOf<'ok'>()
  expectTypeOf<Awaited<Remote<typeof api>>>().toEqualTypeOf<Remote<typeof api>>()
})

test('a member of a remote cannot be assigned', () => {
  expectTypeOf(remote.add(1, 2)).toEqualTypeOf<Promise<number>>()
  // @ts-expect-error read-only
  remote.add = async (a: number, b: number) => a + b
})

test('unknown stays unknown', () => {
  expectTypeOf(remote.anything('1')).toEqualTypeOf<Promise<unknown>>()
  expectTypeOf<Remote<{ f(value: unknown): unknown }>['f']>().toEqualTypeOf<
    (value: unknown) => Promise<unknown>
  >()
})

test('C06: a generator is a stream, also a sync one', () => {
  const remote = {} as Remote<{
    count(to: number): Generator<number>
    later(): Promise<IterableIterator<string>>
  }>
  expectTypeOf(remote.count(1)).toEqualTypeOf<RemoteStream<number>>()
  expectTypeOf(remote.later()).toEqualTypeOf<Promise<AsyncIterableIterator<string>>>()
})

test('C08: what was passed by proxy() and can be iterated is iterated', async () => {
  class Shelf {
    async *[Symbol.asyncIterator](): AsyncGenerator<string> {}
    size(): number {
      return 0
    }
  }
  const remote = {} as Remote<{ shelf(): Proxied<Shelf> }>
  const shelf = await remote.shelf()
  for await (const book of shelf) expectTypeOf(book).toEqualTypeOf<string>()
  expectTypeOf(shelf.size()).toEqualTypeOf<Promise<number>>()
})

test('C17: below the root, members of names that functions have are to be invoked', () => {
  const remote = {} as Remote<{
    call(): string
    phone: { call(): string; dial(): string }
    bind: { x(): number }
  }>
  expectTypeOf(remote.call()).toEqualTypeOf<Promise<string>>()
  expectTypeOf(remote.bind.x()).toEqualTypeOf<Promise<number>>()
  expectTypeOf(remote.phone.dial()).toEqualTypeOf<Promise<string>>()
  // @ts-expect-error: `call` of a function is meant at run time
  void remote.phone.call()
})
