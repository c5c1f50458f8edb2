import { expect, test } from 'vitest'
import { RPC } from '../../src/index.ts'
import { linkedPair } from '../../src/testing.ts'
import {
  alone,
  connectedPair,
  deferred,
  failure,
  notification,
  request,
  result,
  statesOf,
  turn,
} from './pair.ts'

const names = (posted: readonly unknown[]): unknown[] =>
  posted.map((message) => Reflect.get(Object(message), 'result') as unknown)

test('registerMethod answers a method, and what it returns takes it back', () => {
  using server = alone()
  const stop = server.rpc.registerMethod('a.b', () => 'first')
  server.receive(request(1, 'a.b'))
  stop()
  server.receive(request(2, 'a.b'))
  expect(server.posted).toMatchObject([{ result: 'first' }, { error: { code: -32601 } }])
})

test('taking a method back does not take what was registered in its place', () => {
  using server = alone()
  const { rpc } = server
  const stop = rpc.registerMethod('a', () => 'first')
  rpc.removeMethod('a')
  rpc.registerMethod('a', () => 'second')
  stop()
  stop()
  server.receive(request(1, 'a'))
  expect(names(server.posted)).toEqual(['second'])
})

test('removeMethod of what is not registered is well', () => {
  using server = alone()
  expect(() => server.rpc.removeMethod('none')).not.toThrow()
  expect(() => server.rpc.removeMethod('toString')).not.toThrow()
})

test('a call that runs while its method is removed is still answered', async () => {
  const gate = deferred()
  using server = alone({ methods: { wait: () => gate.promise } })
  server.receive(request(1, 'wait'))
  server.rpc.removeMethod('wait')
  gate.resolve('done')
  await turn()
  expect(server.posted).toStrictEqual([result(1, 'done')])
})

test('a name that was registered at construction is taken, whichever way it was written', () => {
  const { left } = linkedPair()
  const methods = { 'a.b': () => 1, c: { d: () => 2 } }
  using rpc = new RPC({ transport: left, methods })
  expect(() => rpc.registerMethod('a.b', () => 3)).toThrow(/a\.b/)
  expect(() => rpc.registerMethod('c.d', () => 3)).toThrow(/c\.d/)
})

test('nesting makes dotted names, and this is the object that the method is in', () => {
  const api = {
    top() {
      return this === api
    },
    math: {
      pi: 3,
      area(radius: number) {
        return this.pi * radius * radius
      },
      deep: { deeper: { name: () => 'deeper' } },
    },
  }
  using server = alone({ methods: api })
  server.receive(request(1, 'top'), request(2, 'math.area', [2]), request(3, 'math.deep.deeper.name'))
  expect(names(server.posted)).toEqual([true, 12, 'deeper'])
})

class Account {
  #balance = 0
  deposit(amount: number): number {
    this.#balance += amount
    return this.#balance
  }
}

class Savings extends Account {
  override deposit(amount: number): number {
    return super.deposit(2 * amount)
  }
}

test('class instances work nested, with their private state, apart from each other', () => {
  using server = alone({ methods: { one: new Account(), two: new Savings() } })
  server.receive(
    request(1, 'one.deposit', [1]),
    request(2, 'one.deposit', [1]),
    request(3, 'two.deposit', [1]),
  )
  expect(names(server.posted)).toEqual([1, 2, 2])
})

test('what is no method is not registered: data, arrays, maps, dates, null', () => {
  const methods = {
    ok: () => 'ok',
    data: 1,
    nothing: null,
    list: [() => 'in a list'],
    map: new Map([['a', () => 1]]),
    date: new Date(0),
    [Symbol('s')]: () => 'symbol',
  }
  using server = alone({ methods })
  const probes = [
    'data',
    'nothing',
    'list.0',
    'list.map',
    'map.get',
    'map.a',
    'date.getTime',
    'Symbol(s)',
    's',
  ]
  server.receive(...probes.map((name) => request(name, name)), request(1, 'ok'))
  expect(server.posted.slice(0, -1)).toMatchObject(probes.map((id) => ({ id, error: { code: -32601 } })))
  expect(server.posted.at(-1)).toStrictEqual(result(1, 'ok'))
})

test('an api that contains itself ends', () => {
  const api: { name: () => string; self?: object; nested?: object } = { name: () => 'me' }
  api.self = api
  api.nested = { up: api, own: () => 'own' }
  using server = alone({ methods: api })
  server.receive(request(1, 'name'), request(2, 'nested.own'))
  expect(names(server.posted)).toEqual(['me', 'own'])
})

test('an object that stands in two places of an api is registered in both', () => {
  const shared = { name: () => 'shared' }
  using server = alone({ methods: { a: shared, b: { c: shared } } })
  server.receive(request(1, 'a.name'), request(2, 'b.c.name'))
  expect(names(server.posted)).toEqual(['shared', 'shared'])
})

test('params by position are spread, by name are one argument, none is none', () => {
  const seen: unknown[] = []
  using server = alone({ methods: { look: (...args: unknown[]) => void seen.push(args) } })
  for (const params of [[1, 2], [], [[1]], [undefined, null], { a: 1 }, {}, undefined])
    server.receive(notification('look', params))
  expect(seen).toEqual([[1, 2], [], [[1]], [undefined, null], [{ a: 1 }], [{}], []])
})

test('a handler that returns nothing answers null', () => {
  using server = alone({ methods: { nothing() {}, undef: () => undefined, nil: () => null } })
  server.receive(request(1, 'nothing'), request(2, 'undef'), request(3, 'nil'))
  expect(server.posted).toStrictEqual([result(1, null), result(2, null), result(3, null)])
})

test('a handler may return any thenable', async () => {
  const then = (resolve: (value: string) => void): void => resolve('thenable')
  const thenable = Object.fromEntries([[['th', 'en'].join(''), then]])
  using server = alone({
    methods: { thenable: () => thenable, nested: async () => Promise.resolve('nested') },
  })
  server.receive(request(1, 'thenable'), request(2, 'nested'))
  await turn()
  expect(server.posted).toStrictEqual([result(1, 'thenable'), result(2, 'nested')])
})

test('a thenable whose then throws fails its call once, and its id and its place are free again', async () => {
  const boom = (): never => {
    throw new Error('boom')
  }
  const thenable = Object.fromEntries([[['th', 'en'].join(''), boom]])
  using server = alone({
    methods: { bad: () => thenable, good: async () => 'good' },
    limits: { maxInFlight: 1 },
  })
  server.receive(request(1, 'bad'))
  await turn()
  server.receive(request(1, 'good'))
  await turn()
  expect(server.posted).toStrictEqual([failure(1, -32603, 'boom'), result(1, 'good')])
})

test('a handler runs once for a call, whatever becomes of its answer', async () => {
  let ran = 0
  const bad = (): unknown => (ran++, Symbol('x'))
  using pair = await connectedPair({ right: { methods: { bad } } })
  await expect(pair.left.invoke('bad')).rejects.toMatchObject({ code: -32603 })
  await turn()
  expect(ran).toBe(1)
})

test('calls of one direction are handled in the order that they were made', async () => {
  const seen: number[] = []
  const methods = { sync: (n: number) => seen.push(n), async: async (n: number) => seen.push(n) }
  using pair = await connectedPair({ right: { methods } })
  const { left } = pair
  const calls: Promise<unknown>[] = []
  for (let n = 0; n < 99; n += 3) {
    calls.push(left.invoke('sync', [n]))
    left.notify('async', [n + 1])
    calls.push(left.batch((call) => [call('async', [n + 2])]))
  }
  await Promise.all(calls)
  expect(seen).toEqual(Array.from({ length: 99 }, (_, n) => n))
})

test('onPeer tells the state at once and then each change, until it is stopped', async () => {
  const link = linkedPair({ successor: true })
  using left = new RPC({ transport: link.left })
  const seen = statesOf(left)
  const early: string[] = []
  const stop = left.onPeer((state) => early.push(state))
  const right = new RPC({ transport: link.right })
  await left.connect()
  stop()
  expect(statesOf(left)).toEqual(['connected'])
  right.destroy()
  await turn()
  using again = new RPC({ transport: link.right })
  await again.connect()
  left.destroy()
  expect(seen).toEqual(['waiting', 'connected', 'gone', 'waiting', 'connected', 'closed'])
  expect(early).toEqual(['waiting', 'connected'])
  expect(statesOf(left)).toEqual(['closed'])
})

test('a listener that stops itself or another does not keep the others from being told', async () => {
  using peer = alone({ plain: false })
  const seen: string[] = []
  const stops = [1, 2, 3].map((n) =>
    peer.rpc.onPeer((state) => {
      seen.push(`${n} ${state}`)
      if (n === 2 && state === 'connected') stops[1]?.()
    }),
  )
  peer.receive(notification('x'))
  peer.rpc.destroy()
  expect(seen.join(', ')).toBe(
    '1 waiting, 2 waiting, 3 waiting, 1 connected, 2 connected, 3 connected, 1 closed, 3 closed',
  )
})
