import { expect, test } from 'vitest'
import { ErrorCode, type ErrorDetail, registerError, RPC, RPCError } from '../../../src/index.ts'
import { linkedPair } from '../../../src/testing.ts'

interface Options {
  readonly errors?: ErrorDetail
  readonly callerErrors?: ErrorDetail
  readonly trusted?: boolean
  readonly text?: boolean
  readonly plain?: boolean
}

/** What a caller gets when the other side's handler throws `thrown`, and the error object that crossed. */
async function caught(thrown: unknown, options: Options = {}): Promise<{ error: Error; wire: unknown }> {
  const pair = linkedPair({ trusted: options.trusted ?? true, text: options.text ?? false })
  let wire: unknown
  pair.tap((from, message) => {
    if (from === 'right' && Reflect.has(Object(message), 'error'))
      wire = Reflect.get(Object(message), 'error')
  })
  using server = new RPC({
    transport: pair.right,
    methods: {
      fail: () => {
        throw thrown
      },
    },
    ...(options.errors && { errors: options.errors }),
  })
  void server
  using client = new RPC({
    transport: pair.left,
    plain: options.plain,
    ...(options.callerErrors && { errors: options.callerErrors }),
  })
  const error: unknown = await client.invoke('fail').catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(Error)
  return { error: error as Error, wire }
}

class ValidationError extends Error {
  static made = 0
  field = 'age'
  constructor(message: string) {
    super(message)
    ValidationError.made++
    this.name = 'ValidationError'
  }
}

test.for([TypeError, RangeError, SyntaxError, ReferenceError, EvalError, URIError, Error])(
  'a thrown $name arrives as itself, with a code',
  async (Class) => {
    const { error } = await caught(new Class('no'))
    expect(Object.getPrototypeOf(error)).toBe(Class.prototype)
    expect(error).toMatchObject({ name: Class.name, message: 'no', code: ErrorCode.APPLICATION_ERROR })
    expect('data' in error).toBe(false)
  },
)

test('a DOMException arrives as a DOMException of its name, with its own code', async () => {
  const { error } = await caught(new DOMException('stopped', 'AbortError'))
  expect(error).toBeInstanceOf(DOMException)
  expect(error).toMatchObject({ name: 'AbortError', message: 'stopped', code: DOMException.ABORT_ERR })
})

test('an AggregateError arrives with its errors, each of its class', async () => {
  const { error } = await caught(new AggregateError([new TypeError('a'), 7, new RPCError(5, 'b')], 'all'))
  expect(error).toBeInstanceOf(AggregateError)
  const [first, second, third] = (error as AggregateError).errors as unknown[]
  expect(first).toBeInstanceOf(TypeError)
  expect(second).toBe(7)
  expect(third).toMatchObject({ code: 5, message: 'b' })
})

test('a class that nobody registered arrives as an RPCError of its name, with its fields', async () => {
  const { error } = await caught(new ValidationError('too young'))
  expect(error).toBeInstanceOf(RPCError)
  expect(error).toMatchObject({ name: 'ValidationError', message: 'too young', field: 'age' })
})

test('a registered class arrives as itself, without its constructor being run, until it is taken back', async () => {
  const unregister = registerError(ValidationError)
  try {
    const thrown = new ValidationError('too young')
    const made = ValidationError.made
    const { error } = await caught(thrown)
    expect(error).toBeInstanceOf(ValidationError)
    expect(error).toMatchObject({ name: 'ValidationError', field: 'age' })
    expect(ValidationError.made).toBe(made)
    expect(() => registerError(ValidationError)).toThrow(/registered already/)
  } finally {
    unregister()
  }
  expect((await caught(new ValidationError('x'))).error).not.toBeInstanceOf(ValidationError)
})

test('code and data of the thrown error are there whatever its class', async () => {
  const { error } = await caught(Object.assign(new RangeError('far'), { code: 42, data: { max: 3 } }))
  expect(error).toBeInstanceOf(RangeError)
  expect(error).toMatchObject({ code: 42, data: { max: 3 } })
})

test('causes cross with their classes, and a cause that is no error as it is', async () => {
  const inner = new RangeError('inner', { cause: { why: 'because' } })
  const { error } = await caught(new Error('outer', { cause: inner }))
  expect(error.cause).toBeInstanceOf(RangeError)
  expect((error.cause as Error).cause).toEqual({ why: 'because' })
})

test('S38: a cause that leads back to itself ends', async () => {
  const thrown = new Error('round')
  thrown.cause = thrown
  const { error } = await caught(thrown)
  expect(error.message).toBe('round')
  expect(error.cause).toBeInstanceOf(Error)
})

test('S39: by default a side that is not trusted gets name, message, code and data, and nothing else', async () => {
  const thrown = Object.assign(new TypeError('no', { cause: new Error('secret') }), {
    path: '/secret',
    data: 1,
  })
  const { wire, error } = await caught(thrown, { trusted: false })
  expect(wire).toEqual({ code: -32500, message: 'no', data: 1, details: { name: 'TypeError' } })
  expect(error.cause).toBeUndefined()
  expect('path' in error).toBe(false)
})

test('S39, C16: a stack crosses between those who trust each other, and else only by option', async () => {
  const stackOf = (wire: unknown): unknown =>
    Reflect.get(Object(Reflect.get(Object(wire), 'details')), 'stack')
  const thrown = new Error('here')
  expect(stackOf((await caught(thrown)).wire)).toBe(thrown.stack)
  expect(stackOf((await caught(thrown, { trusted: false })).wire)).toBeUndefined()
  expect(stackOf((await caught(thrown, { errors: 'fields' })).wire)).toBeUndefined()
  expect(stackOf((await caught(thrown, { trusted: false, errors: 'fields' })).wire)).toBeUndefined()
  expect(stackOf((await caught(thrown, { trusted: false, errors: 'stack' })).wire)).toBe(thrown.stack)
})

test('with stacks on both sides one reads across the boundary', async () => {
  const thrown = new Error('here')
  const { error } = await caught(thrown, { errors: 'stack', callerErrors: 'stack' })
  expect(error.stack).toContain(thrown.stack)
  // And who awaits it.
  expect(error.stack).toMatch(/caught .*details\.test/)
})

test('S39: a plain peer never sees the extra member', async () => {
  const { wire, error } = await caught(new TypeError('no'), { plain: true, errors: 'stack' })
  expect(wire).toEqual({ code: -32603, message: 'no' })
  expect(error).toBeInstanceOf(RPCError)
})

test('fields that cannot be sent, accessors and what belongs to every object stay here', async () => {
  const thrown = Object.assign(new Error('x'), {
    fn: () => {},
    ok: 1,
    constructor: 1,
    toString: 2,
    ['th' + 'en']: 3,
  })
  Object.defineProperty(thrown, 'secret', { enumerable: true, get: () => expect.unreachable() })
  Object.defineProperty(thrown, '__proto__', { enumerable: true, value: { polluted: true } })
  const { wire } = await caught(thrown)
  expect(wire).toMatchObject({ details: { name: 'Error', fields: { ok: 1 } } })
  expect(Object.keys(Reflect.get(Object(Reflect.get(Object(wire), 'details')), 'fields') as object)).toEqual([
    'ok',
  ])
})

test.for([
  undefined,
  null,
  0,
  '',
  Symbol('s'),
  'text',
  { code: 7, message: 'm', data: 'd' },
  Object.freeze(new Error('f')),
])('S38: throwing %s rejects with an Error', async (thrown) => {
  const { error } = await caught(thrown)
  expect(error).toBeInstanceOf(Error)
  expect(typeof Reflect.get(error, 'code')).toBe('number')
})

test('S38: hostile getters and proxies of errors reject with an Error', async () => {
  const boom = (): never => {
    throw new Error('boom')
  }
  const getters = new Error('g')
  for (const key of ['stack', 'cause', 'code', 'data', 'extra', 'name'])
    Object.defineProperty(getters, key, { enumerable: true, configurable: true, get: boom })
  expect((await caught(getters)).error.message).toBe('g')
  const traps = new Proxy(new Error('p'), {
    get: boom,
    ownKeys: boom,
    getOwnPropertyDescriptor: boom,
    getPrototypeOf: boom,
  })
  expect((await caught(traps)).error).toBeInstanceOf(Error)
})

test('S40: what a hostile peer puts into details is copied by a list, and pollutes nothing', async () => {
  const pair = linkedPair()
  using client = new RPC({ transport: pair.left })
  const introduce = { session: 'them', version: 1, capabilities: ['details'] }
  pair.inject('right', { jsonrpc: '2.0', id: 'h', method: 'rpc.connect', params: introduce })
  await client.connect()
  const call = client.invoke('x', null, { id: 'call' }).catch((reason: unknown) => reason)
  const details = {
    name: 'constructor',
    stack: 'x'.repeat(100_000),
    cause: { code: 1, message: 'inner', details: { name: '__proto__', fields: { message: 'no', ok: true } } },
    fields: JSON.parse(
      '{"__proto__":{"polluted":1},"constructor":1,"stack":"s","then":1,"toString":1,"fine":2}',
    ) as object,
  }
  pair.inject('right', { jsonrpc: '2.0', id: 'call', error: { code: 3, message: 'm', details } })
  const error = (await call) as Error
  expect(error).toBeInstanceOf(RPCError)
  expect(error).toMatchObject({ code: 3, message: 'm', fine: 2, name: 'constructor' })
  expect(Object.getOwnPropertyNames(error).toSorted()).toEqual([
    'cause',
    'code',
    'fine',
    'message',
    'name',
    'stack',
  ])
  expect(error.cause).toMatchObject({ message: 'inner', ok: true })
  expect(Reflect.get({}, 'polluted')).toBeUndefined()
})

test('details that are nonsense are left aside', async () => {
  for (const details of [
    0,
    null,
    'x',
    [],
    { name: 7, cause: 1, fields: 2, stack: 3, errors: 4 },
    { name: 'AggregateError', errors: 4 },
  ]) {
    const pair = linkedPair()
    using client = new RPC({ transport: pair.left })
    pair.inject('right', {
      jsonrpc: '2.0',
      id: 'h',
      method: 'rpc.connect',
      params: { session: 's', version: 1, capabilities: ['details'] },
    })
    await client.connect()
    const call = client.invoke('x', null, { id: 'call' }).catch((reason: unknown) => reason)
    pair.inject('right', { jsonrpc: '2.0', id: 'call', error: { code: 3, message: 'm', details } })
    expect(await call).toMatchObject({ code: 3, message: 'm' })
  }
})

test('classes arrive over text, too', async () => {
  const { error } = await caught(new TypeError('no', { cause: new RangeError('r') }), { text: true })
  expect(error).toBeInstanceOf(TypeError)
  expect(error.cause).toBeInstanceOf(RangeError)
})
