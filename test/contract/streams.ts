import { expect, test } from 'vitest'
import { type Opener, rejection, within } from './fixture.ts'
import { byHand, collect, failing, range, source, type StreamMethods } from './there/streams.ts'

const oneTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1)

/** Async iterables: what goes through them, and how they end. */
export function streams({ open }: Opener<'service'>): void {
  const openStreams = async () => {
    const { rpc } = await open('service')
    const remote = rpc.remote<StreamMethods>('stream')
    const ended = (): Promise<unknown> => within(45_000, rpc.invoke('stream.ended'))
    return { rpc, remote, ended }
  }

  test('a generator is consumed by for await on the call itself, and after await', async () => {
    const { remote } = await openStreams()
    expect(await collect(remote.range(1, 5))).toEqual([1, 2, 3, 4, 5])
    expect(await collect(await remote.range(1, 5))).toEqual([1, 2, 3, 4, 5])
    expect(await collect(remote.range(1, 0))).toEqual([])
    expect(await collect(remote.byHand(3))).toEqual([1, 2, 3])
  })

  test('3,000 items arrive in order, each way', async () => {
    const { rpc, remote } = await openStreams()
    expect(await collect(remote.range(1, 3_000))).toEqual(oneTo(3_000))
    expect(await rpc.invoke('stream.collect', [range(1, 3_000)])).toEqual(oneTo(3_000))
  })

  test('an argument that is an async iterable is consumed there, wherever it stands', async () => {
    const { rpc } = await openStreams()
    expect(await rpc.invoke('stream.collect', [range(1, 3)])).toEqual([1, 2, 3])
    expect(await rpc.invoke('stream.collect', [byHand(2)])).toEqual([1, 2])
    const nested = { first: range(1, 2), rest: [range(3, 4), byHand(1)] }
    expect(await rpc.invoke('stream.collectSeveral', [nested])).toEqual([[1, 2], [3, 4], [1]])
  })

  test('several streams stand in one result, and run at the same time', async () => {
    const { rpc, remote } = await openStreams()
    const { list, map } = await rpc.invoke<{
      list: [AsyncIterable<number>]
      map: Map<string, AsyncIterable<number>>
    }>('stream.several')
    expect(await Promise.all([...list, map.get('more') ?? range(0, 0)].map(collect))).toEqual([
      [1, 2, 3],
      [4, 5, 6],
    ])
    const many = Array.from({ length: 20 }, (_, i) => collect(remote.range(i, i + 200)))
    for (const [i, items] of (await Promise.all(many)).entries())
      expect(items).toEqual(Array.from({ length: 201 }, (_, j) => i + j))
  })

  test('items hold callbacks and further streams, both ways', async () => {
    const { rpc, remote } = await openStreams()
    const said: string[] = []
    for await (const { run } of remote.doers()) said.push(await run('the test'))
    expect(said).toEqual(['first run by the test', 'second run by the test'])
    const inner: unknown[] = []
    for await (const stream of remote.streams()) inner.push(await collect(stream))
    expect(inner).toEqual([
      [1, 2],
      [3, 4],
    ])
    const doers = async function* (): AsyncGenerator<object> {
      yield { run: (by: string) => `run by ${by}` }
      yield { run: async (by: string) => `run later by ${by}` }
    }
    const all = await rpc.invoke('stream.runAll', [doers()])
    expect(all).toEqual(['run by the service', 'run later by the service'])
  })

  test('break reaches the finally of the generator, on the call and after await', async () => {
    const { remote, ended } = await openStreams()
    const taken: unknown[] = []
    for await (const n of remote.endless()) if (taken.push(n) === 3) break
    expect(taken).toEqual([1, 2, 3])
    expect(await ended()).toBe('finally was reached')
  })

  test('an error in the body of the loop goes to whoever loops, and reaches the finally of the generator', async () => {
    const { remote, ended } = await openStreams()
    const reason = new Error('in the body')
    const loop = async (): Promise<never> => {
      for await (const n of await remote.endless()) if (n === 3) throw reason
      throw new Error('the loop ended')
    }
    expect(await rejection(loop())).toBe(reason)
    expect(await ended()).toBe('finally was reached')
  })

  test('return() reaches the finally of the generator', async () => {
    const { remote, ended } = await openStreams()
    const stream = await remote.endless()
    expect(await stream.next()).toEqual({ value: 1, done: false })
    expect(await stream.return?.('value')).toEqual({ value: 'value', done: true })
    expect(await ended()).toBe('finally was reached')
    expect(await stream.next()).toEqual({ value: undefined, done: true })
  })

  test('throw() reaches the finally of the generator, and rejects', async () => {
    const { remote, ended } = await openStreams()
    const stream = await remote.endless()
    expect(await stream.next()).toEqual({ value: 1, done: false })
    const reason = new Error('stop')
    expect(await rejection(stream.throw?.(reason) ?? Promise.resolve())).toBe(reason)
    expect(await ended()).toBe('finally was reached')
    expect(await stream.next()).toEqual({ value: undefined, done: true })
  })

  test('a consumer over there that breaks reaches the finally of the generator here', async () => {
    const { rpc } = await openStreams()
    const { generate, ended } = source()
    expect(await rpc.invoke('stream.take', [generate(), 3, () => {}])).toEqual([1, 2, 3])
    expect(await within(45_000, ended)).toBe('finally was reached')
  })

  test('an error in the generator arrives as one of its class, after the items before it, both ways', async () => {
    const { rpc, remote } = await openStreams()
    const taken: unknown[] = []
    const loop = async (): Promise<void> => {
      for await (const item of remote.failing()) taken.push(item)
    }
    const error = await rejection(loop())
    expect(error).toBeInstanceOf(RangeError)
    expect(error).toMatchObject({ message: 'no more' })
    expect(taken).toEqual([1, 2])
    expect(await rpc.invoke('stream.caught', [failing('a', 'b')])).toMatchObject({
      taken: ['a', 'b'],
      error: { class: 'RangeError', message: 'no more' },
    })
  })

  test('an item that cannot be sent ends the stream with an error that says where, and the connection lives', async () => {
    const { rpc, remote } = await openStreams()
    const taken: unknown[] = []
    const loop = async (): Promise<void> => {
      for await (const item of remote.unsendable()) taken.push(item)
    }
    expect(await rejection(loop())).toMatchObject({ message: expect.stringContaining('.at[0]') })
    const sends = async function* (): AsyncGenerator<unknown> {
      yield { at: [Symbol('x')] }
    }
    expect(await rpc.invoke('stream.caught', [sends()])).toMatchObject({
      error: { message: expect.stringContaining('.at[0]') as string },
    })
    expect(await rpc.invoke('add', [1, 2])).toBe(3)
  })

  test('for await on a call whose result is no stream, or that fails, rejects', async () => {
    const { rpc } = await openStreams()
    const { add, refuse } = rpc.remote<{
      add(a: number, b: number): AsyncIterable<number>
      refuse(): AsyncIterable<number>
    }>()
    expect(await rejection(collect(add(1, 2)))).toBeInstanceOf(TypeError)
    expect(await rejection(collect(refuse()))).toMatchObject({ code: 1234, message: 'refused' })
  })
}
