import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import { serviceWorkerTransport } from '../../src/entries/service-worker.ts'
import { ErrorCode, RPC, type RPCInitOptions, type Transport } from '../../src/index.ts'
import { type Connection, type Kind, rejection, start, within } from '../contract/fixture.ts'
import { countOnTarget } from '../contract/listeners.ts'
import { contract } from '../contract/suite.ts'
import { bare } from '../windows/medium.ts'
import { comeBack, eventually, leave, openPage, silence } from './pages.ts'

const MINUTE = 60_000

const contractUrl = new URL('./service-worker/contract-worker.ts', import.meta.url)
const servedUrl = new URL('./service-worker/served.ts', import.meta.url)

interface ToWorker extends Connection {
  readonly transport: Transport
  readonly listeners: () => number
}

let registered: Promise<ServiceWorkerRegistration> | undefined
const register = (): Promise<ServiceWorkerRegistration> =>
  (registered ??= navigator.serviceWorker.register(contractUrl, {
    type: 'module',
    scope: new URL('contract/', contractUrl).pathname,
  }))
afterAll(async () => (await registered)?.unregister())

const listeners = countOnTarget(navigator.serviceWorker)

async function connect(kind: Kind): Promise<ToWorker> {
  const registration = await register()
  const worker = registration.active ?? registration.waiting ?? registration.installing
  const runs = new Promise((resolve) => {
    const listener = ({ data }: MessageEvent<{ runs?: Kind }>): void => {
      if (!data.runs) return
      navigator.serviceWorker.removeEventListener('message', listener)
      resolve(data)
    }
    navigator.serviceWorker.addEventListener('message', listener)
    navigator.serviceWorker.startMessages()
  })
  worker?.postMessage({ run: kind })
  await runs
  const before = listeners()
  return {
    transport: bare(serviceWorkerTransport(registration)),
    listeners: () => listeners() - before,
    close() {},
  }
}

contract('a ServiceWorker', connect, {
  transfer: true,
  trusted: true,
  listeners: (connection) => connection.listeners(),
})

/** A worker of this test alone. */
async function serveThis(): Promise<ServiceWorkerRegistration> {
  const registration = await navigator.serviceWorker.register(servedUrl, {
    type: 'module',
  })
  onTestFinished(async () => void (await registration.unregister()))
  return registration
}

const open = (
  registration: ServiceWorkerRegistration,
  options: Omit<RPCInitOptions, 'transport'> = {},
): RPC => start({ connectTimeout: MINUTE, ...options, transport: serviceWorkerTransport(registration) })

interface PageOfWorker {
  readonly rpc: RPC
  readonly told: unknown[]
}

const openClient = (): ReturnType<typeof openPage<PageOfWorker>> =>
  openPage(new URL('./service-worker/page.html', import.meta.url), {})

describe('serve in a service worker', { timeout: 2 * MINUTE }, () => {
  test('a page waits until the worker is active, and calls it', async () => {
    const rpc = open(await serveThis())
    expect(await rpc.invoke('clients')).toBe(1)
  })

  test('a broadcast reaches every client, and the worker can call each of them', async () => {
    const told: unknown[] = []
    const rpc = open(await serveThis(), {
      methods: { told: (...args: unknown[]) => told.push(args), who: () => 'the test' },
    })
    await rpc.connect()
    const { page } = await openClient()
    await rpc.invoke('shout', ['hello'])
    await eventually(
      () => page.told.length + told.length,
      (sum) => sum === 2,
    )
    expect([page.told, told]).toEqual([[['hello']], [['hello']]])
    expect((await rpc.invoke<string[]>('askAll', ['who'])).toSorted()).toEqual(['the frame', 'the test'])
  })

  test('S59: what two clients call at once with the same ids is answered to each', async () => {
    const rpc = open(await serveThis())
    await rpc.connect()
    const { page } = await openClient()
    await Promise.all([rpc, page.rpc].flatMap((one, i) => [one.invoke('note', [i]), one.invoke('note', [i])]))
    expect((await rpc.invoke<number[]>('noted')).toSorted((a, b) => a - b)).toEqual([0, 0, 1, 1])
  })

  test('a client that is closed is gone, and what it called is aborted', async () => {
    const rpc = open(await serveThis())
    await rpc.connect()
    const { page, remove } = await openClient()
    void page.rpc.invoke('hang', ['of the frame'])
    expect(await page.rpc.invoke('clients')).toBe(2)
    remove()
    await eventually(
      () => rpc.invoke('clients'),
      (count) => count === 1,
    )
    expect(await rpc.invoke('left')).toBe(1)
    expect(await rpc.invoke('aborted')).toEqual(['of the frame'])
  })

  async function nobodyWaits(): Promise<void> {
    await eventually(
      async (): Promise<number> => ((await navigator.locks.query()).pending ?? []).length,
      (count) => count === 0,
    )
  }

  test.for([
    ['that is awake', false],
    ['that rests', true],
  ] as const)('a client %s and says no goodbye is found out', async ([, rests]) => {
    const rpc = open(await serveThis())
    await rpc.connect()
    const { remove, window } = await openClient()
    if (rests) await nobodyWaits()
    expect(await rpc.invoke('clients')).toBe(2)
    silence(window)
    remove()
    await eventually(
      () => rpc.invoke('clients'),
      (count) => count === 1,
    )
  })

  test('S56: a client in the back/forward cache is gone, and back when it is shown again', async () => {
    const rpc = open(await serveThis())
    await rpc.connect()
    const { page, window } = await openClient()
    const pending = rejection(page.rpc.invoke('hang', ['of the frame']))
    expect(await page.rpc.invoke('clients')).toBe(2)
    leave(window)
    expect(await pending).toMatchObject({ code: ErrorCode.PEER_GONE })
    await eventually(
      () => rpc.invoke('clients'),
      (count) => count === 1,
    )
    comeBack(window)
    expect(await within(MINUTE, page.rpc.invoke('clients'))).toBe(2)
  })

  test('a client that destroys its RPC is gone, and back with the next one', async () => {
    const registration = await serveThis()
    for (const left of [0, 1, 2]) {
      const rpc = new RPC({ transport: serviceWorkerTransport(registration), connectTimeout: MINUTE })
      expect(await within(MINUTE, rpc.invoke('left'))).toBe(left)
      rpc.destroy()
    }
  })

  test('an RPC that follows another one at once is not told that the other side was replaced', async () => {
    const registration = await serveThis()
    const make = (): RPC =>
      new RPC({ transport: serviceWorkerTransport(registration), connectTimeout: MINUTE })
    for (const ms of [0, 1, 2, 3, 4, 5, 6, 8, 1, 2, 3, 4, 5, 6]) {
      const former = make()
      await new Promise((resolve) => setTimeout(resolve, ms))
      former.destroy()
      const next = make()
      const states: string[] = []
      next.onPeer((state) => states.push(state))
      expect(await within(MINUTE, next.invoke('noted'))).toEqual([])
      expect(states).toEqual(['waiting', 'connected'])
      next.destroy()
    }
  })

  test('a call that was meant for a worker before this one is not run', async () => {
    const registration = await serveThis()
    const worker = registration.installing ?? registration.active
    worker?.postMessage({ jsonrpc: '2.0', id: 1, method: 'note', params: ['of another time'] })
    worker?.postMessage({ jsonrpc: '2.0', method: 'note', params: ['of another time'] })
    const rpc = open(registration)
    expect(await rpc.invoke('noted')).toEqual([])
  })

  test('close() ends every connection', async () => {
    const rpc = open(await serveThis())
    const pending = rejection(rpc.invoke('hang', ['x']))
    await rpc.invoke('clients')
    rpc.notify('stop')
    expect(await within(MINUTE, pending)).toMatchObject({ code: ErrorCode.PEER_GONE })
  })
})
