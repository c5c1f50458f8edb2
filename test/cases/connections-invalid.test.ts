/** Requests of a bad shape: what answers them, and whom. */
import { describe, expect, test } from 'vitest'
import { RPC as CoreRPC } from '../../src/core.ts'
import { RPCMessageEvent } from '../../src/index.ts'
import { linkedPair } from '../../src/testing.ts'
import { alone, deferred, failure, notification, outcomeOf, request, result, turn } from '../peer/pair.ts'
import { sessionOf } from '../peer/peer.ts'

const invalid = (id: unknown): object => failure(id, -32600, 'Invalid Request')

const methods = { sum: (...numbers: number[]) => numbers.reduce((sum, n) => sum + n, 0) }

const ids = [0, -1, 7, 1.5, '', '7', '1234567890123456789', '__proto__']

describe.each(['strict', 'shared'] as const)('C46: where the policy is %s', (policy) => {
  for (const id of ids)
    test(`C46: a request of a bad shape is answered with its id, ${JSON.stringify(id)}`, () => {
      using server = alone({ methods, policy })
      const messages = [
        request(id, 1),
        request(id, ['sum']),
        request(id, null),
        request(id, 'sum', 'bar'),
        request(id, 'sum', 0),
        request(id, 'sum', true),
      ]
      server.receive(...messages)
      expect(server.posted).toStrictEqual(messages.map(() => invalid(id)))
      server.receive([messages[0], request('next', 'sum', [1])])
      expect(server.posted.at(-1)).toStrictEqual([invalid(id), result('next', 1)])
    })

  test('C46: an id that cannot be read is answered with null', () => {
    using server = alone({ methods, policy })
    const unreadable = [true, {}, [1], Number.NaN, Infinity]
    server.receive(...unreadable.map((id) => request(id, 'sum')), { jsonrpc: '2.0', method: 1 })
    server.receive(request(null, 1))
    expect(server.posted).toStrictEqual(Array.from({ length: 7 }, () => invalid(null)))
  })

  test('C46: an id that is in flight is answered with null, and its call with its result', async () => {
    const gate = deferred()
    using server = alone({ methods: { slow: () => gate.promise }, policy })
    server.receive(request(7, 'slow'), request(7, 1), request(7, 'slow', 'bar'), [request(7, 1)])
    expect(server.posted).toStrictEqual([invalid(null), invalid(null), [invalid(null)]])
    gate.resolve('done')
    await turn()
    server.receive(request(7, 1))
    expect(server.posted.slice(3)).toStrictEqual([result(7, 'done'), invalid(7)])
  })

  test('C46: params that are null are none', () => {
    const seen: unknown[][] = []
    using server = alone({ methods: { note: (...args: unknown[]) => void seen.push(args) }, policy })
    server.receive(request(1, 'note', null), notification('note', null), [request(2, 'note', null)])
    expect(seen).toEqual([[], [], []])
    expect(server.posted).toStrictEqual([result(1, null), [result(2, null)]])
  })

  test('C46: an answer that has a method that is none is an answer', async () => {
    using client = alone({ policy })
    const calls = [1, 2, 3].map((id) => outcomeOf(client.rpc.invoke('x', null, { id })))
    client.receive(
      { jsonrpc: '2.0', id: 1, method: null, params: null, result: 3, error: null },
      { jsonrpc: '2.0', id: 2, method: 5, result: 4 },
      { jsonrpc: '2.0', id: 3, method: null, error: { code: 5, message: 'five' } },
    )
    expect(await Promise.all(calls)).toEqual([{ value: 3 }, { value: 4 }, { code: 5 }])
    expect(client.posted).toHaveLength(3)
  })

  test('C46: what has a result or an error is never answered', () => {
    using server = alone({ methods, policy })
    const answers = [{ result: 1 }, { result: null }, { error: {} }, { error: null }, { result: 1, error: 1 }]
    for (const answer of answers)
      server.receive(
        { jsonrpc: '2.0', id: 9, ...answer },
        { jsonrpc: '2.0', ...answer },
        { id: 9, ...answer },
        answer,
      )
    expect(server.posted).toEqual([])
  })
})

const nothings = [
  { jsonrpc: '2.0', id: 9 },
  { jsonrpc: '2.0', id: 9, params: [] },
  { jsonrpc: '2.0', id: 9, method: undefined },
  { jsonrpc: '2.0', id: null },
  { jsonrpc: '2.0' },
  { id: 9 },
  { id: 9, params: [] },
  { foo: 'boo' },
]

test('C46: where only we speak, what is neither a call nor an answer is answered with id null', () => {
  for (const text of [false, true]) {
    using server = alone({ methods }, { text, policy: 'strict' })
    server.receive(...nothings)
    expect(server.posted).toStrictEqual(nothings.map(() => invalid(null)))
    server.receive(nothings)
    expect(server.posted.at(-1)).toStrictEqual(nothings.map(() => invalid(null)))
  }
})

test('C46: where others post too, it is not answered', () => {
  using server = alone({ methods })
  server.receive(...nothings)
  expect(server.posted).toEqual([])
})

test('C46: an answer without result and error settles its call and is not answered', async () => {
  for (const nothing of [{ jsonrpc: '2.0', id: 1 }, { id: 1 }]) {
    using client = alone({}, { policy: 'strict' })
    const call = client.rpc.invoke('x', null, { id: 1 })
    client.receive(nothing)
    expect(await outcomeOf(call)).toEqual({ code: -32053 })
    expect(client.posted).toHaveLength(1)
  }
})

test('C46: an answer to the hello that has neither is not answered', () => {
  using client = alone({ plain: false }, { policy: 'strict' })
  client.receive({ jsonrpc: '2.0', id: sessionOf(client.posted) })
  expect(client.posted).toHaveLength(1)
})

test('C46: a hello whose params are null is refused with its id', () => {
  using server = alone({ plain: false })
  server.receive(request('x', 'rpc.connect', null))
  expect(server.posted.slice(1)).toMatchObject([{ id: 'x', error: { code: -32601 } }])
})

test('C46: listeners of events get no argument for params that are null', () => {
  const endpoint: { postMessage(): void; onmessage: unknown } = { postMessage() {}, onmessage: null }
  const event = new RPCMessageEvent({ currentEndpoint: endpoint, targetEndpoint: endpoint })
  const deliver = (data: unknown): void => (endpoint.onmessage as (event: object) => void)({ data })
  const seen: unknown[][] = []
  event.on('x', (...args: unknown[]) => void seen.push(args))
  deliver(notification('x', null))
  deliver(notification('x', [null]))
  event.destroy()
  expect(seen).toEqual([[], [null]])
})

test('C46: an empty batch is one invalid request, also without the feature `batches`', () => {
  const link = linkedPair({ text: true, manual: true })
  using rpc = new CoreRPC({ transport: link.left, methods })
  const got: unknown[] = []
  link.right.listen({ message: (message: unknown) => got.push(message) } as never)
  link.inject('right', '[]')
  link.deliver()
  expect(got.filter((one) => Reflect.get(Object(one), 'method') !== 'rpc.connect')).toStrictEqual([
    invalid(null),
  ])
  void rpc
})
