/** Endpoints whose methods cannot be replaced: frozen ones, and `parentPort` in a worker of Bun. */
import { MessageChannel, Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'
import { expose, rpcOf, wrap } from '../../src/index.ts'
import { freshDist } from '../package/dist.ts'

interface Api {
  add(a: number, b: number): number
}

const api = { add: (a: number, b: number) => a + b }

/** Make the methods read-only, each its own. */
function fix<T extends object>(host: T, names: readonly (keyof T)[]): T {
  for (const name of names)
    Object.defineProperty(host, name, { value: host[name], writable: false, configurable: false })
  return host
}

test.each([
  ['read-only methods', <T extends object>(host: T, names: readonly (keyof T)[]): T => fix(host, names)],
  ['an object that takes no more members', <T extends object>(host: T): T => Object.preventExtensions(host)],
])('C64: a port with %s is called and exposed', async (_, change) => {
  const { port1, port2 } = new MessageChannel()
  change(port1, ['ref', 'unref', 'close', 'postMessage'])
  change(port2, ['ref', 'unref', 'close', 'postMessage'])
  expose(api, port1)
  const remote = wrap<Api>(port2)
  expect(await remote.add(1, 2)).toBe(3)
  rpcOf(remote).destroy()
  port1.close()
})

test('C64: an event target whose terminate() is read-only is called', async () => {
  const { port1, port2 } = new globalThis.MessageChannel()
  expose(api, port1)
  const host = {
    postMessage: (value: unknown) => port2.postMessage(value),
    addEventListener: port2.addEventListener.bind(port2),
    removeEventListener: port2.removeEventListener.bind(port2),
    terminate: () => port2.close(),
  }
  port2.start()
  const remote = wrap<Api>(Object.freeze(host))
  expect(await remote.add(1, 2)).toBe(3)
  rpcOf(remote).destroy()
  host.terminate()
})

test('C64: a thread with a parentPort of read-only methods answers', async () => {
  await freshDist()
  const worker = new Worker(
    `const { parentPort } = require('node:worker_threads')
     for (const name of ['ref', 'unref', 'close', 'postMessage'])
       Object.defineProperty(parentPort, name, { value: parentPort[name], writable: false, configurable: false })
     import(process.env.DIST).then(({ expose }) => expose({ add: (a, b) => a + b }))`,
    { eval: true, env: { ...process.env, DIST: new URL('../../dist/index.js', import.meta.url).href } },
  )
  const remote = wrap<Api>(worker)
  expect(await remote.add(1, 2)).toBe(3)
  rpcOf(remote).destroy()
  await worker.terminate()
}, 90_000)
