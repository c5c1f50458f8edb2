import { describe, expect, onTestFinished, test } from 'vitest'
import { rpcShooterEvents, rpcShooterTransport } from '../../../src/adapters/compat/compat.ts'
import { ErrorCode, expose, RPCError, RPCMessageEvent, rpcOf, wrap } from '../../../src/index.ts'
import { rejection, start, within } from '../../contract/fixture.ts'
import { methods, openBoth } from './both.ts'
import { openChannel } from './channel.ts'
import { theirEvents, theirRPC } from './shooter.ts'

function detached(): ArrayBuffer {
  const buffer = new ArrayBuffer(8)
  structuredClone(buffer, { transfer: [buffer] })
  return buffer
}

describe('a real rpc-shooter 0.0.14 over a MessageChannel', () => {
  test('is called, with its values, by position and by name', async () => {
    const { rpc } = await openBoth()
    expect(await rpc.invoke('add', [1, 2])).toBe(3)
    expect(await rpc.invoke('count')).toBe(0)
    expect(await rpc.invoke('count', [null, [], {}])).toBe(3)
    expect(await rpc.invoke('echo', { by: 'name' })).toEqual({ by: 'name' })
    const value = { date: new Date(1e12), map: new Map([[1, new Set(['a'])]]), bytes: new Uint8Array([1, 2]) }
    expect(await rpc.invoke('echo', [value])).toStrictEqual(value)
    expect(await rpc.invoke('nothing')).toBe(null)
  })

  test('calls us, with its values', async () => {
    const { peer } = await openBoth()
    expect(await peer.invoke('add', 1, 2)).toBe(3)
    expect(await peer.invoke('count')).toBe(0)
    expect(await peer.invoke('echo', [[1], { a: new Date(0) }])).toEqual([[1], { a: new Date(0) }])
    expect(await peer.invoke('nothing')).toBe(null)
  })

  test('is called a hundred times at once both ways, and each answer reaches its call', async () => {
    const { rpc, peer } = await openBoth()
    const numbers = Array.from({ length: 100 }, (_, i) => i)
    const sums = await Promise.all([
      Promise.all(numbers.map((n) => rpc.invoke('add', [n, n]))),
      Promise.all(numbers.map((n) => peer.invoke('add', n, n))),
    ])
    expect(sums).toEqual([numbers.map((n) => n * 2), numbers.map((n) => n * 2)])
  })

  test('its frames are exactly those of the library', async () => {
    const { rpc, peer, said } = await openBoth()
    await rpc.invoke('add', [1, 2])
    expect(said.us).toStrictEqual([
      { event: 'syn:add', args: [{ jsonrpc: '2.0', id: expect.anything(), method: 'add', params: [1, 2] }] },
    ])
    await peer.invoke('add', 1, 2)
    expect(said.us.at(-1)).toStrictEqual({
      event: 'ack:add',
      args: [{ jsonrpc: '2.0', id: expect.any(String), result: 3 }],
    })
  })

  test('errors arrive both ways, with their code and message', async () => {
    const { rpc, peer } = await openBoth()
    const error = await rejection(rpc.invoke('fail', ['their fault']))
    expect(error).toBeInstanceOf(RPCError)
    expect(error).toMatchObject({ code: 1234, message: 'their fault' })
    expect(await rejection(rpc.invoke('failPlainly'))).toMatchObject({ code: -32500, message: 'no code' })
    expect(await rejection(peer.invoke('fail', 'our fault'))).toEqual({ code: 1234, message: 'our fault' })
    expect(await rejection(peer.invoke('failPlainly'))).toEqual({ code: -32603, message: 'no code' })
  })

  test('unknown and removed methods reject with -32601 both ways', async () => {
    const { rpc, peer } = await openBoth()
    const missing = { code: ErrorCode.METHOD_NOT_FOUND }
    expect(await rejection(rpc.invoke('missing', [1]))).toMatchObject(missing)
    expect(await rejection(rpc.invoke('missing'))).toMatchObject(missing)
    expect(await rejection(peer.invoke('missing'))).toMatchObject(missing)
    rpc.removeMethod('add')
    peer.removeMethod('add')
    expect(await rejection(rpc.invoke('add', [1, 2]))).toMatchObject(missing)
    expect(await rejection(peer.invoke('add', 1, 2))).toMatchObject(missing)
    expect(await rpc.invoke('count', [1])).toBe(1)
    expect(await peer.invoke('count', 1)).toBe(1)
  })

  test('a result that cannot be cloned rejects its caller with the reason', async () => {
    const { rpc, peer } = await openBoth()
    rpc.registerMethod('unsendable', () => ({ list: [Symbol('x')] }))
    expect(await within(45_000, rejection(peer.invoke('unsendable')))).toMatchObject({
      code: ErrorCode.INTERNAL_ERROR,
      message: expect.stringContaining('.list[0]'),
    })
    rpc.registerMethod('detached', detached)
    expect(await within(45_000, rejection(peer.invoke('detached')))).toMatchObject({
      code: ErrorCode.INTERNAL_ERROR,
    })
    expect(await rejection(rpc.invoke('echo', [{ symbol: Symbol('x') }]))).toMatchObject({
      code: ErrorCode.UNDELIVERABLE,
    })
    expect(await rejection(rpc.invoke('echo', [() => {}]))).toMatchObject({ code: ErrorCode.UNDELIVERABLE })
    expect(await peer.invoke('add', 1, 2)).toBe(3)
  })

  test('an ArrayBuffer is moved', async () => {
    const { rpc } = await openBoth()
    const buffer = new ArrayBuffer(8)
    expect(await rpc.invoke('echo', [buffer], { transfer: [buffer] })).toMatchObject({ byteLength: 8 })
    expect(buffer.byteLength).toBe(0)
  })

  test('a batch leaves call by call, all of it or nothing', async () => {
    const { rpc, said } = await openBoth()
    expect(await rpc.batch((call) => [call('add', [1, 2]), call('echo', ['x'])])).toEqual([3, 'x'])
    expect(said.us).toHaveLength(2)
    // What only the platform refuses.
    const refused = rpc.batch((call) => [call('add', [1, 2]), call('echo', [detached()])])
    expect(await rejection(refused)).toMatchObject({ code: ErrorCode.UNDELIVERABLE })
    const buffer = new ArrayBuffer(8)
    const moving = rpc.batch((call) => [call('add', [1, 2]), call('echo', [buffer], { transfer: [buffer] })])
    expect(await rejection(moving)).toMatchObject({ code: ErrorCode.UNDELIVERABLE })
    expect(said.us).toHaveLength(2)
  })

  test('deadlines count on both sides, and a late answer harms nobody', async () => {
    const { rpc, peer, quiet, said } = await openBoth()
    let settle = (_value: unknown): void => {}
    const late = (): Promise<unknown> => new Promise((resolve) => (settle = resolve))
    rpc.registerMethod('late', late)
    peer.registerMethod('late', late)
    expect(await rejection(rpc.invoke('late', null, { timeout: 30 }))).toMatchObject({
      code: ErrorCode.TIMEOUT,
    })
    settle('late')
    await quiet()
    expect(await rejection(peer.invoke('late', { timeout: 30 }))).toMatchObject({ code: -32300 })
    settle('late')
    await quiet()
    const frames = said.us.length + said.them.length
    await quiet()
    expect(said.us.length + said.them.length).toBe(frames)
    expect(await rpc.invoke('add', [1, 2])).toBe(3)
    expect(await peer.invoke('add', 1, 2)).toBe(3)
  })

  test('an id that it would take for a notification is refused at the call', async () => {
    const { rpc, said } = await openBoth()
    expect(await rejection(rpc.invoke('add', [1, 2], { id: 0 }))).toMatchObject({
      code: ErrorCode.UNDELIVERABLE,
    })
    expect(said.us).toEqual([])
  })

  test('works without `plain: true` too, by wrap and expose, and nothing named rpc.* is ever sent', async () => {
    const { ours, theirs, said, quiet } = openChannel()
    const transport = rpcShooterTransport(ours)
    expose({ double: (n: number) => n * 2 }, transport)
    const remote = wrap<typeof methods>(transport)
    onTestFinished(() => rpcOf(remote).destroy())
    const peer = theirRPC(theirs, methods)
    expect(await within(45_000, remote.add(1, 2))).toBe(3)
    expect(await peer.invoke('double', 2)).toBe(4)
    rpcOf(remote).destroy()
    await quiet()
    expect(JSON.stringify([said.us, said.them])).not.toContain('rpc.')
  })
})

describe('events', () => {
  test('reach its RPCMessageEvent and come from it; messages of an RPC are left out', async () => {
    const { ours, theirs, said, quiet } = openChannel()
    const events = new RPCMessageEvent({ currentEndpoint: ours, targetEndpoint: ours, ...rpcShooterEvents })
    onTestFinished(() => events.destroy())
    const complaints: unknown[] = []
    events.onerror = ({ message }) => complaints.push(message)
    const their = theirEvents(theirs)
    onTestFinished(() => their.destroy())
    const heard: unknown[] = []
    const heardThere: unknown[] = []
    events.on('resize', (...args: unknown[]) => heard.push(args))
    their.on('resize', (...args: unknown[]) => heardThere.push(args))
    events.emit('resize', 1, { a: 2 })
    events.emit('resize')
    their.emit('resize', 3, 4)
    their.emit('syn:add', { id: 'x', params: [] })
    their.emit('nobody listens')
    await quiet()
    expect(heard).toEqual([[3, 4]])
    expect(heardThere).toEqual([[1, { a: 2 }], []])
    expect(said.us).toStrictEqual([
      { event: 'resize', args: [1, { a: 2 }] },
      { event: 'resize', args: [] },
    ])
    expect(complaints).toEqual(['Nobody listens to nobody listens'])
  })

  test('an RPC over an RPCMessageEvent, with the options that the page has now', async () => {
    const { ours, theirs } = openChannel()
    const event = new RPCMessageEvent({ currentEndpoint: ours, targetEndpoint: ours })
    const rpc = start({ transport: rpcShooterTransport(event), plain: true, methods })
    const peer = theirRPC(theirs, methods)
    expect(await within(45_000, rpc.invoke('add', [1, 2]))).toBe(3)
    expect(await peer.invoke('add', 1, 2)).toBe(3)
  })
})
