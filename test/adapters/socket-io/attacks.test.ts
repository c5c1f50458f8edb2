/** What clients of socket.io do that costs the server memory. */
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { socketIoTransport } from '../../../src/adapters/socket-io/socket-io.ts'
import { room } from '../../../src/adapters/socket-io/room.ts'
import { ErrorCode, type RPC } from '../../../src/index.ts'
import { rejection, start, within } from '../../contract/fixture.ts'
import { collect } from '../../features/encoding/collect.ts'
import { allSettle, largeMethods, streamEnds } from '../slow-reader.ts'
import { type Ends, type Rig, startRig } from './servers.ts'

const MINUTE = 60_000
const HELD = 2_000_000

let rig: Rig
beforeAll(async () => {
  rig = await startRig({ maxHttpBufferSize: 4_000_000, pingInterval: 600_000 })
})
afterAll(() => rig.close())

interface Joined extends Ends {
  readonly rpc: RPC
  readonly server: Ends['server']
  readonly served: RPC
}

async function join(): Promise<Joined> {
  const ends = await rig.join()
  const served = start({
    methods: { ...largeMethods, hang: () => new Promise(() => {}) },
    transport: socketIoTransport(ends.server, { maxSize: 4_000_000, maxBuffered: HELD }),
  })
  const rpc = start({ transport: socketIoTransport(ends.client) })
  await rpc.connect()
  return { ...ends, rpc, served }
}

/** Let a client read nothing any more. @returns how to let it. */
function pause({ client }: Ends): () => void {
  const socket = Reflect.get(Object(Reflect.get(client.io.engine.transport, 'ws')), '_socket') as {
    pause(): void
    resume(): void
  }
  socket.pause()
  return () => socket.resume()
}

/** The bytes that the server holds for a client. */
function held({ server }: Ends): number {
  const { writeBuffer, transport } = server.conn as unknown as {
    readonly writeBuffer: readonly { readonly data?: string }[]
    readonly transport: { readonly socket: { readonly bufferedAmount: number } }
  }
  return transport.socket.bufferedAmount + writeBuffer.reduce((sum, { data }) => sum + (data?.length ?? 0), 0)
}

test(
  'A12: what a slow reader makes the server hold is bounded; calls to it reject BUSY',
  { timeout: MINUTE },
  async () => {
    const ends = await join()
    const resume = pause(ends)
    const reasons = new Set<unknown>()
    for (let i = 0; i < 200; i++) {
      try {
        ends.served.notify('note', ['x'.repeat(500_000)])
      } catch (error) {
        reasons.add(Reflect.get(Object(error), 'code'))
      }
      if (i % 10 === 0) await new Promise((resolve) => setTimeout(resolve))
    }
    expect([...reasons]).toEqual([ErrorCode.BUSY])
    expect(held(ends)).toBeLessThan(HELD + 1_000_000)
    resume()
    await expect.poll(() => held(ends), { timeout: MINUTE }).toBe(0)
    expect(await within(MINUTE, ends.rpc.invoke('add', [1, 2]))).toBe(3)
  },
)

test(
  'A12: a client that asks and does not read gets what fits, and why there is no more',
  { timeout: MINUTE },
  async () => {
    const ends = await join()
    const resume = pause(ends)
    // The systems in between may hold all that fits, and take a while to do so.
    for (let full = 0; full < 20; full = held(ends) ? full + 1 : 0) {
      if (!held(ends)) ends.served.notify('note', ['x'.repeat(100_000)])
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    const settled = allSettle(ends.rpc)
    await expect.poll(() => held(ends), { timeout: MINUTE }).toBeGreaterThan(HELD / 2)
    expect(held(ends)).toBeLessThan(HELD + 1_500_000)
    resume()
    const refused = await settled
    expect(refused).toBeGreaterThan(0)
    expect(refused).toBeLessThan(40)
  },
)

test('A12: one that never reads is cut, and the others go on', { timeout: MINUTE }, async () => {
  const [ends, other] = [await join(), await join()]
  const resume = pause(ends)
  let isGone = false
  ends.served.onPeer((state) => (isGone ||= state === 'gone'))
  // Also what the systems in between hold.
  for (let busy = 0; busy < 20;) {
    try {
      ends.served.notify('note', ['x'.repeat(200_000)])
      busy = 0
    } catch {
      busy++
    }
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  for (let id = 10_000; id < 30_000; id++)
    ends.client.emit('rpc.message', { jsonrpc: '2.0', id, method: 'large', params: [1] })
  await expect.poll(() => isGone, { timeout: MINUTE }).toBe(true)
  resume()
  expect(await rejection(ends.served.invoke('x'))).toMatchObject({ code: ErrorCode.PEER_GONE })
  expect(await other.rpc.invoke('add', [1, 2])).toBe(3)
})

test('A13: streams of large items over socket.io go on to their end', { timeout: MINUTE }, async () => {
  const { rpc } = await join()
  const streams = Array.from({ length: 6 }, () => streamEnds(rpc, 10))
  expect(await Promise.all(streams)).toEqual(streams.map(() => 10))
})

test(
  'A13: a client’s own calls are bounded, too, and go on when there is room',
  { timeout: MINUTE },
  async () => {
    const { client } = await rig.join()
    const rpc = start({ transport: socketIoTransport(client, { maxBuffered: HELD }) })
    start({
      methods: { size: (text: string) => text.length },
      transport: socketIoTransport([...rig.io.sockets.sockets.values()].at(-1) as Ends['server']),
    })
    await rpc.connect()
    const outcomes = await Promise.allSettled(
      Array.from({ length: 30 }, () => rpc.invoke('size', ['x'.repeat(400_000)])),
    )
    const reasons = outcomes.flatMap((outcome) =>
      outcome.status === 'rejected' ? [Reflect.get(Object(outcome.reason), 'code')] : [],
    )
    expect(new Set(reasons)).toEqual(new Set([ErrorCode.BUSY]))
    expect(reasons.length).toBeLessThan(30)
    await expect.poll(() => rpc.invoke('size', ['x']).catch(() => 0)).toBe(1)
  },
)

interface Heard {
  readonly emit: (message: unknown, ack?: (answer: unknown) => void) => void
  readonly sent: unknown[]
}

/** A client's socket whose other side the test is. */
function fake(): Heard {
  const listeners = new Map<string, (...args: unknown[]) => void>()
  const sent: unknown[] = []
  start({
    methods: {
      hang: () => new Promise(() => {}),
      add: (a: number, b: number) => a + b,
    },
    transport: socketIoTransport({
      id: 'x',
      connected: true,
      active: true,
      emit: (_: string, message: unknown) => sent.push(message),
      on: (type: string, listener: (...args: unknown[]) => void) => listeners.set(type, listener),
      off: (type: string) => listeners.delete(type),
    }),
  })
  return { sent, emit: (message, ack) => listeners.get('rpc.message')?.(message, ack) }
}

const BAD: Readonly<Record<string, (i: number) => object>> = {
  'no method': (id) => ({ jsonrpc: '2.0', id }),
  'a method that is no name': (id) => ({ jsonrpc: '2.0', id, method: id }),
  'another version': (id) => ({ jsonrpc: '1.0', id, method: 'add' }),
  'params that are none': (id) => ({ jsonrpc: '2.0', id, method: 'add', params: 'x' }),
  'an id that is an object': (id) => ({ jsonrpc: '2.0', id: { id }, method: 'add' }),
  'an id that is long': (id) => ({ jsonrpc: '2.0', id: `${id}`.padEnd(10_000), method: 'hang' }),
  'an answer': (id) => ({ jsonrpc: '2.0', id, result: id }),
  'the same id again': () => ({ jsonrpc: '2.0', id: 'same', method: 'hang' }),
}

for (const [what, message] of Object.entries(BAD))
  test(`A17: acknowledgements are not kept for what gets no answer: ${what}`, async () => {
    const { emit } = fake()
    const refs: WeakRef<object>[] = []
    for (let i = 0; i < 600; i++) {
      const ack = (answer: unknown): unknown => [answer, i]
      refs.push(new WeakRef(ack))
      emit(message(i), ack)
    }
    await collect()
    expect(refs.filter((ref) => ref.deref()).length).toBeLessThan(10)
    const answers: unknown[] = []
    emit({ jsonrpc: '2.0', id: 'next', method: 'add', params: [1, 2] }, (answer) => answers.push(answer))
    expect(answers).toMatchObject([{ id: 'next', result: 3 }])
  })

test('A17: acknowledgements of calls that were cancelled, or of a session before, are not kept', async () => {
  const { emit } = fake()
  const refs: WeakRef<object>[] = []
  const ask = (id: unknown): void => {
    const ack = (answer: unknown): unknown => [answer, id]
    refs.push(new WeakRef(ack))
    emit({ jsonrpc: '2.0', id, method: 'hang' }, ack)
  }
  for (let i = 0; i < 300; i++) {
    ask(i)
    emit({ jsonrpc: '2.0', method: 'rpc.cancel', params: [i] })
  }
  for (let i = 0; i < 300; i++) {
    const session = `session ${i}`
    emit({
      jsonrpc: '2.0',
      id: session,
      method: 'rpc.connect',
      params: { session, version: 1, capabilities: ['cancel'] },
    })
    ask(1_000 + i)
  }
  await collect()
  expect(refs.filter((ref) => ref.deref()).length).toBeLessThan(10)
})

test('A17: no more acknowledgements are kept than calls may run, and more are refused BUSY by themselves', () => {
  const { emit } = fake()
  const answers: unknown[] = []
  for (let i = 0; i < 16_384; i++)
    emit({ jsonrpc: '2.0', id: i, method: 'hang' }, (answer) => answers.push(answer))
  expect(answers).toEqual([])
  emit({ jsonrpc: '2.0', id: 'more', method: 'hang' }, (answer) => answers.push(answer))
  expect(answers).toMatchObject([{ id: 'more', error: { code: ErrorCode.BUSY } }])
})

test('A17: after 600 invalid requests of 100 kB a room is answered', { timeout: MINUTE }, async () => {
  const { client, server } = await rig.join()
  const rpc = start({
    transport: socketIoTransport(client),
    methods: { add: (a: number, b: number) => a + b },
  })
  onTestFinished(() => rpc.destroy())
  for (let i = 0; i < 600; i++)
    server.emit('rpc.message', { jsonrpc: '2.0', id: `${i}`.padEnd(100_000), method: 5 }, () => {})
  expect(await within(MINUTE, room(rig.io.to(server.id)).invoke('add', [1, 2]))).toBe(3)
})

test('R1: an answer to a room that costs more than it holds is refused, and the next one is read', async () => {
  const bytes = new Uint8Array(1_000_000)
  const list = Array.from({ length: 300 }, () => 0)
  // The same bytes in 300 places, and read in each.
  const values = list.flatMap((_, i) => [
    [['list', i], 'same', ['bytes']],
    [['list', i], 'Uint8Array'],
  ])
  const answers: object[] = [{ result: { bytes, list }, values }, { result: 3 }]
  const socket = {
    id: 'x',
    timeout: () => ({
      emit: (_: string, request: unknown, answered: (late: null, answer: object) => void) =>
        answered(null, {
          jsonrpc: '2.0',
          id: Reflect.get(Object(request), 'id') as unknown,
          ...answers.shift(),
        }),
    }),
  }
  const everybody = room({ emit() {}, fetchSockets: async () => [socket as never] })
  expect(await rejection(everybody.invoke('x'))).toMatchObject({
    code: ErrorCode.INVALID_RESPONSE,
    cause: { code: ErrorCode.TOO_LARGE },
  })
  expect(await everybody.invoke('x')).toBe(3)
})
