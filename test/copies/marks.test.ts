/** Two copies of the library in one program: what one of them marks, the other understands. */
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { describe, expect, onTestFinished, test } from 'vitest'
import { rejection } from '../contract/fixture.ts'
import { loadCopy } from './copies.ts'

const [a, b, core] = await Promise.all([loadCopy(), loadCopy(), loadCopy('core')])

type Copy = typeof a
type Far = Record<string, (...args: never[]) => unknown>

const ports = (): [MessagePort, MessagePort] => {
  const { port1, port2 } = new MessageChannel()
  onTestFinished(() => port1.close())
  return [port1, port2]
}

/** A remote of `api`, by copies of one's choice. */
function connect<T extends object>(api: T, near: Copy = b, far: Copy = b): ReturnType<typeof b.wrap<T>> {
  const [here, there] = ports()
  far.expose<object>(api, there)
  return near.wrap<T>(here)
}

interface Counting {
  increment(): Promise<number>
}

const far = {
  size: (buffer: ArrayBuffer) => buffer.byteLength,
  sizeIn: ({ buffers: [buffer] }: { buffers: ArrayBuffer[] }) => buffer?.byteLength,
  call: (fn: (x: number) => Promise<number>) => fn(20),
  increment: (counter: Counting) => counter.increment(),
  echo: (value: unknown) => value,
  kind: (value: object) => `${typeof value} ${Object.keys(value).join()}`,
}

class Counter {
  value = 0
  increment(): number {
    return ++this.value
  }
}

describe('C41: transfer() of another copy', () => {
  test('moves, as a param, in a member and in a list', async () => {
    const remote = connect(far)
    const buffers = [1, 2, 3].map((n) => new ArrayBuffer(n))
    const [first, second, third] = buffers as [ArrayBuffer, ArrayBuffer, ArrayBuffer]
    expect(await remote.size(a.transfer(first, [first]))).toBe(1)
    expect(await remote.sizeIn({ buffers: [a.transfer(second, [second])] })).toBe(2)
    expect(await remote.sizeIn(a.transfer({ buffers: [third] }, [third]))).toBe(3)
    expect(buffers.map((buffer) => buffer.byteLength)).toEqual([0, 0, 0])
  })

  test('moves as a result, an item of a stream and an argument of a callback', async () => {
    const sent: ArrayBuffer[] = []
    const make = (): ArrayBuffer => {
      const buffer = new ArrayBuffer(4)
      sent.push(buffer)
      return a.transfer(buffer, [buffer])
    }
    const remote = connect({
      make,
      async *items() {
        yield make()
      },
      tell: (fn: (buffer: ArrayBuffer) => Promise<void>) => fn(make()),
    })
    expect((await remote.make()).byteLength).toBe(4)
    for await (const item of remote.items()) expect(item.byteLength).toBe(4)
    let told = 0
    await remote.tell((buffer: ArrayBuffer) => void (told = buffer.byteLength))
    expect(told).toBe(4)
    expect(sent.map((buffer) => buffer.byteLength)).toEqual([0, 0, 0])
  })

  test('is named where the feature is missing, as that of one’s own copy is', async () => {
    const [here] = ports()
    const remote = core.wrap<typeof far>(here, { use: [core.references] })
    const buffer = new ArrayBuffer(1)
    const own = await rejection(remote.size(core.transfer(buffer, [buffer])))
    const others = await rejection(remote.size(a.transfer(buffer, [buffer])))
    expect(others).toEqual(own)
    expect(buffer.byteLength).toBe(1)
  })
})

describe('C41: proxy() of another copy', () => {
  test('crosses by reference, and comes back as it was passed', async () => {
    const remote = connect(far)
    const counter = new Counter()
    const passed = a.proxy(counter)
    expect(await remote.increment(passed as never)).toBe(1)
    expect(counter.value).toBe(1)
    expect(await remote.echo(passed)).toBe(passed)
    expect(b.proxy(passed)).toBe(passed)
    expect(a.proxy(b.proxy(counter))).toBe(b.proxy(counter))
  })

  test('has the properties that may be set, and no others, whichever copy named them', async () => {
    const settings = { theme: 'dark', size: 1, lang: 'de' }
    const remote = connect({
      settings: () => b.proxy(a.proxy(settings, { writable: ['theme'] }), { writable: ['size'] }),
    })
    const it = await remote.settings()
    await b.set(it, 'theme', 'light')
    await b.set(it, 'size', 2)
    expect(await rejection(b.set(it, 'lang', 'en'))).toMatchObject({ code: -32601 })
    expect(settings).toEqual({ theme: 'light', size: 2, lang: 'de' })
    expect(await b.get(it, 'theme')).toBe('light')
  })

  test('is let out of a property, and leads into a field of an instance', async () => {
    class Sub {
      hi(): string {
        return 'hi'
      }
    }
    class Store {
      sub = a.proxy(new Sub())
    }
    const remote = connect({ store: () => b.proxy({ counter: a.proxy(new Counter()) }) })
    const counter = await b.get<Counting>(await remote.store(), 'counter')
    expect(await counter.increment()).toBe(1)
    const served = connect<{ sub: { hi(): string } }>(new Store())
    expect(await served.sub.hi()).toBe('hi')
  })
})

describe('C41: a remote of another copy', () => {
  test('is handed on: called, read, written, constructed, iterated', async () => {
    const theirs = connect(
      {
        add: (x: number) => x + 1,
        counter: () => a.proxy(new Counter(), { writable: ['value'] }),
        Class: () => a.proxy(Counter),
        list: () =>
          a.proxy({
            async *[Symbol.asyncIterator]() {
              yield 1
            },
          }),
        fn: () => (x: number) => x * 2,
      },
      a,
      a,
    )
    const remote = connect({
      ...far,
      async use(counter: never, Class: new () => Promise<Counting>) {
        await b.set(counter, 'value', 5)
        return [await b.get(counter, 'value'), await (await new Class()).increment()]
      },
      async all(list: AsyncIterable<number>) {
        const items: number[] = []
        for await (const item of list) items.push(item)
        return items
      },
    })
    expect(await remote.call(theirs.add)).toBe(21)
    expect(await remote.call((await theirs.fn()) as never)).toBe(40)
    const counter = await theirs.counter()
    expect(await remote.increment(counter as never)).toBe(1)
    expect(await remote.echo(counter)).toBe(counter)
    expect(await remote.use(counter as never, (await theirs.Class()) as never)).toEqual([5, 1])
    expect(await remote.all((await theirs.list()) as never)).toEqual([1])
  })

  test('is taken by rpcOf, withOptions, get, set and release', async () => {
    const [here, there] = ports()
    a.expose(
      { counter: () => a.proxy(new Counter(), { writable: ['value'] }), wait: () => new Promise(() => {}) },
      there,
    )
    const theirs = a.wrap<{ counter(): Counter; wait(): void }>(here)
    expect(b.rpcOf(theirs)).toBe(a.rpcOf(theirs))
    expect(await rejection(b.withOptions(theirs, { timeout: 10 }).wait())).toMatchObject({ code: -32300 })
    const counter = (await theirs.counter()) as never
    await b.set(counter, 'value', 7)
    expect(await b.get(counter, 'value')).toBe(7)
    b.release(counter)
    expect(await rejection(a.get(counter, 'value'))).toMatchObject({ code: -32056 })
    expect(() => b.rpcOf(counter)).toThrow(/not a remote/)
  })

  test('is refused by its path where it cannot cross', async () => {
    const [here] = ports()
    const remote = core.wrap<Far>(here, { use: [core.encoding] })
    expect(
      await rejection(remote['echo']?.({ deep: connect(far, a, a) } as never) as Promise<unknown>),
    ).toMatchObject({ message: expect.stringContaining('params[0].deep') })
  })
})

describe('C41: an error of another copy', () => {
  test('is an RPCError, and keeps code, message and data', async () => {
    const remote = connect({
      fail: () => {
        throw new a.RPCError(7, 'seven', { data: { seven: 7 } })
      },
    })
    const error = await rejection(remote.fail())
    for (const copy of [a, b, core]) expect(error).toBeInstanceOf(copy.RPCError)
    expect(error).toMatchObject({ code: 7, message: 'seven', data: { seven: 7 }, name: 'RPCError' })
  })

  test('what is none is none, and a subclass is only its own', () => {
    class Mine extends a.RPCError {}
    class Others extends b.RPCError {}
    const error = new Mine(1, 'x')
    expect(error instanceof Mine && error instanceof a.RPCError && error instanceof b.RPCError).toBe(true)
    expect(error instanceof Others).toBe(false)
    expect(new a.RPCError(1, 'x') instanceof Mine).toBe(false)
    const revoked = Proxy.revocable({}, {})
    revoked.revoke()
    for (const value of [
      undefined,
      null,
      1,
      'x',
      {},
      new Error('x'),
      () => 0,
      { code: 1, name: 'RPCError' },
      revoked.proxy,
    ])
      expect(value instanceof b.RPCError).toBe(false)
  })

  test('a class that was registered with another copy has its name', async () => {
    class Missing extends Error {}
    onTestFinished(a.registerError(Missing, 'Lost'))
    const remote = connect({
      fail: () => {
        throw new Missing('gone')
      },
    })
    expect(await rejection(remote.fail())).toMatchObject({ name: 'Lost', message: 'gone' })
  })
})

test('C41: what looks like a mark and was received is data', async () => {
  const remote = connect(far)
  const lookalikes = [
    { version: 1, value: 1, objects: [] },
    { version: 1, target: {}, writable: [] },
    { version: 1, caller: {}, path: '' },
    { 'portcall.special.1': { version: 1, objects: [] }, 'Symbol(portcall.special.1)': 1 },
  ]
  expect(await remote.echo(lookalikes)).toEqual(lookalikes)
})

test('C41: what has a member of every name is no mark, and a mark of another version is none', async () => {
  const remote = connect(far)
  const mock = new Proxy(
    {},
    {
      get: (_, key) =>
        typeof key === 'symbol' && key.description?.startsWith('portcall') ? () => 1 : undefined,
    },
  )
  expect(await remote.echo({ mock })).toEqual({ mock: {} })
  const brand = Symbol.for('portcall.special.1')
  expect(() => b.rpcOf({ [brand]: { version: 2, caller: {}, path: '' } })).toThrow(/not a remote/)
})
