import { describe, expect, onTestFinished, test } from 'vitest'
import { sharedWorkerTransport } from '../../src/entries/shared-worker.ts'
import { ErrorCode, RPC, type RPCInitOptions, type Transport } from '../../src/index.ts'
import { type Connection, type Kind, rejection, start, within } from '../contract/fixture.ts'
import { countOnTarget } from '../contract/listeners.ts'
import { contract } from '../contract/suite.ts'
import { comeBack, eventually, leave, openPage, silence } from './pages.ts'

const MINUTE = 60_000

interface Shared extends Connection {
  readonly transport: Transport
  readonly port: MessagePort
  readonly listeners: () => number
}

// By its address, as Vite wants literal options in any other form.
const contractUrl = new URL('./shared-worker/contract-worker.ts', import.meta.url)
const servedUrl = new URL('./shared-worker/served.ts', import.meta.url)

function connect(kind: Kind): Shared {
  const worker = new SharedWorker(contractUrl, { type: 'module', name: kind })
  const { port } = worker
  const listeners = countOnTarget(port)
  return { transport: sharedWorkerTransport(worker), port, listeners, close: () => port.close() }
}

contract('a SharedWorker', connect, {
  transfer: true,
  trusted: true,
  carrier: ({ port }) => port,
  listeners: ({ listeners }) => listeners(),
})

/** A worker of this test alone. */
function serveThis(): {
  readonly name: string
  readonly open: (options?: Omit<RPCInitOptions, 'transport'>) => RPC
} {
  const name = crypto.randomUUID()
  const open = (options: Omit<RPCInitOptions, 'transport'> = {}): RPC => {
    const worker = new SharedWorker(servedUrl, { type: 'module', name })
    onTestFinished(() => worker.port.close())
    return start({ connectTimeout: MINUTE, ...options, transport: sharedWorkerTransport(worker) })
  }
  return { name, open }
}

interface PageOfWorker {
  readonly rpc: RPC
  readonly told: unknown[]
}

const openPageOf = (name: string): ReturnType<typeof openPage<PageOfWorker>> =>
  openPage(new URL('./shared-worker/page.html', import.meta.url), { name, url: servedUrl.href })

describe('serve in a SharedWorker', { timeout: 2 * MINUTE }, () => {
  test('each connection has an api and an RPC of its own', async () => {
    const { open } = serveThis()
    const [one, other] = [open(), open()]
    expect(
      [await one.invoke<number>('number'), await other.invoke<number>('number')].toSorted((a, b) => a - b),
    ).toEqual([1, 2])
    expect(await one.invoke('clients')).toBe(2)
  })

  test('a broadcast reaches every page, and the worker can call each of them', async () => {
    const { name, open } = serveThis()
    const told: unknown[] = []
    const rpc = open({ methods: { told: (...args: unknown[]) => told.push(args), who: () => 'the test' } })
    const { page } = await openPageOf(name)
    const number = await rpc.invoke('number')
    await rpc.invoke('shout', ['hello'])
    await eventually(
      () => page.told.length + told.length,
      (sum) => sum === 2,
    )
    expect([page.told, told]).toEqual([[['hello', number]], [['hello', number]]])
    expect((await rpc.invoke<string[]>('askAll', ['who'])).toSorted()).toEqual(['the frame', 'the test'])
  })

  test('a broadcast that cannot be sent fails where it was made', async () => {
    const rpc = serveThis().open()
    expect(await rejection(rpc.invoke('shoutNothing'))).toMatchObject({ code: ErrorCode.UNDELIVERABLE })
  })

  test('errors of the worker arrive with their class and fields: it is of this origin', async () => {
    const error = await rejection(serveThis().open().invoke('fail'))
    expect(error).toBeInstanceOf(RangeError)
    expect(error).toMatchObject({ message: 'too far', field: 1 })
  })

  test('a page that is closed is gone from the clients, and what it called is aborted', async () => {
    const { name, open } = serveThis()
    const rpc = open()
    const { page, remove } = await openPageOf(name)
    await eventually(
      () => rpc.invoke('clients'),
      (count) => count === 2,
    )
    void page.rpc.invoke('hang', ['of the frame'])
    await page.rpc.invoke('number')
    remove()
    await eventually(
      () => rpc.invoke('clients'),
      (count) => count === 1,
    )
    expect(await rpc.invoke('left')).toBe(1)
    expect(await rpc.invoke('aborted')).toEqual(['of the frame'])
  })

  test('a page that says no goodbye is found out', async () => {
    const { name, open } = serveThis()
    const rpc = open()
    const { remove, window } = await openPageOf(name)
    await eventually(
      () => rpc.invoke('clients'),
      (count) => count === 2,
    )
    silence(window)
    remove()
    const count = await eventually(
      () => rpc.invoke('clients'),
      (n) => n === 1,
    )
    expect(count).toBe(1)
  })

  test('S56: a page in the back/forward cache is gone, and back when it is shown again', async () => {
    const { name, open } = serveThis()
    const rpc = open()
    const { page, window } = await openPageOf(name)
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
    expect(await rpc.invoke('left')).toBe(1)
  })

  test('a page that destroys its RPC is gone, and back with the next one', async () => {
    const { open, name } = serveThis()
    const rpc = open()
    const worker = new SharedWorker(servedUrl, { type: 'module', name })
    onTestFinished(() => worker.port.close())
    for (const left of [1, 2]) {
      const other = new RPC({ transport: sharedWorkerTransport(worker) })
      await within(MINUTE, other.invoke('number'))
      expect(await rpc.invoke('clients')).toBe(2)
      other.destroy()
      await eventually(
        () => rpc.invoke('left'),
        (count) => count === left,
      )
      expect(await rpc.invoke('clients')).toBe(1)
    }
  })

  test('S43: when the worker ends itself, what is pending rejects PEER_GONE', async () => {
    const rpc = serveThis().open()
    const pending = rejection(rpc.invoke('hang', ['x']))
    await rpc.invoke('end')
    expect(await within(MINUTE, pending)).toMatchObject({ code: ErrorCode.PEER_GONE })
    expect(await rejection(rpc.invoke('number'))).toMatchObject({ code: ErrorCode.PEER_GONE })
  })

  test('close() ends every connection and takes no more', async () => {
    const { open } = serveThis()
    const rpc = open()
    const pending = rejection(rpc.invoke('hang', ['x']))
    await rpc.invoke('number')
    rpc.notify('stop')
    expect(await within(MINUTE, pending)).toMatchObject({ code: ErrorCode.PEER_GONE })
    expect(await rejection(open({ connectTimeout: 500 }).connect())).toMatchObject({
      code: ErrorCode.TIMEOUT,
    })
  })

  test('S44: what waits for a worker whose script is not there rejects', async () => {
    const worker = new SharedWorker('/no/such/worker.js', { type: 'module' })
    const rpc = start({ transport: sharedWorkerTransport(worker), connectTimeout: MINUTE })
    expect(await within(MINUTE, rejection(rpc.invoke('number')))).toMatchObject({ code: ErrorCode.PEER_GONE })
  })

  test('destroy leaves no lock behind', async () => {
    const rpc = serveThis().open()
    const names = async (): Promise<(string | undefined)[]> => {
      const { held = [], pending = [] } = await navigator.locks.query()
      return [...held, ...pending].map((lock) => lock.name)
    }
    const before = new Set(await names())
    await rpc.invoke('number')
    const during = (await names()).filter((name) => !before.has(name))
    expect(during.length).toBeGreaterThan(0)
    rpc.destroy()
    await eventually(names, (now) => !during.some((name) => now.includes(name)))
  })
})

const locksOf = async (): Promise<number> => {
  const { held = [], pending = [] } = await navigator.locks.query()
  return [...held, ...pending].filter(({ name }) => name?.startsWith('portcall:')).length
}

describe('a page and a SharedWorker that have nothing to do', { timeout: 2 * MINUTE }, () => {
  const rests = (): Promise<unknown> => eventually(locksOf, (count) => count === 0)

  test('S56: hold no lock and wait for none, until something is said', async () => {
    const rpc = serveThis().open()
    await rpc.invoke('clients')
    await rests()
    expect(await rpc.invoke('clients')).toBe(1)
    // Which keeps them awake.
    const hanging = rejection(rpc.invoke('hang', ['of this page']))
    await eventually(locksOf, (count) => count === 4)
    rpc.destroy()
    expect(await hanging).toMatchObject({ code: ErrorCode.CLOSED })
  })

  test('find out the end of a page that wakes and says no goodbye', async () => {
    const { name, open } = serveThis()
    const rpc = open()
    const { page, remove, window } = await openPageOf(name)
    await eventually(
      () => rpc.invoke('clients'),
      (count) => count === 2,
    )
    await rests()
    void page.rpc.invoke('hang', ['of the frame'])
    await eventually(locksOf, (count) => count === 4)
    silence(window)
    remove()
    await eventually(
      () => rpc.invoke('clients'),
      (count) => count === 1,
    )
    expect(await rpc.invoke('aborted')).toEqual(['of the frame'])
  })

  test('S43: find out the end of a worker that ends itself meanwhile', async () => {
    const rpc = serveThis().open()
    await rpc.invoke('endLater')
    await rests()
    const states: string[] = []
    rpc.onPeer((state) => states.push(state))
    await eventually(
      () => states,
      (seen) => seen.includes('gone'),
    )
    expect(await within(MINUTE, rejection(rpc.invoke('number')))).toMatchObject({
      code: ErrorCode.PEER_GONE,
    })
  })
})
