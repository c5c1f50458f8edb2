/** Many servers: three Node processes that share a real Redis, and clients of each. */
import { fileURLToPath } from 'node:url'
import { io as connect, type Socket } from 'socket.io-client'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { type RunningService, startService } from '../../../scripts/services.mjs'
import { socketIoTransport } from '../../../src/adapters/socket-io/socket-io.ts'
import { ErrorCode, type RPC } from '../../../src/index.ts'
import { rejection, start, within } from '../../contract/fixture.ts'
import { bundleScript, type Running, type Script } from '../processes.ts'

const LONG = 30_000
/** The deadline of calls that are to end before it. */
const FAR = 600_000

let redis: RunningService
let script: Script
let servers: Running[]

beforeAll(async () => {
  redis = await startService('redis')
  script = await bundleScript(fileURLToPath(new URL('./scripts/server.ts', import.meta.url)))
  servers = await Promise.all([0, 1, 2].map(() => script.start(String(redis.port), '0')))
  await settledAt(3)
}, 120_000)

afterAll(async () => {
  await script?.remove()
  await redis?.stop()
}, 60_000)

/** Wait until every server knows of `count`. */
const settledAt = (count: number): Promise<void> =>
  vi.waitFor(
    async () => {
      const counts = await Promise.all(servers.map(({ rpc }) => rpc.invoke('servers')))
      expect(counts).toEqual(servers.map(() => count))
    },
    { timeout: LONG, interval: 100 },
  )

interface Client {
  readonly socket: Socket
  readonly rpc: RPC
}

/** Connect a client of one server, which enters `room`. */
async function join(server: Running | undefined, room: string, name: string): Promise<Client> {
  const url = await server?.rpc.invoke<string>('url')
  const socket = connect(url, {
    transports: ['websocket'],
    forceNew: true,
    auth: { name },
    reconnectionDelay: 100,
    reconnectionDelayMax: 300,
  })
  onTestFinished(() => void socket.disconnect())
  const rpc = start({
    transport: socketIoTransport(socket),
    methods: {
      answer: (question: string) => `${question} ${name}`,
      refuse: () => {
        throw new RangeError(`${name} will not`)
      },
      hang: () => new Promise(() => {}),
      slow: () => new Promise((resolve) => release.push(() => resolve(name))),
      note: (value: unknown) => noted.push(`${name}: ${String(value)}`),
    },
  })
  await within(LONG, rpc.invoke('enter', [room]))
  return { socket, rpc }
}

const release: (() => void)[] = []
const noted: string[] = []

test('a call reaches a client that is connected to another server', { timeout: 60_000 }, async () => {
  await join(servers[2], 'a', 'ada')
  expect(await servers[0]?.rpc.invoke('invoke', ['a', 'answer', ['Hello,'], FAR])).toBe('Hello, ada')
  expect(
    await rejection(servers[0]?.rpc.invoke('invoke', ['a', 'missing', [], FAR]) ?? Promise.reject()),
  ).toMatchObject({
    code: ErrorCode.METHOD_NOT_FOUND,
  })
  expect(
    await rejection(servers[0]?.rpc.invoke('invoke', ['nobody', 'answer', [], FAR]) ?? Promise.reject()),
  ).toMatchObject({
    code: ErrorCode.PEER_GONE,
  })
})

test(
  'a gathering has the answers of all clients of a room, whichever server each is connected to',
  { timeout: 60_000 },
  async () => {
    const names = ['b0', 'b1', 'b2', 'b3', 'b4', 'b5']
    const clients = await Promise.all(names.map((name, i) => join(servers[i % 3], 'b', name)))
    const answers = await servers[1]?.rpc.invoke<{ id: string; value: string }[]>('gather', [
      'b',
      'answer',
      ['I am'],
      FAR,
    ])
    expect(answers?.map(({ value }) => value).toSorted()).toEqual(names.map((name) => `I am ${name}`))
    expect(new Set(answers?.map(({ id }) => id))).toEqual(new Set(clients.map(({ socket }) => socket.id)))
    const refusals = await servers[2]?.rpc.invoke<object[]>('gather', ['b', 'refuse', [], FAR])
    expect(refusals).toHaveLength(6)
    expect(refusals).toContainEqual(expect.objectContaining({ code: -32500, message: 'b0 will not' }))
    // A client may ask through its own server.
    expect((await clients[0]?.rpc.invoke<string[]>('ask', ['b', 'x']))?.toSorted()).toEqual(
      names.map((name) => `x ${name}`),
    )
    await servers[0]?.rpc.invoke('notify', ['b', 'note', ['news']])
    await vi.waitFor(() => expect(new Set(noted)).toEqual(new Set(names.map((name) => `${name}: news`))), {
      timeout: LONG,
    })
  },
)

test(
  'a server that is killed in mid-call: its callers and calls to its clients reject PEER_GONE, the others go on',
  { timeout: 120_000 },
  async () => {
    const [first, second, third] = servers
    const [c0, c1, c2] = await Promise.all([
      join(first, 'c', 'c0'),
      join(second, 'c', 'c1'),
      join(third, 'c', 'c2'),
    ])
    const url = new URL((await third?.rpc.invoke<string>('url')) ?? '')
    const ofItsClient = rejection(c2.rpc.invoke('hang'))
    const ofAnother = c0.rpc.invoke('ask', ['d', 'x'])
    const toItsClient = rejection(
      first?.rpc.invoke('invoke', [c2.socket.id, 'hang', [], FAR]) ?? Promise.reject(),
    )
    const gathering = first?.rpc.invoke<{ value?: string; code?: number }[]>('gather', ['c', 'slow', [], FAR])
    await vi.waitFor(() => expect(release).toHaveLength(3), { timeout: LONG })

    await third?.kill()
    expect(await within(LONG, ofItsClient)).toMatchObject({ code: ErrorCode.PEER_GONE })
    expect(await within(LONG, toItsClient)).toMatchObject({ code: ErrorCode.PEER_GONE })
    expect(await within(LONG, ofAnother)).toEqual([])
    servers.pop()
    // Those of the others are answered late, and counted.
    for (const step of release) step()
    const answers = await within(LONG, gathering ?? Promise.reject())
    expect(new Set(answers.map(({ value, code }) => value ?? code))).toEqual(
      new Set(['c0', 'c1', ErrorCode.PEER_GONE]),
    )
    await settledAt(2)
    expect(await within(LONG, c1.rpc.invoke<string[]>('ask', ['c', 'after,']))).toHaveLength(2)

    // Another process in its place: its clients come back by themselves, and are a new epoch.
    servers.push(await script.start(String(redis.port), url.port))
    await within(LONG, c2.rpc.invoke('enter', ['c']))
    await settledAt(3)
    expect(await within(LONG, c1.rpc.invoke<string[]>('ask', ['c', 'again,']))).toHaveLength(3)
  },
)

test('no client is told of what another one sent: auth is its own', { timeout: 60_000 }, async () => {
  const [ada, bob] = await Promise.all([join(servers[0], 'e', 'ada'), join(servers[0], 'e', 'bob')])
  expect(await ada.rpc.invoke('who')).toEqual({ name: 'ada' })
  expect(await bob.rpc.invoke('who')).toEqual({ name: 'bob' })
})
