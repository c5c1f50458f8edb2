/** A broker: three Node processes that serve a subject of a real nats-server as a queue group. */
import { fileURLToPath } from 'node:url'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import { afterAll, afterEach, beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { type RunningService, startService } from '../../../scripts/services.mjs'
import { callNats, type NatsCallOptions, natsTransport } from '../../../src/entries/nats.ts'
import { ErrorCode, type PeerState, type RPC } from '../../../src/index.ts'
import { rejection, start, within } from '../../contract/fixture.ts'
import { bundleScript, type Running, type Script } from '../processes.ts'

const LONG = 30_000
const SUBJECT = 'math'

let nats: RunningService
let script: Script
let workers: Running[] = []
let nc: NatsConnection

beforeAll(async () => {
  nats = await startService('nats')
  script = await bundleScript(fileURLToPath(new URL('./scripts/worker.ts', import.meta.url)))
}, 120_000)
afterAll(async () => {
  await script?.remove()
  await nats?.stop()
}, 60_000)

beforeEach(async () => {
  nc = await connect({ port: nats.port, reconnectTimeWait: 50 })
  while (workers.length < 3) workers.push(await script.start(String(nats.port), SUBJECT))
  await Promise.all(workers.map(({ rpc }) => rpc.invoke('clear')))
}, 60_000)
afterEach(() => nc.close())

function calling(options: NatsCallOptions = {}): RPC {
  const rpc = callNats(nc, SUBJECT, { heartbeat: 100, ...options })
  onTestFinished(() => rpc.destroy())
  return rpc
}

const runsOf = async (): Promise<unknown[][]> =>
  Promise.all(workers.map(({ rpc }) => rpc.invoke<unknown[]>('runs')))

/** Kill the first worker once each call that was made has begun. */
async function killFirst(
  count: number,
): Promise<{ readonly pid: number | undefined; readonly runs: unknown[] }> {
  let runs: unknown[][] = []
  await vi.waitFor(
    async () => {
      runs = await runsOf()
      expect(runs.flat()).toHaveLength(count)
    },
    { timeout: LONG },
  )
  const [first] = workers.splice(0, 1)
  await first?.kill()
  return { pid: first?.child.pid, runs: runs[0] ?? [] }
}

const releaseAll = (): Promise<unknown> => Promise.all(workers.map(({ rpc }) => rpc.invoke('release')))

test('calls are spread over the processes of the group, each handled once', { timeout: 60_000 }, async () => {
  const rpc = calling()
  const pids = await Promise.all(Array.from({ length: 60 }, () => rpc.invoke<number>('where')))
  expect(new Set(pids)).toEqual(new Set(workers.map(({ child }) => child.pid)))
  expect(await rpc.remote<{ add(a: number, b: number): number }>().add(1, 2)).toBe(3)
  expect(await rpc.batch((call) => [call('add', [1, 2]), call('add', [3, 4])])).toEqual([3, 7])
})

test('errors arrive, and what JSON lacks is refused with a reason', { timeout: 60_000 }, async () => {
  const rpc = calling()
  expect(await rejection(rpc.invoke('fail'))).toMatchObject({ code: -32603, message: 'no' })
  expect(await rejection(rpc.invoke('missing'))).toMatchObject({ code: ErrorCode.METHOD_NOT_FOUND })
  // C12: a caller without a session is a plain peer.
  expect(await rpc.invoke('date')).toBe('1970-01-01T00:00:00.000Z')
  expect(await rejection(rpc.invoke('map'))).toMatchObject({ code: ErrorCode.INTERNAL_ERROR })
  expect(await rejection(rpc.invoke('add', [() => 1]))).toMatchObject({ code: ErrorCode.UNDELIVERABLE })
})

test(
  'a killed worker rejects the calls that it had with PEER_GONE; those of the others are answered',
  { timeout: 60_000 },
  async () => {
    const rpc = calling()
    const names = Array.from({ length: 30 }, (_, i) => `call ${i}`)
    const calls = names.map((name) => rpc.invoke<[string, number]>('hold', [name]))
    const outcomes = Promise.allSettled(calls)
    let settledCount = 0
    for (const call of calls)
      void rejection(call).then(
        () => settledCount++,
        () => {},
      )
    const killed = await killFirst(names.length)
    expect(killed.runs.length).toBeGreaterThan(0)
    await vi.waitFor(() => expect(settledCount).toBe(killed.runs.length), { timeout: LONG })
    await releaseAll()
    const settled = await within(LONG, outcomes)
    const lost = names.filter((_, i) => settled[i]?.status === 'rejected')
    expect(new Set(lost)).toEqual(new Set(killed.runs))
    const reasons: unknown[] = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []))
    const gone = { code: ErrorCode.PEER_GONE, message: expect.stringContaining('may have run') as string }
    expect(reasons).toEqual(reasons.map(() => expect.objectContaining(gone) as unknown))
    // At most once: none of them runs anywhere else.
    const runs = (await runsOf()).flat()
    expect(runs).toHaveLength(names.length - lost.length)
    expect(new Set(runs)).toEqual(new Set(names.filter((name) => !lost.includes(name))))
  },
)

test('only what the user said may run twice is given to another worker', { timeout: 60_000 }, async () => {
  const rpc = calling({ retry: (method) => method === 'hold' })
  const names = Array.from({ length: 12 }, (_, i) => `again ${i}`)
  const calls = names.map((name) => rpc.invoke<[string, number]>('hold', [name]))
  const codes: unknown[] = []
  const hanging = Array.from({ length: 12 }, async (_, i) => {
    codes.push(Reflect.get(Object(await rejection(rpc.invoke('hang', [`never ${i}`]))), 'code'))
  })
  const killed = await killFirst(24)
  await vi.waitFor(
    async () =>
      expect((await runsOf()).flat().filter((name) => String(name).startsWith('again'))).toHaveLength(12),
    { timeout: LONG },
  )
  await releaseAll()
  const answers = await within(LONG, Promise.all(calls))
  expect(answers.map(([name]) => name)).toEqual(names)
  expect(answers.map(([, pid]) => pid)).not.toContain(killed.pid)
  const lost = killed.runs.filter((name) => String(name).startsWith('never'))
  await vi.waitFor(() => expect(codes).toHaveLength(lost.length), { timeout: LONG })
  rpc.destroy()
  await Promise.all(hanging)
  expect(codes.toSorted((a, b) => Number(a) - Number(b))).toEqual([
    ...Array<number>(12 - lost.length).fill(ErrorCode.CLOSED),
    ...lost.map(() => ErrorCode.PEER_GONE),
  ])
})

test('where nobody serves the subject a call rejects PEER_GONE at once', { timeout: 60_000 }, async () => {
  const rpc = callNats(nc, 'nobody.there')
  onTestFinished(() => rpc.destroy())
  const gone = { code: ErrorCode.PEER_GONE, message: expect.stringContaining('nobody serves nobody.there') }
  expect(await within(LONG, rejection(rpc.invoke('add', [1, 2])))).toMatchObject(gone)
  const session = start({ transport: natsTransport(nc, 'nobody.there') })
  expect(await within(LONG, rejection(session.invoke('add', [1, 2])))).toMatchObject(gone)
})

test('a worker that is busy is not taken for dead', { timeout: 60_000 }, async () => {
  const rpc = calling({ heartbeat: 20 })
  expect(await within(LONG, rpc.invoke('busy', [700]))).toBe('done')
})

test(
  'a call that is given up stops at its worker, and a later answer is nobody’s',
  { timeout: 60_000 },
  async () => {
    const rpc = calling()
    expect(await rejection(rpc.invoke('hold', ['late'], { timeout: 200 }))).toMatchObject({
      code: ErrorCode.TIMEOUT,
    })
    await releaseAll()
    expect(await rpc.invoke('add', [1, 2])).toBe(3)
  },
)

test(
  'a session has callbacks and streams with one worker, and another is its successor',
  { timeout: 60_000 },
  async () => {
    const rpc = start({ transport: natsTransport(nc, SUBJECT, { heartbeat: 100 }) })
    const states: PeerState[] = []
    rpc.onPeer((state) => states.push(state))
    expect(await rpc.invoke('each', [[1, 2, 3], (n: number) => n * 2])).toEqual([2, 4, 6])
    const { count } = rpc.remote<{ count(to: number): AsyncIterable<number> }>()
    const seen: number[] = []
    for await (const n of count(5)) seen.push(n)
    expect(seen).toEqual([1, 2, 3, 4, 5])
    const pid = await rpc.invoke<number>('where')
    const pending = rejection(rpc.invoke('hang', ['x']))
    await rpc.invoke('add', [1, 2])
    const at = workers.findIndex(({ child }) => child.pid === pid)
    await workers.splice(at, 1)[0]?.kill()
    expect(await within(LONG, pending)).toMatchObject({ code: ErrorCode.PEER_GONE })
    expect(await within(LONG, rpc.invoke('where'))).not.toBe(pid)
    expect(states).toEqual(['waiting', 'connected', 'gone', 'waiting', 'connected'])
  },
)

test('a client of any make calls by JSON-RPC and a reply subject', { timeout: 60_000 }, async () => {
  const ask = async (message: unknown): Promise<unknown> =>
    (
      await nc.request(SUBJECT, typeof message === 'string' ? message : JSON.stringify(message), {
        timeout: 45_000,
      })
    ).json()
  expect(await ask({ jsonrpc: '2.0', id: 'x', method: 'add', params: [1, 2] })).toEqual({
    jsonrpc: '2.0',
    id: 'x',
    result: 3,
  })
  expect(
    await ask([
      { jsonrpc: '2.0', id: 1, method: 'add', params: [1, 2] },
      { jsonrpc: '2.0', id: 2, method: 'missing' },
    ]),
  ).toEqual([
    { jsonrpc: '2.0', id: 1, result: 3 },
    { jsonrpc: '2.0', id: 2, error: { code: -32601, message: 'Method not found: missing' } },
  ])
  expect(await ask('no json')).toMatchObject({ id: null, error: { code: ErrorCode.PARSE_ERROR } })
  expect(await ask({ jsonrpc: '2.0', id: 1, method: 7 })).toMatchObject({
    id: 1,
    error: { code: ErrorCode.INVALID_REQUEST },
  })
  expect(await ask({ jsonrpc: '2.0', id: 1, method: 'constructor' })).toMatchObject({
    error: { code: ErrorCode.METHOD_NOT_FOUND },
  })
})

test('S60: what is over the server’s limit rejects, here and there', { timeout: 60_000 }, async () => {
  const rpc = calling()
  expect(await rejection(rpc.invoke('add', ['x'.repeat(1_100_000)]))).toMatchObject({
    code: ErrorCode.TOO_LARGE,
  })
  expect(await rejection(rpc.invoke('big', [1_100_000]))).toMatchObject({
    code: ErrorCode.INTERNAL_ERROR,
    message: expect.stringContaining('limit'),
  })
  expect(await rpc.invoke('add', [1, 2])).toBe(3)
})

test(
  'a lost connection to the broker rejects what was sent, and calls go on when it is back',
  { timeout: 60_000 },
  async () => {
    const rpc = calling()
    const session = start({ transport: natsTransport(nc, SUBJECT, { heartbeat: 100 }) })
    await session.connect()
    const pending = [rejection(rpc.invoke('hang', ['a'])), rejection(session.invoke('hang', ['b']))]
    await vi.waitFor(async () => expect((await runsOf()).flat()).toHaveLength(2), { timeout: LONG })
    void nc.reconnect()
    for (const reason of await within(LONG, Promise.all(pending)))
      expect(reason).toMatchObject({
        code: ErrorCode.PEER_GONE,
        message: expect.stringContaining('connection to NATS was lost'),
      })
    expect(await within(LONG, rpc.invoke('add', [1, 2]))).toBe(3)
    expect(await within(LONG, session.invoke('add', [2, 3]))).toBe(5)
  },
)
