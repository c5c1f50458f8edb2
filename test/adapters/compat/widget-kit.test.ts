import { describe, expect, onTestFinished, test } from 'vitest'
import { widgetKitTransport } from '../../../src/adapters/compat/compat.ts'
import { ErrorCode, expose, type RPC, RPCError, rpcOf, wrap } from '../../../src/index.ts'
import { rejection, start, watchRejections, within } from '../../contract/fixture.ts'
import { type Channel, openChannel } from './channel.ts'
import { createConnection, createRequest, type KitConnection } from './widget-kit.ts'

interface Both extends Channel {
  readonly rpc: RPC
  readonly peer: KitConnection
  /** Send a request of theirs. @returns what its onResponse gets. */
  readonly ask: (method: string, ...args: unknown[]) => Promise<{ payload: unknown; error?: unknown }>
}

const theirs = (port: MessagePort): KitConnection =>
  createConnection({
    post: (frame) => port.postMessage(frame),
    hear: (listener) => port.addEventListener('message', ({ data }) => listener(data)),
  })

function openBoth(): Both {
  const channel = openChannel()
  const rpc = start({
    transport: widgetKitTransport(channel.ours),
    plain: true,
    methods: {
      'myapp.sum': (a: number, b: number) => a + b,
      echo: (value: unknown) => value,
      nothing() {},
      fail() {
        throw new Error('our fault')
      },
      divide(a: number, b: number) {
        if (b === 0) throw new RPCError(-32500, 'division by zero', { data: 'division by zero' })
        return a / b
      },
    },
  })
  const peer = theirs(channel.theirs)
  peer.handle('myapp.sum', (respond, a: number, b: number) => respond(a + b))
  peer.handle('echo', (respond, value: unknown) => respond(value))
  peer.handle('count', (respond, ...args: never[]) => respond((args as unknown[]).length))
  peer.handle('nothing', (respond) => respond())
  peer.handle('divide', (respond, a: number, b: number) =>
    b === 0 ? respond(null, 'division by zero') : respond(a / b),
  )
  const ask: Both['ask'] = (method, ...args) =>
    within(45_000, new Promise((resolve) => peer.send(createRequest(method, ...args), resolve)))
  return { ...channel, rpc, peer, ask }
}

describe('@widget-kit/rpc 1.0.0, a stand-in by its published format,', () => {
  test('is called, with its values, and a call waits for nothing', async () => {
    const { rpc } = openBoth()
    await rpc.connect()
    expect(await rpc.invoke('myapp.sum', [1, 2])).toBe(3)
    expect(await rpc.invoke('count')).toBe(0)
    expect(await rpc.invoke('echo', { by: 'name' })).toEqual({ by: 'name' })
    expect(await rpc.invoke('echo', [[new Date(0)]])).toEqual([new Date(0)])
    expect(await rpc.invoke('nothing')).toBe(null)
    expect(await rpc.batch((call) => [call('echo', ['x']), call('count', [1, 2])])).toEqual(['x', 2])
  })

  test('calls us, with its values', async () => {
    const { ask } = openBoth()
    expect(await ask('myapp.sum', 1, 2)).toMatchObject({ payload: 3 })
    expect((await ask('myapp.sum', 1, 2)).error).toBe(undefined)
    expect(await ask('echo', { a: [1] })).toMatchObject({ payload: { a: [1] } })
    expect(await ask('nothing')).toMatchObject({ payload: null })
  })

  test('its frames are exactly those of the library, and an id fits no page before this one', async () => {
    const { rpc, ask, said } = openBoth()
    await rpc.invoke('myapp.sum', [1, 2])
    await ask('myapp.sum', 1, 2)
    expect(said.us).toStrictEqual([
      {
        type: '@widget-kit/rpc/request',
        sequenceId: expect.any(Number),
        method: 'myapp.sum',
        args: [1, 2],
      },
      { type: '@widget-kit/rpc/response', sequenceId: 1, payload: 3 },
    ])
    const first = Reflect.get(said.us[0] as object, 'sequenceId') as number
    expect(Number.isSafeInteger(first)).toBe(true)
    const other = openBoth()
    await other.rpc.invoke('myapp.sum', [1, 2])
    expect(Reflect.get(other.said.us[0] as object, 'sequenceId')).not.toBe(first)
  })

  test('errors arrive both ways: what a handler responded as error, and thrown errors', async () => {
    const { rpc, ask } = openBoth()
    expect(await rejection(rpc.invoke('divide', [6, 0]))).toMatchObject({
      code: ErrorCode.APPLICATION_ERROR,
      message: 'division by zero',
      data: 'division by zero',
    })
    expect(await ask('divide', 6, 0)).toMatchObject({ payload: null, error: 'division by zero' })
    expect(await ask('fail')).toMatchObject({ payload: null, error: { code: -32603, message: 'our fault' } })
  })

  test('a method that we do not have, or not any more, is answered with an error', async () => {
    const { rpc, ask } = openBoth()
    const missing = { payload: null, error: { code: ErrorCode.METHOD_NOT_FOUND } }
    expect(await ask('missing')).toMatchObject(missing)
    rpc.removeMethod('echo')
    expect(await ask('echo', 1)).toMatchObject(missing)
    for (const name of ['constructor', '__proto__', 'toString', 'then', 'rpc.connect', ''])
      expect(await ask(name)).toMatchObject(missing)
  })

  test('a method that they do not have is never answered: the call rejects at its deadline', async () => {
    const { rpc } = openBoth()
    expect(await rejection(rpc.invoke('missing', null, { timeout: 30 }))).toMatchObject({
      code: ErrorCode.TIMEOUT,
    })
  })

  test('a result that cannot be cloned rejects its caller with the reason', async () => {
    const { rpc, ask } = openBoth()
    rpc.registerMethod('unsendable', () => ({ list: [Symbol('x')] }))
    expect(await ask('unsendable')).toMatchObject({
      error: { code: ErrorCode.INTERNAL_ERROR, message: expect.stringContaining('.list[0]') },
    })
  })

  test('a notification ends with the answer that they always give', async () => {
    const { rpc, said, quiet } = openBoth()
    rpc.notify('echo', ['x'])
    rpc.notify('missing')
    await quiet()
    expect([said.us.length, said.them.length]).toEqual([2, 1])
    expect(said.us).toMatchObject([{ sequenceId: 0 }, { sequenceId: 0 }])
  })

  test('a request of theirs without onResponse ends with our answer', async () => {
    const { peer, said, quiet } = openBoth()
    peer.send(createRequest('echo', 'x'))
    peer.send(createRequest('missing', 'x'))
    await quiet()
    expect([said.us.length, said.them.length]).toEqual([2, 2])
  })

  test('an id that is no number is refused at the call', async () => {
    const { rpc, said } = openBoth()
    expect(await rejection(rpc.invoke('echo', [1], { id: 'token' }))).toMatchObject({
      code: ErrorCode.UNDELIVERABLE,
    })
    expect(await rpc.invoke('echo', [1], { id: 0 })).toBe(1)
    expect(said.us).toHaveLength(1)
  })

  test('destroy rejects what is pending, and nothing more is said', async () => {
    const { rpc, peer, said, theirs, quiet } = openBoth()
    peer.handle('hang', () => {})
    const pending = rejection(rpc.invoke('hang'))
    await quiet()
    rpc.destroy()
    expect(await pending).toMatchObject({ code: ErrorCode.CLOSED })
    theirs.postMessage(createRequest('echo', 1))
    await quiet()
    expect(said.us).toHaveLength(1)
  })

  test('a port that closes is told by the transport inside: PEER_GONE', async () => {
    const { rpc, peer, theirs } = openBoth()
    peer.handle('hang', () => {})
    const pending = rejection(rpc.invoke('hang'))
    theirs.close()
    expect(await within(45_000, pending)).toMatchObject({ code: ErrorCode.PEER_GONE })
  })

  test('works without `plain: true` too, by wrap and expose, and nothing named rpc.* is ever sent', async () => {
    const channel = openChannel()
    const peer = theirs(channel.theirs)
    peer.handle('add', (respond, a: number, b: number) => respond(a + b))
    const transport = widgetKitTransport(channel.ours)
    expose({ double: (n: number) => n * 2 }, transport)
    const remote = wrap<{ add(a: number, b: number): number }>(transport)
    onTestFinished(() => rpcOf(remote).destroy())
    expect(await within(45_000, remote.add(1, 2))).toBe(3)
    const doubled = new Promise((resolve) => peer.send(createRequest('double', 2), resolve))
    expect(await within(45_000, doubled)).toMatchObject({ payload: 4 })
    rpcOf(remote).destroy()
    await channel.quiet()
    expect(JSON.stringify(channel.said)).not.toContain('rpc.')
  })
})

const type = '@widget-kit/rpc/request'
const hostile: unknown[] = [
  null,
  0,
  'x',
  [],
  {},
  { type },
  { type, sequenceId: 1 },
  { type, sequenceId: '1', method: 'echo', args: [1] },
  { type, sequenceId: NaN, method: 'echo', args: [1] },
  { type, sequenceId: {}, method: 'echo', args: [1] },
  { type, sequenceId: 1, method: 7, args: [1] },
  { type, sequenceId: 1, method: 'echo' },
  { type, sequenceId: 1, method: 'echo', args: { length: 1 } },
  { type, sequenceId: 1, method: 'echo', args: 'x' },
  { type: 'request', sequenceId: 1, method: 'echo', args: [1] },
  { type: '@widget-kit/rpc/response', sequenceId: 1, payload: 'forged' },
  { type: '@widget-kit/rpc/response', sequenceId: Infinity, payload: 'forged' },
  { type: '@widget-kit/rpc/response', sequenceId: -1, error: 'forged' },
  { jsonrpc: '2.0', id: 1, method: 'echo', params: [1] },
  { jsonrpc: '2.0', id: 1, result: 'forged' },
]

describe('hostile input', () => {
  test.for(hostile.map((frame) => [JSON.stringify(frame), frame] as const))(
    '%s is ignored: nothing is said or thrown',
    async ([, frame]) => {
      const unhandled = watchRejections()
      const { rpc, theirs, said, quiet } = openBoth()
      const pending = rpc.invoke('echo', ['real'])
      theirs.postMessage(frame)
      expect(await within(45_000, pending)).toBe('real')
      await quiet()
      expect(said.us).toHaveLength(1)
      expect(await unhandled.stop()).toEqual([])
    },
  )

  test('an answer that is an answer to nobody, 10,000 times, is never answered', async () => {
    const { rpc, theirs, said, quiet } = openBoth()
    for (let i = 0; i < 10_000; i++)
      theirs.postMessage({ type: '@widget-kit/rpc/response', sequenceId: i, payload: 'forged' })
    expect(await rpc.invoke('echo', ['real'])).toBe('real')
    await quiet()
    expect(said.us).toHaveLength(1)
  })
})
