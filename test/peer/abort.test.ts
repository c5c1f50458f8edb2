import { expect, test } from 'vitest'
import {
  acpDialect,
  callContext,
  type Dialect,
  lspDialect,
  mcpDialect,
  portcallDialect,
  type SignalLike,
} from '../../src/index.ts'
import {
  alone,
  connectedPair,
  deferred,
  notification,
  outcomeOf,
  rejection,
  request,
  result,
  turn,
} from './pair.ts'
import { hello } from './peer.ts'

/** A signal that counts who listens to it. */
function countedSignal() {
  const abort = new AbortController()
  let listeners = 0
  const signal: SignalLike = {
    get aborted() {
      return abort.signal.aborted
    },
    get reason() {
      return abort.signal.reason as unknown
    },
    addEventListener(type, listener) {
      listeners++
      abort.signal.addEventListener(type, listener)
    },
    removeEventListener(type, listener) {
      listeners--
      abort.signal.removeEventListener(type, listener)
    },
  }
  return { signal, abort: (reason: unknown) => abort.abort(reason), count: () => listeners }
}

test('S51: a call whose signal is aborted already rejects with its reason and is not sent', async () => {
  using client = alone()
  const reason = new Error('never mind')
  const signal = AbortSignal.abort(reason)
  expect(await rejection(client.rpc.invoke('x', null, { signal }))).toBe(reason)
  expect(client.posted).toEqual([])
})

test('S51: abort in flight rejects at once with the reason itself, and tells a portcall peer to stop', async () => {
  using pair = await connectedPair({ right: { methods: { wait: () => new Promise(() => {}) } } })
  for (const reason of [new Error('enough'), 'a string', 0, null, { an: 'object' }]) {
    const abort = new AbortController()
    const call = pair.left.invoke('wait', null, { signal: abort.signal, id: 'c' })
    await turn()
    abort.abort(reason)
    expect(await rejection(call)).toBe(reason)
    await turn()
    expect(pair.wire.splice(0)).toEqual([
      { from: 'left', message: request('c', 'wait') },
      { from: 'left', message: notification('rpc.cancel', ['c']) },
    ])
  }
})

test('S51: abort without a reason rejects with an AbortError', async () => {
  using client = alone()
  const abort = new AbortController()
  const call = client.rpc.invoke('x', null, { signal: abort.signal })
  abort.abort()
  expect(await rejection(call)).toMatchObject({ name: 'AbortError' })
})

test('S51: abort after the answer does nothing, and no listener is left on the signal', async () => {
  using pair = await connectedPair({
    right: { methods: { ping: () => 'pong', wait: () => new Promise(() => {}) } },
  })
  const { signal, abort, count } = countedSignal()
  expect(await pair.left.invoke('ping', null, { signal })).toBe('pong')
  await expect(pair.left.invoke('none', null, { signal })).rejects.toMatchObject({ code: -32601 })
  await expect(pair.left.invoke('x', [Symbol('x')], { signal })).rejects.toMatchObject({ code: -32052 })
  await expect(pair.left.invoke('wait', null, { signal, timeout: 1 })).rejects.toMatchObject({ code: -32300 })
  expect(count()).toBe(0)
  await turn()
  const sent = pair.wire.length
  abort('late')
  await turn()
  expect(pair.wire).toHaveLength(sent)
})

test('S51: abort after destroy does nothing, and no listener is left on the signal', async () => {
  const { signal, abort, count } = countedSignal()
  using client = alone()
  const calls = [
    client.rpc.invoke('x', null, { signal }),
    client.rpc.batch((call) => [call('y', null, { signal })]),
  ]
  const outcomes = Promise.all(calls.map(outcomeOf))
  client.rpc.destroy()
  expect([await outcomes, count()]).toEqual([[{ code: -32051 }, { code: -32051 }], 0])
  abort('late')
  expect(client.posted).toHaveLength(2)
})

test('S51: one signal can abort many calls', async () => {
  using client = alone()
  const { signal, abort, count } = countedSignal()
  const calls = Array.from({ length: 1_000 }, () => client.rpc.invoke('x', null, { signal }))
  const outcomes = Promise.allSettled(calls)
  abort('enough')
  expect(
    (await outcomes).every((outcome) => outcome.status === 'rejected' && outcome.reason === 'enough'),
  ).toBe(true)
  expect(count()).toBe(0)
})

test('S51: 100,000 cancels of unknown ids are silent, and disturb nothing', async () => {
  const gate = deferred()
  const signals: AbortSignal[] = []
  const wait = (): unknown => (signals.push(callContext().signal), gate.promise)
  using peer = alone({ plain: false, methods: { wait } })
  peer.receive(hello('theirs'), request(1, 'wait'))
  const before = peer.posted.length
  for (let i = 0; i < 100_000; i++) peer.receive(notification('rpc.cancel', [i + 2]))
  for (const params of [undefined, [], ['1'], [[1]], [null], [{}], { 0: 'x' }, [undefined], { id: 1 }])
    peer.receive(notification('rpc.cancel', params))
  expect(signals.map((signal) => signal.aborted)).toEqual([false])
  expect(peer.posted).toHaveLength(before)
  gate.resolve('done')
  await turn()
  expect(peer.posted.slice(before)).toStrictEqual([result(1, 'done')])
})

test('S51: a cancelled call is not answered any more, whether its handler gives up, fails or finishes', async () => {
  const gate = deferred()
  const methods = {
    givesUp: () => new Promise((_, reject) => callContext().signal.addEventListener('abort', reject)),
    finishes: () => gate.promise,
    fails: async () => {
      await gate.promise
      throw new Error('no')
    },
  }
  using peer = alone({ plain: false, methods })
  peer.receive(hello('theirs'))
  const before = peer.posted.length
  for (const name of Object.keys(methods))
    peer.receive(request(name, name), notification('rpc.cancel', [name]))
  gate.resolve('done')
  await turn()
  expect(peer.posted).toHaveLength(before)
})

test('a cancel that comes after the answer, or twice, is silent', async () => {
  using peer = alone({ plain: false, methods: { ping: () => 'pong', wait: () => new Promise(() => {}) } })
  peer.receive(hello('theirs'), request(1, 'ping'), notification('rpc.cancel', [1]))
  peer.receive(request(2, 'wait'), notification('rpc.cancel', [2]), notification('rpc.cancel', [2]))
  await turn()
  expect(peer.posted.slice(2)).toStrictEqual([result(1, 'pong')])
  expect(peer.diagnostics).toEqual([])
})

interface DialectCase {
  readonly name: string
  readonly dialect: Dialect
  readonly cancel: object
  readonly answers: boolean
}

const reason = new Error('enough')

const dialects: readonly DialectCase[] = [
  { name: 'LSP', dialect: lspDialect, cancel: notification('$/cancelRequest', { id: 7 }), answers: true },
  {
    name: 'ACP',
    dialect: acpDialect,
    cancel: notification('$/cancel_request', { requestId: 7 }),
    answers: true,
  },
  {
    name: 'MCP',
    dialect: mcpDialect,
    cancel: notification('notifications/cancelled', { requestId: 7, reason: 'enough' }),
    answers: false,
  },
  { name: 'portcall', dialect: portcallDialect, cancel: notification('rpc.cancel', [7]), answers: false },
]

for (const { name, dialect, cancel, answers } of dialects) {
  test(`the ${name} dialect cancels its own way, and the call rejects at once`, async () => {
    using client = alone({ dialect })
    const abort = new AbortController()
    const call = client.rpc.invoke('wait', null, { id: 7, signal: abort.signal })
    abort.abort(reason)
    expect(await rejection(call)).toBe(reason)
    expect(client.posted).toStrictEqual([request(7, 'wait'), cancel])
  })

  test(`a call that the ${name} dialect cancels is ${answers ? 'still answered, with -32800 if its handler gave up' : 'not answered'}`, async () => {
    const gate = deferred()
    const methods = {
      finishes: () => gate.promise,
      givesUp: () => new Promise((_, reject) => callContext().signal.addEventListener('abort', reject)),
    }
    for (const method of ['finishes', 'givesUp']) {
      using server = alone({ dialect, methods })
      server.receive(request(7, method), cancel, request('7', 'finishes'))
      gate.resolve('done')
      await turn()
      const gaveUp = expect.objectContaining({ id: 7, error: expect.objectContaining({ code: -32800 }) })
      const answer = method === 'finishes' ? result(7, 'done') : gaveUp
      expect(server.posted).toHaveLength(answers ? 2 : 1)
      expect(server.posted).toContainEqual(answers ? answer : result('7', 'done'))
    }
  })
}

test('without a dialect a plain peer is told nothing, and a cancel of any kind is only an unknown notification', async () => {
  using peer = alone({ methods: { wait: () => new Promise(() => {}) } })
  const abort = new AbortController()
  const call = outcomeOf(peer.rpc.invoke('x', null, { signal: abort.signal }))
  abort.abort()
  await call
  peer.receive(request(7, 'wait'), ...dialects.map(({ cancel }) => cancel))
  expect(peer.posted).toStrictEqual([request(1, 'x')])
  expect(peer.diagnostics.map(({ kind }) => kind)).toEqual(dialects.map(() => 'unknown-method'))
})
