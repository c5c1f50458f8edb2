import { expect, test } from 'vitest'
import type { Limits, RPCParams } from '../../src/index.ts'
import {
  alone,
  codeOf,
  connectedPair,
  deferred,
  notification,
  outcomeOf,
  request,
  result,
  turn,
} from './pair.ts'

const BUSY = { code: -32054 }
const TOO_LARGE = { code: -32055 }
const UNDELIVERABLE = { code: -32052 }

test('S61: maxPending calls are accepted, one more rejects BUSY at once and is not sent', async () => {
  using client = alone({ limits: { maxPending: 3 } })
  const calls = [1, 2, 3].map((n) => client.rpc.invoke('x', [n]))
  const excess = client.rpc.invoke('x', [4])
  expect(await outcomeOf(excess)).toEqual(BUSY)
  expect(client.posted).toHaveLength(3)

  client.receive(result(2, 'done'))
  expect(await calls[1]).toBe('done')
  const next = client.rpc.invoke('x', [5], { id: 'next' })
  expect(await outcomeOf(client.rpc.invoke('x', [6]))).toEqual(BUSY)
  client.receive(result(1, 1), result(3, 3), result('next', 5))
  expect(await Promise.all([calls[0], calls[2], next])).toEqual([1, 3, 5])
})

test('S61: a batch counts each of its calls as pending', async () => {
  using client = alone({ limits: { maxPending: 2 } })
  const batch = client.rpc.batch((call) => [call('a'), call('b'), call('c')])
  expect(await outcomeOf(batch)).toEqual(BUSY)
  expect(client.posted.flat()).toMatchObject([{ method: 'a' }, { method: 'b' }])
})

test('notifications are not pending', () => {
  using client = alone({ limits: { maxPending: 1 } })
  for (let i = 0; i < 5; i++) client.rpc.notify('x')
  expect(client.posted).toHaveLength(5)
})

test('S60: maxInFlight calls run, one more is answered BUSY and not run', async () => {
  const gates = [1, 2, 3, 4].map(() => deferred())
  const ran: number[] = []
  const methods = {
    wait: (n: number) => {
      ran.push(n)
      return gates[n]!.promise
    },
  }
  using server = alone({ methods, limits: { maxInFlight: 2 } })
  server.receive(...[0, 1, 2].map((n) => request(n, 'wait', [n])))
  expect(server.posted).toMatchObject([{ id: 2, error: BUSY }])
  expect(ran).toEqual([0, 1])

  gates[0]!.resolve('done')
  await turn()
  server.receive(request(3, 'wait', [3]))
  expect(ran).toEqual([0, 1, 3])
  expect(server.posted).toMatchObject([
    { id: 2, error: BUSY },
    { id: 0, result: 'done' },
  ])
})

test('S60: a notification over maxInFlight is not run, with a diagnostic', async () => {
  const gate = deferred()
  let ran = 0
  const methods = { wait: () => (ran++, gate.promise) }
  using server = alone({ methods, limits: { maxInFlight: 1 } })
  server.receive(notification('wait'), notification('wait'))
  expect(ran).toBe(1)
  expect(server.diagnostics).toMatchObject([{ kind: 'busy', about: 'wait' }])
  gate.resolve(undefined)
  await turn()
  server.receive(notification('wait'))
  expect(ran).toBe(2)
})

test('S60: cancelling does not free a place for as long as the handler still runs', async () => {
  const gate = deferred()
  let ran = 0
  const methods = { wait: () => (ran++, gate.promise) }
  using pair = await connectedPair({ right: { methods, limits: { maxInFlight: 1 } } })
  for (let i = 0; i < 3; i++) {
    const abort = new AbortController()
    const call = outcomeOf(pair.left.invoke('wait', null, { signal: abort.signal }))
    await turn()
    abort.abort('enough')
    await call
  }
  expect(ran).toBe(1)
  gate.resolve(undefined)
  await turn()
  expect(await pair.left.invoke('wait')).toBe(undefined)
})

const notes = (count: number): object[] => Array.from({ length: count }, (_, i) => notification('note', [i]))

test('S33: a batch of maxBatch entries is run, a longer one gets one error and nothing of it is run', () => {
  let ran = 0
  using server = alone({ methods: { note: () => void ran++ }, limits: { maxBatch: 4 } })
  server.receive(notes(3), notes(4))
  expect([ran, server.posted]).toEqual([7, []])
  server.receive([...notes(4), request(1, 'note')])
  expect(ran).toBe(7)
  expect(server.posted).toMatchObject([{ id: null, error: TOO_LARGE }])
})

test('S33: the default limit of a batch is 1,000 entries', () => {
  let ran = 0
  using server = alone({ methods: { note: () => void ran++ } })
  server.receive(notes(1_000))
  expect([ran, server.posted]).toEqual([1_000, []])
  server.receive(notes(1_001), notes(20_000))
  expect(ran).toBe(1_000)
  expect(server.posted).toMatchObject([
    { id: null, error: TOO_LARGE },
    { id: null, error: TOO_LARGE },
  ])
})

test('a batch of maxBatch calls is sent, a longer one rejects TOO_LARGE and is not', async () => {
  using client = alone({ limits: { maxBatch: 2 } })
  client.rpc.batch((call) => [call('a'), call('b')]).catch(() => {})
  expect(client.posted).toHaveLength(1)

  let inner: Promise<unknown> | undefined
  const batch = client.rpc.batch((call) => {
    call.notify('a')
    return [(inner = call('b')), call('c')]
  })
  expect(await codeOf(batch)).toBe(TOO_LARGE.code)
  expect(await codeOf(inner!)).toBe(TOO_LARGE.code)
  expect(client.posted).toHaveLength(1)
})

/** Arrays in arrays, so many in all. */
const nested = (levels: number): unknown[] => {
  let value: unknown[] = []
  for (let i = 1; i < levels; i++) value = [value]
  return value
}

const nestedObjects = (levels: number): RPCParams => {
  let value = {}
  for (let i = 1; i < levels; i++) value = { in: value }
  return value
}

for (const [what, make] of [
  ['arrays', nested],
  ['objects', nestedObjects],
] as const)
  test(`S35: params of ${what} nested as deep as maxDepth are sent, deeper ones reject UNDELIVERABLE`, async () => {
    using client = alone({ limits: { maxDepth: 5 } })
    for (const levels of [4, 5, 6]) void client.rpc.invoke('x', make(levels)).catch(() => {})
    expect(client.posted).toHaveLength(3)
    const deeper = client.rpc.invoke('x', make(7))
    await expect(deeper).rejects.toMatchObject({
      ...UNDELIVERABLE,
      message: expect.stringContaining('5 levels'),
    })
    expect(() => client.rpc.notify('x', make(7))).toThrow(expect.objectContaining(UNDELIVERABLE))
    expect(client.posted).toHaveLength(3)
  })

test('S35: a result nested as deep as maxDepth is sent, a deeper one answered -32603, saying where', async () => {
  const methods = { nested, later: async (levels: number) => nested(levels) }
  using server = alone({ methods, limits: { maxDepth: 5 } })
  for (const method of ['nested', 'later']) {
    server.receive(request(1, method, [5]), request(2, method, [6]))
    await turn()
    expect(server.posted.splice(0)).toMatchObject([
      result(1, nested(5)),
      { id: 2, error: { code: -32603, message: expect.stringMatching(/result\[0].*5 levels/) } },
    ])
  }
})

test('S35: the default limit is 1,000 levels, and 8,000 overflow no stack', async () => {
  using pair = await connectedPair({
    right: { methods: { echo: (value: unknown) => value, deep: () => nested(8_000) } },
  })
  expect(await pair.left.invoke('echo', nested(1_000))).toEqual(nested(999))
  for (const levels of [1_002, 8_000, 100_000])
    expect(await codeOf(pair.left.invoke('echo', nested(levels)))).toBe(UNDELIVERABLE.code)
  expect(await codeOf(pair.left.invoke('deep'))).toBe(-32603)
  expect(await pair.left.invoke('echo', [1])).toBe(1)
})

test('S35: a limit that no stack can reach is no way to overflow it', async () => {
  using pair = await connectedPair({ left: { limits: { maxDepth: Infinity } } })
  expect(await codeOf(pair.left.invoke('echo', nested(100_000)))).toBe(UNDELIVERABLE.code)
})

test('S35: a cycle is not deep', async () => {
  const cycle: { self?: unknown; list: unknown[] } = { list: [] }
  cycle.self = cycle
  cycle.list.push(cycle, cycle.list)
  using pair = await connectedPair({
    left: { limits: { maxDepth: 10 } },
    right: { methods: { echo: (value: unknown) => value } },
  })
  expect(await pair.left.invoke('echo', [cycle])).toEqual(cycle)
})

test('maxQueuedBeforeConnect messages wait for the hello, one more is refused BUSY', async () => {
  using client = alone({ plain: false, limits: { maxQueuedBeforeConnect: 3 } })
  const { rpc } = client
  const call = rpc.invoke('call')
  rpc.notify('note')
  const batch = rpc.batch((add) => [add('a'), add('b')])
  expect(await outcomeOf(rpc.invoke('excess'))).toEqual(BUSY)
  expect(await outcomeOf(rpc.batch((add) => [add('excess')]))).toEqual(BUSY)
  expect(() => rpc.notify('excess')).toThrow(expect.objectContaining(BUSY))

  client.receive(notification('hello'))
  expect(client.posted.slice(1)).toMatchObject([
    { method: 'call' },
    { method: 'note' },
    [{ method: 'a' }, { method: 'b' }],
  ])
  client.receive(result(Reflect.get(Object(client.posted[1]), 'id'), 'done'))
  expect(await call).toBe('done')
  expect(await outcomeOf(batch)).toBe('pending')
})

test('what gave up waiting makes room among what waits for the hello', async () => {
  using client = alone({ plain: false, limits: { maxQueuedBeforeConnect: 1 } })
  const abort = new AbortController()
  const call = client.rpc.invoke('x', null, { signal: abort.signal })
  expect(await outcomeOf(client.rpc.invoke('y'))).toEqual(BUSY)
  abort.abort('enough')
  await outcomeOf(call)
  expect(await outcomeOf(client.rpc.invoke('z'))).toBe('pending')
})

test('the limit on what waits does not count what is sent at once', () => {
  using client = alone({ limits: { maxQueuedBeforeConnect: 1 } })
  for (let i = 0; i < 5; i++) client.rpc.notify('x')
  expect(client.posted).toHaveLength(5)
})

test('a limit that is undefined is its default, not none', () => {
  using server = alone({ limits: { maxBatch: undefined } as unknown as Partial<Limits> })
  server.receive(notes(1_001))
  expect(server.posted).toMatchObject([{ error: TOO_LARGE }])
})
