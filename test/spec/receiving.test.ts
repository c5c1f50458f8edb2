import { describe, expect, test } from 'vitest'
import {
  alone,
  connectedPair,
  deferred,
  failure,
  notification,
  outcomeOf,
  request,
  result,
  turn,
} from '../peer/pair.ts'
import { clientCases, serverCases } from './receiving.ts'

describe('what a server makes of what it receives', () => {
  for (const { rule, policy, name, receive, posts, runs = [] } of serverCases)
    test(`rule ${rule}${policy ? `, ${policy}` : ''}: ${name}`, async () => {
      const ran: unknown[] = []
      const methods = {
        sum: (a: number, b: number) => a + b,
        note: (value: unknown) => void ran.push(['note', value]),
        async ping() {
          ran.push(['ping'])
          return 'pong'
        },
      }
      using server = alone({ methods, policy })
      server.receive(...receive)
      await turn()
      expect(server.posted).toStrictEqual(posts)
      expect(ran).toEqual(runs)

      server.receive(request('next', 'sum', [1, 2]))
      expect(server.posted.at(-1)).toStrictEqual(result('next', 3))
    })
})

describe('what a client makes of the answer to its request', () => {
  for (const { rule, name, answer, becomes } of clientCases)
    test(`rule ${rule}: ${name}`, async () => {
      using client = alone()
      const call = client.rpc.invoke('x', null, { id: 7 })
      client.receive(answer)
      expect(await outcomeOf(call)).toEqual(becomes)

      client.receive(result(7, 'the real one'))
      expect(await outcomeOf(call)).toEqual(becomes === 'pending' ? { value: 'the real one' } : becomes)
      expect(client.posted).toHaveLength(1)
    })
})

test('rule 7: both directions use the same ids at once', async () => {
  const gate = deferred<void>()
  const twice = async (n: number): Promise<number> => {
    await gate.promise
    return 2 * n
  }
  using pair = await connectedPair({ left: { methods: { twice } }, right: { methods: { twice } } })
  const calls = [1, 2, 3].flatMap((n) => [
    pair.left.invoke('twice', [n], { id: n }),
    pair.right.invoke('twice', [10 * n], { id: n }),
  ])
  gate.resolve()
  expect(await Promise.all(calls)).toEqual([2, 20, 4, 40, 6, 60])
})

test('rule 7: ids are told apart by type', async () => {
  using client = alone()
  const number = client.rpc.invoke('x', null, { id: 1 })
  const string = client.rpc.invoke('x', null, { id: '1' })
  client.receive(result('1', 'string'), result(1, 'number'))
  expect(await Promise.all([number, string])).toEqual(['number', 'string'])
})

test('rule 10: text that is not JSON gets -32700 where the policy is strict, else nothing', () => {
  using strict = alone({}, { text: true })
  strict.receive('{"jsonrpc":', '', 'null x')
  const parseError = failure(null, -32700, 'Parse error')
  expect(strict.posted).toStrictEqual([parseError, parseError, parseError])

  using shared = alone({}, { text: true, policy: 'shared' })
  shared.receive('{"jsonrpc":', '')
  expect(shared.posted).toEqual([])
})

test('rule 10: the policy of an RPC goes before the one of its transport', () => {
  using shared = alone({ policy: 'shared' }, { policy: 'strict' })
  shared.receive('text')
  expect(shared.posted).toEqual([])

  using strict = alone({ policy: 'strict' }, { policy: 'shared' })
  strict.receive('text')
  expect(strict.posted).toHaveLength(1)
})

test('rule 11: a request that follows a change finds it made, although the change is async', async () => {
  let text = 'old'
  const methods = {
    async didChange(now: string) {
      text = now
      await turn()
    },
    hover: () => text,
  }
  using server = alone({ methods })
  server.receive(notification('didChange', ['new']), request(1, 'hover'))
  expect(server.posted).toStrictEqual([result(1, 'new')])
  await turn()
})

test('rule 12: the answers of a batch leave together, when the last is ready', async () => {
  const slow = deferred()
  using server = alone({ methods: { slow: () => slow.promise, fast: () => 'fast' } })
  server.receive([request(1, 'slow'), request(2, 'fast')])
  await turn()
  expect(server.posted).toEqual([])
  slow.resolve('slow')
  await turn()
  expect(server.posted).toStrictEqual([expect.arrayContaining([result(1, 'slow'), result(2, 'fast')])])
})

test('rule 12: a batch of one may be answered with a bare object', async () => {
  using client = alone()
  const batch = client.rpc.batch((call) => [call('x')])
  expect(client.posted).toStrictEqual([[request(1, 'x')]])
  client.receive(result(1, 'bare'))
  expect(await batch).toEqual(['bare'])
})

test('rule 12: the answers of a batch may come in any order, and one by one', async () => {
  using client = alone()
  const batch = client.rpc.batch((call) => [call('a'), call('b'), call('c')])
  client.receive([result(3, 'c'), result(1, 'a')], result(2, 'b'))
  expect(await batch).toEqual(['a', 'b', 'c'])
})
