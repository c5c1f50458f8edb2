import { expect, test } from 'vitest'
import { RPC } from '../../src/index.ts'
import { linkedPair } from '../../src/testing.ts'
import {
  alone,
  codeOf,
  connectedPair,
  deferred,
  notification,
  outcomeOf,
  request,
  result,
  turn,
} from './pair.ts'

/** What was posted besides the hello, once a stranger has spoken. */
function afterHello(client: ReturnType<typeof alone>): unknown[] {
  client.receive(notification('hello'))
  return client.posted.slice(1)
}

test('before the hello nothing but the hello is sent, then everything in the order of the calls', () => {
  using client = alone({ plain: false })
  const { rpc } = client
  void rpc.invoke('one', [1]).catch(() => {})
  rpc.notify('two', { b: 2 })
  void rpc.batch((call) => [call('three'), call.notify('four')]).catch(() => {})
  void rpc.invoke('five').catch(() => {})
  expect(client.posted).toMatchObject([{ method: 'rpc.connect' }])

  expect(afterHello(client)).toStrictEqual([
    request(1, 'one', [1]),
    notification('two', { b: 2 }),
    [request(2, 'three'), notification('four')],
    request(3, 'five'),
  ])
  rpc.notify('six')
  expect(client.posted.at(-1)).toStrictEqual(notification('six'))
})

test('what waits is sent as it was at the call', () => {
  using client = alone({ plain: false })
  const { rpc } = client
  const object = { list: [1], map: new Map([['a', 1]]), date: new Date(0), bytes: new Uint8Array([1]) }
  const byName = { object }
  const byPosition = [object, 'x']
  void rpc.invoke('name', byName).catch(() => {})
  void rpc.invoke('position', byPosition).catch(() => {})
  rpc.notify('note', [object])
  void rpc.batch((call) => [call('batch', [object])]).catch(() => {})

  object.list.push(2)
  object.map.set('b', 2)
  object.date.setTime(9)
  object.bytes[0] = 9
  byPosition.pop()
  Reflect.deleteProperty(byName, 'object')

  const then = { list: [1], map: new Map([['a', 1]]), date: new Date(0), bytes: new Uint8Array([1]) }
  expect(afterHello(client)).toEqual([
    request(1, 'name', { object: then }),
    request(2, 'position', [then, 'x']),
    notification('note', [then]),
    [request(3, 'batch', [then])],
  ])
})

test('what is sent at once is sent as it was at the call, too', async () => {
  using pair = await connectedPair({ right: { methods: { echo: (value: unknown) => value } } })
  const list = [1]
  const call = pair.left.invoke('echo', [list])
  list.push(2)
  expect(await call).toEqual([1])
})

test('what a call moves is moved at the call, and arrives', async () => {
  const { left, right } = linkedPair()
  using client = new RPC({ transport: left })
  const buffers = [1, 2, 3].map((length) => new ArrayBuffer(length))
  const size = client.invoke('size', [buffers[0]], { transfer: [buffers[0]!] })
  const batch = client.batch((call) => [call('size', [buffers[1]], { transfer: [buffers[1]!] })])
  client.notify('sizes', [buffers[2]], { transfer: [buffers[2]!] })
  expect(buffers.map((buffer) => buffer.byteLength)).toEqual([0, 0, 0])

  const sizes: number[] = []
  const measure = (buffer: ArrayBuffer): number => sizes.push(buffer.byteLength)
  using server = new RPC({
    transport: right,
    methods: { size: (buffer: ArrayBuffer) => buffer.byteLength, sizes: measure },
  })
  expect([await size, await batch]).toEqual([1, [2]])
  expect(sizes).toEqual([3])
  void server
})

test('a MessagePort is moved before the hello and after', async () => {
  const { left, right } = linkedPair()
  const ports: MessagePort[] = []
  const methods = { take: (port: MessagePort) => void ports.push(port) }
  using client = new RPC({ transport: left })
  const { port1, port2 } = new MessageChannel()
  const { port1: port3, port2: port4 } = new MessageChannel()
  try {
    const held = client.invoke('take', [port1], { transfer: [port1] })
    using server = new RPC({ transport: right, methods })
    await held
    await client.invoke('take', [port3], { transfer: [port3] })
    const heard = Promise.all(
      [port2, port4].map((port) => new Promise((resolve) => (port.onmessage = resolve))),
    )
    for (const port of ports) port.postMessage('hello')
    expect(await heard).toMatchObject([{ data: 'hello' }, { data: 'hello' }])
    void server
  } finally {
    for (const port of [...ports, port2, port4]) port.close()
  }
})

test('a call that cannot be sent rejects at the call, not after the hello, and nothing of it waits', async () => {
  using client = alone({ plain: false })
  const { rpc } = client
  const good = rpc.invoke('good')
  for (const bad of [Symbol('x'), [() => 1, Symbol('x')], new Proxy(new Date(), {}), new WeakMap()]) {
    expect(await codeOf(rpc.invoke('bad', [bad]))).toBe(-32052)
    expect(() => rpc.notify('bad', [bad])).toThrow(expect.objectContaining({ code: -32052 }))
    expect(await codeOf(rpc.batch((call) => [call('bad', [bad])]))).toBe(-32052)
  }
  expect(afterHello(client)).toMatchObject([{ method: 'good' }])
  client.receive(result(Reflect.get(Object(client.posted[1]), 'id'), 'fine'))
  expect(await good).toBe('fine')
})

test('a call that is aborted while it waits is never sent, the others are', async () => {
  using client = alone({ plain: false })
  const { rpc } = client
  const abort = new AbortController()
  const { signal } = abort
  const aborted = [
    rpc.invoke('alone', null, { signal }),
    rpc.batch((call) => [call('first', null, { signal }), call('second')]),
    rpc.batch((call) => [call('only', null, { signal })]),
  ]
  void rpc.invoke('last').catch(() => {})
  const settled = Promise.allSettled(aborted)
  abort.abort(new Error('enough'))
  expect(await settled).toMatchObject(aborted.map(() => ({ reason: { message: 'enough' } })))
  expect(afterHello(client).flat()).toMatchObject([{ method: 'second' }, { method: 'last' }])
})

test('a batch of which all but one were aborted while it waited is still a batch', () => {
  using client = alone({ plain: false })
  const abort = new AbortController()
  const batch = client.rpc.batch((call) => [call('a', null, { signal: abort.signal }), call('b')])
  batch.catch(() => {})
  abort.abort()
  expect(afterHello(client)).toMatchObject([[{ method: 'b' }]])
})

test('answers leave at once, also before the hello', async () => {
  const slow = deferred()
  using server = alone({ plain: false, methods: { now: () => 'now', slow: () => slow.promise } })
  server.receive({ jsonrpc: '2.0', result: 1, id: 'nobody' })
  void server.rpc.invoke('waits').catch(() => {})
  server.receive(request(1, 'rpc.nothing'))
  expect(server.posted.slice(1)).toMatchObject([{ id: 1, error: { code: -32601 } }])
  expect(await outcomeOf(server.rpc.connect())).toBe('pending')
})

test('a peer that goes and comes back gets what waited for it, and not what the first one owed', async () => {
  using client = alone({ plain: false }, { successor: true })
  const hello = (session: string): object =>
    request(session, 'rpc.connect', { session, version: 1, capabilities: [] })
  client.receive(hello('first'))
  const owed = client.rpc.invoke('owed')
  client.link.breakFor('left', new Error('reloaded'))
  expect(await outcomeOf(owed)).toEqual({ code: -32050 })

  const waiting = client.rpc.invoke('waiting', [1])
  await turn()
  expect(client.posted.filter((message) => Reflect.get(Object(message), 'method') === 'waiting')).toEqual([])
  client.receive(hello('second'))
  expect(client.posted.at(-1)).toStrictEqual(request(expect.anything(), 'waiting', [1]))
  client.receive(result(Reflect.get(Object(client.posted.at(-1)), 'id'), 'done'))
  expect(await waiting).toBe('done')
})

test('a held notification that a text medium cannot carry after all is told of', async () => {
  using client = alone({ plain: false }, { text: true })
  client.rpc.notify('big', [1n])
  const call = client.rpc.invoke('big', [1n])
  client.receive(notification('hello'))
  expect(await outcomeOf(call)).toEqual({ code: -32052 })
  expect(client.diagnostics).toContainEqual(expect.objectContaining({ kind: 'undeliverable', about: 'big' }))
})

test('a signal that aborts while the call that passes it waits is aborted over there, too', async () => {
  const link = linkedPair()
  using left = new RPC({ transport: link.left })
  const controller = new AbortController()
  const answer = left.invoke('until', [controller.signal])
  controller.abort(new Error('enough'))
  await turn()
  using right = new RPC({
    transport: link.right,
    methods: {
      until: (signal: AbortSignal) =>
        new Promise((resolve) => {
          if (signal.aborted) resolve(String(signal.reason))
          signal.addEventListener('abort', () => resolve(String(signal.reason)))
        }),
    },
  })
  expect(await answer).toBe('Error: enough')
  expect(await right.connect()).toBeUndefined()
})
