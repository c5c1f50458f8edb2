import { expect, test } from 'vitest'
import { ErrorCode } from '../../src/index.ts'
import { type Opener, rejection, settled, within } from './fixture.ts'
import { meeting } from './service.ts'
import { allPlaces, callAllPlaces, inAllPlaces, type Places, thenable, withThen } from './there/callbacks.ts'
import { collect } from './there/streams.ts'

type Fn = (...args: unknown[]) => Promise<unknown>

export function callbacks({ open }: Opener<'service'>): void {
  test('a function in params is called with values and answers, sync or async', async () => {
    const { rpc } = await open('service')
    expect(await rpc.invoke('callback.callWith', [(a: number, b: number) => a + b, 1, 2])).toBe(3)
    const later = async (value: object): Promise<object> => ({ got: await Promise.resolve(value) })
    expect(await rpc.invoke('callback.callWith', [later, { x: [1] }])).toEqual({ got: { x: [1] } })
    const named = { fn: (value: unknown) => [value], value: 'by name' }
    expect(await rpc.invoke('callback.callNamed', named)).toEqual(['by name'])
    expect(await rpc.invoke('callback.callWith', [() => undefined])).toBe(undefined)
  })

  test('a function in a notification is called', async () => {
    const { rpc } = await open('service')
    const called = new Promise((resolve) => rpc.notify('callback.callWith', [resolve, 'by a notification']))
    expect(await called).toBe('by a notification')
  })

  test('functions in params are called wherever they stand: in objects, arrays, a Map and a Set', async () => {
    const { rpc } = await open('service')
    expect(await rpc.invoke('callback.callAllPlaces', [inAllPlaces()])).toEqual(allPlaces)
  })

  test('functions in a result are called wherever they stand: in objects, arrays, a Map and a Set', async () => {
    const { rpc } = await open('service')
    expect(await callAllPlaces(await rpc.invoke<Places>('callback.inAllPlaces'))).toEqual(allPlaces)
  })

  test('a function that is a result is called with values and answers, sync or async', async () => {
    const { rpc } = await open('service')
    const add = await rpc.invoke<Fn>('callback.adder', [40])
    expect(add).toBeTypeOf('function')
    expect(await add(2)).toBe(42)
    const later = await rpc.invoke<Fn>('callback.later')
    expect(await later(new Map([['a', [1]]]))).toEqual(new Map([['a', [1]]]))
  })

  test('an error that a callback throws arrives as one of its class, both ways', async () => {
    const { rpc } = await open('service')
    for (const fn of [() => failSync(), () => failLater()])
      expect(await rpc.invoke('callback.caught', [fn])).toMatchObject({
        isError: true,
        class: 'RangeError',
        message: 'out of range',
      })
    const fails = await rpc.invoke<Fn>('callback.fails')
    const error = await rejection(fails())
    expect(error).toBeInstanceOf(TypeError)
    expect(error).toMatchObject({ message: 'not like this' })
  })

  test('a function that is passed twice is the same function there, also in a later call', async () => {
    const { rpc } = await open('service')
    const fn = (): void => {}
    expect(await rpc.invoke('callback.same', [fn, fn])).toBe(true)
    expect(await rpc.invoke('callback.same', [fn, () => {}])).toBe(false)
    await rpc.invoke('callback.keep', ['fn', fn])
    expect(await rpc.invoke('callback.isKept', ['fn', fn])).toBe(true)
  })

  test('a function that is a result twice is the same function here, also in a later call', async () => {
    const { rpc } = await open('service')
    const { left, right } = await rpc.invoke<{ left: Fn; right: [Fn] }>('callback.twins')
    expect(right[0]).toBe(left)
    expect((await rpc.invoke<{ left: Fn }>('callback.twins')).left).toBe(left)
    expect(await rpc.invoke('callback.adder', [1])).not.toBe(left)
  })

  test('a function that comes back home is the original, both ways', async () => {
    const { rpc } = await open('service')
    const fn = (): void => {}
    await rpc.invoke('callback.keep', ['fn', fn])
    expect(await rpc.invoke('callback.kept', ['fn'])).toBe(fn)
    expect(await rpc.invoke('echo', [{ list: [fn] }])).toEqual({ list: [fn] })
    const { left } = await rpc.invoke<{ left: Fn }>('callback.twins')
    expect(await rpc.invoke('callback.isTwin', [left])).toBe(true)
    expect(await rpc.invoke('callback.isTwin', [fn])).toBe(false)
  })

  test('a callback that is called many times at once answers each call by itself', async () => {
    const { rpc } = await open('service')
    const doubles = Array.from({ length: 100 }, (_, i) => i * 2)
    expect(await rpc.invoke('callback.many', [meeting(), 100])).toEqual(doubles)
  })

  test('calls of a callback begin in the order in which they were made', async () => {
    const { rpc } = await open('service')
    const seen: number[] = []
    await rpc.invoke('callback.many', [(i: number) => void seen.push(i), 100])
    expect(seen).toEqual(Array.from({ length: 100 }, (_, i) => i))
  })

  test('S55: callbacks that call callbacks, 50 deep, are answered', async () => {
    const { rpc } = await open('service')
    type Bounce = (left: number, back: Bounce) => Promise<number>
    const ping: Bounce = async (left, back) => (left === 0 ? 0 : 1 + (await back(left - 1, ping)))
    expect(await rpc.invoke('callback.pong', [50, ping])).toBe(50)
  })

  test('what a callback answers may hold further functions', async () => {
    const { rpc } = await open('service')
    const make = (): object => ({ list: [() => 'made by a callback'] })
    const made = await rpc.invoke<{ list: [Fn] }>('callback.callWith', [make])
    expect(await made.list[0]()).toBe('made by a callback')
    await rpc.invoke('callback.keep', ['outer', () => () => 'inner'])
    const inner = await rpc.invoke<Fn>('callback.callKept', ['outer'])
    expect(await inner()).toBe('inner')
  })

  test('the entries of a batch hold functions and streams, and so do their results', async () => {
    const { rpc } = await open('service')
    const [called, add, items] = await rpc.batch((call) => [
      call<string>('callback.callWith', [() => 'called']),
      call<Fn>('callback.adder', [1]),
      call<AsyncIterable<number>>('stream.range', [1, 3]),
    ])
    expect([called, await add(2), await collect(items)]).toEqual(['called', 3, [1, 2, 3]])
  })

  test('S42: a member `then` that is a function is data: nothing that holds it is awaited', async () => {
    const { rpc } = await open('service')
    const { inner } = await rpc.invoke<{ inner: object }>('callback.holder')
    expect(await Promise.resolve(inner)).toBe(inner)
    const kind = (value: unknown): string => typeof value
    expect(await rpc.invoke('callback.callWith', [kind, thenable()])).toBe('object')
    expect(await rpc.invoke('echo', [withThen('data')])).toEqual(withThen('data'))
  })

  test('a callback outlives its call, and ends with the connection', async () => {
    const { rpc } = await open('service')
    await rpc.invoke('callback.keep', ['fn', (value: unknown) => value])
    await settled(rpc)
    expect(await rpc.invoke('callback.callKept', ['fn', 'later'])).toBe('later')
    const add = await rpc.invoke<Fn>('callback.adder', [1])
    rpc.destroy()
    expect(await rejection(add(1))).toMatchObject({ code: ErrorCode.CLOSED })
  })

  test('S43: callbacks of a side that is gone reject PEER_GONE, also those under way', async () => {
    const { rpc } = await open('service')
    const never = await rpc.invoke<Fn>('callback.never')
    const pending = rejection(never())
    await settled(rpc)
    rpc.notify('leave')
    expect(await within(45_000, pending)).toMatchObject({ code: ErrorCode.PEER_GONE })
    expect(await rejection(never())).toMatchObject({ code: ErrorCode.PEER_GONE })
  })
}

function failSync(): never {
  throw new RangeError('out of range')
}

async function failLater(): Promise<never> {
  await Promise.resolve()
  throw new RangeError('out of range')
}
