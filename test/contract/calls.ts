import { expect, test } from 'vitest'
import { type Opener, settled } from './fixture.ts'

export function calls({ open, tap }: Opener<'service' | 'plain'>): void {
  test('params by position, by name and none reach the handler, and its result comes back', async () => {
    const { rpc } = await open('service')
    expect(await rpc.invoke('add', [1, 2])).toBe(3)
    expect(await rpc.invoke('join', { first: 'one', second: 'two' })).toBe('one two')
    expect(await rpc.invoke('count')).toBe(0)
    expect(await rpc.invoke('count', [])).toBe(0)
    expect(await rpc.invoke('count', [null, [], {}])).toBe(3)
  })

  test('a handler can ask who calls it and with what; these media know no origin', async () => {
    const { rpc } = await open('service')
    const context = { method: 'context', params: [1], hasId: true, origin: 'none' }
    expect(await rpc.invoke('context', [1])).toEqual(context)
  })

  test('C03: a handler that returns nothing is answered undefined', async () => {
    const { rpc, received } = await tap('service')
    expect(await rpc.invoke('nothing')).toBe(undefined)
    expect(received.at(-1)).toHaveProperty('result')
  })

  test('a message has exactly the members of JSON-RPC 2.0', async () => {
    const { rpc, posted } = await tap('service', { coalesce: false })
    await settled(rpc)
    posted.splice(0)
    rpc.notify('note')
    await rpc.invoke('add', [1, 2])
    await rpc.invoke('nothing')
    const id: unknown = expect.anything()
    expect(posted).toStrictEqual([
      { jsonrpc: '2.0', method: 'note' },
      { jsonrpc: '2.0', id, method: 'add', params: [1, 2] },
      { jsonrpc: '2.0', id, method: 'nothing' },
    ])
  })

  test('nested data arrives as it was, 0, empty and false included', async () => {
    const { rpc } = await open('service')
    for (const value of [0, '', false, null, [], {}, [[{ a: [{ b: 'ü\u0000\u{1F600}' }] }, -1.5, 1e300]]])
      expect(await rpc.invoke('echo', [value])).toEqual(value)
  })

  test('a hand-written JSON-RPC peer is recognised in one round trip and used without another word', async () => {
    const { rpc, posted, received } = await tap('plain')
    const states: string[] = []
    rpc.onPeer((state) => states.push(state))
    expect(await rpc.invoke('echo', ['x'])).toBe('x')
    const id: unknown = expect.anything()
    expect(posted).toEqual([
      { jsonrpc: '2.0', id, method: 'rpc.connect', params: expect.anything() },
      { jsonrpc: '2.0', id, method: 'echo', params: ['x'] },
    ])
    expect(received).toEqual([
      { jsonrpc: '2.0', id, error: { code: -32601, message: 'Method not found' } },
      { jsonrpc: '2.0', id, result: 'x' },
    ])
    rpc.destroy()
    expect(posted).toHaveLength(2)
    expect(states).toEqual(['waiting', 'connected', 'closed'])
  })

  test('with `plain: true` a hand-written JSON-RPC peer sees nothing but the call', async () => {
    const { rpc, posted, received } = await tap('plain', { plain: true })
    expect(await rpc.invoke('echo', ['x'])).toBe('x')
    expect(posted).toEqual([{ jsonrpc: '2.0', id: expect.anything(), method: 'echo', params: ['x'] }])
    expect(received).toHaveLength(1)
  })
}

/** Whoever is there first waits for the other. */
export function waiting({ open }: Opener<'service'>): void {
  test('a call before the other side is there carries its params as they were at the call', async () => {
    const { rpc } = await open('service')
    const value = { at: 'the call' }
    const call = rpc.invoke('echo', [value])
    value.at = 'a later time'
    expect(await call).toEqual({ at: 'the call' })
  })
}
