import { expect, test } from 'vitest'
import { expose, RPC, rpcOf, wrap } from '../../src/index.ts'
import { linkedPair } from '../../src/testing.ts'
import { codeOf, turn } from '../peer/pair.ts'

interface Api {
  name(): string
  only(): string
}

function exposedPair(api: object) {
  const { left, right } = linkedPair()
  const undo = expose(api, right)
  return { remote: wrap<Api>(left), left, right, undo }
}

test('wrap calls what expose exposes', async () => {
  const { remote, right } = exposedPair({ name: () => 'first' })
  using client = remote
  using server = wrap(right)
  expect(await client.name()).toBe('first')
  void server
})

test('what expose returns takes it back', async () => {
  const { remote, right, undo } = exposedPair({ name: () => 'first' })
  using client = remote
  using server = wrap(right)
  undo()
  expect(await codeOf(client.name())).toBe(-32601)
  undo()
  expose({ name: () => 'second' }, right)
  undo()
  expect(await client.name()).toBe('second')
  void server
})

test('S54: exposing again on the same endpoint replaces the first, and a handler runs once', async () => {
  let ran = 0
  const { remote, right } = exposedPair({ name: () => `first ${++ran}`, only: () => 'first' })
  using client = remote
  using server = wrap(right)
  const undo = expose({ name: () => `second ${++ran}` }, right)
  expect(await client.name()).toBe('second 1')
  expect(await codeOf(client.only())).toBe(-32601)
  undo()
  expect(await codeOf(client.name())).toBe(-32601)
  void server
})

test('S54: hot reload keeps the connection and what was registered otherwise', async () => {
  const { remote, right } = exposedPair({ name: () => 'v1' })
  using client = remote
  using server = wrap(right)
  rpcOf(server).registerMethod('only', () => 'stays')
  await rpcOf(client).connect()
  const states: string[] = []
  rpcOf(client).onPeer((state) => states.push(state))
  for (const version of ['v2', 'v3']) {
    expose({ name: () => version }, right)
    expect(await client.name()).toBe(version)
  }
  expect(await client.only()).toBe('stays')
  expect(states).toEqual(['connected'])
})

test('S54: a second RPC on an endpoint throws, saying what to do, until the first is destroyed', async () => {
  const { port1, port2 } = new MessageChannel()
  try {
    const first = new RPC({ transport: port1 as MessagePort })
    expect(() => new RPC({ transport: port1 as MessagePort })).toThrow(/destroy\(\).*wrap and expose/)
    first.destroy()
    using second = new RPC({ transport: port1 as MessagePort })
    using other = new RPC({ transport: port2 as MessagePort, methods: { name: () => 'other' } })
    expect(await second.invoke('name')).toBe('other')
    void other
  } finally {
    port1.close()
    port2.close()
  }
})

test('S54: a failed second RPC leaves the first working, and its handler runs once', async () => {
  let ran = 0
  const { remote, right } = exposedPair({ name: () => `ran ${++ran}` })
  using client = remote
  using server = wrap(right)
  expect(() => new RPC({ transport: right, methods: { name: () => `ran ${++ran}` } })).toThrow(TypeError)
  expect(await client.name()).toBe('ran 1')
  await turn()
  expect(ran).toBe(1)
  void server
})

test('wrap and expose on one endpoint share its RPC, in both directions', async () => {
  const { left, right } = linkedPair()
  expose({ name: () => 'left' }, left)
  expose({ name: () => 'right' }, right)
  using fromLeft = wrap<Api>(left)
  using fromRight = wrap<Api>(right)
  expect(rpcOf(wrap(left))).toBe(rpcOf(fromLeft))
  expect(rpcOf(fromLeft)).not.toBe(rpcOf(fromRight))
  expect(await Promise.all([fromLeft.name(), fromRight.name()])).toEqual(['right', 'left'])
})

test('wrap shares an RPC that was made by hand', () => {
  const { left } = linkedPair()
  using rpc = new RPC({ transport: left })
  expect(rpcOf(wrap(left))).toBe(rpc)
})

test('after destroy wrap makes a new RPC', async () => {
  const { remote, left, right } = exposedPair({ name: () => 'right' })
  using server = wrap(right)
  const first = rpcOf(remote)
  first.destroy()
  using again = wrap<Api>(left)
  expect(rpcOf(again)).not.toBe(first)
  expect(await again.name()).toBe('right')
  void server
})

test('options of wrap are those of the RPC that it makes, its timeout that of the remote', async () => {
  const { left } = linkedPair()
  using remote = wrap<Api>(left, { plain: true, timeout: 1 })
  expect(await codeOf(remote.name())).toBe(-32300)
})

test('expose takes a function, a nested object and a class instance', async () => {
  class Greeter {
    greet(name: string): string {
      return `hello ${name}`
    }
  }
  const { left, right } = linkedPair()
  using server = wrap(right)
  using client = wrap<{ a: { b(): number }; greeter: Greeter; greet(name: string): string }>(left)
  expose({ a: { b: () => 1 }, greeter: new Greeter() }, right)
  expect(await client.a.b()).toBe(1)
  expect(await client.greeter.greet('you')).toBe('hello you')
  expose(new Greeter(), right)
  expect(await client.greet('me')).toBe('hello me')
  expose((n: number) => 2 * n, right)
  expect(await rpcOf(client).remote<(n: number) => number>()(21)).toBe(42)
  void server
})

test('expose without an endpoint, where there is none, shows what to write', () => {
  expect(() => expose({ name: () => 'x' })).toThrow(/expose\(api, windowTransport\(parent, \{ origin \}\)\)/)
})

test('C11: what was registered wins over what is exposed', async () => {
  const { remote, right } = exposedPair({})
  using client = remote
  using server = wrap(right)
  rpcOf(server).registerMethod('taken', () => 1)
  expose({ name: () => 'exposed', taken: () => 2 }, right)
  expect(await client.name()).toBe('exposed')
  expect(await rpcOf(client).invoke('taken')).toBe(1)
})

const name = (): string => 'named'
class Base {}

test.each<readonly [where: string, api: object, move: (api: object) => unknown]>([
  [
    'the prototype of what is plain',
    { only: name },
    (api) => Object.setPrototypeOf(api, Object.assign(Object.create(null) as object, { name })),
  ],
  [
    'a class that is extended',
    Object.assign(class extends Base {}, { only: name }),
    () => Object.defineProperty(Base, 'name', { value: name }),
  ],
])('a function that was moved to %s is not exposed any more', async (_, api, move) => {
  Object.defineProperty(api, 'name', { value: name, configurable: true })
  const { remote, right } = exposedPair(api)
  using client = remote
  using _server = wrap(right)
  expect([await client.name(), await client.name()]).toEqual(['named', 'named'])
  Reflect.deleteProperty(api, 'name')
  move(api)
  expect(await codeOf(client.name())).toBe(-32601)
})
