/** C06, C13, C14, C15: errors as values and thrown, their fields, codes and classes. */
import { readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { registerError, type RPC, RPCError } from '../../src/index.ts'
import { type Medium, pairOver, rejection } from './media.ts'

class NotFoundError extends Error {
  status = 404
  override name = 'NotFoundError'
}

const trusted = ['trustedChannel', 'fork json', 'fork advanced'] as const
const strangers = ['channel', 'websocket'] as const

const failing = (thrown: unknown): object => ({
  fail: () => {
    throw thrown
  },
  later: async () => Promise.reject(thrown as Error),
  settled: () => Promise.allSettled([Promise.reject(thrown as Error), Promise.resolve(1)]),
  async *stream() {
    yield 1
    throw thrown
  },
})

const reasonOf = async (left: RPC): Promise<Error & Record<string, unknown>> => {
  const [rejected, fulfilled] =
    await left.invoke<[{ reason: Error & Record<string, unknown> }, unknown]>('settled')
  expect(fulfilled).toEqual({ status: 'fulfilled', value: 1 })
  return rejected.reason
}

for (const medium of trusted) {
  test(`C06: the reasons of Promise.allSettled keep class, fields, code, data and causes (${medium})`, async () => {
    onTestFinished(registerError(NotFoundError))
    const cause = Object.assign(new NotFoundError('inner'), { status: 410 })
    const thrown = Object.assign(new NotFoundError('gone', { cause }), {
      code: 'E_GONE',
      data: { at: new Date(0) },
      extra: { list: [1, { a: 2 }], f: () => 1 },
    })
    const { left } = await pairOver(medium, {}, { methods: failing(thrown) })
    const reason = await reasonOf(left)
    expect(reason).toBeInstanceOf(NotFoundError)
    expect(reason).toMatchObject({
      name: 'NotFoundError',
      message: 'gone',
      status: 404,
      code: 'E_GONE',
      data: { at: new Date(0) },
      extra: { list: [1, { a: 2 }] },
    })
    expect(reason.cause).toBeInstanceOf(NotFoundError)
    expect(reason.cause).toMatchObject({ message: 'inner', status: 410 })
  })

  for (const [what, make] of Object.entries({
    'a built-in error with fields': () => Object.assign(new TypeError('t'), { at: 7 }),
    'one of a class that nobody registered': () =>
      Object.assign(new (class Own extends RangeError {})('o'), { at: 7 }),
    'an AggregateError': () => Object.assign(new AggregateError([new TypeError('in')], 'all'), { at: 7 }),
    'an RPCError': () => Object.assign(new RPCError(41, 'r', { data: [1] }), { at: 7 }),
    'one with a cause of its own class': () =>
      Object.assign(new Error('c', { cause: Object.assign(new NotFoundError('in'), { deep: 1 }) }), {
        at: 7,
      }),
    'one that is its own cause': () => {
      const error = Object.assign(new Error('loop'), { at: 7 })
      error.cause = error
      return error
    },
    'two that cause each other': () => {
      const one = Object.assign(new Error('one'), { at: 7 })
      one.cause = new Error('two', { cause: one })
      return one
    },
  }))
    test(`C06: ${what} is a value: param, member, item, in a Map (${medium})`, async () => {
      const { left } = await pairOver(
        medium,
        {},
        {
          methods: {
            echo: (value: unknown) => value,
            async *items() {
              yield make()
            },
          },
        },
      )
      const error = make()
      const { name, message } = error
      const is = { message, at: 7, ...(name !== 'Own' && { name }) }
      expect(await left.invoke('echo', [error])).toMatchObject(is)
      expect(await left.invoke('echo', [{ a: [error, error] }])).toMatchObject({ a: [is, is] })
      const inMap = await left.invoke<Map<string, unknown>>('echo', [new Map([['k', error]])])
      expect(inMap.get('k')).toMatchObject(is)
      expect(inMap.get('k')).toBeInstanceOf(Error)
      for await (const item of left.remote<{ items(): AsyncIterable<unknown> }>().items())
        expect(item).toMatchObject(is)
      const { errors = [] } = await left.invoke<{ errors?: unknown[] }>('echo', [error])
      expect(errors.map((one) => one instanceof TypeError)).toEqual(
        error instanceof AggregateError ? [true] : [],
      )
    })
}

for (const medium of strangers)
  test(`C06: a stranger gets no more of an error that is a value than its class, message and causes (${medium})`, async () => {
    onTestFinished(registerError(NotFoundError))
    const { left } = await pairOver(
      medium,
      {},
      {
        methods: failing(Object.assign(new NotFoundError('gone'), { secret: 1, code: 'E' })),
      },
    )
    const reason = await reasonOf(left)
    expect(reason).toBeInstanceOf(NotFoundError)
    expect(reason.message).toBe('gone')
    expect(Object.keys(reason)).not.toContain('secret')
    expect(Object.keys(reason)).not.toContain('code')
  })

/** As axios has it, with what cannot be cloned. */
class AxiosError extends Error {
  override name = 'AxiosError'
  code = 'ERR_BAD_REQUEST'
  config = {
    url: '/x',
    transformRequest: [() => 1],
    timeout: 5,
    headers: new (class Headers {
      Accept = 'json'
    })(),
  }
  request = { socket: new WeakMap(), method: 'GET' }
  response = {
    status: 404,
    data: { reason: 'no' },
    toString2: () => 'x',
    config: this.config,
    when: new Date(0),
  }
}

for (const medium of trusted) {
  test(`C13: of a field that cannot be sent whole arrives what can (${medium})`, async () => {
    const { left } = await pairOver(medium, {}, { methods: failing(new AxiosError('failed')) })
    for (const error of [
      await rejection(left.invoke('fail')),
      await rejection(left.invoke('later')),
      await reasonOf(left),
    ])
      expect(error).toMatchObject({
        message: 'failed',
        code: 'ERR_BAD_REQUEST',
        config: { url: '/x', timeout: 5, headers: { Accept: 'json' } },
        request: { method: 'GET' },
        response: { status: 404, data: { reason: 'no' }, config: { url: '/x' }, when: new Date(0) },
      })
  })

  test(`C13: a thrown object has its fields as data and as fields (${medium})`, async () => {
    const { left } = await pairOver(
      medium,
      {},
      { methods: failing({ status: 404, reason: 'x', in: { f: () => 1, a: 1 } }) },
    )
    const fields = { status: 404, reason: 'x', in: { a: 1 } }
    expect(await rejection(left.invoke('fail'))).toMatchObject({ ...fields, data: fields, code: -32500 })
  })
}

for (const medium of [...strangers, 'stdio'] as Medium[])
  test(`C13: a stranger gets the fields of a thrown object as data, and no fields of errors (${medium})`, async () => {
    const { left } = await pairOver(
      medium,
      {},
      { methods: failing({ status: 404, reason: 'x', code: 7, message: 'm' }) },
    )
    const error = await rejection(left.invoke('fail'))
    expect(error).toMatchObject({ data: { status: 404, reason: 'x' }, code: 7, message: 'm' })
    expect('status' in error).toBe(false)
    const other = await pairOver(medium, {}, { methods: failing(new AxiosError('failed')) })
    expect('response' in (await rejection(other.left.invoke('fail')))).toBe(false)
  })

test('C13: what else is thrown: instances, own data, lists, and what is hostile', async () => {
  class Failure {
    reason = 'r'
  }
  const hostile = new Proxy(
    {},
    {
      ownKeys: () => {
        throw new Error('no')
      },
    },
  )
  for (const [thrown, expected] of [
    [new Failure(), { data: { reason: 'r' } }],
    [
      { data: { own: 1 }, status: 5 },
      { data: { own: 1 }, status: 5 },
    ],
    [{ code: 'E_TEXT' }, { code: 'E_TEXT', data: { code: 'E_TEXT' } }],
    [{ message: 'only' }, { message: 'only' }],
    [
      {
        get boom(): never {
          throw new Error('no')
        },
        a: 1,
      },
      { data: { a: 1 } },
    ],
    [hostile, { code: -32500 }],
    [Object.create(null), { code: -32500 }],
  ] as [unknown, object][]) {
    const { left } = await pairOver('trustedChannel', {}, { methods: failing(thrown) })
    expect(await rejection(left.invoke('fail'))).toMatchObject(expected)
  }
})

for (const medium of trusted)
  test(`C14: code is the thrown error’s own text, at every depth (${medium})`, async () => {
    const { left } = await pairOver(
      medium,
      {},
      {
        methods: {
          read: () => readFile('/none/of/it'),
          connect: () => new Promise((_, reject) => connect(1, '127.0.0.1').on('error', reject)),
          wrapped: () =>
            readFile('/none').catch((cause: unknown) => Promise.reject(new Error('w', { cause }))),
          deep: () =>
            Promise.reject(new AggregateError([Object.assign(new Error('in'), { code: 'E_IN' })], 'all')),
          number: () => Promise.reject(Object.assign(new Error('n'), { code: 42 })),
          aborted: () => Promise.reject(new DOMException('stopped', 'AbortError')),
        },
      },
    )
    expect(await rejection(left.invoke('read'))).toMatchObject({
      code: 'ENOENT',
      syscall: 'open',
      path: '/none/of/it',
    })
    expect(await rejection(left.invoke('connect'))).toMatchObject({ code: 'ECONNREFUSED' })
    expect((await rejection(left.invoke('wrapped'))).cause).toMatchObject({ code: 'ENOENT' })
    expect(((await rejection(left.invoke('deep'))) as unknown as AggregateError).errors).toMatchObject([
      { code: 'E_IN' },
    ])
    expect(await rejection(left.invoke('number'))).toMatchObject({ code: 42 })
    const aborted = await rejection(left.invoke('aborted'))
    expect(aborted).toBeInstanceOf(DOMException)
    expect(aborted['code']).toBe(DOMException.ABORT_ERR)
  })

test('C14: the number stays on the wire, and a stranger gets nothing else', async () => {
  for (const medium of strangers) {
    const { left } = await pairOver(medium, {}, { methods: { read: () => readFile('/none') } })
    expect(await rejection(left.invoke('read'))).toMatchObject({ code: -32500 })
  }
  const { left } = await pairOver(
    'fork json',
    { plain: true },
    { methods: { read: () => readFile('/none') } },
    false,
  )
  // C62: a plain peer's.
  expect(await rejection(left.invoke('read'))).toMatchObject({ code: -32603 })
})

/** What a minifier makes of one class in two bundles. */
const here = (() =>
  class a extends Error {
    id = 1
  })()
const there = (() =>
  class t extends Error {
    id = 2
  })()

for (const medium of [...trusted, ...strangers])
  test(`C15: a registered class arrives by its stable name, whatever bundlers call it (${medium})`, async () => {
    onTestFinished(registerError(here, 'NotFoundError'))
    const { left } = await pairOver(medium, {}, { methods: failing(new here('x')) })
    const error = await rejection(left.invoke('fail'))
    expect(error).toBeInstanceOf(here)
    expect(error.name).toBe('NotFoundError')
    expect(await reasonOf(left)).toBeInstanceOf(here)
  })

test('C15: both sides with names of their own, subclasses, and names that are taken', async () => {
  const undo = registerError(here, 'NotFoundError')
  class Special extends here {}
  const { left, right } = await pairOver('trustedChannel')
  right.registerMethod('fail', () => {
    throw new Special('s')
  })
  expect(await rejection(left.invoke('fail'))).toBeInstanceOf(here)
  expect(() => registerError(there, 'NotFoundError')).toThrow(TypeError)
  undo()
  onTestFinished(registerError(there, 'NotFoundError'))
  right.registerMethod('other', () => {
    throw new there('t')
  })
  expect(await rejection(left.invoke('other'))).toBeInstanceOf(there)
  // One that is registered no more crosses by its own name.
  expect(await rejection(left.invoke('fail'))).not.toBeInstanceOf(here)
})

test('C15: one argument works as before, also for a class that does not set its name', async () => {
  class Plain extends Error {}
  onTestFinished(registerError(Plain))
  const { left } = await pairOver('channel', {}, { methods: failing(new Plain('p')) })
  const error = await rejection(left.invoke('fail'))
  expect(error).toBeInstanceOf(Plain)
  expect(error.name).toBe('Plain')
})
