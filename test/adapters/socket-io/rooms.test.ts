/** Serving all clients of a server, and rooms within one process; across processes: cluster.test.ts. */
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { type RoomSocketLike, room } from '../../../src/adapters/socket-io/room.ts'
import { serveSocketIo } from '../../../src/entries/socket-io-server.ts'
import { socketIoTransport } from '../../../src/adapters/socket-io/socket-io.ts'
import { ErrorCode, type RPC, type RPCInitOptions } from '../../../src/index.ts'
import { rejection, start, within } from '../../contract/fixture.ts'
import { type Ends, type Rig, startRig } from './servers.ts'

const LONG = 45_000

let rig: Rig
beforeAll(async () => {
  rig = await startRig()
})
afterAll(() => rig.close())

const over = (socket: Ends[keyof Ends], options: RPCInitOptions = {}): RPC =>
  start({ ...options, transport: socketIoTransport(socket) })

describe('serveSocketIo', () => {
  test('serves every client, tells of each, notifies all, and forgets who has left', async () => {
    const own = await startRig()
    onTestFinished(() => own.close())
    let served = 0
    const ends: Promise<void>[] = []
    const server = serveSocketIo(
      own.io,
      () => ({
        number: (
          (n) => () =>
            n
        )(++served),
      }),
      {
        onClient: (_, gone) => ends.push(gone),
      },
    )
    const noted: unknown[] = []
    const methods = { note: (value: unknown) => noted.push(value) }
    const [a, b] = [over((await own.join()).client, { methods }), await own.join()]
    const other = over(b.client, { methods })
    expect(await a.invoke('number')).toBe(1)
    expect(await other.invoke('number')).toBe(2)
    expect(server.clients.size).toBe(2)
    server.broadcast('note', ['all'])
    await vi.waitFor(() => expect(noted).toEqual(['all', 'all']), { timeout: LONG })
    b.client.disconnect()
    await within(LONG, ends[1] ?? Promise.reject())
    expect(server.clients.size).toBe(1)
    const hanging = rejection(a.invoke('missing').then(() => a.connect()))
    server.close()
    expect(await within(LONG, hanging)).toBeInstanceOf(Error)
    expect(server.clients.size).toBe(0)
  })
})

describe('room, in one process', () => {
  const lobby = async (count: number): Promise<RPC[]> => {
    const name = crypto.randomUUID()
    rooms = name
    const joined = await Promise.all(Array.from({ length: count }, () => rig.join()))
    return joined.map(({ client, server }, i) => {
      void server.join(name)
      over(server)
      return over(client, {
        methods: {
          index: () => i,
          note: (value: unknown) => noted.push(value),
          when: () => new Date(0),
          fail: () => {
            throw new RangeError('no')
          },
          hang: () => new Promise(() => {}),
        },
      })
    })
  }
  let rooms = ''
  const noted: unknown[] = []

  test('gather has the answer of each, with its id; notify reaches all', async () => {
    const clients = await lobby(3)
    await Promise.all(clients.map((rpc) => rpc.connect()))
    const all = room(rig.io.to(rooms))
    const answers = await all.gather<number>('index')
    expect(new Set(answers.map((answer) => answer.status === 'fulfilled' && answer.value))).toEqual(
      new Set([0, 1, 2]),
    )
    const ids = new Set((await rig.io.in(rooms).fetchSockets()).map(({ id }: RoomSocketLike) => id))
    expect(new Set(answers.map(({ id }) => id))).toEqual(ids)
    expect(await all.gather('fail')).toEqual(
      Array(3).fill(
        expect.objectContaining({
          status: 'rejected',
          reason: expect.objectContaining({ code: -32500, message: 'no' }),
        }),
      ),
    )
    expect((await all.gather('when')).map((answer) => 'value' in answer && answer.value)).toEqual(
      Array(3).fill(new Date(0)),
    )
    all.notify('note', ['hi'])
    await vi.waitFor(() => expect(noted).toEqual(['hi', 'hi', 'hi']), { timeout: LONG })
  })

  test('a deadline ends a gathering with TIMEOUT for who is late, and PEER_GONE for who has left', async () => {
    const clients = await lobby(2)
    await Promise.all(clients.map((rpc) => rpc.connect()))
    const all = room(rig.io.to(rooms), { heartbeat: 50 })
    const answers = all.gather('hang', null, { timeout: 1_000 })
    const [first] = await rig.io.in(rooms).fetchSockets()
    setTimeout(() => first?.disconnect(), 100)
    const reasons = (await within(LONG, answers)).map((answer) => 'reason' in answer && answer.reason)
    expect(reasons).toContainEqual(expect.objectContaining({ code: ErrorCode.PEER_GONE }))
    expect(reasons).toContainEqual(expect.objectContaining({ code: ErrorCode.TIMEOUT }))
  })

  test('invoke wants one client, and params are JSON', async () => {
    await lobby(2)
    const all = room(rig.io.to(rooms))
    await expect(all.invoke('index')).rejects.toThrow(/2 clients are there/)
    expect(await rejection(room(rig.io.to('nobody')).invoke('index'))).toMatchObject({
      code: ErrorCode.PEER_GONE,
    })
    expect(await rejection(all.gather('index', [() => 1]))).toMatchObject({ code: ErrorCode.UNDELIVERABLE })
    expect(await rejection(all.gather('index', [new Date()]))).toMatchObject({
      code: ErrorCode.UNDELIVERABLE,
      message: expect.stringContaining('params[0] is a Date'),
    })
  })
})
