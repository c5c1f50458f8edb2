/** C12: values towards a JSON-RPC peer that is not portcall, over text. */
import { EventEmitter } from 'node:events'
import { PassThrough } from 'node:stream'
import { expect, onTestFinished, test } from 'vitest'
import { stdioTransport } from '../../src/adapters/stdio/stdio.ts'
import { lspDialect, RPC, type RPCInitOptions } from '../../src/index.ts'
import { linkedPair } from '../../src/testing.ts'
import { type Options, rejection, until } from './media.ts'

interface Stranger {
  readonly rpc: RPC
  /** What the peer read, hello and all. */
  readonly read: Record<string, unknown>[]
  /** Params of the calls that the peer read. */
  readonly params: () => unknown[]
}

/** An RPC whose peer is a hand-written JSON-RPC server over streams; it answers -32601 to what it does not know. */
function stranger(options: Options = {}, answers = true, maxLength?: number): Stranger {
  const there = new PassThrough()
  const back = new PassThrough()
  const read: Record<string, unknown>[] = []
  there.on('data', (chunk: Buffer) => {
    for (const line of chunk.toString().split('\n').filter(Boolean)) {
      const message = JSON.parse(line) as Record<string, unknown>
      read.push(message)
      if (!answers || !('id' in message) || !('method' in message)) continue
      const { id, method } = message
      const body = method === 'save' ? { result: 'saved' } : { error: { code: -32601, message: 'no' } }
      back.write(`${JSON.stringify({ jsonrpc: '2.0', id, ...body })}\n`)
    }
  })
  const rpc = new RPC({
    ...options,
    transport: stdioTransport({ readable: back, writable: there, ...(maxLength && { maxLength }) }),
  })
  onTestFinished(() => rpc.destroy())
  return {
    rpc,
    read,
    params: () => read.filter(({ method }) => method === 'save').map(({ params }) => params),
  }
}

const range = { start: 1 }

const fine: Readonly<Record<string, readonly [value: () => unknown, json: unknown]>> = {
  'undefined members': [() => ({ workDoneToken: undefined, a: 1 }), { a: 1 }],
  'undefined and holes in lists': [() => Object.assign([undefined], { 2: 1 }), [null, null, 1]],
  'the same object twice': [
    () => ({ range, selectionRange: range, list: [range] }),
    { range, selectionRange: range, list: [range] },
  ],
  '-0': [() => [-0, 0, -1], [0, 0, -1]],
  'a Date': [() => [new Date(0), new Date(Number.NaN)], ['1970-01-01T00:00:00.000Z', null]],
  'a class with toJSON': [
    () =>
      new (class {
        secret = 1
        toJSON = (key: string) => ({ key, at: new Date(0) })
      })(),
    { key: '0', at: '1970-01-01T00:00:00.000Z' },
  ],
  'toJSON that returns nothing': [
    () => ({ a: { toJSON: () => undefined }, b: [{ toJSON() {} }] }),
    { b: [null] },
  ],
  'a URL': [() => ({ uri: new URL('file:///a') }), { uri: 'file:///a' }],
  'an instance of a class': [
    () =>
      new (class Point {
        x = 1
        get y(): number {
          return 2
        }
      })(),
    { x: 1 },
  ],
  'boxed primitives': [() => [Object(1), Object('s'), Object(true)], [1, 's', true]],
  'a proxy of plain data': [() => new Proxy({ a: [1] }, {}), { a: [1] }],
  'own __proto__': [() => JSON.parse('{"__proto__":{"a":1}}'), JSON.parse('{"__proto__":{"a":1}}')],
  null: [() => null, null],
}

const cycle: Record<string, unknown> = {}
cycle['self'] = cycle

const impossible: Readonly<Record<string, () => unknown>> = {
  function: () => () => 1,
  symbol: () => Symbol('s'),
  bigint: () => 1n,
  'is in itself': () => cycle,
  Map: () => new Map(),
  Set: () => new Set(),
  RegExp: () => /x/,
  Error: () => new TypeError('t'),
  Uint8Array: () => new Uint8Array(1),
  'a Buffer': () => Buffer.from('x'),
  ArrayBuffer: () => new ArrayBuffer(1),
  NaN: () => Number.NaN,
  Infinity: () => Infinity,
  '-Infinity': () => -Infinity,
  'async iterable': () => (async function* () {})(),
  'cannot be read': () => ({
    toJSON() {
      throw new Error('no')
    },
  }),
}

const ways: Readonly<Record<string, Options & { meets?: boolean }>> = {
  plain: { plain: true },
  dialect: { dialect: lspDialect },
  'when it is known': { meets: true },
  'before it is known': {},
}

for (const [way, { meets, ...options }] of Object.entries(ways)) {
  const met = async (peer: Stranger): Promise<Stranger> => {
    if (meets) await peer.rpc.connect()
    return peer
  }
  for (const [what, [make, json]] of Object.entries(fine))
    test(`C12: ${what} as JSON has it (${way})`, async () => {
      const { rpc, params } = await met(stranger(options))
      expect(await rpc.invoke('save', [make()])).toBe('saved')
      expect(await rpc.invoke('save', { value: make() })).toBe('saved')
      rpc.notify('save', [[make()]])
      await until(() => params().length === 3)
      const [byPosition, byName] = params()
      expect(byPosition).toStrictEqual([json])
      // toJSON is told its key.
      const named = what.startsWith('a class with') ? { ...(json as object), key: 'value' } : json
      expect(byName).toStrictEqual({ value: named })
    })

  for (const [what, make] of Object.entries(impossible))
    test(`C12: ${what} is refused with its path (${way})`, async () => {
      const { rpc, params } = await met(stranger(options))
      const error = await rejection(rpc.invoke('save', [{ deep: [make()] }]))
      expect(error).toMatchObject({ code: -32052 })
      expect(error.message).toMatch(/params\[0]\.deep\[0]/)
      expect(error.message).toContain(what === 'a Buffer' ? 'Uint8Array' : what)
      expect(await rpc.invoke('save', [1])).toBe('saved')
      expect(params()).toEqual([[1]])
    })
}

test('C12: before it is known, it is as it was at the call, and waits in both forms', async () => {
  const { rpc, params } = stranger()
  const value = { list: [1], none: undefined }
  const call = rpc.invoke('save', [value])
  value.list.push(2)
  await call
  expect(params()).toEqual([[{ list: [1] }]])
})

test('C12: what JSON lacks waits, and arrives whole if the peer is portcall', async () => {
  const link = linkedPair({ text: true })
  const left = new RPC({ transport: link.left })
  const call = left.invoke('echo', [{ a: undefined, b: new Map([[1, 2n]]), c: -0, f: () => 1 }])
  const right = new RPC({
    transport: link.right,
    methods: {
      echo: ({ a, b, c, f }: Record<string, unknown>) => ({
        has: 'a' in Object({ a }),
        a,
        b,
        c,
        f: typeof f,
      }),
    },
  })
  onTestFinished(() => {
    left.destroy()
    right.destroy()
  })
  expect(await call).toStrictEqual({ has: true, a: undefined, b: new Map([[1, 2n]]), c: -0, f: 'function' })
})

test('C12: a reference that waited for a plain peer is not kept', async () => {
  const { rpc } = stranger()
  const error = await rejection(rpc.invoke('save', [() => 1]))
  expect(error.message).toContain('params[0] is a function')
  expect(await rpc.invoke('save', [1])).toBe('saved')
})

test('C12: results and errors’ data alike, and a result that is impossible is -32603', async () => {
  const back = new PassThrough()
  const there = new PassThrough()
  const read: Record<string, unknown>[] = []
  there.on('data', (chunk: Buffer) =>
    read.push(
      ...chunk
        .toString()
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Record<string, unknown>),
    ),
  )
  const rpc = new RPC({
    plain: true,
    transport: stdioTransport({ readable: back, writable: there }),
    methods: {
      fine: () => ({ none: undefined, range, selectionRange: range, at: new Date(0) }),
      none: () => undefined,
      bad: () => ({ deep: new Map() }),
      fail: () => {
        throw Object.assign(new Error('e'), { data: { none: undefined, at: new Date(0) } })
      },
    },
  })
  onTestFinished(() => rpc.destroy())
  for (const [id, method] of ['fine', 'none', 'bad', 'fail'].entries())
    back.write(`${JSON.stringify({ jsonrpc: '2.0', id, method })}\n`)
  await until(() => read.length === 4)
  expect(read).toMatchObject([
    { id: 0, result: { range, selectionRange: range, at: '1970-01-01T00:00:00.000Z' } },
    { id: 1, result: null },
    { id: 2, error: { code: -32603, message: expect.stringContaining('result.deep is a Map') as string } },
    { id: 3, error: { code: -32603, message: 'e', data: { at: '1970-01-01T00:00:00.000Z' } } },
  ])
  expect(read[0]?.['values']).toBe(undefined)
})

for (const meets of [true, false])
  test(`C12: a small graph that would be gigabytes is refused while it is walked (${meets ? 'plain' : 'unknown'})`, async () => {
    let value: unknown = 'leaf'
    for (let i = 0; i < 40; i++) value = [value, value]
    const { rpc, params } = stranger(meets ? { plain: true } : {}, true, 10_000)
    expect(await rejection(rpc.invoke('save', [value]))).toMatchObject({ code: -32055 })
    expect(await rejection(rpc.invoke('save', [Object.assign([], { length: 1e9 })]))).toMatchObject({
      code: -32055,
    })
    expect(await rpc.invoke('save', [1])).toBe('saved')
    expect(params()).toEqual([[1]])
  })

test('C12: a batch, and an emitter that carries bytes', async () => {
  const { rpc, read } = stranger({ plain: true }, false)
  void rpc.batch((call) => [call('save', [{ a: undefined }]), call('save', [[range, range]])]).catch(() => {})
  await until(() => read.length > 0)
  expect(read[0]).toMatchObject([{ params: [{}] }, { params: [[range, range]] }])
  const emitter = new EventEmitter()
  const posted: unknown[] = []
  const event = {
    emit: (_: string, message: unknown) => void posted.push(message),
    on: (name: string, listener: () => void) => void emitter.on(name, listener),
    off: (name: string, listener: () => void) => void emitter.off(name, listener),
  }
  const over = new RPC({ event, plain: true } as RPCInitOptions)
  onTestFinished(() => over.destroy())
  over.notify('save', [{ a: undefined, bytes: new Uint8Array([1]) }])
  expect(posted).toEqual([{ jsonrpc: '2.0', method: 'save', params: [{ bytes: new Uint8Array([1]) }] }])
})
