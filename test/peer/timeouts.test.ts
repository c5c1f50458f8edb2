import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createDeadlineTimer } from '../../src/peer/deadline-timer.ts'
import { RPC } from '../../src/index.ts'
import { linkedPair } from '../../src/testing.ts'
import { alone, connectedPair, notification, outcomeOf, request, result, turn } from './pair.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const timedOut = { code: -32300 }

test('S50: a call rejects TIMEOUT after its own timeout, saying which and how long', async () => {
  using client = alone()
  const call = client.rpc.invoke('math.add', [1, 2], { timeout: 5000 })
  vi.advanceTimersByTime(4999)
  expect(await outcomeOf(call)).toBe('pending')
  vi.advanceTimersByTime(1)
  await expect(call).rejects.toMatchObject({
    name: 'RPCError',
    code: -32300,
    message: expect.stringMatching(/math\.add.*5000 ms/),
    data: { timeout: 5000 },
  })
})

test("S50: a call rejects TIMEOUT after the RPC's timeout", async () => {
  using client = alone({ timeout: 300 })
  const call = client.rpc.invoke('x')
  vi.advanceTimersByTime(299)
  expect(await outcomeOf(call)).toBe('pending')
  vi.advanceTimersByTime(1)
  await expect(call).rejects.toMatchObject({ ...timedOut, data: { timeout: 300 } })
})

test("a call's own timeout goes before the RPC's, and 0 is none", async () => {
  using client = alone({ timeout: 300 })
  const short = client.rpc.invoke('x', null, { timeout: 100 })
  const none = client.rpc.invoke('x', null, { timeout: 0 })
  vi.advanceTimersByTime(100)
  expect(await outcomeOf(short)).toEqual(timedOut)
  vi.advanceTimersByTime(10 ** 9)
  expect(await outcomeOf(none)).toBe('pending')
})

test('there is no deadline by default', async () => {
  using client = alone()
  const call = client.rpc.invoke('x')
  vi.advanceTimersByTime(10 ** 9)
  expect(await outcomeOf(call)).toBe('pending')
  client.receive(result(1, 'late, but well'))
  expect(await call).toBe('late, but well')
})

test('deadlines are kept in any order that they are given', async () => {
  using client = alone()
  const over: number[] = []
  for (const timeout of [500, 100, 300, 100, 900, 200])
    client.rpc.invoke('x', null, { timeout }).catch(() => over.push(timeout))
  vi.advanceTimersByTime(50)
  client.rpc.invoke('x', null, { timeout: 20 }).catch(() => over.push(20))
  for (const [at, expected] of [
    [69, []],
    [70, [20]],
    [100, [20, 100, 100]],
    [299, [20, 100, 100, 200]],
    [300, [20, 100, 100, 200, 300]],
    [900, [20, 100, 100, 200, 300, 500, 900]],
  ] as const) {
    vi.advanceTimersByTime(at - performance.now())
    await turn()
    expect(over).toEqual(expected)
  }
})

test('a deadline longer than any timer of the platform does not fire early', async () => {
  using client = alone()
  const days = 24 * 60 * 60 * 1000
  const call = client.rpc.invoke('x', null, { timeout: 60 * days })
  const forever = client.rpc.invoke('x', null, { timeout: Infinity })
  vi.advanceTimersByTime(60 * days - 1)
  expect(await outcomeOf(call)).toBe('pending')
  vi.advanceTimersByTime(1)
  expect(await outcomeOf(call)).toEqual(timedOut)
  expect(await outcomeOf(forever)).toBe('pending')
})

test('a call that is answered does not time out', async () => {
  using client = alone()
  const call = client.rpc.invoke('x', null, { timeout: 100 })
  client.receive(result(1, 'in time'))
  vi.advanceTimersByTime(1000)
  expect(await call).toBe('in time')
})

test('a deadline that ends tells a portcall peer to stop, and a stranger nothing', async () => {
  using pair = await connectedPair({ right: { methods: { wait: () => new Promise(() => {}) } } })
  const call = pair.left.invoke('wait', null, { timeout: 100, id: 'c' })
  vi.advanceTimersByTime(100)
  expect(await outcomeOf(call)).toEqual(timedOut)
  expect(pair.wire).toEqual([
    { from: 'left', message: request('c', 'wait') },
    { from: 'left', message: notification('rpc.cancel', ['c', -32300]) },
  ])

  using stranger = alone()
  const other = stranger.rpc.invoke('wait', null, { timeout: 100 })
  vi.advanceTimersByTime(100)
  expect(await outcomeOf(other)).toEqual(timedOut)
  expect(stranger.posted).toHaveLength(1)
})

test('S50: connect rejects TIMEOUT after 30 s if nobody comes', async () => {
  using client = alone({ plain: false })
  const connecting = client.rpc.connect()
  vi.advanceTimersByTime(29_999)
  expect(await outcomeOf(connecting)).toBe('pending')
  vi.advanceTimersByTime(1)
  await expect(connecting).rejects.toMatchObject({ ...timedOut, data: { timeout: 30_000 } })
})

test('S50: connect waits as long as it is told, as connectTimeout says, or for ever', async () => {
  using client = alone({ plain: false, connectTimeout: 2000 })
  const own = client.rpc.connect(500)
  const usual = client.rpc.connect()
  const forever = client.rpc.connect(0)
  vi.advanceTimersByTime(500)
  await expect(own).rejects.toMatchObject({ ...timedOut, data: { timeout: 500 } })
  expect(await outcomeOf(usual)).toBe('pending')
  vi.advanceTimersByTime(1500)
  await expect(usual).rejects.toMatchObject({ ...timedOut, data: { timeout: 2000 } })
  vi.advanceTimersByTime(10 ** 9)
  expect(await outcomeOf(forever)).toBe('pending')
})

test('connect is done at once where the other side is there or plain', async () => {
  using pair = await connectedPair()
  using client = alone()
  expect(await Promise.all([pair.left.connect(1), client.rpc.connect(1)])).toEqual([undefined, undefined])
})

test('a call that waits for the hello rejects TIMEOUT after connectTimeout, saying why, and is never sent', async () => {
  using client = alone({ plain: false, connectTimeout: 1000 })
  const call = client.rpc.invoke('math.add', [1])
  const batch = client.rpc.batch((add) => [add('x')])
  vi.advanceTimersByTime(999)
  expect([await outcomeOf(call), await outcomeOf(batch)]).toEqual(['pending', 'pending'])
  vi.advanceTimersByTime(1)
  await expect(call).rejects.toMatchObject({
    ...timedOut,
    message: expect.stringMatching(/math\.add.*not sent.*1000 ms/),
    data: { timeout: 1000 },
  })
  expect(await outcomeOf(batch)).toEqual(timedOut)
  client.receive(notification('hello'))
  expect(client.posted).toHaveLength(1)
})

test('a call that waits for the hello has 30 s by default, or for ever if connectTimeout is 0', async () => {
  using client = alone({ plain: false })
  using patient = alone({ plain: false, connectTimeout: 0 })
  const call = client.rpc.invoke('x')
  const forever = patient.rpc.invoke('x')
  vi.advanceTimersByTime(29_999)
  expect(await outcomeOf(call)).toBe('pending')
  vi.advanceTimersByTime(1)
  expect(await outcomeOf(call)).toEqual(timedOut)
  vi.advanceTimersByTime(10 ** 9)
  expect(await outcomeOf(forever)).toBe('pending')
  patient.receive(notification('hello'))
  expect(patient.posted.at(-1)).toStrictEqual(request(expect.anything(), 'x'))
})

test('the deadline of a call runs from the call, also while it waits for the hello', async () => {
  using client = alone({ plain: false, connectTimeout: 1000 })
  const short = client.rpc.invoke('x', null, { timeout: 300 })
  const long = client.rpc.invoke('x', null, { timeout: 1500 })
  vi.advanceTimersByTime(200)
  client.receive(notification('hello'))
  vi.advanceTimersByTime(99)
  expect(await outcomeOf(short)).toBe('pending')
  vi.advanceTimersByTime(1)
  await expect(short).rejects.toMatchObject({ ...timedOut, data: { timeout: 300 } })
  vi.advanceTimersByTime(1199)
  expect(await outcomeOf(long)).toBe('pending')
  vi.advanceTimersByTime(1)
  await expect(long).rejects.toMatchObject({ ...timedOut, data: { timeout: 1500 } })
})

test('connectTimeout does not count once the other side is there', async () => {
  using client = alone({ plain: false, connectTimeout: 1000 })
  const waited = client.rpc.invoke('x')
  client.receive(notification('hello'))
  const later = client.rpc.invoke('x')
  vi.advanceTimersByTime(10 ** 6)
  expect([await outcomeOf(waited), await outcomeOf(later)]).toEqual(['pending', 'pending'])
})

test('a notification that waits longer than connectTimeout is dropped with a diagnostic', async () => {
  using client = alone({ plain: false, connectTimeout: 1000 })
  client.rpc.notify('lost')
  vi.advanceTimersByTime(1000)
  client.receive(notification('hello'))
  expect(client.posted).toHaveLength(1)
  expect(client.diagnostics).toContainEqual(expect.objectContaining({ kind: 'undeliverable', about: 'lost' }))
})

test('S50: destroy leaves no timer, whatever was pending', async () => {
  for (const plain of [true, false]) {
    const client = alone({ plain, timeout: 1000 })
    const calls = [client.rpc.invoke('x'), client.rpc.invoke('y', null, { timeout: 5 }), client.rpc.connect()]
    const settled = Promise.allSettled(calls)
    client.rpc.destroy()
    await settled
    expect(vi.getTimerCount()).toBe(0)
  }
})

test('S50: the one timer keeps no process running as soon as nothing is pending, until there is again', async () => {
  using client = alone()
  const start = vi.spyOn(globalThis, 'setTimeout')
  const keeps = (): boolean =>
    (start.mock.results.at(-1)?.value as NodeJS.Timeout | undefined)?.hasRef() ?? false
  const calls = [1, 2, 3].map((id) => client.rpc.invoke('x', null, { id, timeout: 1000 * id }))
  client.receive(result(3, 3), result(1, 1))
  expect(keeps()).toBe(true)
  client.receive(result(2, 2))
  expect(await Promise.all(calls)).toEqual([1, 2, 3])
  expect(keeps()).toBe(false)
  const next = client.rpc.invoke('x', null, { id: 4, timeout: 5000 })
  expect(keeps()).toBe(true)
  expect(start).toHaveBeenCalledTimes(1)
  client.receive(result(4, 4))
  expect(await next).toBe(4)
  expect(keeps()).toBe(false)
  const unlimited = client.rpc.invoke('x', null, { id: 5 })
  expect(keeps()).toBe(false)
  vi.advanceTimersByTime(10_000)
  expect(vi.getTimerCount()).toBe(0)
  client.receive(result(5, 5))
  expect(await unlimited).toBe(5)
})

test('an RPC on which nothing has a deadline starts no timer', async () => {
  const { left, right } = linkedPair()
  using server = new RPC({ transport: right, methods: { add: (a: number, b: number) => a + b } })
  using client = new RPC({ transport: left })
  await client.connect()
  expect(await client.invoke('add', [1, 2])).toBe(3)
  void client.invoke('never').catch(() => {})
  void server
  vi.runAllTimers()
  expect(vi.getTimerCount()).toBe(0)
})

test('a deadline that passes while its timer is set is asked for at once: Node warns of negative times', () => {
  const start = vi.spyOn(globalThis, 'setTimeout')
  const ring = vi.fn<() => void>()
  createDeadlineTimer(ring).at(performance.now() - 0.03)
  expect(start.mock.calls.map(([, ms]) => ms)).toEqual([0])
  vi.runAllTimers()
  expect(ring).toHaveBeenCalledOnce()
})
