import { runInNewContext } from 'node:vm'
import { afterEach, expect, test } from 'vitest'
import { wrap as wrapOfCore } from '../../src/core.ts'
import { type Endpoint, endpointTransport, expose, RPC, type RPCInitOptions, wrap } from '../../src/index.ts'
import { linkedPair } from '../../src/testing.ts'
import { alone, connectedPair, request } from './pair.ts'

const noTransports: readonly [string, unknown][] = [
  ['nothing', undefined],
  ['null', null],
  ['a number', 5],
  ['a string', 'worker.js'],
  ['an object that can neither post nor listen', {}],
  ['an object that can only post', { postMessage() {} }],
  ['an object that can only listen', { addEventListener() {} }],
]

for (const [what, transport] of noTransports)
  test(`new RPC with ${what} as transport throws a TypeError that says what to pass`, () => {
    const make = (): RPC => new RPC({ transport } as RPCInitOptions)
    expect(make).toThrow(TypeError)
    expect(make).toThrow(/a Worker, a MessagePort, self/)
  })

test('new RPC without options throws a TypeError that says what to pass', () => {
  expect(() => Reflect.construct(RPC, [])).toThrow(/\{ transport \}/)
})

test('new RPC with both a transport and an event throws a TypeError that says to pass one', () => {
  const event = { emit() {}, on() {}, off() {} }
  expect(() => new RPC({ transport: linkedPair().left, event })).toThrow(TypeError)
  expect(() => new RPC({ transport: linkedPair().left, event })).toThrow(/\{ transport \}.* or \{ event \}/)
})

test('a channel over a transport that has none throws a TypeError that says what to pass', () => {
  const { left } = linkedPair()
  const make = (): RPC => new RPC({ transport: left, channel: 'second' })
  expect(make).toThrow(TypeError)
  expect(make).toThrow(/channelTransport\(endpoint, channel\)/)
  new RPC({ transport: left }).destroy()
})

test('a Window is refused with what to write instead', () => {
  const window: Endpoint = { postMessage() {} }
  Object.assign(window, { window, addEventListener() {} })
  for (const make of [
    () => endpointTransport(window),
    () => wrap(window),
    () => wrapOfCore(window),
    () => expose({}, window),
  ]) {
    expect(make).toThrow(TypeError)
    expect(make).toThrow(/windowTransport\(window, \{ origin \}\)/)
  }
})

test('a BroadcastChannel is refused with what to pass instead', () => {
  const channel = new BroadcastChannel('misuse')
  try {
    expect(() => new RPC({ transport: channel })).toThrow(/BroadcastChannel.*pass a MessagePort/)
  } finally {
    channel.close()
  }
})

const wrongOptions: readonly [string, Partial<Record<keyof RPCInitOptions, unknown>>, RegExp][] = [
  ['a negative timeout', { timeout: -1 }, /timeout.*number of milliseconds.*0/],
  ['a timeout that is NaN', { timeout: Number.NaN }, /timeout.*number of milliseconds.*0/],
  ['a timeout that is a string', { timeout: '5000' }, /timeout.*number of milliseconds.*0/],
  ['a negative connectTimeout', { connectTimeout: -1 }, /timeout.*number of milliseconds.*0/i],
  ['a method that is reserved', { methods: { 'rpc.x': () => 1 } }, /rpc\.x.*reserved/],
]

for (const [what, options, message] of wrongOptions)
  test(`new RPC with ${what} throws a TypeError, sends nothing and leaves the transport free`, () => {
    const link = linkedPair({ manual: true })
    const make = (): RPC => new RPC({ ...options, transport: link.left } as RPCInitOptions)
    expect(make).toThrow(TypeError)
    expect(make).toThrow(message)
    expect(link.deliver()).toBe(0)
    new RPC({ transport: link.left }).destroy()
  })

test('new RPC over a transport that cannot post throws, and leaves nothing behind', () => {
  const { left } = linkedPair()
  let open = false
  const transport = {
    ...left,
    post() {
      throw new Error('not connected')
    },
    listen: () => void (open = true),
    close: () => void (open = false),
  }
  const make = (): RPC => new RPC({ transport })
  expect(make).toThrow('not connected')
  expect(open).toBe(false)
  expect(make).toThrow('not connected')
})

test('new RPC over a transport that cannot listen throws, and leaves the endpoint free', () => {
  const { left } = linkedPair()
  const endpoint = {}
  const broken = {
    ...left,
    endpoint,
    listen() {
      throw new Error('no such port')
    },
  }
  expect(() => new RPC({ transport: broken })).toThrow('no such port')
  new RPC({ transport: { ...left, endpoint } }).destroy()
})

class Point {
  x = 1
}

const wrongParams: readonly [string, unknown][] = [
  ['a number', 1],
  ['a string', 'x'],
  ['true', true],
  ['a bigint', 1n],
  ['a symbol', Symbol('x')],
  ['a function', () => 1],
  ['a Map', new Map()],
  ['a Date', new Date()],
  ['a RegExp', /x/],
  ['bytes', new Uint8Array(1)],
  ['a class instance', new Point()],
  ['a promise', Promise.resolve()],
  ['an Error', new Error('x')],
]

for (const [what, params] of wrongParams)
  test(`${what} as params throws a TypeError that shows the array form`, () => {
    using client = alone()
    for (const verb of ['invoke', 'notify'] as const) {
      const call = (): unknown => client.rpc[verb]('math.add', params as unknown[])
      expect(call).toThrow(TypeError)
      expect(call).toThrow(/array or a plain object.*invoke\(['"]math\.add['"], \[/)
    }
    expect(client.posted).toEqual([])
  })

test('invoke with its arguments one by one throws a TypeError that shows the array form', () => {
  using client = alone()
  for (const args of [[1], [1, 2], [1, 2, 3], [{ a: 1 }, 2], [[1], 2]]) {
    const call = (): unknown => Reflect.apply(client.rpc.invoke, client.rpc, ['add', ...args])
    expect(call).toThrow(TypeError)
    expect(call).toThrow(/invoke\(['"]add['"], \[/)
  }
  expect(client.posted).toEqual([])
})

test('params may be undefined, null, an array, a plain object, one without a prototype, or one of another realm', () => {
  using client = alone()
  const bare = Object.assign(Object.create(null) as object, { a: 1 })
  const foreign: unknown = runInNewContext('({ a: 1 })')
  const foreignArray: unknown = runInNewContext('[1]')
  for (const params of [undefined, null, [1], { a: 1 }, bare, foreign, foreignArray])
    client.rpc.invoke('x', params as unknown[]).catch(() => {})
  expect(client.posted).toEqual([
    request(1, 'x'),
    request(2, 'x'),
    request(3, 'x', [1]),
    ...[4, 5, 6].map((id) => request(id, 'x', { a: 1 })),
    request(7, 'x', [1]),
  ])
})

for (const method of [undefined, null, 5, {}, ['x'], Symbol('x'), () => 'x'])
  test(`${typeof method} as a method's name throws a TypeError`, () => {
    using client = alone()
    const { rpc } = client
    for (const step of [
      () => rpc.invoke(method as string),
      () => rpc.notify(method as string),
      () => rpc.registerMethod(method as string, () => 1),
    ]) {
      expect(step).toThrow(TypeError)
      expect(step).toThrow(/must be a string/)
    }
    expect(client.posted).toEqual([])
  })

test('a handler that is no function throws a TypeError that names the method', () => {
  using server = alone()
  for (const handler of [undefined, null, 5, {}, 'x'])
    expect(() => server.rpc.registerMethod('mine', handler as () => unknown)).toThrow(
      /`mine` must be a function/,
    )
})

test('a name that is taken throws a TypeError that says how to free it', () => {
  using server = alone({ methods: { mine: () => 1 } })
  expect(() => server.rpc.registerMethod('mine', () => 2)).toThrow(/`mine`.*removeMethod\(\)/)
})

test('a name that everything has throws a TypeError', () => {
  using server = alone()
  for (const name of ['then', 'constructor', '__proto__', 'toString'])
    expect(() => server.rpc.registerMethod(name, () => 1)).toThrow(/reserved/)
})

test('an id that is pending throws a TypeError that names it', async () => {
  using client = alone()
  const first = client.rpc.invoke('x', null, { id: 'token' })
  expect(() => client.rpc.invoke('y', null, { id: 'token' })).toThrow(TypeError)
  expect(() => client.rpc.invoke('y', null, { id: 'token' })).toThrow(/token.* is pending/)
  expect(client.posted).toHaveLength(1)
  client.receive({ jsonrpc: '2.0', id: 'token', result: 1 })
  expect(await first).toBe(1)
  const second = client.rpc.invoke('x', null, { id: 'token' })
  client.receive({ jsonrpc: '2.0', id: 'token', result: 2 })
  expect(await second).toBe(2)
})

for (const id of [1.5, Number.NaN, Infinity, null, true, {}, [1], 1n])
  test(`an id that is ${String(id as number)} (${typeof id}) throws a TypeError: only strings and integers are sent`, () => {
    using client = alone()
    expect(() => client.rpc.invoke('x', null, { id: id as number })).toThrow(TypeError)
    expect(client.posted).toEqual([])
  })

for (const timeout of [-1, Number.NaN, '5000', {}])
  test(`a call's timeout that is ${JSON.stringify(timeout)} throws a TypeError that says what to pass`, async () => {
    using client = alone()
    const call = async (): Promise<unknown> => client.rpc.invoke('x', null, { timeout: timeout as number })
    setImmediate(() => client.rpc.destroy())
    await expect(call).rejects.toThrow(/timeout.*number of milliseconds.*0/)
  })

test("connect's timeout must be a number of milliseconds", async () => {
  using client = alone({ plain: false })
  for (const timeout of [-1, Number.NaN, '5'])
    await expect(async () => client.rpc.connect(timeout as number)).rejects.toThrow(/number of milliseconds/)
})

test('wrong params of a notification made by invoke are a TypeError, too', async () => {
  using client = alone()
  await expect(async () =>
    client.rpc.invoke('x', 5 as unknown as unknown[], { isNotify: true }),
  ).rejects.toThrow(/array or a plain object/)
})

const uncaught: unknown[] = []
const note = (error: unknown): void => void uncaught.push(error)
afterEach(() => void process.off('unhandledRejection', note))

test('misuse inside of a batch throws out of it, and nothing is sent or left unhandled', async () => {
  process.on('unhandledRejection', note)
  using pair = await connectedPair()
  await expect(pair.left.batch((call) => [call('x'), call('y', 5 as unknown as unknown[])])).rejects.toThrow(
    TypeError,
  )
  await new Promise((resolve) => setImmediate(resolve))
  expect(pair.wire).toEqual([])
  expect(uncaught).toEqual([])
})
