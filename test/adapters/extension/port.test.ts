/** What needs no browser: misuse, and what is left behind. The ports here are made by hand; extension.test.ts has real ones. */
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { extensionTransport, type PortLike, serve } from '../../../src/entries/extension.ts'
import { ErrorCode, RPC } from '../../../src/index.ts'
import { rejection } from '../../contract/fixture.ts'

class FakeEvent<A extends readonly unknown[]> {
  readonly listeners = new Set<(...args: A) => void>()
  addListener(listener: (...args: A) => void): void {
    this.listeners.add(listener)
  }
  removeListener(listener: (...args: A) => void): void {
    this.listeners.delete(listener)
  }
  fire(...args: A): void {
    for (const listener of this.listeners) listener(...args)
  }
}

class FakePort implements PortLike {
  readonly name = ''
  readonly sender = { id: 'own', origin: 'chrome-extension://own' }
  readonly onMessage = new FakeEvent<[unknown]>()
  readonly onDisconnect = new FakeEvent<[]>()
  readonly posted: unknown[] = []
  isOpen = true
  postMessage(message: object): void {
    this.posted.push(structuredClone(message))
  }
  disconnect(): void {
    this.isOpen = false
  }
  /** Say hello, as a portcall peer does. */
  greet(): void {
    const params = { session: RPC.uuid(), version: 1, capabilities: [] }
    this.onMessage.fire({ jsonrpc: '2.0', id: 1, method: 'rpc.connect', params })
  }
}

const open = (transport: ReturnType<typeof extensionTransport>): RPC => {
  const rpc = new RPC({ transport })
  onTestFinished(() => rpc.destroy())
  return rpc
}

describe('extensionTransport', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  test.for([{ initial: 0 }, { initial: -1 }, { initial: Number.NaN }, { initial: 10, max: 9 }])(
    'refuses the times %o',
    (reconnect) => {
      expect(() => extensionTransport(new FakePort(), { reconnect })).toThrow(
        new TypeError('`reconnect` has times in ms: 0 < initial <= max'),
      )
    },
  )

  test('throws what the first connecting throws, and is not there then', () => {
    const transport = extensionTransport(() => {
      throw new Error('Invalid extension id')
    })
    expect(() => new RPC({ transport })).toThrow('Invalid extension id')
    expect(vi.getTimerCount()).toBe(0)
  })

  test('destroy() disconnects a port that it made, leaves one that was given, and no listener or timer behind', () => {
    const [given, made] = [new FakePort(), new FakePort()]
    for (const target of [given, () => made]) open(extensionTransport(target)).destroy()
    expect([given.isOpen, made.isOpen]).toEqual([true, false])
    for (const port of [given, made])
      expect([port.onMessage.listeners.size, port.onDisconnect.listeners.size]).toEqual([0, 0])
    expect(vi.getTimerCount()).toBe(0)
  })

  test('destroy() when the loss is told ends it: no port is made again', () => {
    const ports: FakePort[] = []
    const rpc = open(
      extensionTransport(() => {
        const port = new FakePort()
        ports.push(port)
        return port
      }),
    )
    ports[0]?.greet()
    rpc.onPeer((state) => {
      if (state === 'gone') rpc.destroy()
    })
    ports[0]?.onDisconnect.fire()
    vi.advanceTimersByTime(60_000)
    expect(ports).toHaveLength(1)
    expect(vi.getTimerCount()).toBe(0)
  })

  test('S57: the time between attempts doubles up to `max`, and begins anew when the other side has been heard', () => {
    const ports: FakePort[] = []
    const make = (): FakePort => {
      const port = new FakePort()
      ports.push(port)
      return port
    }
    open(extensionTransport(make, { reconnect: { initial: 100, max: 400 } }))
    /** Lose the port of now. @returns how long it takes until there is another. */
    const gap = (): number => {
      const before = ports.length
      ports.at(-1)?.onDisconnect.fire()
      let waited = 0
      for (; ports.length === before && waited < 1_000; waited++) vi.advanceTimersByTime(1)
      return waited
    }
    const within = (step: number): { asymmetricMatch(value: unknown): boolean } => ({
      asymmetricMatch: (value) => Number(value) >= step / 2 && Number(value) <= step + 1,
    })
    expect([gap(), gap(), gap(), gap()]).toEqual([100, 200, 400, 400].map(within))
    ports.at(-1)?.greet()
    expect(gap()).toEqual(within(100))
  })

  test('S57: a port that is not made anew ends with lastError', async () => {
    vi.stubGlobal('chrome', { runtime: { lastError: { message: 'Nobody is there.' } } })
    onTestFinished(() => void vi.unstubAllGlobals())
    const [given, made] = [new FakePort(), new FakePort()]
    for (const [port, target] of [
      [given, given],
      [made, () => made],
    ] as const) {
      const rpc = open(extensionTransport(target, { reconnect: false }))
      const call = rejection(rpc.invoke('x'))
      port.onDisconnect.fire()
      expect(await call).toMatchObject({
        code: ErrorCode.PEER_GONE,
        message: 'Request `x` failed: Nobody is there.',
        cause: { message: 'Nobody is there.' },
      })
    }
  })
})

describe('serve', () => {
  const onConnect = new FakeEvent<[PortLike]>()
  const onConnectExternal = new FakeEvent<[PortLike]>()
  const inExtension = (): void => {
    vi.stubGlobal('chrome', { runtime: { id: 'own', onConnect, onConnectExternal } })
    onTestFinished(() => void vi.unstubAllGlobals())
  }

  test('throws outside of extensions', () => {
    expect(() => serve({})).toThrow(
      new TypeError('Here is no chrome.runtime.onConnect: call serve() inside an extension'),
    )
  })

  test.for([
    '*',
    '',
    'null',
    'https://*.example.com',
    '*://example.com',
    'chrome-extension://abc',
    'ftp://a.example',
  ])('refuses %j as `external`, which nobody could be', (text) => {
    inExtension()
    expect(() => serve({}, { external: [text] })).toThrow(/is neither an id of an extension nor an origin/)
  })

  test('S05: an origin may be written with a path, in capitals, with the default port', () => {
    inExtension()
    const server = serve({}, { external: ['HTTPS://Example.com:443/path'] })
    onTestFinished(() => server.close())
    const from = (origin: string): boolean => {
      const port = Object.assign(new FakePort(), { sender: { origin } })
      onConnectExternal.fire(port)
      return port.isOpen
    }
    expect(from('https://example.com')).toBe(true)
    expect(
      ['http://example.com', 'https://example.com:444', 'https://example.com.evil.net', 'null'].map(from),
    ).toEqual([false, false, false, false])
  })

  test.for([false, undefined, 1, Promise.resolve(true)])(
    'S13: refuses who comes when `accept` returns %o',
    (answer) => {
      inExtension()
      const server = serve({}, { accept: () => answer as boolean })
      onTestFinished(() => server.close())
      const port = new FakePort()
      onConnect.fire(port)
      expect([port.isOpen, port.onMessage.listeners.size]).toEqual([false, 0])
    },
  )

  test('hears of others only if they are listed, and of nobody after close()', () => {
    inExtension()
    serve({}).close()
    const server = serve({})
    expect(onConnectExternal.listeners.size).toBe(0)
    expect(onConnect.listeners.size).toBe(1)
    const port = new FakePort()
    onConnect.fire(port)
    server.close()
    expect([onConnect.listeners.size, port.isOpen, port.onMessage.listeners.size]).toEqual([0, false, 0])
  })
})
