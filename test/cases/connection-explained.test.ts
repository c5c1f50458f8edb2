/** C44 in Node: why a peer does not connect, as data and in rejections. */
import { MessageChannel, Worker } from 'node:worker_threads'
import { describe, expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { websocketTransport } from '../../src/adapters/websocket/websocket.ts'
import { connectionOf, diagnostics, RPC as CoreRPC } from '../../src/core.ts'
import {
  type Endpoint,
  type Receiver,
  RPC,
  type RPCInitOptions,
  type Transport,
  rpcOf,
  wrap,
} from '../../src/index.ts'
import { linkedPair } from '../../src/testing.ts'
import { rejection, until } from './media.ts'

function make(options: RPCInitOptions): RPC {
  const rpc = new RPC(options)
  onTestFinished(() => rpc.destroy())
  return rpc
}

/** A medium whose peer is the test. */
function medium(more: Partial<Transport> = {}): { transport: Transport; tell: () => Receiver } {
  let receiver: Receiver | undefined
  return {
    transport: { post() {}, listen: (to) => (receiver = to), close() {}, successor: true, ...more },
    tell: () => receiver as Receiver,
  }
}

describe('C44: the causes that there are in Node', () => {
  test('a WebSocket server that is down', async () => {
    const rpc = make({
      transport: websocketTransport(() => new WebSocket('ws://127.0.0.1:9'), {
        reconnect: { initial: 10, max: 20 },
      }),
      connectTimeout: 300,
    })
    const error = await rejection(rpc.invoke('add'))
    expect(error.message).toMatch(/no answer to the handshake within 300 ms. Last failure: .*ECONNREFUSED/)
    expect(error.cause).toBeInstanceOf(Error)
    expect(rpc.connection).toMatchObject({
      state: 'waiting',
      medium: 'WebSocket',
      lastFailure: expect.stringContaining('ECONNREFUSED'),
    })
    expect(rpc.connection.attempts).toBeGreaterThan(1)
  })

  test('a thread, a port and a linked pair whose code forgot expose', async () => {
    const worker = new Worker('require("node:worker_threads").parentPort.on("message", () => {})', {
      eval: true,
    })
    const { port1 } = new MessageChannel()
    onTestFinished(() => (port1.close(), void worker.terminate()))
    const ends: readonly [Endpoint | Transport, string][] = [
      [worker, 'Worker'],
      [port1, 'MessagePort'],
      [linkedPair().left, 'transport'],
    ]
    for (const [transport, name] of ends) {
      const rpc = make({ transport, connectTimeout: 30 })
      const text = `Does the code behind the ${name} call expose()?`
      expect((await rejection(rpc.invoke('add'))).message).toBe(
        `Request \`add\` was not sent: no answer to the handshake within 30 ms. ${text}`,
      )
      expect((await rejection(rpc.connect(20))).message).toContain(text)
      expect(rpc.connection).toMatchObject({ medium: name, state: 'waiting', attempts: 1, explanation: text })
    }
  })

  test('a worker whose script throws', async () => {
    const { transport, tell } = medium()
    const rpc = make({ transport, connectTimeout: 50 })
    const call = rejection(rpc.invoke('add'))
    tell().gone(new Error('script failed'), false)
    expect((await call).message).toContain('Last failure: script failed.')
  })

  test('what came was not portcall', async () => {
    const { transport, tell } = medium({ policy: 'strict' })
    const rpc = make({ transport, connectTimeout: 50 })
    const call = rejection(rpc.invoke('add'))
    tell().unreadable(new Error('no JSON'))
    tell().message('log line')
    expect((await call).message).toContain('2 messages could not be read as JSON-RPC.')
    expect(rpc.connection.otherMessages).toBe(2)
  })

  test('a call that was sent and is not answered has its own text', async () => {
    const { left, right } = linkedPair()
    const rpc = make({ transport: left })
    make({ transport: right, methods: { hang: () => new Promise(() => {}) } })
    await rpc.connect()
    expect((await rejection(rpc.invoke('hang', null, { timeout: 20 }))).message).toBe(
      'Request `hang` timed out after 20 ms',
    )
  })
})

describe('C44: a refused origin', () => {
  const cases: readonly [string, string][] = [
    ['https://Widget.Example:443/path?token=1', 'https://widget.example'],
    ['null', 'null'],
    [`https://${'a'.repeat(400)}.example`, `https://${'a'.repeat(52)} … ${'a'.repeat(49)}.example`],
    ['evil\u001B[31m\nportcall: all is well', 'evil[31mportcall:alliswell'],
    ['\u202Eevil', 'evil'],
  ]
  for (const [origin, text] of cases)
    test(`${JSON.stringify(origin.slice(0, 40))} is named normalised and short`, async () => {
      const { transport, tell } = medium()
      const rpc = make({ transport, connectTimeout: 30 })
      const call = rejection(rpc.invoke('add'))
      tell().refused(origin)
      expect(rpc.connection.lastRefusal).toBe(text)
      expect(text.length).toBeLessThanOrEqual(120)
      expect((await call).message).toContain(`Messages from ${text} were refused.`)
    })

  test('that is no text at all is none', () => {
    const { transport, tell } = medium()
    const rpc = make({ transport })
    tell().refused({ toString: () => 'x' } as never)
    expect(rpc.connection.lastRefusal).toBe('null')
  })
})

test('C44: the data of a connection is plain and of both sides', async () => {
  const { left, right } = linkedPair()
  const remote = wrap(left)
  const rpc = rpcOf(remote)
  expect(rpc.connection).toMatchObject({ state: 'waiting', capabilities: { peer: [] } })
  expect(rpc.connection).not.toHaveProperty('peerSession')
  const before = Date.now()
  const other = make({ transport: right })
  await rpc.connect()
  expect(rpc.connection).toEqual({
    state: 'connected',
    since: expect.any(Number),
    attempts: 1,
    medium: 'transport',
    session: other.connection.peerSession,
    peerSession: other.connection.session,
    capabilities: { own: other.connection.capabilities.peer, peer: other.connection.capabilities.own },
    otherMessages: 0,
    explanation: '',
  })
  expect(rpc.connection.since).toBeGreaterThanOrEqual(before)
  expect(structuredClone(rpc.connection)).toEqual(rpc.connection)
  const own = rpc.connection.capabilities.own as string[]
  own.push('forged')
  expect(rpc.connection.capabilities.own).not.toContain('forged')
  other.destroy()
  await until(() => rpc.connection.state !== 'connected')
  expect(rpc.connection.lastFailure).toBe('it was closed over there')
  rpc.destroy()
  expect(rpc.connection).toMatchObject({ state: 'closed', explanation: '' })
})

test('C44: a plain peer has no session and announces nothing', () => {
  const rpc = make({ transport: linkedPair().left, plain: true })
  expect(rpc.connection).toMatchObject({ state: 'connected', capabilities: { peer: [] } })
  expect(rpc.connection).not.toHaveProperty('session')
})

test('C44: the core has it by the feature `diagnostics`', () => {
  const rpc = new CoreRPC({ transport: linkedPair().left, use: [diagnostics] })
  expect(connectionOf(rpc)).toMatchObject({ state: 'waiting', medium: 'transport' })
  rpc.destroy()
  const bare = new CoreRPC({ transport: linkedPair().left })
  expect(() => connectionOf(bare)).toThrow('needs the feature `diagnostics`')
  expect(() => connectionOf({})).toThrow(TypeError)
  bare.destroy()
})
