import { describe, expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { websocketTransport } from '../../../src/adapters/websocket/websocket.ts'
import { ErrorCode, RPC, type Transport } from '../../../src/index.ts'
import { rejection, within } from '../../contract/fixture.ts'
import { listen, runService, type TestServer } from './servers.ts'

const start = (transport: Transport): RPC => {
  const rpc = new RPC({ transport })
  onTestFinished(() => rpc.destroy())
  return rpc
}

const serverFor = async (port?: number): Promise<TestServer> => {
  const own = await listen(runService, port)
  onTestFinished(() => own.close())
  return own
}

/** Wait until `rpc` is connected, `times` times from now on. */
const connected = (rpc: RPC, times = 1): Promise<void> =>
  within(
    12_000,
    new Promise((resolve) => {
      let left = times
      const stop = rpc.onPeer((state) => {
        if (state !== 'connected' || --left) return
        queueMicrotask(() => stop())
        resolve()
      })
    }),
  )

const quick = { initial: 10, max: 40 }

describe('a function or a URL', () => {
  test('S58: a drop in mid-call rejects, is connected anew, and the call has run once', async () => {
    const own = await listen(() => {})
    onTestFinished(() => own.close())
    const ran: unknown[] = []
    const counted = { run: (key: string) => void ran.push(key), hang: () => new Promise(() => {}) }
    const services: RPC[] = []
    const serveNext = (): void => {
      const socket = own.sockets[services.length]
      if (!socket) return
      services.push(new RPC({ transport: websocketTransport(socket), methods: counted }))
    }
    const rpc = start(websocketTransport(() => new WebSocket(own.url), { reconnect: quick }))
    await expect.poll(() => own.sockets.length).toBe(1)
    serveNext()
    await rpc.invoke('run', ['first'])
    const hang = rejection(rpc.invoke('hang'))
    const run = rpc.invoke('run', ['second'])
    await run
    own.sockets[0]?.terminate()
    expect(await within(45_000, hang)).toMatchObject({ code: ErrorCode.PEER_GONE })
    const third = rpc.invoke('run', ['third'])
    await expect.poll(() => own.sockets.length).toBe(2)
    serveNext()
    await within(45_000, third)
    expect(ran).toEqual(['first', 'second', 'third'])
  })

  test('is a new epoch after each reconnection: references die, what was exposed works again', async () => {
    const own = await serverFor()
    const rpc = start(websocketTransport(() => new WebSocket(`${own.url}/service`), { reconnect: quick }))
    rpc.registerMethod('meet', (value: number) => value * 2)
    const states: string[] = []
    const callback = await rpc.invoke<() => Promise<number>>('makeCallback', [7])
    expect(await callback()).toBe(7)
    rpc.onPeer((state) => states.push(state))
    const back = connected(rpc, 2)
    own.sockets[0]?.terminate()
    await back
    expect(states).toEqual(['connected', 'gone', 'waiting', 'connected'])
    expect(await rejection(callback())).toMatchObject({ code: ErrorCode.PEER_GONE })
    expect(await rpc.invoke('callBack', [1])).toEqual([0])
    expect(own.sockets).toHaveLength(2)
  })

  test('calls wait while the server is away, and are sent once it is back', async () => {
    const first = await serverFor()
    const rpc = start(websocketTransport(() => new WebSocket(`${first.url}/service`), { reconnect: quick }))
    expect(await rpc.invoke('note', ['before'])).toBe(1)
    const lost = new Promise((resolve) => rpc.onPeer((state) => state === 'gone' && resolve(state)))
    await first.close()
    await within(45_000, lost)
    const waits = rpc.invoke('note', ['while away'])
    const own = await serverFor(first.port)
    expect(await within(45_000, waits)).toBe(1)
    expect(own.sockets.length).toBeGreaterThan(0)
  })

  test('waits longer after each failure, up to `max`, and begins anew once it was heard', async () => {
    const own = await serverFor()
    let isUp = false
    const times: number[] = []
    const dead = (): WebSocket => new WebSocket('ws://127.0.0.1:1')
    const rpc = start(
      websocketTransport(
        () => {
          times.push(performance.now())
          return isUp ? new WebSocket(`${own.url}/service`) : dead()
        },
        { reconnect: { initial: 20, max: 160 } },
      ),
    )
    await expect.poll(() => times.length, { timeout: 20_000, interval: 5 }).toBeGreaterThan(5)
    const gaps = times.slice(1).map((time, i) => time - (times[i] ?? 0))
    // At least half of what it is without jitter.
    for (const [i, gap] of gaps.entries()) expect(gap).toBeGreaterThan(Math.min(20 * 2 ** i, 160) / 2 - 2)
    isUp = true
    expect(await within(45_000, rpc.invoke('add', [1, 2]))).toBe(3)
  })

  test('a function that throws later counts as a failure; one that throws at first throws out of the RPC', async () => {
    expect(() =>
      start(
        websocketTransport(() => {
          throw new RangeError('no socket today')
        }),
      ),
    ).toThrow('no socket today')
    const own = await serverFor()
    let made = 0
    const rpc = start(
      websocketTransport(
        () => {
          if (++made === 2) throw new RangeError('not now')
          return new WebSocket(`${own.url}/service`)
        },
        { reconnect: quick },
      ),
    )
    await rpc.connect()
    own.sockets[0]?.terminate()
    await connected(rpc, 2)
    expect(made).toBe(3)
  })

  test('destroy closes the socket that it made and makes no more', async () => {
    const own = await serverFor()
    let made = 0
    const transport = websocketTransport(
      () => {
        made++
        return new WebSocket(`${own.url}/service`)
      },
      { reconnect: quick },
    )
    const rpc = start(transport)
    await rpc.connect()
    const [socket] = own.sockets
    const code = new Promise((resolve) => socket?.on('close', resolve))
    rpc.destroy()
    expect(await within(45_000, code)).toBe(1005)
    const again = start(transport)
    again.destroy()
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(made).toBe(2)
  })

  test('with `reconnect: false` a lost connection is the end', async () => {
    const own = await serverFor()
    const rpc = start(websocketTransport(() => new WebSocket(`${own.url}/service`), { reconnect: false }))
    await rpc.connect()
    const hang = rejection(rpc.invoke('hang', ['x']))
    await rpc.invoke('started')
    own.sockets[0]?.terminate()
    expect(await within(45_000, hang)).toMatchObject({ code: ErrorCode.PEER_GONE })
    expect(await rejection(rpc.invoke('add', [1, 2]))).toMatchObject({ code: ErrorCode.PEER_GONE })
    expect(await rejection(rpc.connect())).toMatchObject({ code: ErrorCode.PEER_GONE })
  })

  test('a plain peer is spoken to after each reconnection without a hello', async () => {
    const own = await serverFor()
    const rpc = new RPC({
      transport: websocketTransport(() => new WebSocket(`${own.url}/plain`), { reconnect: quick }),
      plain: true,
    })
    onTestFinished(() => rpc.destroy())
    expect(await within(45_000, rpc.invoke('echo', [1]))).toBe(1)
    own.sockets[0]?.terminate()
    await connected(rpc, 2)
    expect(await within(45_000, rpc.invoke('echo', [2]))).toBe(2)
  })

  test('a URL needs a global WebSocket, and takes it', async () => {
    const own = await serverFor()
    const host = globalThis as { WebSocket?: unknown }
    const former = host.WebSocket
    try {
      delete host.WebSocket
      expect(() => websocketTransport(own.url)).toThrow(/pass \(\) => new WebSocket/)
      host.WebSocket = WebSocket
      for (const url of [`${own.url}/service`, new URL(`${own.url}/service`)])
        expect(await start(websocketTransport(url)).invoke('add', [1, 2])).toBe(3)
    } finally {
      if (former) host.WebSocket = former
      else delete host.WebSocket
    }
  })

  test('times that are none are a TypeError', () => {
    for (const reconnect of [{ initial: 0 }, { initial: NaN }, { initial: 50, max: 40 }, { max: -1 }])
      expect(() => websocketTransport(() => new WebSocket('ws://127.0.0.1:1'), { reconnect })).toThrow(
        TypeError,
      )
  })
})
