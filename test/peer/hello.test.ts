import { afterEach, expect, test, vi } from 'vitest'
import { callContext, RPC, RPCMessageEvent } from '../../src/index.ts'
import { linkedPair } from '../../src/testing.ts'
import {
  alone,
  connectedPair,
  deferred,
  failure,
  notification,
  outcomeOf,
  request,
  result,
  statesOf,
  turn,
} from './pair.ts'
import { hello, helloAnswer, methodsIn, sessionOf } from './peer.ts'

afterEach(() => void vi.useRealTimers())

test('rule 1: the first message is one request rpc.connect that carries a session and nothing secret', () => {
  using peer = alone({ plain: false })
  const session = sessionOf(peer.posted)
  expect(session.length).toBeGreaterThanOrEqual(16)
  expect(peer.posted).toStrictEqual([
    request(expect.anything(), 'rpc.connect', {
      session,
      version: expect.any(Number),
      capabilities: expect.arrayContaining(['cancel', 'close']),
    }),
  ])
})

test('rule 2: whoever gets a hello answers with its own introduction and the session of the asker', () => {
  using peer = alone({ plain: false })
  const session = sessionOf(peer.posted)
  peer.receive(hello('theirs'))
  expect(peer.posted.slice(1)).toStrictEqual([
    result('theirs', {
      session,
      version: expect.any(Number),
      capabilities: expect.arrayContaining(['cancel', 'close']),
      re: 'theirs',
    }),
  ])
})

test('rule 2: a hello, or the answer to our own, is enough to be connected, and what waited leaves', () => {
  for (const introduction of [
    (theirs: string) => hello(theirs),
    (theirs: string, ours: string) => helloAnswer(ours, theirs),
  ]) {
    using peer = alone({ plain: false })
    const seen = statesOf(peer.rpc)
    peer.rpc.notify('waited')
    peer.receive(introduction('theirs', sessionOf(peer.posted)))
    expect(seen).toEqual(['waiting', 'connected'])
    expect(methodsIn(peer.posted).at(-1)).toBe('waited')
  }
})

test('rule 2: the answer to a hello comes before what waited, or the asker would take us for a stranger', () => {
  using peer = alone({ plain: false })
  peer.rpc.notify('waited')
  peer.receive(hello('theirs'))
  expect(methodsIn(peer.posted)).toEqual(['rpc.connect', 'answer', 'waited'])
})

test('rule 2: crossing hellos are each answered once, and no hello is sent twice', async () => {
  const link = linkedPair({ manual: true })
  const wire: unknown[] = []
  link.tap((from, message) => wire.push([from, ...methodsIn([message])]))
  using left = new RPC({ transport: link.left })
  using right = new RPC({ transport: link.right, methods: { ping: () => 'pong' } })
  const seen = [statesOf(left), statesOf(right)]
  link.deliver()
  expect(wire).toEqual([
    ['left', 'rpc.connect'],
    ['right', 'rpc.connect'],
    ['right', 'answer'],
    ['left', 'answer'],
  ])
  expect(seen).toEqual([
    ['waiting', 'connected'],
    ['waiting', 'connected'],
  ])
  const call = left.invoke('ping')
  link.deliver()
  expect(await call).toBe('pong')
})

for (const early of ['left', 'right'] as const)
  test(`rule 2: if ${early} starts first and its hello is lost, the hello of the other reaches it`, async () => {
    const link = linkedPair({ manual: true })
    const late = early === 'left' ? 'right' : 'left'
    using first = new RPC({ transport: link[early], methods: { who: () => 'first' } })
    link.deliver()
    const waited = first.invoke('who')
    expect(await outcomeOf(first.connect(0))).toBe('pending')

    using second = new RPC({ transport: link[late], methods: { who: () => 'second' } })
    const asked = second.invoke('who')
    link.deliver()
    await turn()
    link.deliver()
    expect(await Promise.all([waited, asked])).toEqual(['second', 'first'])
  })

test('rule 2: no timer runs and nothing is repeated while nobody answers', () => {
  vi.useFakeTimers()
  using peer = alone({ plain: false })
  vi.advanceTimersByTime(3_600_000)
  expect(vi.getTimerCount()).toBe(0)
  expect(peer.posted).toHaveLength(1)
})

test('rule 2: an answer to somebody else is no introduction', async () => {
  using peer = alone({ plain: false })
  peer.receive(helloAnswer('somebody else', 'theirs'))
  expect(await outcomeOf(peer.rpc.connect(0))).toBe('pending')
})

const strangers: readonly [string, (own: string) => unknown][] = [
  ['an error as answer', (own) => failure(own, -32601, 'Method not found')],
  ['a result that introduces nobody', (own) => result(own, 'hello yourself')],
  ['a result that is null', (own) => result(own, null)],
  ['a malformed answer', (own) => ({ jsonrpc: '2.0', id: own })],
  ['a request', () => request(1, 'anything')],
  ['a notification', () => notification('anything')],
  ['a batch', () => [notification('anything')]],
  ['a request of something else with rpc in its name', () => request(1, 'rpcx')],
]

for (const [what, message] of strangers)
  test(`rule 3: ${what} makes the other side a plain peer, which what waited is sent to`, () => {
    using peer = alone({ plain: false })
    const seen = statesOf(peer.rpc)
    peer.rpc.notify('waited')
    peer.receive(message(sessionOf(peer.posted)))
    expect(seen).toEqual(['waiting', 'connected'])
    expect(methodsIn(peer.posted)).toContain('waited')
  })

test('rule 3: to a plain peer nothing is sent that it cannot know, and all its calls are answered', async () => {
  using peer = alone({ plain: false, methods: { add: (a: number, b: number) => a + b } })
  peer.receive(failure(sessionOf(peer.posted), -32601, 'Method not found'))
  const abort = new AbortController()
  const call = outcomeOf(peer.rpc.invoke('slow', null, { signal: abort.signal }))
  const late = outcomeOf(peer.rpc.invoke('late', null, { timeout: 1 }))
  abort.abort()
  await Promise.all([call, late])
  peer.receive(request(1, 'add', [1, 2]))
  peer.rpc.destroy()
  expect(methodsIn(peer.posted)).toEqual(['rpc.connect', 'slow', 'late', 'answer'])
})

const noWord: readonly [string, unknown][] = [
  ['a message of another library', { type: 'webpackOk' }],
  ['text', 'hello'],
  ['another version of JSON-RPC', { jsonrpc: '1.0', id: 1, method: 'anything' }],
  ['an invalid request', request(1, 5)],
  ['an answer that nobody waits for', result(1, 1)],
  ['rpc.close before any hello', notification('rpc.close')],
  ['rpc.cancel before any hello', notification('rpc.cancel', [1])],
  ['an rpc method that does not exist', notification('rpc.unknown')],
  ['a hello without a session', request(1, 'rpc.connect', { version: 1 })],
  ['a hello whose session is a number', request(1, 'rpc.connect', { session: 1, version: 1 })],
  ['a hello as a notification', notification('rpc.connect', { session: 'theirs', version: 1 })],
]

for (const [what, message] of noWord)
  test(`rule 3: ${what} tells nothing about who is there`, async () => {
    using peer = alone({ plain: false })
    const seen = statesOf(peer.rpc)
    peer.rpc.notify('waited')
    peer.receive(message)
    await turn()
    expect(seen).toEqual(['waiting'])
    expect(methodsIn(peer.posted)).not.toContain('waited')
    peer.receive(hello('theirs'))
    expect(methodsIn(peer.posted).at(-1)).toBe('waited')
  })

test('rule 4: answers leave at once, while calls wait', async () => {
  using peer = alone({ plain: false })
  peer.rpc.notify('waits')
  peer.receive(request(1, 'rpc.unknown'))
  expect(peer.posted.slice(1)).toMatchObject([{ id: 1, error: { code: -32601 } }])
})

test('an own hello that the medium gives back is ignored: nothing is answered, nobody is there', async () => {
  using peer = alone({ plain: false })
  const seen = statesOf(peer.rpc)
  const [own] = peer.posted
  peer.receive(own)
  await turn()
  expect(peer.posted).toEqual([own])
  expect(seen).toEqual(['waiting'])
})

test('on a medium that gives everything back an RPC does not talk to itself', async () => {
  const { left } = linkedPair()
  let listener: ((message: unknown) => void) | undefined
  let posts = 0
  using rpc = new RPC({
    transport: {
      ...left,
      post(message) {
        if (++posts < 100) queueMicrotask(() => listener?.(structuredClone(message)))
      },
      listen: ({ message }) => void (listener = message),
    },
    methods: { ping: () => 'from myself' },
  })
  const seen = statesOf(rpc)
  const call = rpc.invoke('ping')
  await turn()
  expect([posts, seen]).toEqual([1, ['waiting']])
  listener?.(hello('theirs'))
  expect(seen).toEqual(['waiting', 'connected'])
  call.catch(() => {})
})

test('S22: nothing named rpc.* is obeyed before rpc.connect', () => {
  const signals: AbortSignal[] = []
  const gate = deferred()
  const wait = (): unknown => (signals.push(callContext().signal), gate.promise)
  using peer = alone({ plain: false, methods: { wait } })
  peer.receive(request(7, 'wait'))
  const seen = statesOf(peer.rpc)
  for (const name of ['close', 'cancel', 'bye', 'ping', 'frame', 'release', 'discover']) {
    peer.receive(notification(`rpc.${name}`, [7]), notification(`rpc.${name}`), notification(name, [7]))
    peer.receive(request(8, `rpc.${name}`, [7]), [notification(`rpc.${name}`, [7])])
    expect(peer.posted.at(-1)).toMatchObject({ id: 8, error: { code: -32601 } })
  }
  expect(signals.map((signal) => signal.aborted)).toEqual([false])
  expect(seen).toEqual(['connected'])
})

test('rule 7: an RPCMessageEvent sends what it emits at once, and no hello, also while an RPC over it waits', () => {
  const posted: unknown[] = []
  const endpoint = {
    postMessage: (message: unknown) => void posted.push(message),
    addEventListener() {},
    removeEventListener() {},
  }
  const event = new RPCMessageEvent({ currentEndpoint: endpoint, targetEndpoint: endpoint })
  event.emit('first', 1, 2)
  expect(posted.splice(0)).toEqual([notification('first', [1, 2])])
  using rpc = new RPC({ event })
  rpc.notify('waits')
  event.emit('second')
  expect(methodsIn(posted)).toEqual(['rpc.connect', 'second'])
  expect(statesOf(rpc)).toEqual(['waiting'])
})

test('two RPCs over text meet as over objects', async () => {
  using pair = await connectedPair({ right: { methods: { ping: () => 'pong' } }, link: { text: true } })
  expect(await pair.left.invoke('ping')).toBe('pong')
})
