import { afterEach, expect, test } from 'vitest'
import { alone, failure, notification, request, result } from './pair.ts'

class Counter {
  n = 0
  increment(): number {
    return ++this.n
  }
}

const THEN = ['th', 'en'].join('')
const ran: string[] = []
const methods = {
  echo: (value: unknown) => value,
  toString: () => ran.push('toString'),
  constructor: () => ran.push('constructor'),
  a: { valueOf: () => ran.push('a.valueOf'), b: () => ran.push('a.b') },
  counter: new Counter(),
  [THEN]: () => ran.push('then'),
}

const inherited = [
  'constructor',
  'toString',
  'toLocaleString',
  'valueOf',
  'hasOwnProperty',
  'isPrototypeOf',
  'propertyIsEnumerable',
  '__proto__',
  '__defineGetter__',
  '__defineSetter__',
  '__lookupGetter__',
  '__lookupSetter__',
  'then',
  'toJSON',
  'call',
  'apply',
  'bind',
  'prototype',
  'length',
  'name',
  'planted',
]

const paths = inherited.flatMap((name) => [
  name,
  `a.${name}`,
  `echo.${name}`,
  `counter.${name}`,
  `a.${name}.b`,
])

// As a class field, a nested value or data, these are not methods either.
const notMethods = ['', 'a', 'a.', '.a', 'a..b', 'counter', 'counter.n', 'Echo', 'echo ', ' echo', 'echo\0']

afterEach(() => {
  Reflect.deleteProperty(Object.prototype, 'planted')
  ran.length = 0
})

test('S16: no inherited or reserved name can be called, nor a function planted on Object.prototype', () => {
  Object.defineProperty(Object.prototype, 'planted', {
    configurable: true,
    value: () => ran.push('planted'),
  })
  using server = alone({ methods })
  for (const name of [...paths, ...notMethods]) {
    server.receive(notification(name), request(name, name, ['x']), [request(`batch ${name}`, name)])
    expect(server.posted.flat().splice(-2)).toMatchObject([
      { id: name, error: { code: -32601 } },
      { id: `batch ${name}`, error: { code: -32601 } },
    ])
  }
  expect(ran).toEqual([])
  expect(server.posted).toHaveLength(2 * (paths.length + notMethods.length))

  server.receive(request(1, 'a.b'), request(2, 'counter.increment'))
  expect(server.posted.slice(-2)).toStrictEqual([result(1, 1), result(2, 1)])
})

test('S16: a function planted on Object.prototype before the methods are registered is not registered', () => {
  Object.defineProperty(Object.prototype, 'planted', {
    configurable: true,
    enumerable: true,
    writable: true,
    value: () => ran.push('planted'),
  })
  using server = alone({ methods: { echo: methods.echo, counter: new Counter() } })
  server.receive(request(1, 'planted'), request(2, 'counter.planted'), request(3, 'echo', ['x']))
  expect(server.posted).toMatchObject([
    { id: 1, error: { code: -32601 } },
    { id: 2, error: { code: -32601 } },
    { id: 3, result: 'x' },
  ])
  expect(ran).toEqual([])
})

const code = 'globalThis.pwned = true'
const probes: readonly [string, unknown][] = [
  ['echo.constructor', [code]],
  ['echo.constructor', ['}{']],
  ['a.__proto__.b', [code]],
  ['a.constructor.constructor', [code]],
  ['toString.constructor', [code]],
  ['toString.constructor', ['}{']],
  ['__proto__.toString.constructor', [code]],
  ['echo.call.constructor', [code]],
  ['echo["constructor"]', [code]],
  [`echo;${code}`, []],
  ['${globalThis.pwned = true}', []],
]

for (const [method, params] of probes)
  test(`S17: ${method} with ${JSON.stringify(params)} is not found, and runs no code`, () => {
    using server = alone({ methods })
    server.receive(request(1, method, params))
    expect(server.posted).toStrictEqual([failure(1, -32601, expect.stringContaining(method))])
    expect(JSON.stringify(server.posted)).not.toContain('SyntaxError')
    expect('pwned' in globalThis).toBe(false)

    server.receive(request(2, 'echo', [7]))
    expect(server.posted.at(-1)).toStrictEqual(result(2, 7))
  })

test('S18: no message reads or writes a property of what is exposed, or changes an intrinsic', () => {
  const touched: unknown[] = []
  const watched = new Proxy(
    { echo: (value: unknown) => value, data: { secret: 1 } },
    {
      get: (target, key, receiver) => (touched.push(key), Reflect.get(target, key, receiver)),
      set: (target, key, value, receiver) => (touched.push(key), Reflect.set(target, key, value, receiver)),
      deleteProperty: (target, key) => (touched.push(key), Reflect.deleteProperty(target, key)),
      defineProperty: (target, key, how) => (touched.push(key), Reflect.defineProperty(target, key, how)),
    },
  )
  using server = alone({ methods: watched })
  touched.length = 0
  const before = intrinsics()
  for (const name of [...paths, ...notMethods, 'data', 'data.secret', 'get', 'set', 'rpc.get', 'rpc.set'])
    for (const params of [[], ['data'], ['data', 'secret', 2], { data: 1 }, ['__proto__', 'polluted', 1]])
      server.receive(request(1, name, params), notification(name, params), [request(2, name, params)])
  server.receive(request(3, 'echo', [1]))
  expect(server.posted.at(-1)).toStrictEqual(result(3, 1))
  expect(touched).toEqual([])
  expect(intrinsics()).toEqual(before)
})

function intrinsics(): unknown[] {
  const roots: object[] = [
    Object,
    Function,
    Array,
    Promise,
    Map,
    Set,
    Error,
    String,
    Number,
    Symbol,
    JSON,
    Reflect,
  ]
  const objects = [globalThis, ...roots, ...roots.flatMap((root) => Reflect.get(root, 'prototype') ?? [])]
  return objects.map((object) => Reflect.ownKeys(object).map(String))
}
