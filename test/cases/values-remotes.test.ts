/** C17, C18, C19: remotes where functions and objects of this side are expected. */
import { EventEmitter } from 'node:events'
import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { get, proxy, type Remote, type RPC, release } from '../../src/index.ts'
import { type Medium, pairOver, rejection, until } from './media.ts'

interface Api {
  search(...terms: unknown[]): Promise<string>
  deep: { search(...terms: unknown[]): Promise<string> }
}

const methods = {
  search: (...terms: unknown[]) => terms.join(),
  deep: { search: (...terms: unknown[]) => `deep ${terms.join()}` },
  call: (x: unknown) => `call ${String(x)}`,
  name: () => 'a name',
}

/** What lodash's debounce does. */
const debounce =
  <A extends unknown[], R>(f: (...args: A) => R) =>
  (...args: A): Promise<R> =>
    new Promise((resolve) => setTimeout(() => resolve(f.apply(undefined, args))))

test('C17: a member is bound, called, applied and debounced as a local function', async () => {
  const { left } = await pairOver('channel', {}, { methods })
  const remote = left.remote<Api>()
  for (const [search, start] of [
    [remote.search, ''],
    [remote.deep.search, 'deep '],
  ] as const) {
    expect(await search.bind(null, 1)(2)).toBe(`${start}1,2`)
    expect(await search.bind({}, 1).bind(null, 2)(3)).toBe(`${start}1,2,3`)
    expect(await search.call(null, 1, 2)).toBe(`${start}1,2`)
    expect(await search.apply(null, [1, 2])).toBe(`${start}1,2`)
    expect(await Reflect.apply(search, undefined, [1])).toBe(`${start}1`)
    expect(await debounce(search)(1)).toBe(`${start}1`)
    expect([search.length, search.name]).toEqual([0, 'search'])
    expect(search.bind(null).name).toBe('bound search')
  }
})

test('C17: as a listener of an emitter, and of an EventTarget', async () => {
  const seen: unknown[] = []
  const { left } = await pairOver('channel', {}, { methods: { handler: (x: unknown) => void seen.push(x) } })
  const remote = left.remote<{ handler(x: unknown): Promise<void> }>()
  const emitter = new EventEmitter()
  emitter.on('x', remote.handler)
  emitter.once('x', remote.handler.bind(null, 'once'))
  emitter.emit('x', 1)
  await until(() => seen.length === 2)
  emitter.off('x', remote.handler)
  emitter.emit('x', 2)
  await remote.handler('last')
  expect(seen).toEqual([1, 'once', 'last'])
})

test('C17: nothing of that is sent; at the root these are names like others, and invoke reaches all', async () => {
  const calls: string[] = []
  const { left } = await pairOver(
    'channel',
    {},
    { methods: { ...methods, phone: { call: () => 'phoned' } }, fallback: (name) => calls.push(name) },
  )
  const remote = left.remote<{ call(x: number): Promise<string>; name(): Promise<string> }>()
  expect(await remote.call(1)).toBe('call 1')
  expect(await remote.name()).toBe('a name')
  expect(await left.invoke('phone.call')).toBe('phoned')
  expect(calls).toEqual([])
})

class Counter {
  value = 1
  add(by: number): number {
    return (this.value += by)
  }
}

const things = {
  instance: () => proxy(new Counter()),
  object: () => proxy({ add: (by: number) => by + 1 }),
  Counter,
  passedClass: () => proxy(Counter),
  passedFunction: () => proxy((x: number) => x + 1),
  bare: () => (x: number) => x + 1,
  typeOf: (value: unknown) => typeof value,
  use: (counter: Remote<Counter>) => counter.add(1),
  hold: { counter: new Counter() },
}

/** React's setState: it calls the functions it is given. */
const setState = (next: unknown, former = 0): unknown =>
  typeof next === 'function' ? (next(former) as unknown) : next

for (const medium of ['channel', 'websocket', 'fork advanced'] as Medium[]) {
  test(`C18: what cannot be called is an object (${medium})`, async () => {
    const { left } = await pairOver(medium, {}, { methods: things })
    const instance = await left.invoke<Remote<Counter>>('instance')
    const object = await left.invoke<Remote<Counter>>('object')
    const made = await (new (left.remote<{ Counter: typeof Counter }>().Counter)() as never as Promise<
      Remote<Counter>
    >)
    for (const remote of [instance, object, made]) {
      expect(typeof remote).toBe('object')
      expect(setState(remote)).toBe(remote)
      expect(await remote.add(1)).toBe(2)
      expect(() => (remote as never as () => void)()).toThrow(TypeError)
    }
    expect(await get(instance, 'value')).toBe(2)
    expect(await left.invoke('use', [instance])).toBe(3)
    expect(await left.invoke('typeOf', [instance])).toBe('object')
    release(instance)
    expect(await rejection(instance.add(1) as Promise<unknown>)).toMatchObject({ code: -32056 })
  })

  test(`C18: what can be called is a function (${medium})`, async () => {
    const { left } = await pairOver(medium, {}, { methods: things })
    const Passed = await left.invoke<new () => Promise<Remote<Counter>>>('passedClass')
    expect(await (await new Passed()).add(1)).toBe(2)
    for (const name of ['passedFunction', 'bare']) {
      const remote = await left.invoke<(x: number) => Promise<number>>(name)
      expect([typeof remote, await remote(1)]).toEqual(['function', 2])
    }
    expect(typeof left.remote()).toBe('function')
  })
}

test('C18: a remote object is never taken for plain data: in params, deep in them, beside others, handed on', async () => {
  const { left } = await pairOver('channel', {}, { methods: things })
  const other = (
    await pairOver(
      'channel',
      {},
      {
        methods: {
          use: (x: { in: [Remote<Counter>] }) => x.in[0].add(1),
          isObject: (x: unknown) => typeof x,
        },
      },
    )
  ).left
  const instance = await left.invoke<Remote<Counter>>('instance')
  expect(await other.invoke('use', [{ in: [instance] }])).toBe(2)
  expect(await other.invoke('isObject', [instance])).toBe('object')
  expect(await other.invoke('isObject', [await left.invoke('bare')])).toBe('function')
  expect(await other.invoke('use', [{ in: [instance], also: [1, { a: 2 }] }])).toBe(3)
})

test('C18: a remote in a property of a passed object is not let out by get', async () => {
  const far = (await pairOver('channel', {}, { methods: things })).left
  const held = await far.invoke<Remote<Counter>>('instance')
  const { left } = await pairOver('channel', {}, { methods: { give: () => proxy({ held }) } })
  expect(await rejection(get(await left.invoke<object>('give'), 'held'))).toMatchObject({ code: -32603 })
})

test('C18: calling the root says what happened, and how to store it', async () => {
  const { left } = await pairOver('channel', {}, { methods: { a: () => 1 } })
  const root = left.remote() as never as () => Promise<unknown>
  const error = await rejection(root())
  expect(error).toMatchObject({ code: -32601 })
  expect(error.message).toMatch(/remote itself was called.*setState\(\(\) => remote\)/)
})

const local = (remote: object): Record<string, unknown> => remote as Record<string, unknown>

test('C19: members that begin with __ are local and undefined', async () => {
  const called: string[] = []
  const { left } = await pairOver('channel', {}, { methods: things, fallback: (name) => called.push(name) })
  const instance = await left.invoke<object>('instance')
  const root = left.remote()
  for (const remote of [instance, root, local(root)['hold'] as object]) {
    for (const key of [
      '__v_raw',
      '__v_skip',
      '__v_isRef',
      '__v_isReactive',
      '__mobx',
      '__esModule',
      '__',
      '__f',
    ])
      expect([key, local(remote)[key]]).toEqual([key, undefined])
    // What Vue's toRaw does.
    const toRaw = (observed: unknown): unknown => {
      const raw: unknown = observed && (observed as Record<string, unknown>)['__v_raw']
      return raw ? toRaw(raw) : observed
    }
    expect(toRaw(remote)).toBe(remote)
    expect(inspect(remote)).toBeTypeOf('string')
    expect(new Set([remote]).has(remote)).toBe(true)
    expect(JSON.stringify({ remote })).toBeTypeOf('string')
    expect(await Promise.resolve(remote)).toBe(remote)
    expect(Object.keys(remote)).toEqual([])
  }
  expect(called).toEqual([])
})

test('C19: one _ is a name like others', async () => {
  const { left } = await pairOver('channel', {}, { methods: { _one: () => 1, __two: () => 2 } })
  expect(await left.remote<{ _one(): Promise<number> }>()._one()).toBe(1)
  expect(await (left satisfies RPC).invoke('__two')).toBe(2)
})
