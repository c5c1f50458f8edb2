import { expect, test } from 'vitest'
import { ErrorCode, RPC, RPCError } from '../../../src/index.ts'
import { linkedPair } from '../../../src/testing.ts'
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

const unsendable: readonly [string, () => unknown][] = [
  ['a symbol', () => Symbol('x')],
  ['a symbol next to a function', () => [() => 1, Symbol('x')]],
  ['a WeakMap', () => new WeakMap()],
  ['a Promise', () => [Promise.resolve()]],
  ['a WeakRef', () => new WeakRef({})],
  ['a proxy of a Date', () => new Proxy(new Date(), {})],
  ['a revoked proxy in an array', () => [revoked()]],
  ['a FormData', () => new FormData()],
  ['a Request', () => new Request('http://127.0.0.1')],
  ['a Response', () => new Response()],
  ['an EventTarget', () => new EventTarget()],
  ['an Event', () => new Event('x')],
  ['an AbortController', () => new AbortController()],
  ['a stream that is being read', locked],
  [
    'a getter that throws',
    () => ({
      get boom(): never {
        throw new Error('boom')
      },
    }),
  ],
]

/** What crosses by reference or as text, and so only between portcall peers; what arrives is of that class. */
const byReference: readonly [string, () => unknown, new (...args: never[]) => unknown][] = [
  ['a function', () => () => 1, Function],
  ['a class', () => class {}, Function],
  ['a URL, which Node would clone to {}', () => new URL('http://127.0.0.1'), URL],
  ['a URLSearchParams', () => new URLSearchParams(), URLSearchParams],
  ['Headers', () => new Headers(), Headers],
  [
    'an async iterable, which engines would clone to {}',
    () => ({ async *[Symbol.asyncIterator]() {} }),
    Object,
  ],
]

/** What moves to any peer, though nobody names it in a transfer list. */
const moved: typeof byReference = [['a stream without transfer', () => new ReadableStream(), ReadableStream]]

function locked(): ReadableStream {
  const stream = new ReadableStream()
  stream.getReader()
  return stream
}

function revoked(): unknown {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

type Put = (value: unknown) => unknown
type Find = (container: never) => unknown

const places: readonly [string, Put, Find][] = [
  ['at the top', (value) => value, (value) => value],
  ['in an array', (value) => [1, value], (list: unknown[]) => list[1]],
  ['in an object', (value) => ({ a: { b: value } }), ({ a }: { a: { b: unknown } }) => a.b],
  ['in a Map', (value) => new Map([['a', value]]), (map: Map<string, unknown>) => map.get('a')],
  ['in a Set', (value) => new Set([value]), ([first]: Set<unknown>) => first],
]

for (const [what, make] of unsendable)
  test(`S36: a result that is or holds ${what} rejects the caller -32603 with the reason`, async () => {
    for (const [where, put] of places) {
      const methods = {
        sync: () => put(make()),
        async: async () => put(make()),
        ping: () => 'pong',
      }
      using pair = await connectedPair({ right: { methods } })
      for (const method of ['sync', 'async']) {
        const error = await rejection(pair.left.invoke(method))
        expect([where, error]).toMatchObject([
          where,
          { code: -32603, message: expect.stringContaining(method) },
        ])
      }
      expect(await pair.left.invoke('ping')).toBe('pong')
    }
    await turn()
  })

for (const [what, make, kind] of [...byReference, ...moved])
  test(`S36: a result that is or holds ${what} arrives as such`, async () => {
    for (const [where, put, find] of places) {
      using pair = await connectedPair({
        right: { methods: { sync: () => put(make()), async: async () => put(make()) } },
      })
      for (const method of ['sync', 'async']) {
        const arrived = find((await pair.left.invoke(method)) as never)
        expect([where, arrived]).toEqual([where, expect.any(kind)])
        expect(Symbol.asyncIterator in Object(arrived)).toBe(Symbol.asyncIterator in Object(make()))
      }
    }
  })

for (const [what, make] of byReference)
  test(`S36: a result for a plain peer that is or holds ${what} is answered -32603 with the reason`, async () => {
    for (const [where, put] of places) {
      using server = alone({ methods: { sync: () => put(make()), async: async () => put(make()) } })
      server.receive(request(1, 'sync'), request(2, 'async'), [request(3, 'sync')])
      await turn()
      expect([where, server.posted.flat()]).toMatchObject([
        where,
        [
          { id: 1, error: { code: -32603, message: expect.stringContaining('`sync` cannot be sent') } },
          { id: 3, error: { code: -32603, message: expect.stringContaining('`sync` cannot be sent') } },
          { id: 2, error: { code: -32603, message: expect.stringContaining('`async` cannot be sent') } },
        ],
      ])
    }
  })

test('S36: where in a result it is that cannot be sent is said', async () => {
  using server = alone({ methods: { bad: () => ({ list: [1, { 'on change': () => 1 }] }) } })
  server.receive(request(1, 'bad'))
  const message = String(Reflect.get(Object(Reflect.get(Object(server.posted[0]), 'error')), 'message'))
  expect(message).toContain('.list[1]["on change"]')
  expect(message).toContain('function')
})

test('S36: the result of a notification is nobody’s, whatever it is', async () => {
  using server = alone({ methods: { bad: () => () => 1, worse: async () => Symbol('x') } })
  server.receive(notification('bad'), notification('worse'))
  await turn()
  expect(server.posted).toEqual([])
})

test('S36: if no answer can be posted at all nothing is left unhandled, with a diagnostic', async () => {
  const uncaught: unknown[] = []
  const note = (error: unknown): void => void uncaught.push(error)
  process.on('unhandledRejection', note)
  try {
    using server = alone({ methods: { sync: () => 1, async: async () => 2 } })
    server.link.left.post = () => {
      throw new Error('the socket is closed')
    }
    server.receive(request(1, 'sync'), request(2, 'async'), [request(3, 'sync'), request(4, 'async')], [1])
    await turn()
    expect(uncaught).toEqual([])
    expect(server.diagnostics.filter(({ kind }) => kind === 'undeliverable')).not.toEqual([])
  } finally {
    process.off('unhandledRejection', note)
  }
})

for (const [what, make] of [...unsendable, ...byReference] as const)
  test(`S37: params that hold ${what} reject UNDELIVERABLE, and nothing is sent`, async () => {
    using client = alone()
    for (const [where, put] of places) {
      const call = client.rpc.invoke('x', [put(make())])
      expect([where, await rejection(call)]).toMatchObject([where, { code: -32052 }])
      const notify = (): void => client.rpc.notify('x', [put(make())])
      expect(notify).toThrow(RPCError)
      expect(notify).toThrow(expect.objectContaining({ code: -32052 }))
    }
    expect(client.posted).toEqual([])
  })

for (const [what, make, kind] of moved)
  test(`S37: params for a plain peer that hold ${what} are sent`, async () => {
    for (const [where, put, find] of places) {
      const link = linkedPair()
      using client = new RPC({ transport: link.left, plain: true })
      const arrived = new Promise((message, lost) =>
        link.right.listen({
          message,
          unreadable: lost,
          gone: lost,
          failed: lost,
          opened() {},
          refused: lost,
        }),
      )
      client.notify('x', [put(make())])
      const { params } = (await arrived) as { readonly params: readonly [never] }
      expect([where, find(params[0])]).toEqual([where, expect.any(kind)])
    }
  })

test('S37: where in the params it is that cannot be sent is said, and why', async () => {
  using client = alone()
  const byPosition = client.rpc.invoke('x', [1, { options: { signal: new AbortController().signal } }])
  expect(await rejection(byPosition)).toMatchObject({
    message: expect.stringMatching(/\[1]\.options\.signal/),
  })
  const byName = client.rpc.invoke('x', { onDone: () => 1 })
  expect(await rejection(byName)).toMatchObject({ message: expect.stringMatching(/\.onDone is a function/) })
  const refused = (await rejection(client.rpc.invoke('x', [new Proxy(new Date(), {})]))) as Error
  expect(refused.cause).toMatchObject({ name: 'DataCloneError' })
})

test('S37: after 20,000 unclonable calls the pending table is empty', async () => {
  using client = alone({ limits: { maxPending: 10 } })
  for (let i = 0; i < 20_000; i++) {
    const bad = i % 2 ? Symbol('x') : new Proxy(new Date(), {})
    client.rpc.invoke('x', [bad]).catch(() => {})
  }
  expect(client.posted).toEqual([])
  const calls = Array.from({ length: 10 }, (_, i) => client.rpc.invoke('x', null, { id: i }))
  expect(await codeOf(client.rpc.invoke('x'))).toBe(ErrorCode.BUSY)
  client.receive(...calls.map((_, i) => result(i, i)))
  expect(await Promise.all(calls)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
})

test.for([
  ['TextEncoder', () => new TextEncoder()],
  ['TextDecoder', () => new TextDecoder()],
  ['Performance', () => performance],
  ['CompressionStream', () => new CompressionStream('gzip')],
] as const)('S36: a %s, which Node would clone to {}, is refused with its path', async ([, make]) => {
  using pair = await connectedPair({ right: { methods: { get: () => ({ inner: make() }) } } })
  await expect(pair.left.invoke('get')).rejects.toMatchObject({
    code: -32603,
    message: expect.stringContaining('result.inner is a') as string,
  })
})

for (const [what, make] of [
  ['a symbol', () => Symbol('x')],
  ['a SharedArrayBuffer', () => new SharedArrayBuffer(8)],
  ['a WeakMap', () => new WeakMap()],
  ['a Promise', () => Promise.resolve()],
  ['a WebAssembly.Module', () => new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0))],
  ['a boxed bigint', () => Object(1n) as unknown],
] as const)
  test(`S36, S37: ${what}, which text cannot carry, is refused on text, saying where`, async () => {
    using pair = await connectedPair({
      right: { methods: { get: () => ({ inner: make() }), ping: () => 'pong' } },
      link: { text: true },
    })
    expect(await rejection(pair.left.invoke('get'))).toMatchObject({
      code: -32603,
      message: expect.stringContaining('.inner is a'),
    })
    const posted = pair.wire.length
    const refusal = { code: -32052, message: expect.stringContaining('[0].inner is a') as string }
    expect(await rejection(pair.left.invoke('get', [{ inner: make() }]))).toMatchObject(refusal)
    expect(() => pair.left.notify('get', [{ inner: make() }])).toThrow(expect.objectContaining(refusal))
    expect(pair.wire).toHaveLength(posted)
    expect(await pair.left.invoke('ping')).toBe('pong')
  })
