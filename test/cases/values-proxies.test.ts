/** C04: ES proxies of plain data, as Vue, MobX and Immer hand them out. */
import { expect, test } from 'vitest'
import { every, type Medium, pairOver, rejection } from './media.ts'

/** What Vue's `reactive` does, without its tracking: each object that is read is a proxy, too. */
const known = new WeakMap<object, object>()
function reactive<T extends object>(target: T): T {
  const former = known.get(target)
  if (former) return former as T
  const made = new Proxy(target, {
    get: (_, key, receiver) => {
      const value: unknown = Reflect.get(
        target,
        key,
        target instanceof Map || target instanceof Set ? target : receiver,
      )
      if (typeof value === 'function') return value.bind(target) as unknown
      return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) !== Date.prototype
        ? reactive(value)
        : value
    },
  })
  known.set(target, made)
  return made
}

class Point {
  x = 1
  y = { z: 2 }
}

const shared = { s: 1 }
const loop: Record<string, unknown> = { n: 1 }
loop['self'] = loop

const values: Readonly<Record<string, () => unknown>> = {
  'an object': () => reactive({ a: 1, b: { c: [1, 2, { d: 'x' }] } }),
  'an array': () => reactive([1, { a: 2 }, [3]]),
  'one deep in plain data': () => ({ a: [{ b: reactive({ c: 1 }) }] }),
  'a large one': () => reactive({ list: Array.from({ length: 500 }, (_, i) => ({ i })) }),
  'one beside bytes': () => ({ a: reactive({ b: 1 }), bytes: new Uint8Array([1, 2, 3]) }),
  'an instance of a class': () => reactive(new Point()),
  'a Map and a Set': () => reactive({ map: new Map([['k', { v: 1 }]]), set: new Set([1, 2]) }),
  'one that stands twice': () => reactive({ a: shared, b: shared }),
  'a cycle': () => reactive(loop),
  'one in a Map': () => new Map([['k', reactive({ v: 1 })]]),
  'one with no prototype': () => reactive(Object.assign(Object.create(null) as object, { a: 1 })),
}

const expected = (value: unknown): unknown => {
  const seen = new Map<object, unknown>()
  const plain = (one: unknown): unknown => {
    if (typeof one !== 'object' || one === null || ArrayBuffer.isView(one)) return one
    if (seen.has(one)) return seen.get(one)
    const tag = Object.prototype.toString.call(one)
    if (tag === '[object Map]')
      return new Map([...(one as Map<unknown, unknown>)].map(([k, v]) => [k, plain(v)]))
    if (tag === '[object Set]') return new Set([...(one as Set<unknown>)].map(plain))
    const made: object = Array.isArray(one) ? [] : {}
    seen.set(one, made)
    for (const key of Object.keys(one)) Reflect.set(made, key, plain(Reflect.get(one, key)))
    return made
  }
  return plain(value)
}

for (const medium of [...every, 'stdio'] as Medium[])
  for (const [what, make] of Object.entries(values))
    for (const hasMet of [true, false])
      test(`C04: ${what} arrives as plain data, ${hasMet ? 'connected' : 'before the hello'} (${medium})`, async () => {
        const { left } = await pairOver(
          medium,
          {},
          { methods: { echo: (value: unknown) => value, reply: () => make() } },
          hasMet,
        )
        const value = make()
        const first = left.invoke('echo', [value])
        // In the same turn, where small messages are joined.
        const second = left.invoke('echo', [value])
        const named = left.invoke('echo', { value })
        expect(await first).toEqual(expected(value))
        expect(await second).toEqual(expected(value))
        expect(await named).toEqual({ value: expected(value) })
        expect(await left.invoke('reply')).toEqual(expected(value))
      })

for (const hasMet of [true, false]) {
  const when = hasMet ? 'connected' : 'before the hello'
  test(`C04: it is as it was at the call (${when})`, async () => {
    const { left } = await pairOver('channel', {}, { methods: { echo: (value: unknown) => value } }, hasMet)
    const state = reactive({ a: 1, in: { b: 1 } })
    const call = left.invoke('echo', [state])
    state.a = 2
    state.in.b = 2
    expect(await call).toEqual({ a: 1, in: { b: 1 } })
  })

  test(`C04: what it transfers moves once, in the post that succeeds (${when})`, async () => {
    const { left } = await pairOver(
      'channel',
      {},
      { methods: { size: ({ buffer }: { buffer: ArrayBuffer }) => buffer.byteLength } },
      hasMet,
    )
    const buffer = new ArrayBuffer(8)
    const params = [{ state: reactive({ a: 1 }), buffer }]
    expect(await left.invoke('size', params, { transfer: [buffer] })).toBe(8)
    expect(buffer.byteLength).toBe(0)
    const kept = new ArrayBuffer(8)
    const refused = left.invoke('size', [{ state: reactive({ a: new WeakMap() }), buffer: kept }], {
      transfer: [kept],
    })
    expect(await rejection(refused)).toMatchObject({ code: -32052 })
    expect(kept.byteLength).toBe(8)
  })

  test(`C04: what in it cannot be sent is refused with its path (${when})`, async () => {
    const { left } = await pairOver('channel', {}, { methods: { echo: (value: unknown) => value } }, hasMet)
    for (const [value, path] of [
      [reactive({ a: [{ b: new WeakMap() }] }), 'params[0].a[0].b'],
      [{ x: reactive({ y: new WeakSet() }), fine: reactive({ a: 1 }) }, 'params[0].x.y'],
      [reactive({ a: Symbol('no') }), 'params[0].a'],
      [{ d: new Proxy(new Date(0), {}) }, 'params[0].d'],
      [new Map([['k', new Proxy(/x/, {})]]), 'params[0][0]'],
      [reactive(Object.assign(new Point(), { y: new WeakMap() })), 'params[0].y'],
      [reactive(new Map([['k', { v: new WeakMap() }]])), 'params[0][0].v'],
    ] as [unknown, string][])
      expect((await rejection(left.invoke('echo', [value]))).message).toContain(path)
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    expect((await rejection(left.invoke('echo', [{ gone: proxy }]))).message).toContain('params[0].gone')
    expect(await left.invoke('echo', [1])).toBe(1)
  })
}

test('C04: in batches, streams, callbacks, notifications and beside a callback', async () => {
  const noted: unknown[] = []
  const { left } = await pairOver(
    'channel',
    {},
    {
      methods: {
        echo: (value: unknown) => value,
        note: (value: unknown) => void noted.push(value),
        call: async (callback: (value: unknown) => unknown) => [await callback(reactive({ a: [1] }))],
        beside: (value: unknown, callback: () => unknown) => [value, typeof callback],
        async *items() {
          yield reactive({ a: [1] })
          yield reactive({ list: Array.from({ length: 200 }, () => ({ n: 1 })) })
        },
      },
    },
  )
  const state = reactive({ a: [1] })
  const plain = { a: [1] }
  expect(await left.batch((call) => [call('echo', [state]), call('echo', [{ state }])])).toEqual([
    plain,
    { state: plain },
  ])
  left.notify('note', [state])
  expect(await left.invoke('call', [(value: unknown) => [value, state]])).toEqual([[plain, plain]])
  expect(await left.invoke('beside', [state, () => 1])).toEqual([plain, 'function'])
  const items: unknown[] = []
  for await (const item of left.remote<{ items(): AsyncIterable<unknown> }>().items()) items.push(item)
  expect(items).toEqual([plain, { list: Array.from({ length: 200 }, () => ({ n: 1 })) }])
  expect(noted).toEqual([plain])
})

test('C04: one that makes a new proxy at each look is refused, if it has no end', async () => {
  const { left } = await pairOver('channel', {}, { methods: { echo: (value: unknown) => value } })
  const endless = (): object =>
    new Proxy({ next: 1 }, { get: (_, key) => (key === 'next' ? endless() : undefined) })
  expect(await rejection(left.invoke('echo', [endless()]))).toMatchObject({ code: -32052 })
  expect(await left.invoke('echo', [1])).toBe(1)
})
