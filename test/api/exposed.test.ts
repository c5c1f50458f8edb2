import { expect, test } from 'vitest'
import { RPC } from '../../src/index.ts'
import { linkedPair } from '../../src/testing.ts'
import { alone, codeOf, connectedPair, failure, notification, request, result, turn } from '../peer/pair.ts'

const echo = (value: unknown): unknown => value

test('S20: a getter of the api is run neither when it is registered nor by a call', () => {
  let runs = 0
  const getter = {
    enumerable: true,
    get: () => {
      runs++
      return echo
    },
  }
  const api = Object.defineProperty({ echo, nested: {} }, 'secret', getter)
  Object.defineProperty(api.nested, 'secret', getter)
  class Api {
    get secret(): unknown {
      return getter.get()
    }
    echo(value: unknown): unknown {
      return value
    }
  }
  using server = alone({ methods: { api, instance: new Api() } })
  const names = ['api.secret', 'api.nested.secret', 'instance.secret', 'api.echo.secret']
  server.receive(...names.map((name) => request(name, name)))
  expect(server.posted).toMatchObject(names.map((id) => ({ id, error: { code: -32601 } })))
  server.receive(request(1, 'instance.echo', [1]))
  expect(server.posted.at(-1)).toStrictEqual(result(1, 1))
  expect(runs).toBe(0)
})

test('S20: not even a toStringTag getter is run', () => {
  let runs = 0
  const nested = {
    echo,
    get [Symbol.toStringTag]() {
      runs++
      return 'Tagged'
    },
  }
  using server = alone({ methods: { nested } })
  server.receive(request(1, 'nested.echo', [1]))
  expect(runs).toBe(0)
})

test('S21: an unknown method is answered at once, naming it', () => {
  using server = alone()
  server.receive(request(1, 'no.such'))
  expect(server.posted).toStrictEqual([failure(1, -32601, expect.stringContaining('no.such'))])
})

test('S21: an unknown notification is dropped with a diagnostic', async () => {
  using server = alone()
  server.receive(notification('no.such', [1]))
  await turn()
  expect(server.posted).toEqual([])
  expect(server.diagnostics).toMatchObject([{ kind: 'unknown-method', about: 'no.such' }])
})

test('S21: a call of an unknown method rejects METHOD_NOT_FOUND', async () => {
  using pair = await connectedPair()
  expect(await codeOf(pair.left.invoke('no.such'))).toBe(-32601)
})

test('S22: no name that starts with rpc. can be registered, called or notified', () => {
  using pair = alone()
  const { rpc } = pair
  for (const name of ['rpc.connect', 'rpc.close', 'rpc.cancel', 'rpc.ping', 'rpc.mine', 'rpc.']) {
    expect(() => rpc.registerMethod(name, () => 1)).toThrow(TypeError)
    expect(() => rpc.invoke(name)).toThrow(TypeError)
    expect(() => rpc.notify(name)).toThrow(TypeError)
  }
  const { left } = linkedPair()
  expect(() => new RPC({ transport: left, methods: { rpc: { close: () => 1 } } })).toThrow(/rpc\./)
  expect(pair.posted).toEqual([])
})

test('S22: a name that only looks like one is free', () => {
  using server = alone({ methods: { rpc: () => 'rpc', rpcx: () => 'rpcx', RPC: { close: () => 'RPC' } } })
  server.receive(request(1, 'rpc'), request(2, 'rpcx'), request(3, 'RPC.close'))
  expect(server.posted).toStrictEqual([result(1, 'rpc'), result(2, 'rpcx'), result(3, 'RPC')])
})

class Base {
  #secret = 'secret'
  base(): string {
    return this.#secret
  }
  overridden(): string {
    return 'base'
  }
  static make(): Base {
    return new Base()
  }
}

class Derived extends Base {
  field = (): string => 'field'
  derived(): string {
    return `derived ${this.base()}`
  }
  override overridden(): string {
    return 'derived'
  }
  _hidden(): string {
    return 'hidden'
  }
  get accessor(): () => string {
    return () => 'accessor'
  }
  set accessor(_: unknown) {}
  #private(): string {
    return 'private'
  }
  usesPrivate(): string {
    return this.#private()
  }
}

test('S23: of a class instance the methods of its class chain can be called, and nothing else', () => {
  using server = alone({ methods: new Derived() })
  const yes = ['base', 'derived', 'overridden', 'usesPrivate']
  server.receive(...yes.map((name) => request(name, name)))
  expect(server.posted).toStrictEqual([
    result('base', 'secret'),
    result('derived', 'derived secret'),
    result('overridden', 'derived'),
    result('usesPrivate', 'private'),
  ])
  const no = [
    '_hidden',
    'accessor',
    '#private',
    '#secret',
    'constructor',
    'make',
    'toString',
    'hasOwnProperty',
  ]
  server.receive(...no.map((name) => request(name, name)))
  expect(server.posted.slice(yes.length)).toMatchObject(no.map((id) => ({ id, error: { code: -32601 } })))
})
