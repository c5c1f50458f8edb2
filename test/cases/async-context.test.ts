/** AsyncLocalStorage: a callback that is passed inside a context runs outside of it, unless it is bound (C67). */
import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks'
import { MessageChannel } from 'node:worker_threads'
import { expect, onTestFinished, test } from 'vitest'
import { expose, type Remote, wrap } from '../../src/index.ts'

const api = {
  add: (a: number, b: number) => a + b,
  callWith: (callback: () => string | Promise<string>) => callback(),
  report: async (options: { onProgress(n: number): string | Promise<string> }) => options.onProgress(1),
}

/** Wrapped outside of any context, as at the top of a module. */
function connected(): Remote<typeof api> {
  const { port1, port2 } = new MessageChannel()
  expose(api, port2)
  const remote = wrap<typeof api>(port1)
  onTestFinished(() => {
    remote[Symbol.dispose]()
    port1.close()
  })
  return remote
}

const storage = new AsyncLocalStorage<string>()
const store = (): string => storage.getStore() ?? 'none'

test('C67: a callback that is passed inside a context runs outside of it', async () => {
  const remote = connected()
  expect(await storage.run('request 1', () => remote.callWith(store))).toBe('none')
})

test('C67: with AsyncResource.bind it runs inside, however it is passed', async () => {
  const remote = connected()
  await storage.run('request 1', async () => {
    expect(await remote.callWith(AsyncResource.bind(store))).toBe('request 1')
    const onProgress = AsyncResource.bind((n: number) => `${store()} ${n}`)
    expect(await remote.report({ onProgress })).toBe('request 1 1')
    // Each is bound where it is passed.
    const inner = storage.run('request 2', () => remote.callWith(AsyncResource.bind(store)))
    expect(await Promise.all([inner, remote.callWith(AsyncResource.bind(store))])).toEqual([
      'request 2',
      'request 1',
    ])
  })
})

test('C67: what follows an answer runs where it was asked', async () => {
  const remote = connected()
  const seen = await storage.run('request 1', async () => `${await remote.add(1, 2)} ${store()}`)
  expect(seen).toBe('3 request 1')
})
