import { expect, test } from 'vitest'
import { alone, deferred, failure, notification, request, result, turn } from './pair.ts'

function slowServer(policy: 'shared' | 'strict') {
  const gates = [deferred(), deferred()]
  const ran: unknown[] = []
  const wait = (value: unknown): unknown => gates[ran.push(value) - 1]!.promise
  const server = alone({ methods: { wait, now: (value: unknown) => (ran.push(value), value) }, policy })
  return { server, gates, ran }
}

test('S32: where others may post, a second request with an id in flight is dropped with a diagnostic', async () => {
  const { server, gates, ran } = slowServer('shared')
  using closing = server
  closing.receive(request(1, 'wait', ['first']), request(1, 'wait', ['second']), request(1, 'now', ['third']))
  expect(ran).toEqual(['first'])
  expect(closing.posted).toEqual([])
  expect(closing.diagnostics).toMatchObject([1, 1].map((about) => ({ kind: 'unexpected', about })))
  gates[0]!.resolve('answer')
  await turn()
  expect(closing.posted).toStrictEqual([result(1, 'answer')])
})

test('S32: on a medium that carries only us it is refused with -32600 and id null', async () => {
  const { server, gates, ran } = slowServer('strict')
  using closing = server
  closing.receive(request(1, 'wait', ['first']), request(1, 'wait', ['second']))
  expect(ran).toEqual(['first'])
  expect(closing.posted).toStrictEqual([failure(null, -32600, 'Invalid Request')])
  gates[0]!.resolve('answer')
  await turn()
  expect(closing.posted.slice(1)).toStrictEqual([result(1, 'answer')])
})

test('S32: the same id twice in one batch is run once', async () => {
  for (const policy of ['shared', 'strict'] as const) {
    const { server, gates, ran } = slowServer(policy)
    using closing = server
    closing.receive([request(1, 'wait', ['first']), request(1, 'wait', ['second'])])
    gates[0]!.resolve('answer')
    await turn()
    expect(ran).toEqual(['first'])
    const refused = policy === 'strict' ? [failure(null, -32600, 'Invalid Request')] : []
    expect(closing.posted).toStrictEqual([[...refused, result(1, 'answer')]])
  }
})

test('S32: 1 and "1" are not the same id, and null is nobody’s', () => {
  const { server, ran } = slowServer('shared')
  using closing = server
  closing.receive(request(1, 'wait', ['number']), request('1', 'wait', ['string']))
  expect(ran).toEqual(['number', 'string'])
  closing.receive(request(null, 'now', ['null']), request(null, 'now', ['null again']))
  expect(closing.posted).toStrictEqual([result(null, 'null'), result(null, 'null again')])
})

test('an id is free again as soon as its request is answered', async () => {
  const { server, gates, ran } = slowServer('shared')
  using closing = server
  closing.receive(request(1, 'wait', ['first']))
  gates[0]!.resolve('one')
  await turn()
  closing.receive(request(1, 'wait', ['second']), request(1, 'now', ['dropped']))
  gates[1]!.resolve('two')
  await turn()
  expect(ran).toEqual(['first', 'second'])
  expect(closing.posted).toStrictEqual([result(1, 'one'), result(1, 'two')])
})

test('S33: a mixed batch runs what is valid and answers it beside what is not, each entry once', async () => {
  const ran: unknown[] = []
  const gate = deferred()
  const note = (value: unknown): unknown => (ran.push(value), value)
  using server = alone({ methods: { note, wait: () => gate.promise } })
  server.receive([
    request(1, 'note', ['a']),
    1,
    notification('note', ['b']),
    request(2, 'none'),
    [request(3, 'note', ['nested'])],
    {},
    result('nobody', 1),
    request(4, 'wait'),
    request(5, 5),
    notification('none'),
    request(6, 'note', { named: true }),
  ])
  expect(ran).toEqual(['a', 'b', { named: true }])
  expect(server.posted).toEqual([])
  gate.resolve('late')
  await turn()
  expect(server.posted).toHaveLength(1)
  const invalid = failure(null, -32600, 'Invalid Request')
  const answers = server.posted[0] as readonly { id: unknown }[]
  expect(answers.toSorted((a, b) => Number(a.id) - Number(b.id))).toStrictEqual([
    invalid,
    invalid,
    invalid,
    result(1, 'a'),
    failure(2, -32601, expect.stringContaining('none')),
    result(4, 'late'),
    failure(5, -32600, 'Invalid Request'),
    result(6, { named: true }),
  ])
})

test('S33: batches of one kind only get what JSON-RPC 2.0 says', () => {
  using server = alone({ methods: { note: () => 1 } }, { policy: 'strict' })
  const invalid = failure(null, -32600, 'Invalid Request')
  server.receive(
    [],
    [1],
    [[]],
    [notification('note'), notification('none')],
    [result('x', 1)],
    [request(1, 'note')],
  )
  expect(server.posted).toStrictEqual([invalid, [invalid], [invalid], [result(1, 1)]])
})

test('S33: one entry that fails does not take the others with it', () => {
  const bad = (): never => {
    throw new Error('no')
  }
  using server = alone({ methods: { bad, good: () => 1 } })
  server.receive([request(1, 'good'), request(2, 'bad'), notification('bad'), request(3, 'good')])
  expect(server.posted).toStrictEqual([[result(1, 1), failure(2, -32603, 'no'), result(3, 1)]])
})
