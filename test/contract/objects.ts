import { expect, test } from 'vitest'
import { ErrorCode, get, proxy, type Remote, set } from '../../src/index.ts'
import { type Opener, rejection } from './fixture.ts'
import { Counter, type ObjectMethods, tools } from './there/objects.ts'

type RemoteCounter = Remote<Counter>
type Tools = Remote<ReturnType<typeof tools>>

const NOT_FOUND = expect.objectContaining({ code: ErrorCode.METHOD_NOT_FOUND }) as unknown

const reserved = ['constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf', 'then']

export function objects({ open }: Opener<'service'>): void {
  test('an instance with private fields works over there: methods, properties and accessors', async () => {
    const { rpc } = await open('service')
    const counter = await rpc.invoke<RemoteCounter>('object.counter', [4])
    expect(await counter.increment()).toBe(5)
    expect(await counter.increment(10)).toBe(15)
    expect([await get(counter, 'value'), await get(counter, 'double')]).toEqual([15, 30])
    await set(counter, 'value', 20)
    expect(await counter.increment()).toBe(21)
    expect(await get(counter, 'label')).toBe('a counter')
    await set(counter, 'label', 'mine')
    expect(await get(counter, 'label')).toBe('mine')
  })

  test('the other side works on an instance of this side by its methods, properties and accessors', async () => {
    const { rpc } = await open('service')
    const counter = new Counter(4)
    expect(await rpc.invoke('object.use', [proxy(counter, { writable: ['value', 'label'] })])).toEqual([
      'set from afar',
      30,
      60,
    ])
    expect([counter.value, counter.label]).toEqual([30, 'set from afar'])
  })

  test('what proxy() returns works like the object itself here', () => {
    const counter = proxy(new Counter(4))
    expect(counter.increment()).toBe(5)
    counter.value = 7
    expect([counter.value, counter.double, counter instanceof Counter]).toEqual([7, 14, true])
  })

  test('nested methods and properties are reached by their path, both ways', async () => {
    const { rpc } = await open('service')
    const remote = await rpc.invoke<Tools>('object.tools')
    expect(await remote.math.add(1, 2)).toBe(3)
    expect(await remote.math.more.negate(5)).toBe(-5)
    expect([await get(remote, 'title'), await get(remote, 'settings')]).toEqual(['tools', { size: 3 }])
    expect(await rpc.invoke('object.useTools', [proxy(tools())])).toEqual([3, -5, 'tools', 3])
  })

  test('a part of a remote can be passed on, and is called where it stands', async () => {
    const { rpc } = await open('service')
    const remote = await rpc.invoke<Tools>('object.tools')
    expect(await rpc.invoke('object.negateBy', [remote.math.more, 7])).toBe(-7)
  })

  test('what every object inherits, and what begins with _, can be read and written by nobody', async () => {
    const { rpc } = await open('service')
    const counter = await rpc.invoke<RemoteCounter>('object.counter', [4])
    const never: readonly string[] = [...reserved, '_hidden', '_reset']
    const mine = proxy(new Counter(4), { writable: never as [] })
    for (const name of [...reserved, '_hidden', '_reset', 'increment', 'no.such', 'label.length', '']) {
      expect(await rejection(get(counter, name))).toEqual(NOT_FOUND)
      expect(await rejection(set(counter, name, 1))).toEqual(NOT_FOUND)
      expect(await rpc.invoke('object.get', [mine, name])).toEqual(NOT_FOUND)
      expect(await rpc.invoke('object.set', [mine, name, 1])).toEqual(NOT_FOUND)
    }
    expect([mine._hidden, mine.value, Object.getPrototypeOf(mine)]).toEqual(['hidden', 4, Counter.prototype])
  })

  test('names that every object has are refused even where an object has its own', async () => {
    const { rpc } = await open('service')
    const mine = proxy({ constructor: 'own', toString: 'own', valueOf: () => 'called', fine: 'own' })
    for (const name of ['constructor', 'toString', 'valueOf']) {
      expect(await rpc.invoke('object.get', [mine, name])).toEqual(NOT_FOUND)
      expect(await rpc.invoke('object.set', [mine, name, 1])).toEqual(NOT_FOUND)
    }
    expect(await rpc.invoke('object.get', [mine, 'fine'])).toEqual({ resolved: 'own' })
  })

  test('S16: members that begin with _, inherited ones and data cannot be called', async () => {
    const { rpc } = await open('service')
    const counter = await rpc.invoke<Record<string, () => Promise<unknown>>>('object.counter', [4])
    const mine = proxy(new Counter(4))
    for (const name of ['_reset', 'label', 'value', 'noSuch']) {
      expect(await rejection(Promise.resolve(counter[name]?.()))).toEqual(NOT_FOUND)
      expect(await rpc.invoke('object.call', [mine, name])).toEqual(NOT_FOUND)
    }
    const increment = counter['increment'] as unknown as { other(): Promise<unknown> }
    expect(await rejection(increment.other())).toEqual(NOT_FOUND)
    expect(mine.value).toBe(4)
    expect(await get(counter, 'value')).toBe(4)
  })

  test('an accessor without a setter cannot be set, and says so', async () => {
    const { rpc } = await open('service')
    const counter = await rpc.invoke<RemoteCounter>('object.counter', [4])
    const error = await rejection(set(counter, 'double', 1))
    expect(error).toMatchObject({ message: expect.stringContaining('double') })
    expect(await get(counter, 'double')).toBe(8)
  })

  test('a class that crosses by proxy() is constructed with new, and its statics are called, both ways', async () => {
    const { rpc } = await open('service')
    const { list } = await rpc.invoke<{ list: [Remote<typeof Counter>] }>('object.classes')
    const Remote = list[0]
    const made = await new Remote(40)
    expect(await made.increment()).toBe(41)
    expect(await get(made, 'value')).toBe(41)
    expect(await Remote.from('12')).toBe(12)
    expect(await rejection((Remote as unknown as { _secret(): Promise<unknown> })._secret())).toEqual(
      NOT_FOUND,
    )
    expect(await rpc.invoke('object.construct', [proxy(Counter), 7])).toEqual([8, 12])
  })

  test('an exposed class is constructed with new, and its statics are called, both ways', async () => {
    const { rpc } = await open('service', { methods: { Exposed: Counter } })
    const remote = rpc.remote<ObjectMethods>('object')
    const made = await new remote.Counter(40)
    expect(await made.increment()).toBe(41)
    expect(await remote.Counter.from('12')).toBe(12)
    const other = await new remote.Counter()
    expect([await get(other, 'value'), await get(made, 'value')]).toEqual([0, 41])
    expect(await rpc.invoke('object.constructExposed', [7])).toBe(8)
  })

  test('only classes are constructed', async () => {
    const { rpc } = await open('service')
    const { add } = rpc.remote<{ add: new (a: number, b: number) => object }>()
    expect(await rejection(new add(1, 2) as unknown as Promise<unknown>)).toEqual(NOT_FOUND)
    const { Object: inherited } = rpc.remote<{ Object: new () => object }>()
    expect(await rejection(new inherited() as unknown as Promise<unknown>)).toEqual(NOT_FOUND)
  })

  test('an object that is passed twice is one remote there, also in a later call, and comes back home', async () => {
    const { rpc } = await open('service')
    const mine = proxy(new Counter())
    expect(proxy(mine)).toBe(mine)
    expect(await rpc.invoke('callback.same', [mine, mine])).toBe(true)
    await rpc.invoke('object.keep', [mine])
    expect(await rpc.invoke('object.isKept', [mine])).toBe(true)
    expect(await rpc.invoke('object.isKept', [proxy(new Counter())])).toBe(false)
    expect(await rpc.invoke<object>('echo', [mine])).toBe(mine)
  })

  test('an object that is a result twice is one remote here, and comes back home there', async () => {
    const { rpc } = await open('service')
    const own = await rpc.invoke<RemoteCounter>('object.own')
    expect(await rpc.invoke('object.own')).toBe(own)
    expect(await rpc.invoke('object.isOwn', [own])).toBe(true)
    await own.increment()
    expect(await rpc.invoke('object.ownValue')).toBe(101)
  })
}
