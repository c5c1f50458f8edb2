import { inspect } from 'node:util'
import { afterEach, expect, test, vi } from 'vitest'
import { alone, type Alone, failure, outcomeOf, request, result, turn } from './pair.ts'
import { foreign, idFor, invalid, nothings, strayAnswers } from './malformed.ts'

afterEach(() => void vi.useRealTimers())

const methods = { echo: (value: unknown) => value }

function echoes(server: Alone): unknown {
  server.receive(request('next', 'echo', ['alive']))
  return server.posted.pop()
}

test('S26: foreign messages to the exposing side are ignored without a word', () => {
  expect(foreign.length + invalid.length + strayAnswers.length + nothings.length).toBeGreaterThanOrEqual(120)
  using server = alone({ methods })
  for (const message of foreign) {
    server.receive(message)
    expect([inspect(message), server.posted]).toEqual([inspect(message), []])
    expect(echoes(server)).toStrictEqual(result('next', 'alive'))
  }
  expect(server.diagnostics).toEqual([])
})

test('S26: a foreign array of any length, and one of answers, is ignored, too', () => {
  using server = alone({ methods })
  server.receive(Array.from({ length: 5_000 }, (_, i) => i))
  server.receive(Array.from({ length: 5_000 }, () => ({ type: 'webpackOk' })))
  server.receive(Array.from({ length: 5_000 }, (_, i) => result(i, 1)))
  expect(server.posted).toEqual([])
})

test('S26: a message that is ours but invalid gets -32600 with its id, and nothing is run', () => {
  const ran: unknown[] = []
  using server = alone({ methods: { ...methods, echo: (value: unknown) => (ran.push(value), value) } })
  for (const message of invalid) {
    server.receive(message)
    expect([inspect(message), server.posted.splice(0)]).toStrictEqual([
      inspect(message),
      [failure(idFor(message), -32600, 'Invalid Request')],
    ])
    expect(ran.splice(0)).toEqual([])
    expect(echoes(server)).toStrictEqual(result('next', 'alive'))
    ran.length = 0
  }
  expect(server.diagnostics.length).toBeGreaterThan(0)
})

test('S26: an invalid message is one invalid entry of a batch', () => {
  using server = alone({ methods })
  for (const message of invalid) {
    server.receive([message, request(1, 'echo', [1])])
    expect(server.posted.splice(0)).toStrictEqual([
      [failure(idFor(message), -32600, 'Invalid Request'), result(1, 1)],
    ])
  }
})

test('S26: on a medium that carries only us, foreign messages get -32600, answers still nothing', () => {
  using server = alone({ methods }, { policy: 'strict' })
  for (const message of [
    null,
    1,
    'text',
    true,
    {},
    new Date(0),
    { jsonrpc: '1.0', method: 'echo' },
    ...nothings,
  ]) {
    server.receive(message)
    expect(server.posted.splice(0)).toStrictEqual([failure(null, -32600, 'Invalid Request')])
  }
  server.receive({ jsonrpc: '1.0', method: 'echo', id: 1 })
  expect(server.posted.splice(0)).toStrictEqual([failure(1, -32600, 'Invalid Request')])
  server.receive(...strayAnswers)
  expect(server.posted).toEqual([])
})

test('S27: no malformed message to the calling side disturbs a pending call', async () => {
  const messages = [...foreign, ...strayAnswers, ...nothings]
  expect(messages.length).toBeGreaterThanOrEqual(90)
  using client = alone()
  for (const message of messages) {
    const call = client.rpc.invoke('echo', null, { id: 1 })
    client.receive(message, [message])
    expect([inspect(message), await outcomeOf(call)]).toEqual([inspect(message), 'pending'])
    client.receive(result(1, 'the real one'))
    expect(await call).toBe('the real one')
  }
})

test('S27: what is invalid is answered and leaves a pending call alone', async () => {
  using client = alone()
  const call = client.rpc.invoke('echo', null, { id: 1 })
  client.receive(...invalid)
  client.receive(result(1, 'the real one'))
  expect(await call).toBe('the real one')
})

test('S28: one stray answer, and then 100,000, cause no message at all and at most 100 diagnostics', async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  for (const policy of ['shared', 'strict'] as const) {
    using peer = alone({ methods, policy })
    const call = peer.rpc.invoke('echo')
    const before = peer.posted.length
    peer.receive(result('nobody', 1))
    expect(peer.posted).toHaveLength(before)
    for (let i = 0; i < 20_000; i++)
      peer.receive(result('nobody', i), failure(i + 2, 1, 'x'), [result('x', 1)])
    for (let i = 0; i < 20_000; i++)
      peer.receive({ jsonrpc: '2.0', error: null }, { jsonrpc: '2.0', id: i + 2, error: null })
    await turn()
    expect(peer.posted).toHaveLength(before)
    expect(peer.diagnostics.length).toBeLessThanOrEqual(100)
    peer.receive(result(1, 'the real one'))
    expect(await call).toBe('the real one')
  }
})

const notAnAnswer: readonly [string, object][] = [
  ['both result and error', { result: 1, error: { code: 1, message: 'x' } }],
  ['neither result nor error', {}],
  ['an error that is null', { error: null }],
  ['an error that is a string', { error: 'bad' }],
  ['an error that is an empty string', { error: '' }],
  ['an error that is 0', { error: 0 }],
  ['an error that is a number', { error: -32600 }],
  ['an error that is true', { error: true }],
  ['an error that is false', { error: false }],
  ['an error that is a bigint', { error: 1n }],
]

for (const [what, members] of notAnAnswer)
  test(`S29: an answer with ${what} rejects INVALID_RESPONSE at once`, async () => {
    using client = alone()
    const call = client.rpc.invoke('math.add')
    client.receive({ jsonrpc: '2.0', id: 1, ...members })
    await expect(call).rejects.toMatchObject({ code: -32053, message: expect.stringContaining('math.add') })
    expect(client.posted).toHaveLength(1)
  })

for (const id of [
  '1',
  [1],
  Number.NaN,
  null,
  undefined,
  {},
  { id: 1 },
  '__proto__',
  'constructor',
  1n,
  true,
  '01',
  1.1,
])
  test(`S30: an answer with id ${inspect(id)} is not the answer to 1`, async () => {
    using client = alone()
    const call = client.rpc.invoke('echo', null, { id: 1 })
    client.receive(result(id, 'forged'), failure(id, 1, 'forged'), { jsonrpc: '2.0', id }, [
      result(id, 'forged'),
    ])
    expect(await outcomeOf(call)).toBe('pending')
    client.receive(result(1, 'the real one'))
    expect(await call).toBe('the real one')
  })

test('S31: of two answers the first counts, the second is dropped with a diagnostic', async () => {
  using client = alone()
  const call = client.rpc.invoke('echo')
  client.receive(result(1, 'first'), result(1, 'second'), failure(1, 1, 'third'), { jsonrpc: '2.0', id: 1 })
  expect(await call).toBe('first')
  expect(client.posted).toHaveLength(1)
  expect(client.diagnostics).toMatchObject([1, 1, 1].map((about) => ({ kind: 'unexpected', about })))
})

test('S31: an answer after a timeout, an abort and a destroy is dropped', async () => {
  vi.useFakeTimers()
  using client = alone()
  const abort = new AbortController()
  const calls = [
    client.rpc.invoke('a', null, { timeout: 100 }),
    client.rpc.invoke('b', null, { signal: abort.signal }),
    client.rpc.invoke('c'),
  ]
  const outcomes = Promise.all(calls.map(outcomeOf))
  vi.advanceTimersByTime(100)
  abort.abort()
  client.receive(result(1, 'late'), result(2, 'late'))
  client.rpc.destroy()
  client.receive(result(3, 'late'))
  expect(await outcomes).toMatchObject([{ code: -32300 }, { code: DOMException.ABORT_ERR }, { code: -32051 }])
  expect(client.diagnostics).toMatchObject([{ about: 1 }, { about: 2 }])
})

test('S31: an answer to a call that still waits for the hello is dropped', async () => {
  using client = alone({ plain: false })
  const call = client.rpc.invoke('echo', null, { id: 'guess' })
  client.receive(result('guess', 'forged'))
  expect(await outcomeOf(call)).toBe('pending')
  call.catch(() => {})
})
