/** Answers of peers that keep to JSON-RPC 2.0 in their own way, and errors of handlers towards them. */
import { describe, expect, test } from 'vitest'
import * as core from '../../src/core.ts'
import { ErrorCode, RPC, RPCError } from '../../src/index.ts'
import { linkedPair } from '../../src/testing.ts'
import { alone, connectedPair, outcomeOf, rejection, request, turn } from '../peer/pair.ts'
import { hello, helloAnswer, sessionOf } from '../peer/peer.ts'

const error = { code: 5, message: 'no' }

describe.each([
  ['objects', {}],
  ['text', { text: true }],
] as const)('C61: over %s', (_, link) => {
  test('C61: `error: null` beside a result is no error', async () => {
    using client = alone({}, link)
    for (const value of [3, 0, '', false, null, { a: 1 }]) {
      const call = client.rpc.invoke('x', null, { id: 1 })
      client.receive({ jsonrpc: '2.0', id: 1, result: value, error: null })
      expect(await outcomeOf(call)).toEqual({ value })
    }
    const batch = client.rpc.batch((call) => [call('x', null, { id: 2 }), call('x', null, { id: 3 })])
    client.receive([
      { jsonrpc: '2.0', id: 2, result: 2, error: null },
      { jsonrpc: '2.0', id: 3, result: 3, error: null },
    ])
    expect(await batch).toEqual([2, 3])
  })

  test('C61: `result: null` beside an error is no result', async () => {
    using client = alone({}, link)
    const call = client.rpc.invoke('x', null, { id: 1 })
    client.receive({ jsonrpc: '2.0', id: 1, result: null, error })
    expect(await rejection(call)).toMatchObject(error)
  })

  test('C61: an answer with both, or with neither, is none all the same', async () => {
    using client = alone({}, link)
    for (const members of [
      { result: 0, error },
      { result: '', error },
      { error: null },
      { error: 5 },
      { error: 'no' },
    ]) {
      const call = client.rpc.invoke('x', null, { id: 1 })
      client.receive({ jsonrpc: '2.0', id: 1, ...members })
      expect(await outcomeOf(call)).toEqual({ code: ErrorCode.INVALID_RESPONSE })
    }
  })

  test('C61: the text of an error that is one is told', async () => {
    using client = alone({}, link)
    for (const members of [{ error: 'no such row' }, { result: null, error: 'no such row' }]) {
      const call = client.rpc.invoke('x', null, { id: 1 })
      client.receive({ jsonrpc: '2.0', id: 1, ...members })
      const thrown = await rejection(call)
      expect(thrown).toMatchObject({
        code: ErrorCode.INVALID_RESPONSE,
        message: expect.stringContaining('no such row'),
      })
      const batch = client.rpc.batch((call) => [call('x', null, { id: 2 })])
      client.receive([{ jsonrpc: '2.0', id: 2, ...members }])
      expect(await rejection(batch)).toMatchObject({ message: expect.stringContaining('no such row') })
    }
  })

  test('C61: an error without a message has a readable one', async () => {
    using client = alone({}, link)
    const nameless = [{}, { code: 5 }, { code: 5, message: null }, { code: 5, message: {} }, { data: 1 }, []]
    for (const one of nameless) {
      const call = client.rpc.invoke('x', null, { id: 1 })
      client.receive({ jsonrpc: '2.0', id: 1, error: one })
      const { message, code } = (await rejection(call)) as RPCError
      expect(message).toBe('The peer gave an error without a message')
      expect(code).toBe('code' in one ? 5 : ErrorCode.APPLICATION_ERROR)
    }
    const call = client.rpc.invoke('x', null, { id: 1 })
    client.receive({ jsonrpc: '2.0', id: 1, error: { code: 5, message: '', data: { why: 1 } } })
    expect(await rejection(call)).toMatchObject({ code: 5, message: '', data: { why: 1 } })
  })
})

test('C61: a hello that is answered with `error: null` is answered', async () => {
  using client = alone({ plain: false })
  const session = sessionOf(client.posted)
  client.receive({ ...helloAnswer(session, 'they'), error: null })
  expect(await client.rpc.connect()).toBeUndefined()
})

const thrown: readonly [string, unknown, string][] = [
  ['an Error', new Error('boom'), 'boom'],
  ['a TypeError', new TypeError('boom'), 'boom'],
  ['a DOMException', new DOMException('boom', 'DataError'), 'boom'],
  ['an error whose code is text', Object.assign(new Error('boom'), { code: 'ENOENT' }), 'boom'],
  ['an error whose code is a fraction', Object.assign(new Error('boom'), { code: 1.5 }), 'boom'],
  ['text', 'boom', 'boom'],
]

const servers: readonly [string, typeof RPC][] = [
  ['portcall', RPC],
  ['portcall/core', core.RPC as unknown as typeof RPC],
]

for (const [name, Server] of servers)
  describe(`C62: ${name}`, () => {
    for (const plain of [true, false])
      for (const [what, value, message] of thrown)
        test(`C62: a handler that throws ${what} answers a plain peer${plain ? '' : ', though nobody said so,'} -32603`, async () => {
          const link = linkedPair({ manual: true })
          const posted: unknown[] = []
          link.tap((from, one) => void (from === 'left' && posted.push(one)))
          const fail = (): never => {
            throw value
          }
          const later = async (): Promise<never> => fail()
          using server = new Server({ transport: link.left, plain, methods: { fail, later } })
          void server
          posted.length = 0
          link.inject('right', request(1, 'fail'))
          link.inject('right', request(2, 'later'))
          link.inject('right', [request(3, 'fail')])
          link.deliver()
          await turn()
          const answers = posted.flat() as { id: number; error: object }[]
          expect(new Set(answers.map(({ id }) => id))).toEqual(new Set([1, 2, 3]))
          for (const answer of answers) expect(answer.error).toMatchObject({ code: -32603, message })
          for (const answer of answers) expect(answer.error).not.toHaveProperty('details')
        })

    test('C62: a code of its own stays, also -32500', async () => {
      const link = linkedPair({ manual: true })
      const posted: unknown[] = []
      link.tap((from, one) => void (from === 'left' && posted.push(one)))
      const fail = (code: number): never => {
        throw new RPCError(code, 'mine')
      }
      using server = new Server({ transport: link.left, plain: true, methods: { fail } })
      void server
      for (const code of [-32500, 7, 0, -32601]) {
        link.inject('right', request(1, 'fail', [code]))
        link.deliver()
        expect(posted.pop()).toMatchObject({ error: { code, message: 'mine' } })
      }
    })
  })

test('C62: between portcall peers it stays -32500, over every medium and however they have met', async () => {
  const fail = (): never => {
    throw new Error('boom')
  }
  for (const link of [{}, { text: true }]) {
    using pair = await connectedPair({ right: { methods: { fail } }, link })
    const calls = Array.from({ length: 3 }, () => pair.left.invoke('fail'))
    for (const call of calls) expect(await rejection(call)).toMatchObject({ code: -32500, message: 'boom' })
    expect(await rejection(pair.left.batch((call) => [call('fail')]))).toMatchObject({ code: -32500 })
  }
  using server = alone({ plain: false, methods: { fail } })
  server.receive(hello('they'), request(1, 'fail'))
  expect(server.posted.at(-1)).toMatchObject({ error: { code: -32500 } })
})

test('C62: what mapError makes of it counts', async () => {
  const fail = (): never => {
    throw new Error('secret')
  }
  using server = alone({ methods: { fail }, mapError: () => new Error('public') })
  server.receive(request(1, 'fail'))
  expect(server.posted).toMatchObject([{ error: { code: -32603, message: 'public' } }])
})
