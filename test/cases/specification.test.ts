/** Every MUST of the JSON-RPC 2.0 specification, in its words, and every example of section 7 where only the two peers speak. */
import { describe, expect, test } from 'vitest'
import { alone, deferred, outcomeOf, rejection, turn } from '../peer/pair.ts'
import { examples } from '../spec/examples.ts'

type Server = ReturnType<typeof alone>

const media = [
  ['objects', { policy: 'strict' }],
  ['text', { text: true }],
] as const

const log: unknown[] = []
const methods = {
  subtract: (first: number | { minuend: number; subtrahend: number }, second: number) =>
    typeof first === 'number' ? first - second : first.minuend - first.subtrahend,
  sum: (...numbers: number[]) => numbers.reduce((sum, number) => sum + number, 0),
  get_data: () => ['hello', 5],
  update: (...args: unknown[]) => void log.push(args),
  notify_hello: (...args: unknown[]) => void log.push(args),
  notify_sum: (...args: unknown[]) => void log.push(args),
  echo: (...args: unknown[]) => args,
  nothing: () => {},
  fail: () => {
    throw new Error('boom')
  },
}

const members = (message: unknown): string[] => Object.keys(Object(message) as object).toSorted()

/** A message may say more. */
const like = ({ code, message }: { code: number; message: string }): object => ({
  code,
  message: expect.stringMatching(`^${message}`) as unknown,
})

describe.each(media)('over %s', (medium, link) => {
  const serve = (): Server => alone({ methods }, link)
  const client = (): Server => alone({}, link)

  describe('4: a request', () => {
    test('`jsonrpc` MUST be exactly "2.0"', () => {
      using caller = client()
      void caller.rpc.invoke('x').catch(() => {})
      expect(caller.posted).toMatchObject([{ jsonrpc: '2.0' }])
      using server = serve()
      for (const jsonrpc of ['1.0', '2', 2, null, undefined, '2.0 '])
        server.receive({ jsonrpc, method: 'sum', id: 1 })
      expect(server.posted).toMatchObject(Array.from({ length: 6 }, () => ({ error: { code: -32600 } })))
    })

    test('names that begin with rpc. MUST NOT be used for anything else', () => {
      using caller = client()
      expect(() => caller.rpc.registerMethod('rpc.mine', () => 1)).toThrow(TypeError)
      expect(() => void caller.rpc.invoke('rpc.mine')).toThrow(TypeError)
      using server = serve()
      server.receive({ jsonrpc: '2.0', method: 'rpc.mine', id: 1 })
      expect(server.posted).toMatchObject([{ id: 1, error: { code: -32601 } }])
    })

    test('`id` MUST contain a String, Number, or NULL value if included', () => {
      using server = serve()
      for (const id of ['a', 1, null, 0, -1])
        server.receive({ jsonrpc: '2.0', method: 'sum', params: [1], id })
      expect(server.posted).toEqual(['a', 1, null, 0, -1].map((id) => ({ jsonrpc: '2.0', id, result: 1 })))
      server.posted.length = 0
      for (const id of [true, {}, [1]]) server.receive({ jsonrpc: '2.0', method: 'sum', id })
      expect(server.posted).toMatchObject(
        Array.from({ length: 3 }, () => ({ id: null, error: { code: -32600 } })),
      )
    })

    test('what is sent has the members of the specification and no others', async () => {
      using caller = client()
      const calls = [caller.rpc.invoke('x'), caller.rpc.invoke('x', [1]), caller.rpc.invoke('x', { a: 1 })]
      calls.forEach((call) => call.catch(() => {}))
      caller.rpc.notify('x')
      expect(caller.posted.map(members)).toEqual([
        ['id', 'jsonrpc', 'method'],
        ['id', 'jsonrpc', 'method', 'params'],
        ['id', 'jsonrpc', 'method', 'params'],
        ['jsonrpc', 'method'],
      ])
    })
  })

  test('4.1: the server MUST NOT reply to a notification, also of a batch', () => {
    using server = serve()
    const quiet = ['update', 'missing', 'fail', 'nothing'].map((method) => ({ jsonrpc: '2.0', method }))
    server.receive(...quiet, quiet, { jsonrpc: '2.0', method: 'sum', params: { wrong: true } })
    expect(server.posted).toEqual([])
  })

  test('4.2: params by position MUST be an Array, by name an Object, with the names exactly', () => {
    using server = serve()
    server.receive(
      { jsonrpc: '2.0', method: 'echo', params: [1, 2], id: 1 },
      { jsonrpc: '2.0', method: 'echo', params: { Name: 1, name: 2 }, id: 2 },
    )
    expect(server.posted).toEqual([
      { jsonrpc: '2.0', id: 1, result: [1, 2] },
      { jsonrpc: '2.0', id: 2, result: [{ Name: 1, name: 2 }] },
    ])
    server.posted.length = 0
    for (const params of ['bar', 1, true]) server.receive({ jsonrpc: '2.0', method: 'echo', params, id: 3 })
    expect(server.posted).toMatchObject(Array.from({ length: 3 }, () => ({ error: { code: -32600 } })))
  })

  describe('5: a response', () => {
    test('MUST be replied to each request, with exactly one of result and error, and the id of the request', async () => {
      using server = serve()
      const methodsCalled = ['sum', 'nothing', 'fail', 'missing', 'constructor']
      methodsCalled.forEach((method, id) => server.receive({ jsonrpc: '2.0', method, id: `${id}` }))
      await turn()
      expect(server.posted.map(members)).toEqual([
        ['id', 'jsonrpc', 'result'],
        ['id', 'jsonrpc', 'result'],
        ['error', 'id', 'jsonrpc'],
        ['error', 'id', 'jsonrpc'],
        ['error', 'id', 'jsonrpc'],
      ])
      expect(server.posted.map((one) => Reflect.get(Object(one), 'id') as unknown)).toEqual(
        methodsCalled.map((_, id) => `${id}`),
      )
    })

    test('`id` MUST be Null if it could not be detected', () => {
      using server = serve()
      server.receive(
        { jsonrpc: '2.0', method: 1 },
        { foo: 'boo' },
        1,
        [],
        ...(medium === 'text' ? ['{'] : []),
      )
      for (const one of server.posted) expect(one).toMatchObject({ id: null })
      expect(server.posted).toHaveLength(medium === 'text' ? 5 : 4)
    })

    test('a client takes either result or error, and never both', async () => {
      using caller = client()
      const both = outcomeOf(caller.rpc.invoke('x', null, { id: 1 }))
      const neither = outcomeOf(caller.rpc.invoke('x', null, { id: 2 }))
      caller.receive({ jsonrpc: '2.0', id: 1, result: 1, error: { code: 1, message: '' } })
      caller.receive({ jsonrpc: '2.0', id: 2 })
      expect(await both).toEqual({ code: -32053 })
      expect(await neither).toEqual({ code: -32053 })
      expect(caller.posted).toHaveLength(2)
    })
  })

  test('5.1: the code of an error MUST be an integer, its message SHOULD be a String; reserved codes are kept', async () => {
    using server = serve()
    for (const [i, method] of ['fail', 'missing'].entries()) server.receive({ jsonrpc: '2.0', method, id: i })
    server.receive({ jsonrpc: '2.0', id: 2 })
    const errors = server.posted.map((one) => (one as { error: { code: number; message: string } }).error)
    expect(errors.map(({ code }) => code)).toEqual([-32603, -32601, -32600])
    for (const { code, message } of errors) {
      expect(Number.isInteger(code)).toBe(true)
      expect(message).toBeTypeOf('string')
    }
    using caller = client()
    const call = caller.rpc.invoke('x', null, { id: 1 })
    caller.receive({ jsonrpc: '2.0', id: 1, error: { code: -32001, message: 'server', data: { a: [1] } } })
    expect(await rejection(call)).toMatchObject({ code: -32001, message: 'server', data: { a: [1] } })
  })

  describe('6: a batch', () => {
    test('is answered by an Array with one response for each request that is no notification, when all are processed', async () => {
      const gate = deferred<void>()
      using server = alone({ methods: { ...methods, slow: () => gate.promise } }, link)
      server.receive([
        { jsonrpc: '2.0', method: 'slow', id: 1 },
        { jsonrpc: '2.0', method: 'update' },
        { jsonrpc: '2.0', method: 'sum', id: 2 },
      ])
      await turn()
      expect(server.posted).toEqual([])
      gate.resolve()
      await turn()
      expect(server.posted).toHaveLength(1)
      expect((server.posted[0] as { id: number }[]).map(({ id }) => id).toSorted((a, b) => a - b)).toEqual([
        1, 2,
      ])
    })

    test('the response MUST be a single object if it is no valid JSON or an empty Array; nothing for notifications alone', () => {
      using server = serve()
      server.receive([], ...(medium === 'text' ? ['[1,'] : []))
      expect(server.posted.map((one) => Array.isArray(one))).toEqual(server.posted.map(() => false))
      server.posted.length = 0
      server.receive([{ jsonrpc: '2.0', method: 'update' }])
      expect(server.posted).toEqual([])
    })
  })

  describe('7: the examples', () => {
    for (const { name, send, expect: expected } of examples) {
      let data: unknown
      try {
        data = JSON.parse(send)
      } catch {
        if (medium === 'objects') continue
      }
      test(`answers: ${name}`, async () => {
        using server = serve()
        server.receive(medium === 'text' ? send : data)
        await turn()
        const answers = server.posted.map((one) => JSON.parse(JSON.stringify(one)) as unknown)
        expect(answers).toHaveLength(expected === undefined ? 0 : 1)
        const given = answers.flat() as { id: unknown }[]
        const wanted = (expected === undefined ? [] : [expected].flat()) as {
          id: unknown
          error?: { code: number; message: string }
        }[]
        expect(Array.isArray(answers[0])).toBe(Array.isArray(expected))
        expect(given).toHaveLength(wanted.length)
        for (const { error, ...one } of wanted)
          expect(given).toContainEqual({ ...one, ...(error && { error: like(error) }) })
      })
    }
  })
})
