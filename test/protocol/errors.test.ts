import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { RPCError } from '../../src/index.ts'
import { alone, connectedPair, failure, rejection, request } from '../peer/pair.ts'

const boom = (): never => {
  throw new Error('boom')
}

function revoked(): unknown {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

const cyclic = new Error('cyclic', { cause: {} })
cyclic.cause = cyclic

const thrown: readonly [string, () => unknown][] = [
  ['undefined', () => undefined],
  ['null', () => null],
  ['0', () => 0],
  ["''", () => ''],
  ['false', () => false],
  ['NaN', () => Number.NaN],
  ['a string', () => 'no'],
  ['a symbol', () => Symbol('no')],
  ['a bigint', () => 1n],
  ['a function', () => () => 'no'],
  ['an object without a prototype', () => Object.create(null) as unknown],
  ['an object whose toString throws', () => ({ toString: boom })],
  ['an object whose toString is no function', () => ({ toString: 1, valueOf: 1 })],
  [
    'a message that throws',
    () => ({
      get message(): never {
        return boom()
      },
    }),
  ],
  ['a code that throws', () => Object.defineProperty(new Error('no'), 'code', { get: boom })],
  ['data that throws', () => Object.defineProperty(new Error('no'), 'data', { get: boom })],
  ['data that cannot be cloned', () => Object.assign(new Error('no'), { data: () => 1 })],
  ['data that the platform refuses', () => Object.assign(new Error('no'), { data: new Proxy({}, {}) })],
  [
    'data whose getter throws',
    () =>
      Object.assign(new Error('no'), {
        data: {
          get a(): never {
            return boom()
          },
        },
      }),
  ],
  ['a proxy', () => new Proxy(new Error('no'), {})],
  [
    'a proxy whose traps throw',
    () => new Proxy({}, { get: boom, has: boom, getOwnPropertyDescriptor: boom }),
  ],
  ['a revoked proxy', revoked],
  ['a frozen error', () => Object.freeze(new Error('no'))],
  ['an error with a cyclic cause', () => cyclic],
  ['an error with a message that is no string', () => Object.assign(new Error('no'), { message: { a: 1 } })],
  ['an error with a code that is no integer', () => Object.assign(new Error('no'), { code: 'ENOENT' })],
  ['an error with a code that is NaN', () => Object.assign(new Error('no'), { code: Number.NaN })],
  ['a promise', () => new Promise(() => {})],
  ['a thenable whose then throws', () => Object.defineProperty({}, ['th', 'en'].join(''), { get: boom })],
]

for (const [what, make] of thrown)
  test(`S38: a handler that throws ${what} rejects the caller with an Error`, async () => {
    const methods = {
      sync: () => {
        throw make()
      },
      async: async () => {
        await Promise.resolve()
        throw make()
      },
    }
    using pair = await connectedPair({ right: { methods } })
    for (const method of ['sync', 'async']) {
      const error = await rejection(pair.left.invoke(method))
      expect(error).toBeInstanceOf(Error)
      expect(error).toMatchObject({ code: -32500, message: expect.any(String) })
      expect(error).not.toHaveProperty('cause')
    }
  })

test("an error's own integer code, its message and its own data reach the caller", async () => {
  const errors = [
    Object.assign(new Error('plain'), { code: 7, data: { a: [1] } }),
    new RPCError(-5, 'rpc', { data: null, cause: new Error('secret') }),
    { code: 0, message: 'an object', data: 0 },
    new TypeError('no code'),
  ]
  const fail = (i: number): never => {
    throw errors[i]
  }
  using pair = await connectedPair({ right: { methods: { fail } } })
  expect(await Promise.all(errors.map((_, i) => rejection(pair.left.invoke('fail', [i]))))).toMatchObject([
    { code: 7, message: 'plain', data: { a: [1] } },
    { code: -5, message: 'rpc', data: null },
    { code: 0, message: 'an object', data: 0 },
    { code: -32500, message: 'no code' },
  ])
})

test('S39: neither stack, cause nor any other field of an error is sent', () => {
  const error = Object.assign(new Error('no', { cause: new Error('secret cause') }), {
    path: '/secret/path',
    code: 1,
  })
  const fail = (): never => {
    throw error
  }
  using server = alone({ methods: { fail } })
  server.receive(request(1, 'fail'))
  expect(server.posted).toStrictEqual([failure(1, 1, 'no')])
})

test('S39: an inherited code or data is not sent', () => {
  class Coded extends Error {}
  Object.assign(Coded.prototype, { code: 5, data: 'secret' })
  const fail = (): never => {
    throw new Coded('no')
  }
  using server = alone({ methods: { fail } })
  server.receive(request(1, 'fail'))
  expect(server.posted).toStrictEqual([failure(1, -32603, 'no')])
})

const hostileErrors: readonly [string, object][] = [
  ['a name that is constructor', { code: 5, message: 'no', name: 'constructor' }],
  ['a name that is __proto__', { code: 5, message: 'no', name: '__proto__', details: { name: '__proto__' } }],
  ['an own __proto__', JSON.parse('{"code":5,"message":"no","__proto__":{"polluted":1}}') as object],
  ['a constructor', { code: 5, message: 'no', constructor: { prototype: { polluted: 1 } } }],
  ['a huge stack', { code: 5, message: 'no', stack: 'x'.repeat(1_000_000) }],
  [
    'a cause, a toString and a then',
    { code: 5, message: 'no', cause: 'x', toString: 'x', [['th', 'en'].join('')]: 'x' },
  ],
  ['fields that pretend', { code: 5, message: 'no', errno: 1, isAxiosError: true, cancelled: true }],
]

for (const [what, error] of hostileErrors)
  test(`S40: an error with ${what} becomes a real Error that has nothing of it`, async () => {
    using client = alone()
    const call = client.rpc.invoke('x')
    client.receive({ jsonrpc: '2.0', id: 1, error })
    const got = (await rejection(call)) as RPCError
    expect(got).toBeInstanceOf(RPCError)
    expect(Object.getPrototypeOf(got)).toBe(RPCError.prototype)
    expect([got.name, got.code, got.message, got.cause]).toEqual(['RPCError', 5, 'no', undefined])
    const extra = Reflect.ownKeys(got).filter(
      (key) => !['code', 'message', 'stack', 'name'].includes(String(key)),
    )
    expect(extra).toEqual([])
    expect(got.stack?.length).toBeLessThan(10_000)
    expect('polluted' in {}).toBe(false)
    expect(inspect(got)).toContain('RPCError: no')
  })

test('S40: an error with nothing in it, or with the wrong types, still rejects with an Error', async () => {
  for (const error of [
    {},
    { code: '5', message: 5 },
    { code: null, message: null },
    { code: 1.5 },
    { message: [] },
  ]) {
    using client = alone()
    const call = client.rpc.invoke('x')
    client.receive({ jsonrpc: '2.0', id: 1, error })
    expect(await rejection(call)).toMatchObject({ code: -32500, message: expect.any(String) })
  }
})

test('data of an error is as it was sent', async () => {
  for (const data of [null, 0, '', false, [1], { a: 1 }, JSON.parse('{"__proto__":1}') as unknown]) {
    using client = alone()
    const call = client.rpc.invoke('x')
    client.receive({ jsonrpc: '2.0', id: 1, error: { code: 1, message: 'no', data } })
    expect(Reflect.get(Object(await rejection(call)), 'data')).toBe(data)
  }
})
