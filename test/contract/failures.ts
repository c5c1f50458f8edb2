import { expect, test } from 'vitest'
import { ErrorCode, RPCError } from '../../src/index.ts'
import { type Opener, rejection, settled } from './fixture.ts'

export function failures({ open, tap }: Opener<'service'>): void {
  test("an error that a handler throws rejects with the handler's code, message and data", async () => {
    const { rpc } = await open('service')
    const error = await rejection(rpc.invoke('refuse'))
    expect(error).toBeInstanceOf(RPCError)
    expect(error).toMatchObject({ code: 1234, message: 'refused', data: { field: 'name' } })
  })

  test('an error without a code of its own rejects with -32500, and without data', async () => {
    const { rpc } = await open('service')
    const error = await rejection(rpc.invoke('fail', ['no luck']))
    expect(error).toBeInstanceOf(Error)
    expect(error).toMatchObject({ code: ErrorCode.APPLICATION_ERROR, message: 'no luck' })
    expect(error).not.toHaveProperty('data')
  })

  test('an unknown method rejects with -32601, naming it', async () => {
    const { rpc } = await open('service')
    expect(await rejection(rpc.invoke('no.such'))).toMatchObject({
      code: ErrorCode.METHOD_NOT_FOUND,
      message: expect.stringContaining('no.such'),
    })
  })

  test('S16: a name that every object inherits is an unknown method like any other', async () => {
    const { rpc } = await open('service')
    expect(await rejection(rpc.invoke('toString'))).toMatchObject({ code: ErrorCode.METHOD_NOT_FOUND })
  })

  test('a handler that throws 0 rejects', async () => {
    const { rpc } = await open('service')
    const error = await rejection(rpc.invoke('throwZero'))
    expect(error).toBeInstanceOf(Error)
    expect(error).toMatchObject({ code: ErrorCode.APPLICATION_ERROR, message: '0' })
  })

  test('a result that cannot be sent rejects with -32603 and where it is, and the connection lives', async () => {
    const { rpc } = await open('service')
    expect(await rejection(rpc.invoke('unsendable'))).toMatchObject({
      code: ErrorCode.INTERNAL_ERROR,
      message: expect.stringContaining('result.list[1].symbol'),
    })
    expect(await rpc.invoke('add', [1, 2])).toBe(3)
  })

  test('params that cannot be sent reject UNDELIVERABLE and say where, and nothing is posted', async () => {
    const { rpc, posted } = await tap('service')
    const refusal = {
      code: ErrorCode.UNDELIVERABLE,
      message: expect.stringContaining('params[0].options.symbol') as string,
    }
    const params = [{ options: { symbol: Symbol('x') } }]
    const early = rejection(rpc.invoke('echo', params))
    await settled(rpc)
    expect(await early).toMatchObject(refusal)
    const before = posted.length
    expect(await rejection(rpc.invoke('echo', params))).toMatchObject(refusal)
    expect(() => rpc.notify('note', params)).toThrow(expect.objectContaining(refusal))
    expect(await rejection(rpc.invoke('echo', { request: new Request('http://127.0.0.1') }))).toMatchObject({
      code: ErrorCode.UNDELIVERABLE,
      message: expect.stringContaining('params.request is a Request'),
    })
    expect(posted).toHaveLength(before)
    expect(await rpc.invoke('noted')).toEqual([])
  })
}
