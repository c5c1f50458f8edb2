/** A WebSocket to one that reads slowly, or not at all. */
import { expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { websocketTransport } from '../../../src/adapters/websocket/websocket.ts'
import { ErrorCode, type PeerState, RPC, type Transport } from '../../../src/index.ts'
import { start, within } from '../../contract/fixture.ts'
import { allSettle, largeMethods, streamEnds } from '../slow-reader.ts'
import { listen } from './servers.ts'

const MINUTE = 60_000
const ASKED = 20_000

interface Pair {
  readonly rpc: RPC
  readonly socket: WebSocket
  /** Of the server. */
  readonly accepted: WebSocket
  readonly transport: Transport
  readonly states: PeerState[]
}

/** A client, and a server that may hold a million bytes. */
async function pair(methods: object = largeMethods): Promise<Pair> {
  const states: PeerState[] = []
  let transport: Transport | undefined
  const server = await listen((accepted) => {
    transport = websocketTransport(accepted, { maxBuffered: 1_000_000 })
    const rpc = new RPC({ transport, methods: methods as never })
    rpc.onPeer((state) => states.push(state))
    onTestFinished(() => rpc.destroy())
  })
  onTestFinished(() => server.close())
  const socket = new WebSocket(server.url)
  const rpc = start({ transport: websocketTransport(socket) })
  await rpc.connect()
  const [accepted] = server.sockets
  if (!accepted || !transport) throw new Error('There is no connection')
  return { rpc, socket, accepted, transport, states }
}

test('A13: 40 results of 1 MB at once all settle where 1 MB may wait', { timeout: MINUTE }, async () => {
  const { rpc } = await pair()
  const refused = await allSettle(rpc)
  expect(refused).toBeGreaterThan(0)
  expect(refused).toBeLessThan(40)
})

test('A13: a stream of large items goes on to its end where 1 MB may wait', { timeout: MINUTE }, async () => {
  const { rpc } = await pair()
  expect(await streamEnds(rpc)).toBe(30)
})

test('A13: streams wait while nobody reads, and what waits is bounded', { timeout: MINUTE }, async () => {
  let made = 0
  const { rpc, socket, accepted } = await pair({
    add: largeMethods.add,
    async *many() {
      for (let i = 0; i < 10; i++) {
        made++
        yield 'x'.repeat(500_000)
      }
    },
  })
  const streams = await Promise.all(
    Array.from({ length: 40 }, () => rpc.invoke<AsyncIterable<string>>('many')),
  )
  const read = async (stream: AsyncIterable<string>): Promise<number> => {
    let count = 0
    for await (const item of stream) count += item.length === 500_000 ? 1 : 0
    return count
  }
  socket.pause()
  const reading = Promise.all(streams.map(read))
  await expect.poll(() => accepted.bufferedAmount, { timeout: MINUTE }).toBeGreaterThan(500_000)
  let before = -1
  while (before !== made) {
    before = made
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  expect(made).toBeLessThan(160)
  expect(accepted.bufferedAmount).toBeLessThan(1_600_000)
  socket.resume()
  expect(await within(MINUTE, reading)).toEqual(Array.from({ length: 40 }, () => 10))
  expect(await rpc.invoke('add', [1, 2])).toBe(3)
})

test(
  'A13: one that reads none of its answers is cut: its calls settle, and the server goes on',
  { timeout: MINUTE },
  async () => {
    const { socket, accepted, states } = await pair()
    socket.pause()
    for (let i = 0; i < ASKED; i++)
      socket.send(
        JSON.stringify({ jsonrpc: '2.0', id: 1_000 + i, method: 'large', params: [i < 20 ? 1_000_000 : 1] }),
      )
    await expect.poll(() => states.at(-1), { timeout: MINUTE }).toBe('gone')
    await expect.poll(() => accepted.readyState, { timeout: MINUTE }).toBe(WebSocket.CLOSED)
    const next = new WebSocket(socket.url)
    expect(await within(MINUTE, start({ transport: websocketTransport(next) }).invoke('add', [1, 2]))).toBe(3)
    socket.resume()
  },
)

test(
  'A13: what is told as soon as there is room is told once, and no timer stays',
  { timeout: MINUTE },
  async () => {
    let bufferedAmount = 2_000
    const listeners = new Map<string, (event: unknown) => void>()
    const transport = websocketTransport(
      {
        readyState: 1,
        get bufferedAmount() {
          return bufferedAmount
        },
        send() {},
        close() {},
        addEventListener: (type: string, listener: () => void) => void listeners.set(type, listener),
        removeEventListener: (type: string) => void listeners.delete(type),
      },
      { maxBuffered: 1_000 },
    )
    let drained = 0
    const ignore = (): void => {}
    transport.listen({
      message: ignore,
      unreadable: ignore,
      gone: ignore,
      opened: ignore,
      refused: ignore,
      failed: ignore,
      drained: () => drained++,
    })
    const before = process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length
    expect(() => transport.post({ jsonrpc: '2.0', method: 'x' })).toThrow(
      expect.objectContaining({ code: ErrorCode.BUSY }),
    )
    expect(transport.hasRoom?.()).toBe(false)
    bufferedAmount = 0
    // Not before it was told.
    expect(transport.hasRoom?.()).toBe(false)
    await expect.poll(() => drained).toBe(1)
    expect(transport.hasRoom?.()).toBe(true)
    expect(process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length).toBeLessThanOrEqual(
      before,
    )
    transport.close()
  },
)

test(
  'A13: calls to one that reads nothing reject BUSY, and later ones are sent again',
  { timeout: MINUTE },
  async () => {
    const { socket, accepted, transport } = await pair()
    const server = transport
    socket.pause()
    let refused: unknown
    for (let i = 0; i < 20 && !refused; i++)
      try {
        server.post({ jsonrpc: '2.0', method: 'x', params: ['x'.repeat(1_000_000)] })
      } catch (error) {
        refused = error
      }
    expect(refused).toMatchObject({ code: ErrorCode.BUSY })
    socket.resume()
    await expect.poll(() => server.hasRoom?.(), { timeout: MINUTE }).toBe(true)
    expect(accepted.bufferedAmount).toBeLessThan(1_000_000)
    server.post({ jsonrpc: '2.0', method: 'x' })
  },
)
