import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { websocketTransport } from '../../../src/adapters/websocket/websocket.ts'
import { type Diagnostic, ErrorCode, RPC, type Transport } from '../../../src/index.ts'
import { type Connection, hanging, type Kind, opener, rejection, within } from '../../contract/fixture.ts'
import { contract, type Traits } from '../../contract/suite.ts'
import { keepIn } from '../../late.ts'
import { dyingWithEverything } from '../process/deaths.ts'
import { flooding } from '../process/flood.ts'
import { listen, runService, type TestServer } from './servers.ts'

let server: TestServer
beforeAll(async () => {
  server = await listen()
}, 60_000)
afterAll(() => server.close())

interface Socketed extends Connection {
  readonly transport: Transport
  readonly socket: WebSocket
  /** Listeners that were there before. */
  readonly before: number
}

const types = ['open', 'message', 'error', 'close']
const countOn = (socket: WebSocket): number =>
  types.reduce((sum, type) => sum + socket.listenerCount(type), 0)

const clientOf = (kind: Kind, options?: Parameters<typeof websocketTransport>[1]): Socketed => {
  const socket = new WebSocket(`${server.url}/${kind}`)
  // One that is closed while it opens throws where nobody listens.
  socket.on('error', () => {})
  const before = countOn(socket)
  return { socket, before, transport: websocketTransport(socket, options), close: () => socket.terminate() }
}

const deaths: Traits<Socketed>['deaths'] = {
  'the other side closes': {
    says: /closed with code 4001: go away/,
    die: ({ rpc }) => rpc.notify('closeSocket', [4001, 'go away']),
  },
  'the other side breaks the connection': { says: /code 1006/, die: ({ rpc }) => rpc.notify('terminate') },
  'this side closes': { says: /code 4002/, die: ({ connection }) => connection.socket.close(4002) },
  'this side breaks the connection': {
    says: /code 1006/,
    die: ({ connection }) => connection.socket.terminate(),
  },
}

contract('a WebSocket of ws that is opening', clientOf, {
  text: true,
  listeners: ({ socket, before }) => countOn(socket) - before,
  deaths,
})

// The client runs the service; this side is the server's.
async function accept(kind: Kind): Promise<Socketed> {
  const own = await listen(() => {})
  const client = new WebSocket(own.url)
  runService(client, `/${kind}`)
  await once(client, 'open')
  const [socket] = own.sockets
  if (!socket) throw new Error('There is no connection')
  const before = countOn(socket)
  return { socket, before, transport: websocketTransport(socket), close: () => own.close() }
}

contract('a WebSocket that a server of ws accepted', accept, {
  text: true,
  listeners: ({ socket, before }) => countOn(socket) - before,
  deaths,
})

const { open } = opener(clientOf)

/** An RPC of its own to a server of its own. */
const start = (transport: Transport, onDiagnostic?: (event: Diagnostic) => void): RPC => {
  const rpc = new RPC({ transport, onDiagnostic })
  onTestFinished(() => rpc.destroy())
  return rpc
}

describe('a socket that is given', () => {
  dyingWithEverything(open, ({ connection }) => connection.socket.terminate(), /code 1006/)

  test('stays its owner’s: destroy leaves it open', async () => {
    const { rpc, connection } = await open('service')
    await rpc.connect()
    rpc.destroy()
    expect(connection.socket.readyState).toBe(WebSocket.OPEN)
  })

  test('that cannot connect rejects what waits with the reason', async () => {
    const own = await listen()
    await own.close()
    const rpc = start(websocketTransport(new WebSocket(own.url)))
    expect(await within(45_000, rejection(rpc.invoke('add', [1, 2])))).toMatchObject({
      code: ErrorCode.PEER_GONE,
      message: expect.stringMatching(/code 1006: .*ECONNREFUSED/),
      cause: { code: 1006 },
    })
  })

  test('that is closed already is gone at once', async () => {
    const { socket } = clientOf('service')
    await once(socket, 'open')
    socket.close()
    await once(socket, 'close')
    const rpc = start(websocketTransport(socket))
    expect(await rejection(rpc.invoke('add', [1, 2]))).toMatchObject({ code: ErrorCode.PEER_GONE })
  })

  test('says what the close said, as fields of the cause', async () => {
    const { rpc } = await open('service')
    const hang = rejection(rpc.invoke('hang', ['x']))
    await rpc.invoke('started')
    rpc.notify('closeSocket', [4321, 'why'])
    expect(await within(45_000, hang)).toMatchObject({ cause: { code: 4321, reason: 'why' } })
  })
})

describe('limits', () => {
  test('S60: a message of 64 MB rejects TOO_LARGE, and nothing is sent', { timeout: 60_000 }, async () => {
    const { rpc } = await open('service')
    await rpc.connect()
    expect(await rejection(rpc.invoke('note', ['x'.repeat(64 * 1024 * 1024)]))).toMatchObject({
      code: ErrorCode.TOO_LARGE,
    })
    expect(await rpc.invoke('noted')).toEqual([])
  })

  test('a message just below the limit crosses both ways', { timeout: 60_000 }, async () => {
    const { rpc } = await open('service')
    const large = '€'.repeat(16_000_000)
    expect((await rpc.invoke('echo', [large])) === large).toBe(true)
  })

  test('one that arrives over the limit closes the connection with 4009: all calls settle, on both sides', async () => {
    const { transport, socket } = clientOf('service', { maxLength: 10_000 })
    const diagnostics: Diagnostic[] = []
    const rpc = start(transport, keepIn(diagnostics))
    const { all, reasons } = hanging(rpc, 3)
    expect(await rpc.invoke('started')).toHaveLength(3)
    const closed = new Promise<unknown[]>((resolve) => socket.on('close', (...args) => resolve(args)))
    const large = rejection(rpc.invoke('long', [20_000]))
    await within(45_000, all)
    const gone = { code: ErrorCode.PEER_GONE, cause: { code: ErrorCode.TOO_LARGE } }
    expect(await large).toMatchObject(gone)
    expect(reasons).toMatchObject([gone, gone, gone])
    expect(diagnostics).toMatchObject([{ kind: 'unreadable', error: { code: ErrorCode.TOO_LARGE } }])
    expect((await within(45_000, closed))[0]).toBe(4009)
  })

  flooding(open)

  test('S61: calls to a stuck peer are refused BUSY over `maxBuffered`', { timeout: 60_000 }, async () => {
    const { transport } = clientOf('service', { maxBuffered: 1_000_000 })
    const rpc = start(transport)
    await rpc.invoke('pause')
    const text = 'x'.repeat(1_000_000)
    const codes: unknown[] = []
    for (let i = 0; i < 100; i++)
      void rejection(rpc.invoke('note', [text])).then((error) =>
        codes.push(Reflect.get(Object(error), 'code')),
      )
    await expect.poll(() => codes.length).toBeGreaterThan(80)
    expect(new Set(codes)).toEqual(new Set([ErrorCode.BUSY]))
  })

  test('text that is no JSON is answered -32700 and a binary message too, and the connection lives', async () => {
    const { transport } = clientOf('service')
    const diagnostics: Diagnostic[] = []
    const rpc = start(transport, keepIn(diagnostics))
    await rpc.invoke('sendRaw', ['{'])
    await rpc.invoke('sendBinary')
    expect(await rpc.invoke('add', [1, 2])).toBe(3)
    expect(diagnostics).toMatchObject([{ kind: 'unreadable' }, { kind: 'unreadable' }])
  })
})
