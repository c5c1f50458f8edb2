import { describe, expect, inject, onTestFinished, test } from 'vitest'
import { websocketTransport } from '../../src/adapters/websocket/websocket.ts'
import { ErrorCode, RPC, type Transport } from '../../src/index.ts'
import { type Connection, opener, rejection, within } from '../contract/fixture.ts'
import { countOnTarget } from '../contract/listeners.ts'
import { contract } from '../contract/suite.ts'

interface Socketed extends Connection {
  readonly transport: Transport
  readonly socket: WebSocket
  readonly listeners: () => number
}

const url = inject('sockets')

const connect = (kind: string): Socketed => {
  const socket = new WebSocket(`${url}/${kind}`)
  const listeners = countOnTarget(socket)
  return { socket, listeners, transport: websocketTransport(socket), close: () => socket.close() }
}

contract('a WebSocket of a browser', connect, {
  text: true,
  listeners: ({ listeners }) => listeners(),
  deaths: {
    'the server closes': {
      says: /closed with code 4001: go away/,
      die: ({ rpc }) => rpc.notify('closeSocket', [4001, 'go away']),
    },
    'the server breaks the connection': { says: /code 1006/, die: ({ rpc }) => rpc.notify('terminate') },
    'the page closes': { says: /code 4002/, die: ({ connection }) => connection.socket.close(4002) },
  },
})

describe('a WebSocket of a browser', () => {
  const start = (transport: Transport): RPC => {
    const rpc = new RPC({ transport })
    onTestFinished(() => rpc.destroy())
    return rpc
  }

  test('S48, S58: of a URL is connected anew after a drop: what was pending rejects, nothing is sent again', async () => {
    const rpc = start(websocketTransport(`${url}/service`, { reconnect: { initial: 10, max: 100 } }))
    const states: string[] = []
    expect(await rpc.invoke('note', ['first'])).toBe(1)
    const callback = await rpc.invoke<() => Promise<number>>('makeCallback', [7])
    rpc.onPeer((state) => states.push(state))
    const hang = rejection(rpc.invoke('hang', ['x']))
    await rpc.invoke('started')
    rpc.notify('terminate')
    expect(await within(45_000, hang)).toMatchObject({ code: ErrorCode.PEER_GONE })
    // A service of its own: it would know what came again.
    expect(await within(45_000, rpc.invoke('started'))).toEqual([])
    expect(await rpc.invoke('noted')).toEqual([])
    expect(await rejection(callback())).toMatchObject({ code: ErrorCode.PEER_GONE })
    expect(states).toEqual(['connected', 'gone', 'waiting', 'connected'])
  })

  test('to where nobody listens rejects what waits, saying the code', async () => {
    const rpc = start(websocketTransport(new WebSocket('ws://127.0.0.1:1')))
    expect(await within(45_000, rejection(rpc.invoke('add', [1, 2])))).toMatchObject({
      code: ErrorCode.PEER_GONE,
      message: expect.stringContaining('code 1006'),
    })
  })

  test('S60: a message over the limit rejects TOO_LARGE; one that arrives over it ends the connection with 4009', async () => {
    const socket = new WebSocket(`${url}/service`)
    onTestFinished(() => socket.close())
    const rpc = start(websocketTransport(socket, { maxLength: 10_000 }))
    expect(await rejection(rpc.invoke('note', ['x'.repeat(10_000)]))).toMatchObject({
      code: ErrorCode.TOO_LARGE,
    })
    const closed = new Promise<CloseEvent>((resolve) => socket.addEventListener('close', resolve))
    expect(await within(45_000, rejection(rpc.invoke('long', [20_000])))).toMatchObject({
      code: ErrorCode.PEER_GONE,
      cause: { code: ErrorCode.TOO_LARGE },
    })
    expect((await within(45_000, closed)).code).toBe(4009)
  })

  test('S61: more than `maxBuffered` is refused BUSY', async () => {
    const socket = new WebSocket(`${url}/service`)
    onTestFinished(() => socket.close())
    const rpc = start(websocketTransport(socket, { maxBuffered: 1_000_000 }))
    await rpc.connect()
    const text = 'x'.repeat(900_000)
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => rpc.invoke('count', [text])))
    const refused = results.filter(({ status }) => status === 'rejected')
    expect(refused.length).toBeGreaterThan(10)
    expect(refused.length).toBeLessThan(20)
    for (const one of refused) expect(one).toMatchObject({ reason: { code: ErrorCode.BUSY } })
    expect(await rpc.invoke('add', [1, 2])).toBe(3)
  })

  test('of the service lives through many openings and closings', async () => {
    const { open } = opener(connect)
    for (let i = 0; i < 5; i++) {
      const { rpc, connection } = await open('service')
      expect(await rpc.invoke('add', [i, 1])).toBe(i + 1)
      rpc.destroy()
      expect(connection.socket.readyState).toBe(WebSocket.OPEN)
    }
  })
})
