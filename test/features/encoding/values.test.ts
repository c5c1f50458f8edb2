import { bytesCodec } from '../../../src/values/bytes-codec.ts'
import { expect, test } from 'vitest'
import { get, linked, proxy, release, RPC, RPCError, set, transfer } from './values-pair.ts'

for (const text of [false, true]) {
  const medium = text ? 'text' : 'clone'

  test(`${medium}: a callback is called with values and answers`, async () => {
    using pair = linked({ text })
    pair.server.registerMethod('each', async (list: number[], fn: (n: number) => Promise<number>) =>
      Promise.all(list.map((n) => fn(n))),
    )
    expect(await pair.client.invoke('each', [[1, 2, 3], (n: number) => n * 2])).toEqual([2, 4, 6])
  })

  test(`${medium}: functions anywhere`, async () => {
    using pair = linked({ text })
    pair.server.registerMethod(
      'deep',
      async (value: {
        map: Map<string, () => Promise<number>>
        set: Set<() => Promise<number>>
        list: (() => Promise<number>)[]
      }) => {
        const inMap = await value.map.get('f')?.()
        const [first] = value.set
        return [inMap, await first?.(), await value.list[1]?.()]
      },
    )
    const f = (): number => 7
    expect(
      await pair.client.invoke('deep', [{ map: new Map([['f', f]]), set: new Set([f]), list: [f, f] }]),
    ).toEqual([7, 7, 7])
  })

  test(`${medium}: identity and home`, async () => {
    using pair = linked({ text })
    let kept: unknown
    pair.server.registerMethod('keep', (fn: unknown) => {
      const same = kept === fn
      kept = fn
      return same
    })
    pair.server.registerMethod('giveBack', () => kept)
    const f = (): void => {}
    expect(await pair.client.invoke('keep', [f])).toBe(false)
    expect(await pair.client.invoke('keep', [f])).toBe(true)
    expect(await pair.client.invoke('giveBack')).toBe(f)
  })

  test(`${medium}: an AbortSignal`, async () => {
    using pair = linked({ text })
    let seen: AbortSignal | undefined
    pair.server.registerMethod('watch', (signal: AbortSignal) => void (seen = signal))
    const controller = new AbortController()
    await pair.client.invoke('watch', [controller.signal])
    expect(seen).toBeInstanceOf(AbortSignal)
    expect(seen?.aborted).toBe(false)
    controller.abort(new RangeError('enough'))
    await expect.poll(() => seen?.aborted).toBe(true)
    expect(seen?.reason).toBeInstanceOf(RangeError)
    await pair.client.invoke('watch', [AbortSignal.abort('done')])
    expect(seen?.reason).toBe('done')
  })

  test(`${medium}: proxied objects and classes`, async () => {
    using pair = linked({ text })
    class Counter {
      #n = 0
      label = 'c'
      constructor(n = 0) {
        this.#n = n
      }
      inc(): number {
        return ++this.#n
      }
      get value(): number {
        return this.#n
      }
      set value(n: number) {
        this.#n = n
      }
    }
    pair.server.registerMethod('counter', (n: number) => proxy(new Counter(n), { writable: ['value'] }))
    pair.server.registerMethod('Counter', () => proxy(Counter))
    const counter = await pair.client.invoke<{ inc(): Promise<number> }>('counter', [4])
    expect(await counter.inc()).toBe(5)
    expect(await get(counter, 'value')).toBe(5)
    await set(counter, 'value', 9)
    expect(await counter.inc()).toBe(10)
    expect(await get(counter, 'label')).toBe('c')
    await expect(get(counter, 'constructor')).rejects.toMatchObject({ code: -32601 })
    await expect(get(counter, 'inc')).rejects.toMatchObject({ code: -32601 })
    const Remote = await pair.client.invoke<new (n: number) => Promise<{ inc(): Promise<number> }>>('Counter')
    const made = await new Remote(40)
    expect(await made.inc()).toBe(41)
    release(made)
    await expect(made.inc()).rejects.toMatchObject({ code: -32056 })
  })

  test(`${medium}: streams`, async () => {
    using pair = linked({ text })
    let ended = 0
    let made = 0
    pair.server.registerMethod('count', async function* (to: number) {
      try {
        for (let i = 1; i <= to; i++) {
          made = i
          yield i
        }
      } finally {
        ended++
      }
    })
    pair.server.registerMethod('sum', async (items: AsyncIterable<number>) => {
      let sum = 0
      for await (const n of items) sum += n
      return sum
    })
    const got: number[] = []
    for await (const n of pair.remote.count(1_000)) got.push(n)
    expect(got).toEqual(Array.from({ length: 1_000 }, (_, i) => i + 1))
    expect(ended).toBe(1)
    const stream = await pair.remote.count(1_000_000)
    let taken = 0
    for await (const _ of stream) if (++taken === 10) break
    await expect.poll(() => ended).toBe(2)
    expect(made).toBeLessThan(2_000)
    async function* three() {
      yield 1
      yield 2
      yield 3
    }
    expect(await pair.client.invoke('sum', [three()])).toBe(6)
  })

  test(`${medium}: web streams`, async () => {
    using pair = linked({ text })
    pair.server.registerMethod(
      'read',
      () =>
        new ReadableStream({
          start: (c) => {
            c.enqueue('a')
            c.enqueue('b')
            c.close()
          },
        }),
    )
    const written: unknown[] = []
    let closed = false
    pair.server.registerMethod(
      'sink',
      () => new WritableStream({ write: (c) => void written.push(c), close: () => void (closed = true) }),
    )
    const readable = await pair.client.invoke<ReadableStream<string>>('read')
    expect(readable).toBeInstanceOf(ReadableStream)
    const reader = readable.getReader()
    expect([await reader.read(), await reader.read(), await reader.read()].map(({ value }) => value)).toEqual(
      ['a', 'b', undefined],
    )
    const writer = (await pair.client.invoke<WritableStream>('sink')).getWriter()
    await writer.write(1)
    await writer.write(2)
    await writer.close()
    await expect.poll(() => closed).toBe(true)
    expect(written).toEqual([1, 2])
  })

  test(`${medium}: a generator that throws`, async () => {
    using pair = linked({ text })
    pair.server.registerMethod('bad', async function* () {
      yield 1
      throw new RangeError('no more')
    })
    const got: unknown[] = []
    await expect(
      (async () => {
        for await (const n of await pair.client.invoke<AsyncIterable<number>>('bad')) got.push(n)
      })(),
    ).rejects.toThrow('no more')
    expect(got).toEqual([1])
  })
}

test('transfer in the middle of params and results', async () => {
  using pair = linked()
  pair.server.registerMethod('size', ({ buffer }: { buffer: ArrayBuffer }) =>
    transfer({ buffer, n: buffer.byteLength }, [buffer]),
  )
  const buffer = new ArrayBuffer(8)
  const answer = await pair.client.invoke<{ buffer: ArrayBuffer; n: number }>('size', [
    { buffer: transfer(buffer, [buffer]) },
  ])
  expect(buffer.byteLength).toBe(0)
  expect(answer.n).toBe(8)
  expect(answer.buffer.byteLength).toBe(8)
})

test('text: everything that JSON lacks', async () => {
  using pair = linked({ text: true })
  pair.server.registerMethod('echo', (value: unknown) => value)
  const shared = { a: 1 }
  const cyclic: Record<string, unknown> = { shared, again: shared }
  cyclic['self'] = cyclic
  const value = {
    undefined: undefined,
    numbers: [Number.NaN, Infinity, -Infinity, -0, 10n],
    date: new Date(0),
    bad: new Date(Number.NaN),
    re: /a+/gi,
    map: new Map<unknown, unknown>([[{ k: 1 }, new Set([1n])]]),
    bytes: new Uint8Array([1, 2, 3]),
    buffer: new ArrayBuffer(3),
    floats: new Float64Array([1.5]),
    error: new TypeError('x', { cause: new Map([[1, 2]]) }),
    cyclic,
    // oxlint-disable-next-line no-sparse-arrays
    holes: [1, , 3],
    ['__proto__']: 1,
  }
  const back = await pair.client.invoke<typeof value>('echo', [value])
  expect(back).toEqual(value)
  expect(back.cyclic['self']).toBe(back.cyclic)
  expect(back.cyclic['shared']).toBe(back.cyclic['again'])
  expect(1 in back.holes).toBe(false)
  expect(back.error).toBeInstanceOf(TypeError)
})

test('a released callback rejects RELEASED over there', async () => {
  using pair = linked()
  let kept: (() => Promise<unknown>) | undefined
  pair.server.registerMethod('keep', (fn: () => Promise<unknown>) => void (kept = fn))
  await pair.client.invoke('keep', [() => 1], { scoped: true })
  await expect(kept?.()).rejects.toMatchObject({ code: -32056 })
  expect(RPCError).toBeDefined()
  expect(RPC).toBeDefined()
})

for (const text of [false, true])
  test(`S41: ${text ? 'text' : 'clone'}: a locked stream is refused with its path`, async () => {
    using pair = linked({ text })
    pair.server.registerMethod('take', () => 1)
    const readable = new ReadableStream()
    readable.getReader()
    const writable = new WritableStream()
    writable.getWriter()
    for (const stream of [readable, writable])
      await expect(pair.client.invoke('take', [{ list: [stream] }])).rejects.toMatchObject({
        code: -32052,
        message: expect.stringMatching(/params\[0]\.list\[0] is a (Read|Writ)ableStream that is locked/),
      })
    expect(await pair.client.invoke('take')).toBe(1)
  })

test('holes of an array arrive as holes also over a medium that keeps them', () => {
  // oxlint-disable-next-line no-sparse-arrays
  const list = [1, , 3]
  const { payload, marks } = bytesCodec.encode([list], () => undefined)
  const kept = structuredClone(payload)
  expect(bytesCodec.decode(kept, marks, () => undefined as never, 100)).toStrictEqual([list])
})
