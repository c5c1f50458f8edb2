/** Attempts to connect that fail, and what is said of them. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { io } from 'socket.io-client'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { socketIoTransport } from '../../src/adapters/socket-io/socket-io.ts'
import { websocketTransport } from '../../src/adapters/websocket/websocket.ts'
import { type Diagnostic, type Receiver, RPC, type RPCEmitter } from '../../src/index.ts'
import { linkedPair } from '../../src/testing.ts'
import { keepIn } from '../late.ts'
import { rejection } from '../peer/pair.ts'
import { hello } from '../peer/peer.ts'

const reconnect = { initial: 10, max: 20 }

/** A server that refuses a WebSocket, until it is told otherwise. */
async function refusing(status: number | 'destroy' | 'close') {
  const sockets = new WebSocketServer({ noServer: true })
  const server = createServer()
  const state = { status: status as typeof status | 'accept', tries: 0 }
  server.on('upgrade', (request, socket, head) => {
    state.tries++
    if (state.status === 'destroy') socket.destroy()
    else if (typeof state.status === 'number') socket.end(`HTTP/1.1 ${state.status} No\r\n\r\n`)
    else
      sockets.handleUpgrade(request, socket, head, (accepted) => {
        if (state.status === 'close') return accepted.close(1008, 'token expired')
        void new RPC({ transport: websocketTransport(accepted), methods: { ping: () => 'pong' } })
      })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    sockets.clients.forEach((socket) => socket.terminate())
    server.close()
  })
  return { state, url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

const kinds: readonly [Parameters<typeof refusing>[0], RegExp][] = [
  [401, /Unexpected server response: 401/],
  [404, /Unexpected server response: 404/],
  [503, /Unexpected server response: 503/],
  ['destroy', /1006: socket hang up/],
  ['close', /1008: token expired/],
]

for (const [status, text] of kinds)
  test(`C56: a server that answers a WebSocket by ${status} is named by each attempt and the rejection`, async () => {
    const { url, state } = await refusing(status)
    const diagnostics: Diagnostic[] = []
    using rpc = new RPC({
      transport: websocketTransport(() => new WebSocket(url), { reconnect }),
      connectTimeout: 1_500,
      onDiagnostic: keepIn(diagnostics),
    })
    const calls = [rpc.invoke('ping'), rpc.connect(), rpc.connect(1_400), rpc.batch((call) => [call('ping')])]
    for (const error of await Promise.all(calls.map(rejection)))
      expect(error).toMatchObject({
        code: -32300,
        message: expect.stringMatching(text),
        cause: { message: expect.stringMatching(text) },
        data: { timeout: expect.any(Number) },
      })
    expect(state.tries).toBeGreaterThan(1)
    expect(diagnostics.length).toBeGreaterThan(1)
    for (const event of diagnostics)
      expect(event).toMatchObject({ kind: 'peer-error', error: { message: expect.stringMatching(text) } })
  })

test('C56: a function that cannot make a socket is named, too', async () => {
  const { url } = await refusing(401)
  let made = 0
  const diagnostics: Diagnostic[] = []
  const make = (): WebSocket => {
    if (made++) throw new Error('no ticket')
    return new WebSocket(url)
  }
  using rpc = new RPC({
    transport: websocketTransport(make, { reconnect }),
    connectTimeout: 1_500,
    onDiagnostic: keepIn(diagnostics),
  })
  expect(await rejection(rpc.invoke('ping'))).toMatchObject({ cause: { message: 'no ticket' } })
  expect(diagnostics.at(-1)).toMatchObject({ kind: 'peer-error', error: { message: 'no ticket' } })
})

test('C56: a function may promise its socket; one that cannot be promised is an attempt that failed', async () => {
  const { url, state } = await refusing(401)
  state.status = 'accept'
  let made = 0
  const diagnostics: Diagnostic[] = []
  const make = async (): Promise<WebSocket> => {
    await new Promise((resolve) => setTimeout(resolve, 5))
    if (!made++) throw new Error('no ticket')
    return new WebSocket(url)
  }
  const rpc = new RPC({
    transport: websocketTransport(make, { reconnect }),
    onDiagnostic: keepIn(diagnostics),
  })
  expect(await rpc.invoke('ping')).toBe('pong')
  expect(diagnostics).toMatchObject([{ kind: 'peer-error', error: { message: 'no ticket' } }])
  rpc.destroy()
})

test('C56: a socket that is promised and comes after destroy() is closed', async () => {
  const { url, state } = await refusing(401)
  state.status = 'accept'
  let give: ((socket: WebSocket) => void) | undefined
  const promised = new Promise<WebSocket>((resolve) => (give = resolve))
  const rpc = new RPC({ transport: websocketTransport(() => promised) })
  const call = rejection(rpc.invoke('ping'))
  rpc.destroy()
  expect(await call).toMatchObject({ code: -32051 })
  const socket = new WebSocket(url)
  await new Promise((resolve) => socket.on('open', resolve))
  give?.(socket)
  await new Promise((resolve) => socket.on('close', resolve))
})

test('C56: a function that makes no socket is told what to make', () => {
  for (const made of [undefined, {}, 'ws://x'])
    expect(() => new RPC({ transport: websocketTransport(() => made as unknown as WebSocket) })).toThrow(
      /^Pass a WebSocket, a URL, or a function/,
    )
})

test('C56: an attempt that succeeds ends it', async () => {
  const { url, state } = await refusing(401)
  using rpc = new RPC({ transport: websocketTransport(() => new WebSocket(url), { reconnect }) })
  const call = rpc.invoke('ping')
  while (state.tries < 2) await new Promise((resolve) => setTimeout(resolve, 5))
  state.status = 'accept'
  expect(await call).toBe('pong')
})

test('C56: any transport that has a successor; the end of a connection counts as the last attempt', async () => {
  const diagnostics: Diagnostic[] = []
  let receiver: Receiver | undefined
  using rpc = new RPC({
    transport: {
      ...linkedPair().left,
      successor: true,
      post() {},
      listen: (theirs) => void (receiver = theirs),
    },
    connectTimeout: 50,
    onDiagnostic: keepIn(diagnostics),
  })
  const first = rejection(rpc.invoke('a'))
  receiver?.gone(new Error('first'))
  receiver?.gone(new Error('second'))
  expect(await first).toMatchObject({
    message: 'Request `a` was not sent: no answer to the handshake within 50 ms. Last failure: second.',
    cause: { message: 'second' },
  })
  expect(diagnostics.map(({ error }) => (error as Error).message)).toEqual(['first', 'second'])

  receiver?.message(hello('they'))
  receiver?.gone(new Error('the end'))
  expect(diagnostics).toHaveLength(2)
  const later = (await rejection(rpc.invoke('b'))) as Error
  expect(later.message).toBe(
    'Request `b` was not sent: no answer to the handshake within 50 ms. Last failure: the end.',
  )
})

for (const kind of ['socketIoTransport', 'event'] as const)
  for (const status of ['destroy', 503] as const)
    test(`C56: ${kind}: a server that answers socket.io by ${status} is named by each attempt and the rejection`, async () => {
      const { url } = await refusing(status)
      const socket = io(url, { transports: ['websocket'], reconnectionDelay: 10, reconnectionDelayMax: 20 })
      onTestFinished(() => void socket.disconnect())
      const diagnostics: Diagnostic[] = []
      const at = kind === 'event' ? { event: socket as RPCEmitter } : { transport: socketIoTransport(socket) }
      using rpc = new RPC({
        ...at,
        connectTimeout: 1_500,
        onDiagnostic: keepIn(diagnostics),
      })
      for (const error of await Promise.all([rpc.invoke('ping'), rpc.connect()].map(rejection)))
        expect(error).toMatchObject({
          code: -32300,
          message: expect.stringContaining('websocket error'),
          cause: { message: 'websocket error' },
        })
      expect(diagnostics.length).toBeGreaterThan(1)
      for (const event of diagnostics)
        expect(event).toMatchObject({ kind: 'peer-error', error: { message: 'websocket error' } })
      rpc.destroy()
      expect(socket.listeners('connect_error')).toEqual([])
    })
