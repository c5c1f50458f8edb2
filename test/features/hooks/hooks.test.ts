import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type Diagnostic, ErrorCode, RPCError } from '../../../src/index.ts'
import {
  alone,
  codeOf,
  connectedPair,
  notification,
  rejection,
  request,
  result,
  turn,
} from '../../peer/pair.ts'

const boom = (): never => {
  throw new Error('boom')
}

test('S24: validate runs before the handler; what it throws is answered -32602 and the handler is not run', () => {
  const ran: unknown[] = []
  using server = alone({
    methods: { add: (a: number, b: number) => (ran.push(['add', a, b]), a + b) },
    validate: (method, params) => {
      ran.push(['validate', method, params])
      if (!Array.isArray(params) || !params.every(Number.isInteger))
        throw Object.assign(new Error('two integers, please'), { data: { at: 0 } })
    },
  })
  for (const params of [['1', 2], { a: 1 }, undefined, [null]]) {
    server.receive(request(1, 'add', params))
    expect(server.posted.pop()).toStrictEqual({
      jsonrpc: '2.0',
      id: 1,
      error: { code: -32602, message: 'two integers, please', data: { at: 0 } },
    })
  }
  expect(ran.splice(0)).toEqual([
    ['validate', 'add', ['1', 2]],
    ['validate', 'add', { a: 1 }],
    ['validate', 'add', undefined],
    ['validate', 'add', [null]],
  ])
  server.receive(request(2, 'add', [1, 2]))
  expect(server.posted).toStrictEqual([result(2, 3)])
  expect(ran).toEqual([
    ['validate', 'add', [1, 2]],
    ['add', 1, 2],
  ])
})

test('S24: a notification that validate refuses is not run, with a diagnostic', () => {
  let ran = 0
  using server = alone({ methods: { note: () => void ran++ }, validate: boom })
  server.receive(notification('note'))
  expect([ran, server.posted]).toEqual([0, []])
  expect(server.diagnostics).toMatchObject([{ kind: 'failed', about: 'note', error: { code: -32602 } }])
})

test('S24: an async validate refuses everything, because the handler must not wait for it', async () => {
  let ran = 0
  using server = alone({ methods: { note: () => void ran++ }, validate: async () => boom() })
  server.receive(request(1, 'note'))
  await turn()
  expect(ran).toBe(0)
  expect(server.posted).toMatchObject([
    { error: { code: -32602, message: expect.stringContaining('async') } },
  ])
})

test('validate sees what fallback answers, too', () => {
  using server = alone({ fallback: () => 'answered', validate: boom })
  server.receive(request(1, 'any'))
  expect(server.posted).toMatchObject([{ error: { code: -32602 } }])
})

test('fallback answers what nobody registered, with the params as they came', async () => {
  const seen: unknown[] = []
  using server = alone({
    methods: { known: () => 'known' },
    fallback: async (method, params) => {
      seen.push(method, params)
      return `fallback ${method}`
    },
  })
  server.receive(request(1, 'known'), request(2, 'a.b', { x: 1 }), request(3, 'c', [1, 2]), notification('d'))
  await turn()
  expect(server.posted).toStrictEqual([
    result(1, 'known'),
    result(2, 'fallback a.b'),
    result(3, 'fallback c'),
  ])
  expect(seen).toEqual(['a.b', { x: 1 }, 'c', [1, 2], 'd', undefined])
})

test('fallback can say that it does not know the method either', () => {
  using server = alone({
    fallback: (method) => {
      throw new RPCError(ErrorCode.METHOD_NOT_FOUND, `No ${method} here`)
    },
  })
  server.receive(request(1, 'x'))
  expect(server.posted).toStrictEqual([
    { jsonrpc: '2.0', id: 1, error: { code: -32601, message: 'No x here' } },
  ])
})

test('fallback never sees what is reserved', () => {
  const seen: unknown[] = []
  using server = alone({ fallback: (method) => seen.push(method) })
  server.receive(...['rpc.x', 'rpc.close', 'rpc.connect', 'rpc.'].map((name) => request(name, name)))
  expect(seen).toEqual([])
  expect(server.posted).toMatchObject([1, 2, 3, 4].map(() => ({ error: { code: -32601 } })))
})

test('mapError decides what of an error is sent', async () => {
  const seen: unknown[] = []
  using server = alone({
    methods: {
      sync: () => boom(),
      async: async () => boom(),
    },
    mapError: (error, { method, params }) => {
      seen.push([(error as Error).message, method, params])
      return new RPCError(7, 'redacted', { data: { method } })
    },
  })
  server.receive(request(1, 'sync', ['a']), request(2, 'async'))
  await turn()
  expect(server.posted).toStrictEqual(
    ['sync', 'async'].map((method, i) => ({
      jsonrpc: '2.0',
      id: i + 1,
      error: { code: 7, message: 'redacted', data: { method } },
    })),
  )
  expect(seen).toEqual([
    ['boom', 'sync', ['a']],
    ['boom', 'async', undefined],
  ])
})

test('S55: a mapError that throws gives nothing away, with a diagnostic', () => {
  using server = alone({
    methods: { bad: () => boom() },
    mapError: () => {
      throw new Error('secret')
    },
  })
  server.receive(request(1, 'bad'))
  expect(server.posted).toMatchObject([{ id: 1, error: { code: -32603 } }])
  expect(JSON.stringify(server.posted)).not.toMatch(/secret|boom/)
  expect(server.diagnostics).toMatchObject([
    { kind: 'failed', about: 'mapError', error: { message: 'secret' } },
  ])
})

for (const name of ['validate', 'fallback', 'mapError', 'onDiagnostic'])
  test(`S55: whatever ${name} throws, the dispatcher lives, and answers the next call`, async () => {
    const frozen = Object.freeze(new Error('x'))
    for (const thrown of [undefined, null, 0, '', Symbol('x'), new Proxy({}, {}), frozen]) {
      let throws = true
      const hook = (): unknown => {
        if (throws) throw thrown
        return undefined
      }
      using server = alone({ methods: { bad: () => boom(), good: () => 'good' }, [name]: hook })
      server.receive(request(1, 'bad'), notification('bad'), request(2, 'none'), notification('none'), [1])
      server.receive([request(4, 'bad'), notification('bad')])
      await turn()
      throws = false
      server.receive(request(3, 'good'))
      expect(server.posted.flat().map((message) => Reflect.get(Object(message), 'id'))).toEqual([1, 2, 4, 3])
      expect(server.posted.at(-1)).toStrictEqual(result(3, 'good'))
    }
  })

test('an error of mapError reaches the caller as it was mapped', async () => {
  using pair = await connectedPair({
    right: { methods: { bad: () => boom() }, mapError: () => ({ code: 9, message: 'mapped', data: [1] }) },
  })
  const error = await rejection(pair.left.invoke('bad'))
  expect(error).toBeInstanceOf(RPCError)
  expect(error).toMatchObject({ code: 9, message: 'mapped', data: [1] })
})

test('a hook that is set for one RPC does not run for the other', async () => {
  using pair = await connectedPair({ left: { validate: boom }, right: { methods: { ping: () => 1 } } })
  expect(await pair.left.invoke('ping')).toBe(1)
  pair.left.registerMethod('ping', () => 1)
  expect(await codeOf(pair.right.invoke('ping'))).toBe(-32602)
})

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('S28: onDiagnostic is told at most 100 events a second, and again in the next', () => {
  using server = alone()
  const flood = (): void => server.receive(...Array.from({ length: 1_000 }, () => result('nobody', 1)))
  flood()
  expect(server.diagnostics).toHaveLength(100)
  vi.advanceTimersByTime(999)
  flood()
  expect(server.diagnostics).toHaveLength(100)
  vi.advanceTimersByTime(1)
  flood()
  expect(server.diagnostics).toHaveLength(200)
})

test('S28: onDiagnostic still works after the clock was set back', () => {
  vi.setSystemTime(10_000_000)
  using server = alone()
  server.receive(...Array.from({ length: 200 }, () => result('nobody', 1)))
  vi.setSystemTime(5_000_000)
  server.receive(result('nobody', 1))
  expect(server.diagnostics).toHaveLength(101)
})

test('what went wrong without being a rejected call is told by its kind', async () => {
  const kinds = (diagnostics: readonly Diagnostic[]): unknown[] =>
    diagnostics.map(({ kind, about }) => [kind, about])
  using server = alone({ methods: { bad: () => boom(), unsendable: () => () => 1 } })
  server.receive(notification('bad'), notification('none'), result('nobody', 1), request(1, 1))
  server.receive(request(1, 'unsendable'), notification('rpc.unknown'))
  await turn()
  expect(kinds(server.diagnostics)).toEqual([
    ['failed', 'bad'],
    ['unknown-method', 'none'],
    ['unexpected', 'nobody'],
    ['invalid', undefined],
    ['undeliverable', 'unsendable'],
    ['unknown-method', 'rpc.unknown'],
  ])
})

test('nothing is said on the console', async () => {
  const spies = (['log', 'info', 'warn', 'error', 'debug'] as const).map((name) => vi.spyOn(console, name))
  using server = alone({ methods: { bad: () => boom() }, onDiagnostic: undefined })
  server.receive(notification('bad'), notification('none'), result('nobody', 1), request(1, 1), 'x', [1])
  await turn()
  for (const spy of spies) {
    expect(spy).not.toHaveBeenCalled()
    spy.mockRestore()
  }
})
