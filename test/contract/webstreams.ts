import { expect, test } from 'vitest'
import { ErrorCode } from '../../src/index.ts'
import { type Opener, rejection, settled, within } from './fixture.ts'
import { fill, notingSink, readableOf, readAll } from './there/webstreams.ts'

type Sink = { readonly deep: readonly [WritableStream<unknown>] }

const chunks = ['a', { at: new Date(1e12) }, new Uint8Array([1, 2]), null, 0]

/** ReadableStream and WritableStream: the same on all media, transferred or not. */
export function webStreams({ open }: Opener<'service'>): void {
  test('a ReadableStream in a result is a real one here, gives its chunks and closes', async () => {
    const { rpc } = await open('service')
    const stream = await rpc.invoke<ReadableStream<unknown>>('web.readable', [chunks, 'close'])
    expect(await readAll(stream)).toEqual({ isReal: true, chunks })
  })

  test('a ReadableStream in params is a real one there, gives its chunks and closes', async () => {
    const { rpc } = await open('service')
    const { stream } = readableOf(chunks, 'close')
    expect(await rpc.invoke('web.readAll', [stream])).toEqual({ isReal: true, chunks })
  })

  test('the error of a ReadableStream arrives after its chunks, as one of its class, both ways', async () => {
    const { rpc } = await open('service')
    const failed = {
      isReal: true,
      chunks: ['a', 'b'],
      error: { class: 'RangeError', message: 'dried up' },
    }
    const stream = await rpc.invoke<ReadableStream<unknown>>('web.readable', [['a', 'b'], 'error'])
    expect(await readAll(stream)).toMatchObject(failed)
    const mine = readableOf(['a', 'b'], 'error').stream
    expect(await rpc.invoke('web.readAll', [mine])).toMatchObject(failed)
  })

  test('cancelling a ReadableStream reaches its source, with the reason, both ways', async () => {
    const { rpc } = await open('service')
    const reason = { class: 'RangeError', message: 'enough' }
    const stream = await rpc.invoke<ReadableStream<unknown>>('web.readable', [['a'], 'stay open'])
    const reader = stream.getReader()
    expect(await reader.read()).toEqual({ value: 'a', done: false })
    await reader.cancel(new RangeError('enough'))
    expect(await within(45_000, rpc.invoke('web.cancelled'))).toMatchObject(reason)
    const mine = readableOf(['a'], 'stay open')
    expect(await rpc.invoke('web.cancel', [mine.stream])).toBe('a')
    expect(await within(45_000, mine.cancelled)).toMatchObject(reason)
  })

  test('a ReadableStream that nobody reads is not drained', async () => {
    const { rpc } = await open('service')
    const stream = await rpc.invoke<ReadableStream<unknown>>('web.manyChunks', [5_000])
    const reader = stream.getReader()
    expect((await reader.read()).value).toBe(0)
    for (let i = 0; i < 5; i++) await settled(rpc)
    const pulled = await rpc.invoke<number>('web.pulled')
    expect(pulled).toBeGreaterThanOrEqual(1)
    expect(pulled).toBeLessThanOrEqual(1 + 1_024)
    for (let i = 1; i < 5_000; i++) expect((await reader.read()).value).toBe(i)
    expect(await reader.read()).toEqual({ value: undefined, done: true })
  })

  test('a WritableStream in a result is a real one here; what is written arrives, and it closes', async () => {
    const { rpc } = await open('service')
    const { deep } = await rpc.invoke<Sink>('web.writable')
    expect(await fill(deep[0], chunks, 'close')).toEqual({ isReal: true })
    expect(await within(45_000, rpc.invoke('web.sunk'))).toEqual({ chunks, end: 'closed' })
  })

  test('a WritableStream in params is a real one there; what is written arrives, and it closes', async () => {
    const { rpc } = await open('service')
    const { stream, ended } = notingSink()
    expect(await rpc.invoke('web.fill', [stream, chunks, 'close'])).toEqual({ isReal: true })
    expect(await within(45_000, ended)).toEqual({ chunks, end: 'closed' })
  })

  test('aborting a WritableStream aborts its sink with the reason, both ways', async () => {
    const { rpc } = await open('service')
    const end = { class: 'RangeError', message: 'given up' }
    const { deep } = await rpc.invoke<Sink>('web.writable')
    await fill(deep[0], [], 'abort')
    expect(await within(45_000, rpc.invoke('web.sunk'))).toMatchObject({ end })
    const { stream, ended } = notingSink()
    await rpc.invoke('web.fill', [stream, [], 'abort'])
    expect(await within(45_000, ended)).toMatchObject({ end })
  })

  test('a sink that fails errors the WritableStream of whoever writes, both ways', async () => {
    const { rpc } = await open('service')
    const { deep } = await rpc.invoke<Sink>('web.writable')
    const writer = deep[0].getWriter()
    writer.write('poison').catch(() => {})
    const error = await within(45_000, rejection(writer.closed))
    expect(error).toBeInstanceOf(RangeError)
    expect(error).toMatchObject({ message: 'bad chunk' })
    const { stream } = notingSink()
    expect(await within(45_000, rpc.invoke('web.poison', [stream]))).toMatchObject({
      class: 'RangeError',
      message: 'bad chunk',
    })
  })

  test('S41: a locked stream is refused, says so, and stays usable', async () => {
    const { rpc } = await open('service')
    const { stream } = readableOf(['a'], 'close')
    const reader = stream.getReader()
    const refused = await rejection(rpc.invoke('web.readAll', [stream]))
    expect(refused).toMatchObject({
      code: ErrorCode.UNDELIVERABLE,
      message: expect.stringContaining('locked'),
    })
    expect((await reader.read()).value).toBe('a')
    const sink = notingSink()
    const writer = sink.stream.getWriter()
    expect(await rejection(rpc.invoke('web.fill', [sink.stream, [], 'close']))).toMatchObject({
      code: ErrorCode.UNDELIVERABLE,
      message: expect.stringContaining('locked'),
    })
    await writer.close()
    expect(await sink.ended).toMatchObject({ end: 'closed' })
    expect(await rejection(rpc.invoke('web.lockedReadable'))).toMatchObject({
      code: ErrorCode.INTERNAL_ERROR,
      message: expect.stringContaining('locked'),
    })
  })

  test.for([
    ['a symbol', () => Symbol('x')],
    ['a WeakMap', () => new WeakMap()],
  ] as const)('S41: streams beside %s, which cannot be sent, stay usable', async ([, make]) => {
    const { rpc } = await open('service')
    await rpc.connect()
    const { stream } = readableOf(['a'], 'close')
    const sink = notingSink()
    expect(await rejection(rpc.invoke('count', [stream, sink.stream, make()]))).toMatchObject({
      code: ErrorCode.UNDELIVERABLE,
    })
    expect([stream.locked, sink.stream.locked]).toEqual([false, false])
    expect(await rpc.invoke('web.readAll', [stream])).toEqual({ isReal: true, chunks: ['a'] })
    await rpc.invoke('web.fill', [sink.stream, ['b'], 'close'])
    expect(await within(45_000, sink.ended)).toEqual({ chunks: ['b'], end: 'closed' })
  })
}
