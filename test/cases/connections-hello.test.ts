/** Peers that answer the hello in ways of their own. */
import { describe, expect, test } from 'vitest'
import { alone, outcomeOf, request, result, statesOf } from '../peer/pair.ts'
import { helloAnswer, sessionOf } from '../peer/peer.ts'

const error = { code: -32600, message: 'Invalid Request' }

const media = [
  ['a private port', {}],
  ['a strict medium', { policy: 'strict' }],
  ['a text medium', { text: true }],
] as const

const answers: readonly [string, (session: string) => object][] = [
  ['an error whose id is null', () => ({ jsonrpc: '2.0', error, id: null })],
  ['an error whose id is null, without `jsonrpc`', () => ({ error, id: null })],
  ['an error without an id', () => ({ jsonrpc: '2.0', error })],
  ['an error beside a result that is null', () => ({ id: null, result: null, error })],
  ['an error that is text', () => ({ jsonrpc: '2.0', id: null, error: 'Invalid Request' })],
  ['its id without `jsonrpc`', (id) => ({ id, error })],
  ['its id and `jsonrpc` 1.0', (id) => ({ jsonrpc: '1.0', id, error })],
  ['its id and a result without `jsonrpc`', (id) => ({ id, result: 1 })],
  ['a batch of one error whose id is null', () => [{ jsonrpc: '2.0', error, id: null }]],
]

for (const [medium, options] of media)
  describe(`C45: over ${medium}, a peer is plain that answers the hello by`, () => {
    for (const [name, answer] of answers)
      test(`C45: ${name}`, async () => {
        using client = alone({ plain: false }, options)
        const call = client.rpc.invoke('sum', [1, 2], { id: 1 })
        expect(client.posted).toHaveLength(1)

        client.receive(answer(sessionOf(client.posted)))
        expect(client.posted.slice(1)).toEqual([request(1, 'sum', [1, 2])])

        client.receive(result(1, 3))
        expect(await outcomeOf(call)).toEqual({ value: 3 })
      })
  })

test('C45: nothing but an error is an answer only where nobody else speaks', () => {
  using strict = alone({ plain: false }, { policy: 'strict' })
  strict.receive({ error })
  expect(statesOf(strict.rpc)).toEqual(['connected'])

  using shared = alone({ plain: false })
  shared.receive({ error })
  expect(statesOf(shared.rpc)).toEqual(['waiting'])
})

test('C45: on a strict medium a call is settled by an answer without `jsonrpc`', async () => {
  using client = alone({}, { policy: 'strict' })
  const one = outcomeOf(client.rpc.invoke('x', null, { id: 1 }))
  const two = outcomeOf(client.rpc.invoke('x', null, { id: 2 }))
  client.receive({ id: 3, result: 1 }, { id: 1, result: 3 }, { jsonrpc: '1.0', id: 2, error })
  expect(await one).toEqual({ value: 3 })
  expect(await two).toEqual({ code: -32600 })
  expect(client.posted).toHaveLength(2)
})

test('C45: where others post too, an error that names no call says nothing about the peer', async () => {
  for (const [, answer] of answers.slice(0, 5)) {
    using client = alone({ plain: false }, { public: true })
    const call = client.rpc.invoke('sum', [1, 2])
    client.receive(answer(sessionOf(client.posted)))
    expect(await outcomeOf(call)).toBe('pending')
    expect(client.posted).toHaveLength(1)
  }
})

test('C45: where others post too, an answer without `jsonrpc` is of somebody else', async () => {
  using client = alone({ plain: false }, { public: true })
  const session = sessionOf(client.posted)
  client.receive({ id: session, error }, { id: session, result: { session: 'x', re: session } })
  expect(statesOf(client.rpc)).toEqual(['waiting'])
})

test('C45: what is no error, or an answer to another call, leaves the hello open', () => {
  using client = alone({ plain: false }, { policy: 'strict' })
  client.receive({ id: null, result: 1 }, { jsonrpc: '2.0', id: null, result: 1 }, { id: 5, error })
  client.receive({ jsonrpc: '2.0', id: 5, error }, { jsonrpc: '2.0', id: null, error: null })
  expect(statesOf(client.rpc)).toEqual(['waiting'])
})

test('C45: an error whose id is null does not change a peer that is known', async () => {
  using client = alone({ plain: false })
  const session = sessionOf(client.posted)
  client.receive(helloAnswer(session, 'they'))
  const seen = statesOf(client.rpc)
  const call = client.rpc.invoke('sum', [1, 2])
  client.receive({ jsonrpc: '2.0', id: null, error }, { id: null, error })
  expect(await outcomeOf(call)).toBe('pending')
  expect(seen).toEqual(['connected'])
})

test('C45: a portcall peer that answers later is met all the same, and no call is lost', async () => {
  using client = alone({ plain: false })
  const session = sessionOf(client.posted)
  client.receive({ jsonrpc: '2.0', id: null, error })
  const call = client.rpc.invoke('sum', [1, 2], { id: 1 })
  client.receive(helloAnswer(session, 'they'), result(1, 3))
  expect(await outcomeOf(call)).toEqual({ value: 3 })
})
