/** C09, C10, C11: what of exposed and passed objects can be called, constructed, and replaced. */
import { EventEmitter } from 'node:events'
import { createServer } from 'node:http'
import { MessageChannel } from 'node:worker_threads'
import { expect, onTestFinished, test } from 'vitest'
import { expose, proxy, RPC, type RPCInitOptions } from '../../src/index.ts'
import { endpointTransport } from '../../src/index.ts'
import { rejection } from './media.ts'

class Sub {
  hi(): string {
    return 'hi'
  }
}

class Store {
  #n = 2
  _hidden = (): string => 'hidden'
  add = (x: number): number => x + this.#n
  bound = (() => this.method.bind(this))()
  nested = { hi: () => 'nested', deeper: { hi: () => 'deeper' }, _no: () => 1, sub: new Sub() }
  sub = new Sub()
  let = proxy(new Sub())
  list = [() => 1]
  date = new Date()
  map = new Map()
  emitter = new EventEmitter()
  server = createServer()
  get accessor(): () => number {
    return () => 1
  }
  method(): number {
    return this.#n
  }
}

/** How an object reaches the peer, and the prefix of its names there. */
const ways = ['exposed', 'nested', 'methods', 'proxy()', 'new'] as const

interface Rig {
  readonly call: (name: string, ...args: unknown[]) => Promise<unknown>
}

async function rig(way: (typeof ways)[number] | 'expose', api: object, isTrusted = false): Promise<Rig> {
  const { port1, port2 } = new MessageChannel()
  onTestFinished(() => port1.close())
  const at = { ...endpointTransport(port2), trusted: isTrusted }
  const left = new RPC({ transport: port1 })
  const options: RPCInitOptions = { transport: at }
  const right = new RPC(way === 'methods' ? { ...options, methods: api } : options)
  onTestFinished(() => {
    left.destroy()
    right.destroy()
  })
  if (way !== 'methods') {
    const exposed =
      way === 'nested'
        ? { at: { it: api } }
        : way === 'proxy()'
          ? { get: () => proxy(api) }
          : way === 'new'
            ? { Store: api.constructor }
            : api
    expose(exposed, at)
  }
  await left.connect()
  const remote = left.remote<Record<string, never>>() as never as Record<
    string,
    (() => Promise<object>) & (new () => object)
  >
  const prefix = way === 'nested' ? 'at.it.' : ''
  const passed =
    way === 'proxy()'
      ? await remote['get']?.()
      : way === 'new'
        ? await (new (remote['Store'] as new () => object)() as Promise<object>)
        : undefined
  return {
    call: (name, ...args) => {
      if (!passed) return left.invoke(prefix + name, args)
      const member = name.split('.').reduce<unknown>((at, key) => Reflect.get(at as object, key), passed)
      return (member as (...args: unknown[]) => Promise<unknown>)(...args)
    },
  }
}

const codeOf = async (call: Promise<unknown>): Promise<unknown> => (await rejection(call))['code']

for (const way of ways) {
  test(`C09: function fields and those in plain objects of an instance are callable (${way})`, async () => {
    const { call } = await rig(way, new Store())
    expect(await call('add', 1)).toBe(3)
    expect(await call('bound')).toBe(2)
    expect(await call('method')).toBe(2)
    expect(await call('nested.hi')).toBe('nested')
    expect(await call('nested.deeper.hi')).toBe('deeper')
    expect(await call('let.hi')).toBe('hi')
  })

  test(`C09: what stays out of reach of a stranger (${way})`, async () => {
    const { call } = await rig(way, new Store())
    for (const name of [
      '_hidden',
      'accessor',
      'constructor',
      'list.0',
      'list.push',
      'date.getTime',
      'map.get',
      'emitter.emit',
      'emitter.on',
      'server.listen',
      'server.close',
      'let.constructor',
      'nested.constructor',
      'add.call',
      'add.constructor',
      '#n',
    ].filter((one) => !['proxy()', 'new'].includes(way) || !/constructor|add\./.test(one)))
      // A remote has some of those names by itself.
      expect([name, await codeOf(call(name))]).toEqual([name, -32601])
  })

  test(`C09: an instance in a field is reached by trusted peers alone, and the error says so (${way})`, async () => {
    const stranger = await rig(way, new Store())
    for (const name of ['sub.hi', 'nested.sub.hi']) {
      const error = await rejection(stranger.call(name))
      expect(error['code']).toBe(-32601)
      expect(error.message).toMatch(/sub` is an instance .* proxy\(\)/)
    }
    const trusted = await rig(way, new Store(), true)
    expect(await trusted.call('sub.hi')).toBe('hi')
    expect(await trusted.call('nested.sub.hi')).toBe('hi')
    for (const name of ['emitter.emit', 'server.listen', 'map.get', 'date.getTime'])
      expect([name, await codeOf(trusted.call(name))]).toEqual([name, -32601])
  })
}

test('C09: fields of a class that extends one of Node', async () => {
  class Events extends EventEmitter {
    add = (): number => 1
  }
  const { call } = await rig('expose', new Events())
  expect(await call('add')).toBe(1)
  for (const name of ['emit', 'on', 'removeAllListeners', '_events.x'])
    expect(await codeOf(call(name))).toBe(-32601)
  class Server extends createServer().constructor.prototype.constructor {
    own(): number {
      return 2
    }
  }
  const server = await rig('expose', new Server())
  expect(await server.call('own')).toBe(2)
  for (const name of ['listen', 'close', 'emit', 'setTimeout'])
    expect(await codeOf(server.call(name))).toBe(-32601)
})

interface Made {
  add(by: number): Promise<number>
}

// What TypeScript and Babel make of classes for ES5.
function Counter(this: { n: number }, n = 0): void {
  this.n = n
}
Counter.prototype.add = function (this: { n: number }, by: number) {
  return (this.n += by)
}
Counter.zero = () => 'zero'

function Derived(this: { n: number }, n = 0): void {
  Reflect.apply(Counter, this, [n + 100])
}
Derived.prototype = Object.create(Counter.prototype, {
  constructor: { value: Derived, writable: true },
}) as object

const plainFunctions: Readonly<Record<string, unknown>> = {
  'an arrow': () => 1,
  'a method': Reflect.get({ method() {} }, 'method'),
  'a plain function': function () {},
  'a generator': function* () {},
  'an async function': async () => {},
  'a bound one': Counter.bind(null as never),
}

test('C10: a class that was compiled to ES5 is constructed, with its statics', async () => {
  const { port1, port2 } = new MessageChannel()
  onTestFinished(() => port1.close())
  const left = new RPC({ transport: port1 })
  const api = { Counter, nested: { Derived }, give: () => proxy(Counter as never), ...plainFunctions }
  expose(api, port2)
  const remote = left.remote<Record<string, never>>() as never as {
    Counter: (new (n: number) => Promise<Made>) & { zero(): Promise<string> }
    nested: { Derived: new (n: number) => Promise<Made> }
    give(): Promise<new (n: number) => Promise<Made>>
  } & Record<string, new () => Promise<Made>>
  expect(await (await new remote.Counter(1)).add(2)).toBe(3)
  expect(await (await new remote.nested.Derived(1)).add(2)).toBe(103)
  expect(await remote.Counter.zero()).toBe('zero')
  expect(await (await new (await remote.give())(5)).add(1)).toBe(6)
  for (const name of Object.keys(plainFunctions)) {
    const Class = remote[name] as new () => Promise<Made>
    expect([name, await codeOf(new Class())]).toEqual([name, -32601])
  }
  left.destroy()
})

test('C11: what is put in place of a member later is called, under the same rules', async () => {
  const api: Record<string, unknown> = {
    add: (a: number, b: number) => a + b,
    math: { one: () => 1 },
    store: new Store(),
  }
  const { call } = await rig('expose', api)
  expect(await call('add', 1, 2)).toBe(3)
  api['add'] = () => 'spy'
  expect(await call('add', 1, 2)).toBe('spy')
  expect(await codeOf(call('run'))).toBe(-32601)
  api['run'] = () => 'run'
  expect(await call('run')).toBe('run')
  expect(await call('math.one')).toBe(1)
  api['math'] = { one: () => 'other', 'a.b': () => 'dotted' }
  expect(await call('math.one')).toBe('other')
  expect(await call('math.a.b')).toBe('dotted')
  api['Main.max'] = () => 'max'
  expect(await call('Main.max')).toBe('max')
  // A spy on an instance stands before the method of its class.
  expect(await call('store.method')).toBe(2)
  Object.defineProperty(api['store'], 'method', { value: () => 'spied', configurable: true, writable: true })
  expect(await call('store.method')).toBe('spied')
  Reflect.deleteProperty(api['store'] as object, 'method')
  expect(await call('store.method')).toBe(2)
  delete api['run']
  expect(await codeOf(call('run'))).toBe(-32601)
  let ran = 0
  Object.defineProperty(api, 'add', { get: () => ran++ })
  expect(await codeOf(call('add'))).toBe(-32601)
  expect(ran).toBe(0)
  Object.assign(api, { self: api, constructor: () => 'no', __proto__: { inherited: () => 'no' } })
  for (const name of [
    'self.self.math.one',
    'constructor',
    'inherited',
    'then',
    '__proto__.x',
    'math',
    'store',
  ])
    expect([name, await codeOf(call(name))]).toEqual([name, -32601])
})

test('C11: registerMethod and methods are fixed and win, and removeMethod keeps a name closed', async () => {
  const { port1, port2 } = new MessageChannel()
  onTestFinished(() => port1.close())
  const methods = { fixed: () => 'fixed', twice: () => 'methods' }
  const server = new RPC({ transport: port2, methods })
  const left = new RPC({ transport: port1 })
  onTestFinished(() => {
    left.destroy()
    server.destroy()
  })
  const api: Record<string, () => unknown> = {
    twice: () => 'exposed',
    open: () => 'open',
    late: () => 'exposed',
  }
  const undo = expose(api, port2)
  methods.fixed = () => 'changed'
  expect(await left.invoke('fixed')).toBe('fixed')
  expect(await left.invoke('twice')).toBe('methods')
  server.registerMethod('late', () => 'registered')
  expect(await left.invoke('late')).toBe('registered')
  expect(await left.invoke('open')).toBe('open')
  server.removeMethod('open')
  expect(await codeOf(left.invoke('open'))).toBe(-32601)
  api['open'] = () => 'again'
  expect(await codeOf(left.invoke('open'))).toBe(-32601)
  server.registerMethod('open', () => 'registered')
  expect(await left.invoke('open')).toBe('registered')
  undo()
  server.removeMethod('late')
  expect(await codeOf(left.invoke('late'))).toBe(-32601)
})

test('C11: a peer that asks for names without end holds nothing here', async () => {
  const api = { a: { b: {} as Record<string, unknown>, f: () => 1 } }
  api.a.b['a'] = api.a
  const { call } = await rig('expose', api)
  expect(await codeOf(call(`a${'.b.a'.repeat(1_000)}.f`))).toBe(-32601)
  expect(await codeOf(call('.'.repeat(10_000)))).toBe(-32601)
  expect(await call('a.f')).toBe(1)
})
