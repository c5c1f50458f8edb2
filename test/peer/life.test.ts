import { afterEach, expect, test } from 'vitest'
import { callContext, RPC } from '../../src/index.ts'
import { linkedPair } from '../../src/testing.ts'
import {
  alone,
  connectedPair,
  deferred,
  notification,
  outcomeOf,
  rejection,
  request,
  result,
  statesOf,
  turn,
} from './pair.ts'

const GONE = { code: -32050 }
const CLOSED = { code: -32051 }

const ports: MessagePort[] = []
afterEach(() => {
  for (const port of ports.splice(0)) port.close()
})

const methods = { add: (a: number, b: number) => a + b, wait: () => new Promise(() => {}) }

function channel(): [MessagePort, MessagePort] {
  const { port1, port2 } = new MessageChannel()
  ports.push(port1, port2)
  return [port1, port2]
}

test('S48: two ends of a MessageChannel call each other', async () => {
  const [port1, port2] = channel()
  using left = new RPC({ transport: port1, methods })
  using right = new RPC({ transport: port2, methods })
  expect(await Promise.all([left.invoke('add', [1, 2]), right.invoke('add', [3, 4])])).toEqual([3, 7])
})

test('S48: when the peer closes its port, what is pending rejects PEER_GONE within 100 ms, each exactly once', async () => {
  const times: number[] = []
  // Best of 3, because the tests of other files run beside this one.
  for (let round = 0; round < 3; round++) {
    const [port1, port2] = channel()
    using left = new RPC({ transport: port1 })
    using right = new RPC({ transport: port2, methods })
    await left.connect()
    let settled = 0
    const count = (): number => settled++
    const calls = Array.from({ length: 10 }, () => left.invoke('wait'))
    for (const call of calls) call.then(count, count)
    await right.connect()
    const start = performance.now()
    port2.close()
    expect(await Promise.all(calls.map((call) => rejection(call)))).toMatchObject(calls.map(() => GONE))
    times.push(performance.now() - start)
    await turn()
    expect(settled).toBe(10)
    expect(await rejection(left.invoke('add', [1, 2]))).toMatchObject(GONE)
  }
  expect(Math.min(...times)).toBeLessThan(100)
})

test('S48: what waits for the hello rejects PEER_GONE, too, when the port is closed', async () => {
  const [port1, port2] = channel()
  using left = new RPC({ transport: port1 })
  const calls = [left.invoke('add', [1, 2]), left.connect(), left.batch((call) => [call('add')])]
  port2.close()
  expect(await Promise.all(calls.map((call) => rejection(call)))).toMatchObject([GONE, GONE, GONE])
})

test('S48: a peer that is destroyed says so, and its port is still its owner’s', async () => {
  const [port1, port2] = channel()
  using left = new RPC({ transport: port1 })
  const right = new RPC({ transport: port2, methods })
  await left.connect()
  const call = rejection(left.invoke('wait'))
  right.destroy()
  expect(await call).toMatchObject(GONE)
  using again = new RPC({ transport: port2, methods })
  await again.connect()
  expect(await left.invoke('add', [1, 2])).toBe(3)
})

test('S49: destroy rejects what is pending CLOSED, each exactly once, and later calls at once', async () => {
  const { link, left, right } = await connectedPair({ right: { methods } })
  using closing = right
  let settled = 0
  const calls = [
    left.invoke('wait'),
    left.invoke('wait', null, { timeout: 5 }),
    left.batch((call) => [call('wait')]),
  ]
  for (const call of calls)
    call.then(
      () => settled++,
      () => settled++,
    )
  const outcomes = Promise.all(calls.map(outcomeOf))
  left.destroy()
  expect(await outcomes).toEqual([CLOSED, CLOSED, CLOSED])
  let posted = 0
  link.tap(() => posted++)
  expect(await outcomeOf(left.invoke('add', [1, 2]))).toEqual(CLOSED)
  expect(await outcomeOf(left.connect())).toEqual(CLOSED)
  expect(await outcomeOf(left.batch((call) => [call('add')]))).toEqual(CLOSED)
  expect(() => left.notify('add')).toThrow(expect.objectContaining(CLOSED))
  await turn()
  expect([settled, posted]).toEqual([3, 0])
  void closing
})

test('S49: destroy rejects what waits for the hello CLOSED', async () => {
  const { rpc } = alone({ plain: false })
  const calls = [rpc.invoke('a'), rpc.connect(), rpc.batch((call) => [call('b')])]
  const outcomes = Promise.all(calls.map(outcomeOf))
  rpc.destroy()
  expect(await outcomes).toEqual([CLOSED, CLOSED, CLOSED])
})

test('S49: destroy aborts the signals of running handlers, and their answers are not sent', async () => {
  const gate = deferred()
  const signals: AbortSignal[] = []
  const wait = (): unknown => (signals.push(callContext().signal), gate.promise)
  using server = alone({ methods: { wait } })
  server.receive(request(1, 'wait'), notification('wait'), [request(2, 'wait')])
  server.rpc.destroy()
  expect(signals).toMatchObject([1, 2, 3].map(() => ({ aborted: true, reason: CLOSED })))
  gate.resolve('late')
  await turn()
  expect(server.posted).toEqual([])
})

test('S49: nothing of a batch is sent after destroy, although part of it was ready before', async () => {
  const gate = deferred()
  using server = alone({ methods: { now: () => 1, wait: () => gate.promise } })
  server.receive([request(1, 'now'), request(2, 'wait')])
  server.rpc.destroy()
  gate.resolve('late')
  await turn()
  expect(server.posted).toEqual([])
})

test('S49: a second destroy is a no-op', async () => {
  const { left, right, wire } = await connectedPair()
  const seen = statesOf(left)
  left.destroy()
  left.destroy()
  left[Symbol.dispose]()
  expect(wire).toEqual([{ from: 'left', message: notification('rpc.close') }])
  expect(seen).toEqual(['connected', 'closed'])
  right.destroy()
})

test('S49: after destroy nothing that arrives is looked at', async () => {
  let ran = 0
  using server = alone({ methods: { note: () => ran++ } })
  const receivers: { message(data: unknown): void }[] = []
  const { left } = linkedPair()
  const rpc = new RPC({
    transport: { ...left, listen: (receiver) => receivers.push(receiver), close() {} },
    methods: { note: () => ran++ },
  })
  server.rpc.destroy()
  rpc.destroy()
  server.receive(request(1, 'note'))
  receivers[0]?.message(request(1, 'note'))
  receivers[0]?.message([request(1, 'note')])
  await turn()
  expect(ran).toBe(0)
})

test('S49: destroy removes every listener from the endpoint', () => {
  const listeners = new Map<string, number>()
  const change = (type: string, by: number): void => void listeners.set(type, (listeners.get(type) ?? 0) + by)
  const endpoint = {
    postMessage() {},
    addEventListener: (type: string) => change(type, 1),
    removeEventListener: (type: string) => change(type, -1),
    terminate() {},
  }
  const rpc = new RPC({ transport: endpoint })
  expect(listeners.get('message')).toBe(1)
  rpc.destroy()
  expect([...listeners.values()].every((count) => count === 0)).toBe(true)
})

test('S49: destroy gives an endpoint that has only onmessage its former listener back', () => {
  const former = (): void => {}
  const endpoint = { postMessage() {}, onmessage: former as unknown }
  const rpc = new RPC({ transport: endpoint })
  expect(endpoint.onmessage).not.toBe(former)
  rpc.destroy()
  expect(endpoint.onmessage).toBe(former)
})

test('S49: destroy of an RPC whose medium cannot post any more still closes it', async () => {
  const { rpc, link } = alone({ plain: false })
  const call = outcomeOf(rpc.invoke('x'))
  link.left.post = () => {
    throw new Error('the socket is closed')
  }
  rpc.destroy()
  expect(await call).toEqual(CLOSED)
  new RPC({ transport: linkedPair().left }).destroy()
})

test('S55: 50 calls deep, each side calling the other back, none waits for ever', async () => {
  const link = linkedPair()
  const dive =
    (other: () => RPC) =>
    async (depth: number): Promise<number> =>
      depth ? 1 + (await other().invoke<number>('dive', [depth - 1])) : 0
  using left: RPC = new RPC({ transport: link.left, methods: { dive: dive(() => left) } })
  using right: RPC = new RPC({ transport: link.right, methods: { dive: dive(() => right) } })
  expect(await Promise.all([left.invoke('dive', [50]), right.invoke('dive', [49])])).toEqual([50, 49])
})

for (const [when, batched] of [
  ['in a handler', false],
  ['in a handler of a batch', true],
] as const)
  test(`S55: destroy ${when}: nothing is sent after it, nothing run after it, nothing thrown`, async () => {
    const ran: string[] = []
    using server = alone({
      methods: {
        end: () => {
          server.rpc.destroy()
          return ran.push('end')
        },
        next: () => ran.push('next'),
      },
    })
    const messages = [request(1, 'end'), request(2, 'next')]
    server.receive(...(batched ? [messages] : messages))
    await turn()
    expect([ran, server.posted]).toEqual([['end'], []])
  })

test('S55: destroy in a handler settles the caller', async () => {
  using pair = await connectedPair({ right: { methods: { end: () => pair.right.destroy() } } })
  expect(await outcomeOf(pair.left.invoke('end'))).toEqual(GONE)
})

test('S55: destroy inside of onPeer and of a rejection is well', async () => {
  using pair = await connectedPair({ right: { methods } })
  const seen: string[] = []
  pair.left.onPeer((state) => {
    seen.push(state)
    if (state === 'gone') pair.left.destroy()
  })
  const call = pair.left.invoke('wait').catch((error: unknown) => {
    pair.left.destroy()
    return error
  })
  pair.right.destroy()
  expect(await call).toMatchObject(GONE)
  expect(seen).toEqual(['connected', 'gone', 'closed'])
})

test('S55: a listener and a handler that throw leave the dispatcher alive', async () => {
  const boom = (): never => {
    throw new Error('boom')
  }
  using peer = alone({ plain: false, methods: { boom, add: methods.add } })
  peer.rpc.onPeer(boom)
  const seen = statesOf(peer.rpc)
  peer.receive(notification('boom'), request(1, 'boom'), request(2, 'add', [1, 2]))
  expect(peer.posted.at(-1)).toStrictEqual(result(2, 3))
  expect(seen).toEqual(['waiting', 'connected'])
  expect(peer.diagnostics).toContainEqual(expect.objectContaining({ kind: 'failed', about: 'onPeer' }))
})
