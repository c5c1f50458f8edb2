/** C01: calls of what was passed by reference, whose promise nobody takes. */
import { EventEmitter, once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { websocketTransport } from '../../src/adapters/websocket/websocket.ts'
import { all, references, RPC as CoreRPC } from '../../src/core.ts'
import { type Diagnostic, endpointTransport, proxy, RPC, set } from '../../src/index.ts'
import { bundleScripts, type Scripts } from '../adapters/process/scripts.ts'
import { watchRejections } from '../contract/fixture.ts'
import { every, type Options, pairOver, rejection, until } from './media.ts'

type Callback = (value?: unknown) => Promise<unknown>

const fail = (): never => {
  throw new TypeError('the callback failed')
}

let scripts: Scripts<'server'>
beforeAll(async () => {
  scripts = await bundleScripts(fileURLToPath(new URL('./scripts/', import.meta.url)), ['server'])
})
afterAll(() => scripts.remove())

/** The server, as a thread that an unhandled rejection ends. */
async function serverThread(): Promise<{ worker: Worker; url: string; ends: unknown[] }> {
  const worker = new Worker(scripts.path('server'))
  const ends: unknown[] = []
  worker.on('error', (error) => ends.push(error))
  worker.on('exit', (code) => ends.push(code))
  onTestFinished(async () => void (await worker.terminate()))
  const [port] = (await once(worker, 'message')) as [number]
  return { worker, url: `ws://127.0.0.1:${port}`, ends }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

test('C01: a WebSocket server outlives a callback that throws, and a client that leaves', async () => {
  const { url, ends } = await serverThread()
  const connect = (): RPC => new RPC({ transport: websocketTransport(() => new WebSocket(url) as never) })
  const client = connect()
  await client.invoke('index', [3, fail])
  const leaving = connect()
  await leaving.invoke('later', [() => {}])
  leaving.destroy()
  await pause(100)
  expect(ends).toEqual([])
  expect(await client.invoke('index', [0, fail])).toBeOneOf([null, undefined])
  client.destroy()
})

test('C01: a thread outlives a callback that throws', async () => {
  const { worker, ends } = await serverThread()
  const rpc = new RPC({ transport: endpointTransport(worker) })
  await rpc.invoke('index', [3, fail])
  await pause(50)
  expect(ends).toEqual([])
  rpc.destroy()
})

// What calls a passed function without a look at what it returns.
const careless: Readonly<Record<string, (callback: Callback) => void>> = {
  'a call': (callback) => void callback(1),
  'forEach()': (callback) => [1, 2].forEach(callback),
  'an emitter': (callback) => {
    const emitter = new EventEmitter()
    emitter.on('x', (value) => void callback(value))
    emitter.on('x', callback)
    emitter.emit('x', 1)
  },
  'an EventTarget': (callback) => {
    const target = new EventTarget()
    target.addEventListener('x', () => void callback(1))
    target.dispatchEvent(new Event('x'))
  },
  'a timer': (callback) => void setTimeout(() => void callback(1)),
  'bind()': (callback) => void callback.bind(null, 1)(),
  'arguments that cannot be sent': (callback) => void callback(Symbol('no')),
  'arguments that the platform refuses': (callback) => void callback(new WeakMap()),
}

const cores: Readonly<Record<string, Options>> = {
  portcall: {},
  'portcall/core with references': { use: [references] },
  'portcall/core with all': { use: [all] },
}

for (const [entry, options] of Object.entries(cores))
  for (const [how, call] of Object.entries(careless))
    test(`C01: a passed function that fails and is called by ${how} is a diagnostic (${entry})`, async () => {
      const watch = watchRejections()
      const told: Diagnostic[] = []
      const onDiagnostic = (event: Diagnostic): void => void told.push(event)
      const { left, right } =
        entry === 'portcall' ? await pairOver('channel', {}, { onDiagnostic }) : await corePair(options, told)
      right.registerMethod('take', (callback: Callback) => {
        call(callback)
      })
      await left.invoke('take', [fail])
      // Core by itself has no `onDiagnostic`.
      if (entry !== 'portcall/core with references') await until(() => told.length > 0)
      await pause(20)
      expect(await watch.stop()).toEqual([])
      for (const { kind, about, error } of told)
        expect([kind, about, error instanceof Error]).toEqual(['failed', 'callback', true])
    })

async function corePair(options: Options, told: Diagnostic[]): Promise<{ left: CoreRPC; right: CoreRPC }> {
  const { port1, port2 } = new MessageChannel()
  const left = new CoreRPC({ ...options, transport: port1 })
  const right = new CoreRPC({ ...options, transport: port2, onDiagnostic: (event) => told.push(event) })
  onTestFinished(() => {
    left.destroy()
    right.destroy()
    port1.close()
  })
  await Promise.all([left.connect(), right.connect()])
  return { left, right }
}

for (const medium of every)
  test(`C01: an await of a passed function still throws (${medium})`, async () => {
    const { left, right } = await pairOver(medium)
    right.registerMethod('take', async (callback: Callback) => {
      const error = await callback().catch((caught: unknown) => caught)
      return (error as Error).message
    })
    expect(await left.invoke('take', [fail])).toBe('the callback failed')
  })

test('C01: members and properties of a passed object, and one that is released, reject nobody', async () => {
  const watch = watchRejections()
  const told: unknown[] = []
  const { left, right } = await pairOver(
    'channel',
    {},
    { onDiagnostic: ({ kind, about }) => told.push([kind, about]) },
  )
  const kept: { call: Callback; close: () => void }[] = []
  right.registerMethod('take', (listener: { onProgress: Callback; no: Callback } & object) => {
    void listener.onProgress()
    void listener.no()
    void set(listener, 'readonly', 1)
    kept.push({ call: listener.onProgress, close: () => {} })
  })
  await left.invoke('take', [proxy({ onProgress: fail })])
  await until(() => told.length >= 3)
  left.destroy()
  await pause(20)
  void kept[0]?.call()
  await until(() => told.length >= 4)
  expect(await watch.stop()).toEqual([])
  expect(new Set(told.slice(0, 3))).toEqual(
    new Set([
      ['failed', 'no'],
      ['failed', 'onProgress'],
      ['failed', 'readonly'],
    ]),
  )
  expect(await rejection(kept[0]?.call() as Promise<unknown>)).toMatchObject({ code: -32050 })
})
