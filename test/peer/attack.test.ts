/** What an attack on the library found, so that it stays mended. */
import { EventEmitter } from 'node:events'
import { MessageChannel } from 'node:worker_threads'
import { expect, test } from 'vitest'
import {
  ErrorCode,
  expose,
  channelTransport,
  RPC,
  RPCMessageEvent,
  withOptions,
  wrap,
} from '../../src/index.ts'
import { linkedPair } from '../../src/testing.ts'
import { codeOf, connectedPair, turn } from './pair.ts'

const sparse = (length: number): unknown[] => {
  const array: unknown[] = []
  array.length = length
  return array
}

test.for([
  ['as long as they get', sparse(2 ** 32 - 1)],
  ['that holds nothing at all', Object.assign([], { length: 2 ** 31 })],
] as const)('S33: a sparse array %s is refused without being walked', async ([, array]) => {
  const pair = linkedPair({ policy: 'strict' })
  const posted: unknown[] = []
  pair.tap((_, message) => posted.push(message))
  using rpc = new RPC({ transport: pair.left, plain: true })
  void rpc
  pair.inject('right', array)
  await turn()
  expect(posted).toMatchObject([{ id: null, error: { code: ErrorCode.TOO_LARGE } }])
})

test('S36: a handler that echoes a sparse array or a long boxed string does not walk its length', async () => {
  using pair = await connectedPair({
    right: { methods: { size: (value: { length: number }) => value.length } },
  })
  expect(await pair.left.invoke('size', [sparse(2 ** 32 - 1)])).toBe(2 ** 32 - 1)
  // oxlint-disable-next-line no-new-wrappers -- such values can be received
  expect(await pair.left.invoke('size', [new String('x'.repeat(1_000_000))])).toBe(1_000_000)
})

test('S36: what may not be sent is found in a sparse array, too', async () => {
  using pair = await connectedPair()
  const array = sparse(10_000_000)
  array[9_999_999] = Symbol('x')
  await expect(pair.left.invoke('x', [array])).rejects.toMatchObject({
    message: expect.stringContaining('params[0][9999999] is a symbol') as string,
  })
})

test('S55: destroy while being told that the other side is gone is final', async () => {
  const pair = linkedPair({ successor: true })
  const client = new RPC({ transport: pair.left, connectTimeout: 50 })
  let server = new RPC({ transport: pair.right })
  await client.connect()
  client.onPeer((state) => state === 'gone' && client.destroy())
  server.destroy()
  server = new RPC({ transport: pair.right, methods: { x: () => 1 } })
  await turn()
  await expect(client.invoke('x')).rejects.toMatchObject({ code: ErrorCode.CLOSED })
  await expect(client.connect()).rejects.toMatchObject({ code: ErrorCode.CLOSED })
  server.destroy()
})

test('a batch notification that cannot be sent throws in the collector, and the batch rejects', async () => {
  using pair = await connectedPair({ right: { methods: { y: () => 1 } } })
  const batch = pair.left.batch((call) => {
    call.notify('x', [Symbol('x')])
    return [call('y')]
  })
  await expect(batch).rejects.toMatchObject({ code: ErrorCode.UNDELIVERABLE })
})

test('S09: a port that is none does not throw out of the receive path, and the channel lives', async () => {
  const { port1, port2 } = new MessageChannel()
  const uncaught: unknown[] = []
  const note = (error: unknown): void => void uncaught.push(error)
  process.on('uncaughtException', note)
  try {
    using here = new RPC({ transport: channelTransport(port1, 'x') })
    for (const port of [{}, 5, null, { postMessage: 1, onmessage: 1 }])
      port2.postMessage({ jsonrpc: '2.0', method: 'rpc.connect', params: { session: 'a', name: 'x', port } })
    using there = new RPC({
      transport: channelTransport(port2, 'x'),
      methods: { add: (a: number, b: number) => a + b },
    })
    void there
    expect(await here.invoke('add', [1, 2], { timeout: 45_000 })).toBe(3)
    expect(uncaught).toEqual([])
  } finally {
    process.off('uncaughtException', note)
    port1.close()
  }
})

test('S48: a channel hears that its port was closed', async () => {
  const { port1, port2 } = new MessageChannel()
  using here = new RPC({ transport: channelTransport(port1, 'x') })
  using there = new RPC({ transport: channelTransport(port2, 'x') })
  void there
  await here.connect(45_000)
  const call = here.invoke('never', null, { timeout: 5_000 })
  port2.close()
  await expect(call).rejects.toMatchObject({
    code: expect.toBeOneOf([ErrorCode.PEER_GONE, -32601]) as number,
  })
  await expect(here.invoke('later', null, { timeout: 5_000 })).rejects.toMatchObject({
    code: ErrorCode.PEER_GONE,
  })
})

test('one RPC for an endpoint, also by way of an RPCMessageEvent or the same channel', () => {
  const { port1 } = new MessageChannel()
  const event = (): RPCMessageEvent => new RPCMessageEvent({ currentEndpoint: port1, targetEndpoint: port1 })
  using first = new RPC({ event: event() })
  void first
  expect(() => new RPC({ event: event() })).toThrow(/has an RPC already/)
  expect(() => new RPC({ transport: port1 })).toThrow(/has an RPC already/)
  using channel = new RPC({ transport: channelTransport(port1, 'x') })
  void channel
  expect(() => new RPC({ transport: channelTransport(port1, 'x') })).toThrow(/has an RPC already/)
})

test('destroy settles what is pending although the transport cannot be closed', async () => {
  const emitter = Object.assign(new EventEmitter(), {
    off: () => {
      throw new Error('off')
    },
  })
  const rpc = new RPC({ event: emitter as never })
  const call = rpc.invoke('x')
  rpc.destroy()
  await expect(call).rejects.toMatchObject({ code: ErrorCode.CLOSED })
  const again = new RPC({ event: emitter as never })
  again.destroy()
})

test('S48: an emitter that says disconnect is gone, and it stays its owner’s', async () => {
  const theirs = new EventEmitter()
  const emitter = {
    emit: () => {},
    on: theirs.on.bind(theirs),
    off: theirs.off.bind(theirs),
    destroy: () => expect.unreachable(),
  }
  const rpc = new RPC({ event: emitter as never, plain: true })
  const call = rpc.invoke('x')
  theirs.emit('disconnect', 'transport close')
  await expect(call).rejects.toMatchObject({
    code: ErrorCode.PEER_GONE,
    message: expect.stringContaining('transport close') as string,
  })
  rpc.destroy()
  expect(theirs.eventNames()).toEqual([])
})

test('C11: an expose takes the place of the one before, and of nothing that was registered', async () => {
  const pair = linkedPair()
  const remote = wrap<{ one(): number; two(): number; taken(): number }>(pair.left)
  using server = new RPC({ transport: pair.right, methods: { taken: () => 0 } })
  void server
  expose({ one: () => 1 }, pair.right)
  expose({ two: () => 2, taken: () => 3 }, pair.right)
  expect([await remote.two(), await remote.taken(), await codeOf(remote.one())]).toEqual([2, 0, -32601])
  remote[Symbol.dispose]()
})

test('withOptions with an undefined option keeps the one before', async () => {
  const pair = linkedPair()
  const remote = wrap<{ never(): Promise<void> }>(pair.left)
  using server = new RPC({ transport: pair.right, methods: { never: () => new Promise(() => {}) } })
  void server
  const call = withOptions(withOptions(remote, { timeout: 20 }), { timeout: undefined }).never()
  await expect(call).rejects.toMatchObject({ code: ErrorCode.TIMEOUT })
  remote[Symbol.dispose]()
})

test('an async mapError is refused, and its rejection is nobody’s', async () => {
  using pair = await connectedPair({
    right: {
      methods: {
        fail: () => {
          throw new Error('secret')
        },
      },
      mapError: () => Promise.reject(new Error('late')),
    },
  })
  await expect(pair.left.invoke('fail')).rejects.toMatchObject({
    code: ErrorCode.INTERNAL_ERROR,
    message: 'Internal error',
  })
})

test('S51: 9,000 calls with one signal have one listener, and all reject', async () => {
  const pair = linkedPair()
  using client = new RPC({ transport: pair.left })
  const abort = new AbortController()
  let listeners = 0
  const add = abort.signal.addEventListener.bind(abort.signal)
  abort.signal.addEventListener = (...args: Parameters<typeof add>) => {
    listeners++
    add(...args)
  }
  const calls = Array.from({ length: 9_000 }, () =>
    client.invoke('x', null, { signal: abort.signal }).catch(String),
  )
  abort.abort('enough')
  expect(new Set(await Promise.all(calls))).toEqual(new Set(['enough']))
  expect(listeners).toBe(1)
})

test('a call that is aborted while its batch is collected and the other side arrives is not sent', async () => {
  const pair = linkedPair({ manual: true })
  using client = new RPC({ transport: pair.left })
  using server = new RPC({ transport: pair.right, methods: { x: () => 1, y: () => 2 } })
  void server
  const posted: unknown[] = []
  pair.tap((from, message) => from === 'left' && posted.push(message))
  const abort = new AbortController()
  const batch = client.batch((call) => {
    const calls = [call('x', null, { signal: abort.signal }).catch(String), call('y')]
    pair.deliver()
    abort.abort('enough')
    return calls
  })
  while (pair.deliver() > 0) await turn()
  expect(await batch).toEqual(['enough', 2])
  expect(JSON.stringify(posted)).not.toContain('"x"')
})
