import { MessageChannel, Worker } from 'node:worker_threads'
import { expose, get, proxy, RPC, rpcOf, transfer, wrap } from 'portcall'
import { linkedPair } from 'portcall/testing'

const api = {
  add: (a, b) => a + b,
  echo: (value) => value,
  size: (buffer) => buffer.byteLength,
  twice: async (fn, n) => (await fn(n)) + (await fn(n)),
  counter: () => {
    let value = 0
    return proxy({ up: () => ++value })
  },
  async *count(to) {
    for (let i = 1; i <= to; i++) yield i
  },
  fail() {
    throw new RangeError('too far')
  },
}

function connect() {
  const { port1, port2 } = new MessageChannel()
  expose(api, port1)
  return wrap(port2)
}

test('calls, callbacks, objects, streams and transfers over a port', async () => {
  const remote = connect()
  expect(await remote.add(1, 2)).toBe(3)
  expect(await remote.twice((n) => n + 1, 1)).toBe(4)
  const counter = await remote.counter()
  expect([await counter.up(), await counter.up()]).toEqual([1, 2])
  const items = []
  for await (const n of remote.count(3)) items.push(n)
  expect(items).toEqual([1, 2, 3])
  const buffer = new ArrayBuffer(4)
  expect(await remote.size(transfer(buffer, [buffer]))).toBe(4)
  expect(buffer.byteLength).toBe(0)
  rpcOf(remote).destroy()
})

test('values of all kinds over a port and over text', async () => {
  const value = { list: [1, 'two', null], nested: { map: new Map([['a', 1]]), date: new Date(0) } }
  const remote = connect()
  const back = await remote.echo(value)
  expect(back.list).toEqual(value.list)
  expect([back.nested.map.get('a'), back.nested.date.getTime()]).toEqual([1, 0])
  rpcOf(remote).destroy()
  const { left, right } = linkedPair({ text: true })
  expose(api, left)
  const far = wrap(right)
  expect(await far.echo(value)).toEqual(value)
  expect(await far.twice((n) => n + 1, 1)).toBe(4)
})

test('errors keep their class', async () => {
  const remote = connect()
  await expect(remote.fail()).rejects.toThrow(RangeError)
  await expect(remote.fail()).rejects.toThrow('too far')
  await expect(remote.nothing()).rejects.toMatchObject({ code: -32601 })
  rpcOf(remote).destroy()
})

test('RPC over a linked pair', async () => {
  const { left, right } = linkedPair()
  const rpc = new RPC({ transport: left, methods: { 'Main.max': (a, b) => Math.max(a, b) } })
  const other = new RPC({ transport: right })
  expect(await other.invoke('Main.max', [1, 2])).toBe(2)
  rpc.destroy()
  other.destroy()
})

test('a call is cancelled', async () => {
  const { left, right } = linkedPair()
  expose(
    {
      wait: (signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve('stopped'))),
    },
    left,
  )
  const remote = wrap(right)
  const stop = new AbortController()
  const stopped = remote.wait(stop.signal)
  stop.abort()
  expect(await stopped).toBe('stopped')
})

test('a thread', async () => {
  const worker = new Worker(new URL('./thread.mjs', import.meta.url))
  const remote = wrap(worker)
  expect(await remote.add(1, 2)).toBe(3)
  const counter = await remote.counter()
  expect([await counter.add(2), await get(counter, 'value')]).toEqual([2, 2])
  await expect(remote.fail()).rejects.toThrow(RangeError)
  rpcOf(remote).destroy()
  await worker.terminate()
})
