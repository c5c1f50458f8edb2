import { expect, onTestFinished, test } from 'vitest'
import { ErrorCode, type RPC, transfer } from '../../src/index.ts'
import { type Connection, type Opener, rejection } from './fixture.ts'
import { bytes, listOf } from './there/transfers.ts'
import { readableOf } from './there/webstreams.ts'

/** transfer() where objects can be transferred; `carrier` is the port that a connection's messages go over. */
export function transfers<C extends Connection>(
  { open }: Opener<'service', C>,
  carrier?: (connection: C) => object,
): void {
  test('what is in transfer() moves with params, wherever it stands', async () => {
    const { rpc } = await open('service')
    await rpc.connect()
    const [top, nested] = [bytes(3), new Uint8Array(bytes(4))]
    expect(await rpc.invoke('transfer.listOf', [transfer(top, [top])])).toEqual([1, 2, 3])
    const image = transfer({ width: 2, data: nested }, [nested.buffer])
    expect(await rpc.invoke('transfer.image', [{ image }])).toEqual([2, 1, 2, 3, 4])
    expect([top.byteLength, nested.byteLength]).toEqual([0, 0])
    const copied = bytes(3)
    expect(await rpc.invoke('transfer.listOf', [copied])).toEqual([1, 2, 3])
    expect(copied.byteLength).toBe(3)
  })

  test('what is in transfer() before the other side is there moves at once', async () => {
    const { rpc } = await open('service')
    const buffer = bytes(3)
    const list = rpc.invoke('transfer.listOf', [transfer(buffer, [buffer])])
    expect(buffer.byteLength).toBe(0)
    expect(await list).toEqual([1, 2, 3])
  })

  test('what is in transfer() moves with a result', async () => {
    const { rpc } = await open('service')
    const { deep } = await rpc.invoke<{ deep: [{ buffer: ArrayBuffer }] }>('transfer.give', [3])
    expect(listOf(deep[0].buffer)).toEqual([1, 2, 3])
    expect(await rpc.invoke('transfer.left')).toEqual([0])
  })

  test('what is in transfer() moves with the items of a stream, both ways', async () => {
    const { rpc } = await open('service')
    const remote = rpc.remote<{ gives(n: number): AsyncIterable<ArrayBuffer> }>('transfer')
    const got: number[][] = []
    for await (const buffer of remote.gives(2)) got.push(listOf(buffer))
    expect(got).toEqual(Array(3).fill([1, 2]))
    expect(await rpc.invoke('transfer.left')).toEqual([0, 0, 0])
    const mine = [bytes(1), bytes(2)]
    const gives = async function* (): AsyncGenerator<ArrayBuffer> {
      for (const buffer of mine) yield transfer(buffer, [buffer])
    }
    expect(await rpc.invoke('transfer.takes', [gives()])).toEqual([[1], [1, 2]])
    expect(mine.map(({ byteLength }) => byteLength)).toEqual([0, 0])
  })

  test('what is in transfer() moves with the arguments of a callback and with what it answers', async () => {
    const { rpc } = await open('service')
    expect(await rpc.invoke('transfer.giveTo', [(buffer: ArrayBuffer) => listOf(buffer), 3])).toEqual([
      1, 2, 3,
    ])
    expect(await rpc.invoke('transfer.left')).toEqual([0])
    const mine = bytes(4)
    expect(await rpc.invoke('transfer.takeFrom', [() => transfer(mine, [mine])])).toEqual([1, 2, 3, 4])
    expect(mine.byteLength).toBe(0)
  })

  const siblings: Record<string, (connection: C, rpc: RPC) => unknown> = {
    'a symbol': () => Symbol('x'),
    'a WeakMap': () => new WeakMap(),
    'a locked stream': () => {
      const { stream } = readableOf([1], 'close')
      stream.getReader()
      return stream
    },
    'a buffer that was transferred before, in transfer()': () => {
      const detached = bytes(1)
      structuredClone(detached, { transfer: [detached] })
      return transfer(detached, [detached])
    },
    // Chromium loses the buffer then, Firefox the other port.
    'a MessagePort that moved in a call before': async (_, rpc) => {
      const { port2 } = channel()
      await rpc.invoke('transfer.usePort', [port2])
      return port2
    },
    ...(carrier && { 'the port that carries the message': carrier }),
  }

  test.for(Object.entries(siblings))(
    'S41: a buffer beside %s, which cannot be sent, stays usable',
    async ([, sibling]) => {
      const { rpc, connection } = await open('service')
      await rpc.connect()
      const buffer = bytes(3)
      const { port1, port2 } = channel()
      const params = [transfer(buffer, [buffer]), port2, await sibling(connection, rpc)]
      expect(await rejection(rpc.invoke('count', params))).toMatchObject({ code: ErrorCode.UNDELIVERABLE })
      expect(listOf(buffer)).toEqual([1, 2, 3])
      expect(await rpc.invoke('transfer.listOf', [transfer(buffer, [buffer])])).toEqual([1, 2, 3])
      const echoed = new Promise((resolve) => (port1.onmessage = ({ data }) => resolve(data)))
      await rpc.invoke('transfer.usePort', [port2])
      port1.postMessage(21)
      expect(await echoed).toBe(42)
    },
  )

  test('S41: a buffer in a result that cannot be sent stays usable over there', async () => {
    const { rpc } = await open('service')
    expect(await rejection(rpc.invoke('transfer.giveBeside', [3]))).toMatchObject({
      code: ErrorCode.INTERNAL_ERROR,
      message: expect.stringContaining('result.list[1]'),
    })
    expect(await rpc.invoke('transfer.left')).toEqual([3])
  })

  test('a MessagePort in a value moves by itself and works, both ways', async () => {
    const { rpc } = await open('service')
    const { port1, port2 } = channel()
    const answer = new Promise((resolve) => (port1.onmessage = ({ data }) => resolve(data)))
    await rpc.invoke('transfer.usePort', [port2])
    port1.postMessage(4)
    expect(await answer).toBe(8)
    const { deep } = await rpc.invoke<{ deep: [MessagePort] }>('transfer.makePort')
    const [port] = deep
    onTestFinished(() => port.close())
    const other = new Promise((resolve) => (port.onmessage = ({ data }) => resolve(data)))
    port.postMessage(5)
    expect(await other).toBe(10)
  })
}

const channel = (): MessageChannel => {
  const made = new MessageChannel()
  onTestFinished(() => made.port1.close())
  return made
}

/** transfer() where text crosses. */
export function copying({ open }: Opener<'service'>): void {
  const refused = expect.stringContaining('copyTransfers') as string

  test('S41: where nothing can be transferred, transfer() in params rejects and says what helps; the buffer stays', async () => {
    const { rpc } = await open('service')
    const buffer = bytes(3)
    for (const call of [
      () => rpc.invoke('transfer.listOf', [transfer(buffer, [buffer])]),
      () => rpc.invoke('transfer.listOf', [buffer], { transfer: [buffer] }),
    ])
      expect(await rejection(call())).toMatchObject({ code: ErrorCode.UNDELIVERABLE, message: refused })
    expect(listOf(buffer)).toEqual([1, 2, 3])
    expect(await rpc.invoke('transfer.listOf', [buffer])).toEqual([1, 2, 3])
  })

  test('S41: where nothing can be transferred, transfer() in results, items and callbacks is refused', async () => {
    const { rpc } = await open('service')
    expect(await rejection(rpc.invoke('transfer.give', [3]))).toMatchObject({
      code: ErrorCode.INTERNAL_ERROR,
      message: refused,
    })
    const { gives } = rpc.remote<{ gives(n: number): AsyncIterable<ArrayBuffer> }>('transfer')
    const stream = await gives(2)
    expect(await rejection(stream.next())).toMatchObject({ message: refused })
    expect(await rejection(rpc.invoke('transfer.giveTo', [() => 1, 3]))).toMatchObject({ message: refused })
    expect(await rpc.invoke('transfer.left')).not.toContain(0)
  })

  test('S41: with `copyTransfers` a copy is sent, and the buffer stays', async () => {
    const { rpc } = await open('service', { copyTransfers: true })
    const buffer = bytes(3)
    expect(await rpc.invoke('transfer.listOf', [transfer(buffer, [buffer])])).toEqual([1, 2, 3])
    expect(await rpc.invoke('transfer.listOf', [buffer], { transfer: [buffer] })).toEqual([1, 2, 3])
    const gives = async function* (): AsyncGenerator<ArrayBuffer> {
      yield transfer(buffer, [buffer])
    }
    expect(await rpc.invoke('transfer.takes', [gives()])).toEqual([[1, 2, 3]])
    expect(await rpc.invoke('transfer.takeFrom', [() => transfer(buffer, [buffer])])).toEqual([1, 2, 3])
    expect(listOf(buffer)).toEqual([1, 2, 3])
  })

  test('a MessagePort, that text cannot carry, rejects naming its path', async () => {
    const { rpc } = await open('service')
    const { port2 } = channel()
    expect(await rejection(rpc.invoke('count', [{ port: port2 }]))).toMatchObject({
      code: ErrorCode.UNDELIVERABLE,
      message: expect.stringContaining('params[0].port'),
    })
    expect(await rejection(rpc.invoke('transfer.makePort'))).toMatchObject({
      code: ErrorCode.INTERNAL_ERROR,
      message: expect.stringContaining('result.deep[0]'),
    })
  })
}
