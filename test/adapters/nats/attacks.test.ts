/** What workers and callers at a NATS subject do that is not theirs to do. */
import { connect, type NatsConnection } from '@nats-io/transport-node'
import { afterAll, afterEach, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import { type RunningService, startService } from '../../../scripts/services.mjs'
import type { NatsConnectionLike, NatsMessageLike } from '../../../src/adapters/nats/wire.ts'
import { callNats, natsTransport, serveNats } from '../../../src/entries/nats.ts'
import { type Diagnostic, ErrorCode, type RPC } from '../../../src/index.ts'
import { rejection, start, within } from '../../contract/fixture.ts'
import { collect } from '../../features/encoding/collect.ts'
import { largeMethods } from '../slow-reader.ts'

const MINUTE = 60_000

let nats: RunningService
let nc: NatsConnection
let rogue: NatsConnection
let subject: string
beforeAll(async () => {
  nats = await startService('nats')
}, 120_000)
afterAll(() => nats?.stop())
beforeEach(async () => {
  nc = await connect({ port: nats.port })
  rogue = await connect({ port: nats.port })
  subject = `attacks.${crypto.randomUUID()}`
})
afterEach(() => Promise.all([nc.close(), rogue.close()]))

interface Asked {
  readonly id: number
  readonly reply: string
}

/** A worker written by hand, which answers as the test says. @returns its calls. */
function serveByHand(): { readonly calls: Asked[]; readonly stop: () => void } {
  const calls: Asked[] = []
  const subscription = rogue.subscribe(subject, {
    queue: 'portcall',
    callback: (_, { reply = '' }) =>
      rogue.publish(reply, JSON.stringify({ portcall: 1, from: `${subject}.rogue` })),
  })
  rogue.subscribe(`${subject}.rogue`, {
    callback: (_, message) => {
      if (!message.data.length) return
      const { id } = message.json<{ id: number }>()
      calls.push({ id, reply: message.reply ?? '' })
    },
  })
  return { calls, stop: () => subscription.unsubscribe() }
}

function caller(): RPC {
  const rpc = callNats(nc, subject, { heartbeat: 100 })
  onTestFinished(() => rpc.destroy())
  return rpc
}

function serve(methods: object, onDiagnostic?: (event: Diagnostic) => void): void {
  const service = serveNats(nc, subject, methods as never, { onDiagnostic })
  onTestFinished(() => service.close())
}

const say = (reply: string, message: unknown): void => rogue.publish(reply, JSON.stringify(message))

test(
  'A18: a worker that was asked once cannot answer a later call to another',
  { timeout: MINUTE },
  async () => {
    const { calls, stop } = serveByHand()
    const rpc = caller()
    await rogue.flush()
    const first = rpc.invoke('who')
    await expect.poll(() => calls.length, { timeout: MINUTE }).toBe(1)
    const [{ id, reply }] = calls as [Asked]
    stop()
    say(reply, { jsonrpc: '2.0', id, result: 'the rogue' })
    expect(await first).toBe('the rogue')
    await rogue.flush()

    let answer: ((value: string) => void) | undefined
    const began = new Promise<void>((resolve) =>
      serve({
        who: () => {
          resolve()
          return new Promise((done) => (answer = done))
        },
      }),
    )
    await nc.flush()
    const later = rpc.invoke('who')
    await within(MINUTE, began)
    const prefix = reply.slice(0, reply.lastIndexOf('.'))
    for (let n = 0; n < 20; n++)
      for (let forged = 0; forged < 10; forged++) {
        say(`${prefix}.${n}`, { jsonrpc: '2.0', id: forged, result: 'forged' })
        say(reply, { jsonrpc: '2.0', id: forged, result: 'forged' })
      }
    // Nobody is told that another worker is gone, either.
    await rogue.flush()
    await nc.flush()
    answer?.('the one that was asked')
    expect(await later).toBe('the one that was asked')
  },
)

test('A18: a worker answers nothing but what it was asked', { timeout: MINUTE }, async () => {
  const { calls } = serveByHand()
  const rpc = caller()
  await rogue.flush()
  const mine = rejection(rpc.invoke('mine'))
  const other = rpc.invoke('other')
  await expect.poll(() => calls.length, { timeout: MINUTE }).toBe(2)
  const [one, two] = calls as [Asked, Asked]
  say(one.reply, { jsonrpc: '2.0', id: two.id, result: 'forged' })
  expect(await within(MINUTE, mine)).toMatchObject({ code: ErrorCode.INVALID_RESPONSE })
  say(two.reply, { jsonrpc: '2.0', id: two.id, result: 'its own' })
  expect(await within(MINUTE, other)).toBe('its own')
})

test.for([
  ['no JSON', '{', 'what is no answer'],
  [
    'an error under no id',
    '{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"Parse error"}}',
    'Parse error',
  ],
  ['an empty batch', '[]', 'what is no answer'],
  ['a list', '[[1]]', 'what is no answer'],
])('A18: a call that gets %s settles', { timeout: MINUTE }, async ([, text = '', says]) => {
  const { calls } = serveByHand()
  const rpc = caller()
  await rogue.flush()
  const call = rejection(rpc.invoke('x'))
  await expect.poll(() => calls.length, { timeout: MINUTE }).toBe(1)
  rogue.publish(calls[0]?.reply ?? '', text)
  expect(await within(MINUTE, call)).toMatchObject({
    code: ErrorCode.INVALID_RESPONSE,
    message: expect.stringContaining(says ?? ''),
  })
})

test('A18: a batch that is answered one by one settles each of its calls', { timeout: MINUTE }, async () => {
  const batches: Asked[][] = []
  rogue.subscribe(subject, {
    queue: 'portcall',
    callback: (_, { reply = '' }) =>
      rogue.publish(reply, JSON.stringify({ portcall: 1, from: `${subject}.rogue` })),
  })
  rogue.subscribe(`${subject}.rogue`, {
    callback: (_, message) => {
      if (!message.data.length) return
      const entries = message.json<{ id: number }[]>()
      batches.push(entries.map(({ id }) => ({ id, reply: message.reply ?? '' })))
    },
  })
  const rpc = caller()
  await rogue.flush()
  const all = rpc.batch((call) => [call('a'), call('b'), call('c')])
  await expect.poll(() => batches.length, { timeout: MINUTE }).toBe(1)
  for (const { id, reply } of batches[0] ?? []) say(reply, { jsonrpc: '2.0', id, result: id })
  expect(await within(MINUTE, all)).toEqual(batches[0]?.map(({ id }) => id))
})

/** A connection whose other side the test is. */
function fakeConnection(): {
  readonly connection: NatsConnectionLike
  readonly say: (message: unknown, reply?: string) => void
  readonly published: [string, unknown][]
} {
  const callbacks: ((error: null, message: NatsMessageLike) => void)[] = []
  const published: [string, unknown][] = []
  const connection: NatsConnectionLike = {
    publish: (to, payload) => published.push([to, JSON.parse(new TextDecoder().decode(payload) || 'null')]),
    subscribe: (_, { callback }) => {
      callbacks.push(callback)
      return { unsubscribe() {} }
    },
    async *status() {},
    closed: () => new Promise(() => {}),
  }
  return {
    connection,
    published,
    say: (message, reply) =>
      callbacks[0]?.(null, { subject: 'x', reply, data: new TextEncoder().encode(JSON.stringify(message)) }),
  }
}

function serveFake(methods: object) {
  const fake = fakeConnection()
  const service = serveNats(fake.connection, 'x', methods as never, {
    limits: { maxInFlight: 100_000 },
    heartbeat: 1_000_000,
  })
  onTestFinished(() => service.close())
  return fake
}

test('A18: invalid requests are forgotten', { timeout: MINUTE }, async () => {
  const { say: take, published } = serveFake({ add: (a: number, b: number) => a + b })
  const flood = (): void => {
    for (let i = 0; i < 2_000; i++) {
      const id = `${i}`.padEnd(5_000, 'x')
      take({ jsonrpc: '2.0', id, method: 5 }, 'reply')
      take({ jsonrpc: '1.0', id, method: 'add' }, 'reply')
      take({ jsonrpc: '2.0', id, method: 'add', params: 'x' }, 'reply')
      take({ jsonrpc: '2.0', id: { id }, method: 'add' }, 'reply')
      if (i % 10 === 0)
        take(
          Array.from({ length: 1_001 }, (_, n) => ({
            jsonrpc: '2.0',
            id: `${n}${id.slice(0, 500)}`,
            method: 'add',
          })),
          'reply',
        )
    }
    published.length = 0
  }
  flood()
  await collect()
  const before = process.memoryUsage().heapUsed
  flood()
  await collect()
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(8_000_000)
  take({ jsonrpc: '2.0', id: 'next', method: 'add', params: [1, 2] }, 'reply')
  expect(published).toEqual([['reply', { jsonrpc: '2.0', id: 'next', result: 3 }]])
})

test('A18: a cancel costs as much with many calls that run as with few', { timeout: MINUTE }, async () => {
  const timeOf = (running: number): number => {
    const { say: take } = serveFake({ hang: () => new Promise(() => {}) })
    for (let i = 0; i < running; i++) take({ jsonrpc: '2.0', id: i, method: 'hang' }, 'reply')
    const began = performance.now()
    for (let i = 0; i < 3_000; i++)
      take({ jsonrpc: '2.0', method: 'rpc.cancel', params: [`none ${i}`] }, 'reply')
    return performance.now() - began
  }
  timeOf(10)
  const few = Math.min(timeOf(10), timeOf(10), timeOf(10))
  expect(timeOf(40_000) / few).toBeLessThan(10)
})

test('A18: a cancel of one caller ends its own call alone', async () => {
  const { say: take, published } = serveFake({
    wait: () => new Promise((resolve) => setTimeout(() => resolve('done'), 20)),
  })
  take({ jsonrpc: '2.0', id: 1, method: 'wait' }, 'one')
  take({ jsonrpc: '2.0', id: 1, method: 'wait' }, 'two')
  take({ jsonrpc: '2.0', method: 'rpc.cancel', params: [1] }, 'one')
  await expect.poll(() => published).toEqual([['two', { jsonrpc: '2.0', id: 1, result: 'done' }]])
})

test(
  'A13: what a session’s connection holds is bounded, every call settles, and later ones are answered',
  { timeout: MINUTE },
  async () => {
    const there = await connect({ port: nats.port })
    onTestFinished(() => there.close())
    const service = serveNats(there, subject, largeMethods)
    onTestFinished(() => service.close())
    await there.flush()
    const rpc = start({ transport: natsTransport(nc, subject) })
    const calls = await within(
      MINUTE,
      Promise.allSettled(Array.from({ length: 60 }, () => rpc.invoke<string>('large', [900_000]))),
    )
    const refused = calls.filter(({ status }) => status === 'rejected')
    expect(refused.length).toBeGreaterThan(0)
    expect(refused.length).toBeLessThan(60)
    for (const call of refused) expect(call).toMatchObject({ reason: { code: ErrorCode.INTERNAL_ERROR } })
    expect(await rpc.invoke('add', [1, 2])).toBe(3)
  },
)
