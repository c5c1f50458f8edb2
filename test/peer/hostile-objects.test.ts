import { expect, test } from 'vitest'
import { alone, outcomeOf, request, result } from './pair.ts'

const boom = (): never => {
  throw new Error('boom')
}

const traps: ProxyHandler<object> = {
  get: boom,
  has: boom,
  ownKeys: boom,
  getPrototypeOf: boom,
  getOwnPropertyDescriptor: boom,
}

/** An object whose members are getters that count how often they are read. */
function counting(members: object): { readonly value: object; readonly reads: Map<string, number> } {
  const reads = new Map<string, number>()
  const value = {}
  for (const [key, member] of Object.entries(members))
    Object.defineProperty(value, key, {
      enumerable: true,
      get() {
        reads.set(key, (reads.get(key) ?? 0) + 1)
        return member as unknown
      },
    })
  return { value, reads }
}

const add = (a: number, b: number): number => a + b

test('S15: each field of a request is read once', () => {
  using server = alone({ methods: { add } })
  const { value, reads } = counting({ jsonrpc: '2.0', id: 1, method: 'add', params: [1, 2] })
  server.receive(value)
  expect(server.posted).toStrictEqual([result(1, 3)])
  expect(Object.fromEntries(reads)).toEqual({ jsonrpc: 1, id: 1, method: 1, params: 1 })
})

test('S15: each field of an answer is read once', async () => {
  using client = alone()
  const call = client.rpc.invoke('add')
  const { value, reads } = counting({ jsonrpc: '2.0', id: 1, result: 3 })
  client.receive(value)
  expect(await call).toBe(3)
  expect(Math.max(...reads.values())).toBe(1)
})

test('S15: each field of an error is read once', async () => {
  using client = alone()
  const call = client.rpc.invoke('add')
  const { value, reads } = counting({ code: 5, message: 'no', data: 1 })
  client.receive({ jsonrpc: '2.0', id: 1, error: value })
  expect(await outcomeOf(call)).toEqual({ code: 5 })
  expect(Object.fromEntries(reads)).toEqual({ code: 1, message: 1, data: 1 })
})

test('S15: each field of an entry of a batch is read once', () => {
  using server = alone({ methods: { add } })
  const { value, reads } = counting({ jsonrpc: '2.0', id: 1, method: 'add', params: [1, 2] })
  server.receive([value])
  expect(server.posted).toStrictEqual([[result(1, 3)]])
  expect(Object.fromEntries(reads)).toEqual({ jsonrpc: 1, id: 1, method: 1, params: 1 })
})

const hostile: readonly [string, () => unknown][] = [
  ['a proxy whose traps throw', () => new Proxy({}, traps)],
  ['a proxy of an array whose traps throw', () => new Proxy([], traps)],
  ['a revoked proxy', revoked],
  ...['jsonrpc', 'id', 'method', 'params'].map((field): [string, () => unknown] => [
    `a request whose ${field} throws`,
    () => Object.defineProperty(request(1, 'add', [1, 2]), field, { get: boom }),
  ]),
  ...['jsonrpc', 'id', 'result', 'error'].map((field): [string, () => unknown] => [
    `an answer whose ${field} throws`,
    () => Object.defineProperty(result(1, 3), field, { get: boom }),
  ]),
  ['an error whose traps throw', () => ({ jsonrpc: '2.0', id: 99, error: new Proxy({}, traps) })],
  ['params whose traps throw', () => ({ ...request(1, 'add'), params: new Proxy([], traps) })],
  ['a method that is a proxy', () => request(1, new Proxy({}, traps))],
  ['an id that is a proxy', () => request(new Proxy({}, traps), 'add')],
]

function revoked(): unknown {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

for (const [what, make] of hostile)
  test(`S15: ${what} throws nothing out, alone or in a batch, and the next call works`, async () => {
    using peer = alone({ methods: { add } })
    const call = peer.rpc.invoke('x')
    peer.receive(make(), [make()], [request(7, 'add', [1, 1]), make()])

    peer.receive(request(2, 'add', [1, 2]))
    expect(peer.posted).toContainEqual(result(2, 3))
    peer.receive(result(1, 'answered'))
    expect(await call).toBe('answered')
  })

test('S15: a hostile entry of a batch does not keep the others from being answered', () => {
  using server = alone({ methods: { add } })
  server.receive([new Proxy({}, traps), request(7, 'add', [1, 1])])
  expect(server.posted.flat()).toContainEqual(result(7, 2))
})
