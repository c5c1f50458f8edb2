/** Two copies of the library in one realm, over one endpoint. */
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads'
import { expect, onTestFinished, test } from 'vitest'
// oxlint-disable-next-line typescript/ban-ts-comment
// @ts-ignore: what portcall 0.1.0 was, bundled
import * as published from '../fixtures/portcall-0.1.0.mjs'
import { copyOf, loadCopy } from './copies.ts'

const [a, b, core] = await Promise.all([loadCopy(), loadCopy(), loadCopy('core')])
const TAKEN = /^Another copy of portcall uses this endpoint: load portcall once, or name a `channel`$/
const TABLE = Symbol.for('portcall.endpoints.1')

const ports = (): [MessagePort, MessagePort] => {
  const { port1, port2 } = new MessageChannel()
  onTestFinished(() => port1.close())
  return [port1, port2]
}

const api = { add: (x: number, y: number): number => x + y }

/** Each way to take an endpoint, by any copy. */
const ways: Record<string, (port: MessagePort) => unknown> = {
  'new RPC': (transport) => new b.RPC({ transport }),
  wrap: (port) => b.wrap(port),
  expose: (port) => b.expose(api, port),
  'new RPC of core': (transport) => new core.RPC({ transport }),
  'wrap of core': (port) => core.wrap(port),
  'an RPC over an RPCMessageEvent': (port) =>
    new b.RPC({ event: new b.RPCMessageEvent({ currentEndpoint: port, targetEndpoint: port }) }),
}

test.for(Object.keys(ways))('C40: %s on an endpoint that another copy uses throws', (way) => {
  const [port] = ports()
  const rpc = new a.RPC({ transport: port })
  expect(() => ways[way]?.(port)).toThrow(TAKEN)
  rpc.destroy()
  expect(() => ways[way]?.(port)).not.toThrow()
  expect(() => new a.RPC({ transport: port })).toThrow(TAKEN)
})

test('C40: whoever was first goes on undisturbed', async () => {
  const [near, far] = ports()
  a.expose(api, far)
  const remote = a.wrap<typeof api>(near)
  for (const port of [near, far]) expect(() => b.wrap(port)).toThrow(TAKEN)
  expect(await remote.add(1, 2)).toBe(3)
})

test('C40: the same channel by two copies throws, different channels work', async () => {
  const [near, far] = ports()
  const over = (copy: typeof a, port: MessagePort, name: string): InstanceType<typeof a.RPC> =>
    new copy.RPC({
      transport: copy.channelTransport(port, name),
      methods: { whoami: () => `${name} of ${copy === a ? 'a' : 'b'}` },
    })
  over(a, far, 'files')
  over(b, far, 'events')
  const files = over(b, near, 'files')
  const events = over(a, near, 'events')
  expect(() => over(a, near, 'files')).toThrow(TAKEN)
  expect(() => over(b, far, 'files')).toThrow(TAKEN)
  expect(await files.invoke('whoami')).toBe('files of a')
  expect(await events.invoke('whoami')).toBe('events of b')
  const plain = new b.RPC({ transport: near })
  a.expose(api, far)
  expect(await plain.invoke('add', [1, 2])).toBe(3)
})

test('C40: a Worker and a thread of its own', async () => {
  const code = `
    const { parentPort, workerData } = require('node:worker_threads')
    Promise.all(workerData.map((url) => import(url))).then(([a, b]) => {
      a.expose({ second: () => { try { b.expose({}) } catch (error) { return String(error) } } })
    })`
  const workerData = [await copyOf('index'), await copyOf('core')]
  const worker = new Worker(code, { eval: true, workerData })
  onTestFinished(() => void worker.terminate())
  const remote = a.wrap<{ second(): string }>(worker)
  expect(() => b.wrap(worker)).toThrow(TAKEN)
  expect(await remote.second()).toMatch(/Another copy of portcall uses this endpoint/)
})

test('C40: ids count on over the copies of an endpoint', async () => {
  const [near, far] = ports()
  const ids: unknown[] = []
  far.on('message', ({ id, method }: { id?: unknown; method?: string }) => {
    if (typeof id === 'number' && method === 'x') ids.push(id)
    if (typeof id === 'number') far.postMessage({ jsonrpc: '2.0', id, result: null })
  })
  for (const { RPC } of [a, b, a]) {
    const rpc = new RPC({ transport: near, plain: true })
    await rpc.invoke('x')
    rpc.destroy()
  }
  expect(ids).toEqual([1, 2, 3])
})

test('C40: what copies share is versioned plain data, and no RPC', () => {
  const [port] = ports()
  const rpc = new a.RPC({ transport: a.channelTransport(port, 'files') })
  const table = Reflect.get(globalThis, TABLE) as WeakMap<object, unknown>
  const place = table.get(port)
  expect(structuredClone(place)).toEqual(place)
  expect(place).toEqual({ version: 1, channels: ['files'], lastId: 0 })
  expect(Object.keys(globalThis)).not.toContain(TABLE)
  expect(Object.getOwnPropertySymbols({ ...globalThis })).not.toContain(TABLE)
  rpc.destroy()
  expect(table.get(port)).toMatchObject({ channels: [] })
})

test('C40: what fails to be made takes nothing', () => {
  const [port] = ports()
  expect(() => new a.RPC({ transport: port, methods: {}, limits: { maxDepth: -1 } })).toThrow(/maxDepth/)
  expect(() => new b.RPC({ transport: port })).not.toThrow()
})

test('C40: a copy in a realm that is frozen works alone', async () => {
  const code = `
    const { workerData } = require('node:worker_threads')
    Object.preventExtensions(globalThis)
    import(workerData).then((copy) => copy.expose({ ping: () => 'pong' }))`
  const worker = new Worker(code, { eval: true, workerData: await copyOf('index') })
  onTestFinished(() => void worker.terminate())
  expect(await a.wrap<{ ping(): string }>(worker).ping()).toBe('pong')
})

test('C40: a copy of 0.1.0 knows nothing of it, and its wire is understood', async () => {
  const [near, far] = ports()
  published.expose(api, far)
  expect(await a.wrap<typeof api>(near).add(1, 2)).toBe(3)
})
