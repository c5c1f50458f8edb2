/** What a socket of socket.io does besides the contract: reconnecting, its own buffer, sizes, who calls. */
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { type SocketIoTransport, socketIoTransport } from '../../../src/adapters/socket-io/socket-io.ts'
import { callContext, ErrorCode, type PeerState, RPC, type RPCInitOptions } from '../../../src/index.ts'
import { rejection, start, within } from '../../contract/fixture.ts'
import { type Ends, type Rig, startRig } from './servers.ts'

const LONG = 45_000

let rig: Rig
beforeAll(async () => {
  rig = await startRig({ maxHttpBufferSize: 1_000_000 })
})
afterAll(() => rig.close())

const over = (socket: Ends[keyof Ends], options: RPCInitOptions = {}): RPC =>
  start({ ...options, transport: socketIoTransport(socket) })

/** Let each client that comes have an RPC with these methods. */
function serveEach(methods: NonNullable<RPCInitOptions['methods']>): void {
  const serve = (socket: Ends['server']): void => void over(socket, { methods })
  rig.io.on('connection', serve)
  onTestFinished(() => void rig.io.off('connection', serve))
}

const statesOf = (rpc: RPC): PeerState[] => {
  const states: PeerState[] = []
  rpc.onPeer((state) => states.push(state))
  return states
}

describe('S58: a socket that drops in mid-call and connects again', () => {
  test('rejects what was sent with the reason, runs nothing twice, and is a new epoch', async () => {
    const runs: string[] = []
    serveEach({
      note: (name: string) => runs.push(name),
      hang: (name: string) => {
        runs.push(name)
        return new Promise(() => {})
      },
    })
    const { client, server } = await rig.join()
    const rpc = over(client)
    const states = statesOf(rpc)
    const pending = ['a', 'b', 'c'].map((name) => rejection(rpc.invoke('hang', [name])))
    await rpc.invoke('note', ['before'])
    server.conn.close()
    for (const reason of await within(LONG, Promise.all(pending)))
      expect(reason).toMatchObject({
        code: ErrorCode.PEER_GONE,
        message: expect.stringContaining('transport close'),
      })
    // Held, and sent once to the successor.
    expect(await within(LONG, rpc.invoke('note', ['after']))).toBe(5)
    expect(runs).toEqual(['a', 'b', 'c', 'before', 'after'])
    expect(states).toEqual(['waiting', 'connected', 'gone', 'waiting', 'connected'])
  })

  test('calls made while it is down leave in order when it is back, and a deadline counts meanwhile', async () => {
    const noted: unknown[] = []
    serveEach({ note: (value: unknown) => noted.push(value) })
    const { client } = await rig.join({ reconnectionDelay: 200, reconnectionDelayMax: 300 })
    const rpc = over(client)
    await rpc.invoke('note', [1])
    client.io.engine.close()
    const late = rejection(rpc.invoke('note', ['late'], { timeout: 20 }))
    const calls = [2, 3, 4].map((n) => rpc.invoke('note', [n]))
    expect(client.sendBuffer).toEqual([])
    expect(await late).toMatchObject({ code: ErrorCode.TIMEOUT })
    await within(LONG, Promise.all(calls))
    expect(noted).toEqual([1, 2, 3, 4])
  })

  test('a message that socket.io keeps for later, its pings having stopped, is refused and not delivered after', async () => {
    const noted: unknown[] = []
    serveEach({ note: (value: unknown) => noted.push(value) })
    const { client } = await rig.join()
    const rpc = over(client)
    await rpc.invoke('note', [1])
    Reflect.set(client.io.engine, '_pingTimeoutTime', 1)
    expect(await within(LONG, rejection(rpc.invoke('note', ['stale'])))).toMatchObject({
      code: ErrorCode.PEER_GONE,
    })
    expect(client.sendBuffer).toEqual([])
    await within(LONG, new Promise((resolve) => client.once('disconnect', resolve)))
    await within(LONG, rpc.invoke('note', [2]))
    expect(noted).toEqual([1, 2])
  })

  test('what a server with connection state recovery delivers late is of the epoch before, and dropped', async () => {
    const recovering = await startRig({ connectionStateRecovery: {} })
    onTestFinished(() => recovering.close())
    const noted: unknown[] = []
    const { client, server } = await recovering.join()
    const rpc = over(client, { methods: { note: (value: unknown) => noted.push(value) } })
    const before = over(server)
    await before.invoke('note', ['before'])
    // Half open: the server does not know yet that the client does not hear.
    const back = new Promise<void>((resolve) => {
      recovering.io.once('connection', (socket) => {
        expect(socket.recovered).toBe(true)
        void over(socket)
          .invoke('note', ['after'])
          .then(() => resolve())
      })
    })
    client.io.engine.close()
    const stale = rejection(before.invoke('note', ['stale']))
    expect(await within(LONG, stale)).toMatchObject({ code: ErrorCode.PEER_GONE })
    await within(LONG, back)
    expect(noted).toEqual(['before', 'after'])
    expect(client.recovered).toBe(true)
    rpc.destroy()
  })
})

describe('a client that does not come back by itself', () => {
  test('rejects at once after disconnect(), and is a new epoch after connect()', async () => {
    serveEach({ add: (a: number, b: number) => a + b })
    const { client } = await rig.join()
    const rpc = over(client)
    expect(await rpc.invoke('add', [1, 2])).toBe(3)
    client.disconnect()
    expect(await rejection(rpc.invoke('add', [1, 2]))).toMatchObject({
      code: ErrorCode.PEER_GONE,
      message: expect.stringContaining('io client disconnect'),
    })
    client.connect()
    await vi.waitFor(async () => expect(await rpc.invoke('add', [2, 3])).toBe(5), { timeout: LONG })
  })

  test('that the server refuses rejects what waits with the reason of the refusal', async () => {
    const guarded = await startRig()
    onTestFinished(() => guarded.close())
    guarded.io.use((socket, next) =>
      next(socket.handshake.auth['token'] === 'secret' ? undefined : new Error('not authorized')),
    )
    const { client } = await guarded.join({ auth: { token: 'secret' } })
    client.disconnect()
    client.auth = { token: 'wrong' }
    const rpc = over(client)
    const waits = rejection(rpc.invoke('add', [1, 2]))
    client.connect()
    expect(await within(LONG, waits)).toMatchObject({
      code: ErrorCode.PEER_GONE,
      message: expect.stringContaining('not authorized'),
    })
  })

  test('whose attempts are used up rejects what waits', async () => {
    const brief = await startRig()
    const { client } = await brief.join({ reconnectionAttempts: 2, reconnectionDelay: 10 })
    const rpc = over(client, { connectTimeout: 0 })
    const waits = rejection(rpc.invoke('add', [1, 2]))
    await brief.io.close()
    client.io.engine?.close()
    expect(await within(LONG, waits)).toMatchObject({ code: ErrorCode.PEER_GONE })
    await vi.waitFor(
      async () =>
        expect(await rejection(rpc.connect(10))).toMatchObject({
          message: expect.stringContaining('reconnect_failed'),
        }),
      { timeout: LONG },
    )
  })
})

describe('who calls', () => {
  test('a handler reads auth, origin and the socket in its call context', async () => {
    serveEach({
      who: () => {
        const { transport, origin } = callContext()
        const { auth, socket } = transport as SocketIoTransport
        return { auth, origin, id: socket.id }
      },
    })
    const { client } = await rig.join({
      auth: { user: 'ada' },
      extraHeaders: { origin: 'https://app.example' },
    })
    expect(await over(client).invoke('who')).toEqual({
      auth: { user: 'ada' },
      origin: 'https://app.example',
      id: client.id,
    })
  })
})

describe('S60: sizes', () => {
  test('a message over maxSize rejects TOO_LARGE, nothing is sent, and the connection lives', async () => {
    serveEach({ size: (value: string | Uint8Array) => value.length })
    const { client } = await rig.join()
    const rpc = over(client)
    for (const value of [
      'x'.repeat(1_000_000),
      '\n'.repeat(500_000),
      'ü'.repeat(500_000),
      new Uint8Array(1_000_000),
    ])
      expect(await rejection(rpc.invoke('size', [value]))).toMatchObject({ code: ErrorCode.TOO_LARGE })
    expect(await rpc.invoke('size', ['x'.repeat(999_000)])).toBe(999_000)
    expect(await rpc.invoke('size', [new Uint8Array(999_000)])).toBe(999_000)
    expect(client.connected).toBe(true)
  })

  test('a client that sends more than the server takes is cut off, and the others go on', async () => {
    serveEach({ add: (a: number, b: number) => a + b })
    const [rude, polite] = await Promise.all([rig.join(), rig.join({})])
    const rpc = over(polite.client)
    await rpc.connect()
    const flood = start({ transport: socketIoTransport(rude.client, { maxSize: Infinity }) })
    await flood.connect()
    expect(await within(LONG, rejection(flood.invoke('add', ['x'.repeat(3_000_000)])))).toMatchObject({
      code: ErrorCode.PEER_GONE,
    })
    expect(await rpc.invoke('add', [1, 2])).toBe(3)
  })
})

describe('misuse', () => {
  test('a socket with `retries` is refused, as it sends again what may have run', async () => {
    const { client } = await rig.join({ retries: 2, ackTimeout: 100 })
    expect(() => socketIoTransport(client)).toThrow(/retries/)
  })

  test('S54: there is one RPC for a socket, and destroy leaves no listener', async () => {
    const { client, server } = await rig.join()
    const count = (): number =>
      ['rpc.message', 'connect', 'disconnect', 'connect_error'].reduce(
        (sum, name) =>
          sum + client.listeners(name as 'connect').length + server.listeners(name as never).length,
        0,
      )
    const before = count()
    const rpc = over(client)
    const other = over(server)
    await rpc.connect()
    expect(() => new RPC({ transport: socketIoTransport(client) })).toThrow(/destroy\(\) it/)
    rpc.destroy()
    other.destroy()
    expect(count()).toBe(before)
    expect(client.connected).toBe(true)
  })

  test('S26: malformed events are answered or dropped, and never throw', async () => {
    const answers: unknown[] = []
    const { client, server } = await rig.join()
    over(server, { methods: { add: (a: number, b: number) => a + b } })
    client.on('rpc.message', (message) => answers.push(message))
    for (const message of [
      undefined,
      null,
      'x',
      7,
      [],
      [1],
      {},
      { jsonrpc: '2.0', method: 1 },
      { id: 1 },
      { jsonrpc: '2.0', id: 1, method: 'rpc.cancel', params: 5 },
    ])
      client.emit('rpc.message', message)
    client.emit('rpc.message')
    client.emit('rpc.message', { jsonrpc: '2.0', id: 99, method: 'add', params: [1, 2] })
    await vi.waitFor(() => expect(answers).toContainEqual({ jsonrpc: '2.0', id: 99, result: 3 }), {
      timeout: LONG,
    })
  })
})
