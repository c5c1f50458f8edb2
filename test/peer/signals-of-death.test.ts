import { afterEach, expect, test, vi } from 'vitest'
import { type Diagnostic, endpointTransport, type Receiver, RPC } from '../../src/index.ts'
import { linkedPair } from '../../src/testing.ts'
import { codeOf, outcomeOf, rejection, request, result, statesOf } from './pair.ts'
import { hello, methodsIn } from './peer.ts'

afterEach(() => void vi.useRealTimers())

/** An RPC, and what its transport tells it by. */
function receiverOf(policy: 'shared' | 'strict' = 'shared') {
  const posted: unknown[] = []
  const diagnostics: Diagnostic[] = []
  let receiver: Receiver | undefined
  const rpc = new RPC({
    transport: {
      ...linkedPair().left,
      policy,
      post: (message) => void posted.push(message),
      listen: (theirs) => void (receiver = theirs),
    },
    methods: { ping: () => 'pong' },
    onDiagnostic: (event) => diagnostics.push(event),
  })
  if (!receiver) throw new Error('The RPC does not listen')
  return { rpc, posted, diagnostics, receiver }
}

test('S44: an error over there before the hello rejects what waits 3 s later with its message; a later hello still counts', async () => {
  vi.useFakeTimers()
  const { rpc, receiver, posted } = receiverOf()
  using closing = rpc
  const reason = new Error('boom at load')
  const calls = [rpc.invoke('a'), rpc.connect(0), rpc.batch((call) => [call('b')])].map(rejection)
  receiver.failed(reason)
  vi.advanceTimersByTime(3_000)
  for (const error of await Promise.all(calls))
    expect(error).toMatchObject({
      code: -32050,
      message: expect.stringContaining('boom at load'),
      cause: reason,
    })

  const later = rpc.invoke('c')
  receiver.message(hello('theirs'))
  expect(methodsIn(posted)).toEqual(['rpc.connect', 'answer', 'c'])
  receiver.message(result(Reflect.get(Object(posted.at(-1)), 'id'), 'done'))
  expect(await later).toBe('done')
  void closing
})

test('S44: an error over there after the hello is a diagnostic, and ends nothing', async () => {
  const { rpc, receiver, posted, diagnostics } = receiverOf()
  using closing = rpc
  receiver.message(hello('theirs'))
  const call = rpc.invoke('a')
  const reason = new Error('boom in a handler')
  receiver.failed(reason)
  expect(await outcomeOf(call)).toBe('pending')
  expect(diagnostics).toEqual([{ kind: 'peer-error', about: undefined, error: reason }])
  receiver.message(result(Reflect.get(Object(posted.at(-1)), 'id'), 'done'))
  expect(await call).toBe('done')
  void closing
})

test('S34: what cannot be read is a diagnostic; only a medium that carries nothing else answers it', async () => {
  for (const [policy, answers] of [
    ['shared', 0],
    ['strict', 1],
  ] as const) {
    const { rpc, receiver, posted, diagnostics } = receiverOf(policy)
    using closing = rpc
    const before = posted.length
    const reason = new Event('messageerror')
    receiver.unreadable(reason)
    expect(posted.slice(before)).toMatchObject(
      Array.from({ length: answers }, () => ({ error: { code: -32700 } })),
    )
    expect(diagnostics).toMatchObject([{ kind: 'unreadable', error: reason }])
    receiver.message(request(1, 'ping'))
    expect(posted).toContainEqual(result(1, 'pong'))
    void closing
  }
})

test('an end that is told twice is one', () => {
  const { rpc, receiver } = receiverOf()
  using closing = rpc
  const seen = statesOf(rpc)
  receiver.gone('exit')
  receiver.gone('close')
  expect(seen).toEqual(['waiting', 'gone'])
  void closing
})

test('after a final end nothing that the transport still tells changes anything', async () => {
  const { rpc, receiver } = receiverOf()
  const seen = statesOf(rpc)
  rpc.destroy()
  receiver.gone('late')
  receiver.failed(new Error('late'))
  receiver.unreadable('late')
  receiver.message(hello('theirs'))
  expect(seen).toEqual(['waiting', 'closed'])
  expect(await codeOf(rpc.invoke('a'))).toBe(-32051)
})

type Listener = (event: unknown) => void

/** An endpoint whose events the test fires. */
function fakeEndpoint(members: object = {}) {
  const listeners = new Map<string, Listener>()
  const posted: unknown[] = []
  return {
    listeners,
    posted,
    endpoint: {
      postMessage: (message: unknown) => void posted.push(message),
      addEventListener: (type: string, listener: Listener) => void listeners.set(type, listener),
      removeEventListener: (type: string) => void listeners.delete(type),
      ...members,
    },
  }
}

test('S44: the error event of a worker object counts as an error over there, with its message', async () => {
  vi.useFakeTimers()
  for (const [event, message] of [
    [{ message: 'Uncaught Error: boom' }, 'Uncaught Error: boom'],
    [{ error: new Error('boom') }, 'boom'],
    [{}, 'could not be loaded'],
  ] as const) {
    const { endpoint, listeners } = fakeEndpoint({ terminate() {} })
    using rpc = new RPC({ transport: endpoint })
    const call = rejection(rpc.invoke('a'))
    listeners.get('error')?.(event)
    vi.advanceTimersByTime(3_000)
    expect(await call).toMatchObject({ code: -32050, message: expect.stringContaining(message) })
  }
})

test('the error event of anything else is not listened to: it is about this side', () => {
  const { endpoint, listeners } = fakeEndpoint()
  using rpc = new RPC({ transport: endpoint })
  expect([...listeners.keys()].toSorted()).toEqual(['close', 'message', 'messageerror'])
  void rpc
})

/** A Node worker, as far as an RPC looks at it. */
function fakeEmitter() {
  const { listeners, endpoint } = fakeEndpoint({ terminate() {} })
  const { postMessage, addEventListener: on, removeEventListener: off } = endpoint
  return { listeners, emitter: { postMessage, on, off, terminate() {} } }
}

test('an emitter hands over values, and tells of its exit with the error before it', async () => {
  const { listeners, emitter } = fakeEmitter()
  const rpc = new RPC({ transport: emitter })
  listeners.get('message')?.(hello('theirs'))
  const call = rejection(rpc.invoke('a'))
  const error = new Error('boom')
  listeners.get('error')?.(error)
  listeners.get('exit')?.(1)
  expect(await call).toMatchObject({
    code: -32050,
    message: expect.stringContaining('boom'),
    cause: error,
  })
  rpc.destroy()
  expect(listeners.size).toBe(0)
})

test('an emitter that exits without an error says with which code', async () => {
  const { listeners, emitter } = fakeEmitter()
  using rpc = new RPC({ transport: emitter })
  const call = rejection(rpc.invoke('a'))
  listeners.get('exit')?.(3)
  expect(await call).toMatchObject({ code: -32050, message: expect.stringMatching(/exited with code 3/) })
})

test('an endpoint that must be started is, and one that posts elsewhere posts there', () => {
  let started = 0
  const source = fakeEndpoint({ startMessages: () => started++, start: () => started++ })
  const target = fakeEndpoint()
  using rpc = new RPC({ transport: endpointTransport(source.endpoint, target.endpoint) })
  expect([started, source.posted.length, target.posted.length]).toEqual([2, 0, 1])
  void rpc
})

test('a transfer list is passed to the endpoint, and none where there is nothing to move', () => {
  const lists: unknown[][] = []
  const { endpoint } = fakeEndpoint({ postMessage: (...args: unknown[]) => void lists.push(args.slice(1)) })
  using rpc = new RPC({ transport: endpoint, plain: true })
  const buffer = new ArrayBuffer(1)
  rpc.notify('a', [buffer], { transfer: [buffer] })
  rpc.notify('b', [1])
  rpc.notify('c', [1], { transfer: [] })
  expect(lists).toEqual([[[buffer]], [], []])
})
