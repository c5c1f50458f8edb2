/** `rpc.discover`, the one extension of the specification that peers of all kinds may serve (OpenRPC). */
import { expect, test } from 'vitest'
import { expose, RPCMessageEvent, wrap } from '../../src/index.ts'
import { linkedPair } from '../../src/testing.ts'
import {
  alone,
  codeOf,
  connectedPair,
  notification,
  outcomeOf,
  rejection,
  request,
  result,
  statesOf,
} from '../peer/pair.ts'

const document = { openrpc: '1.3.2', methods: [] }
const discover = { 'rpc.discover': () => document }

test('C49: a plain peer is asked for rpc.discover', async () => {
  for (const options of [{}, { text: true }]) {
    using client = alone({}, options)
    const call = client.rpc.invoke('rpc.discover', null, { id: 1 })
    client.rpc.notify('rpc.discover', [1])
    client.receive(result(1, document))
    expect(client.posted).toEqual([request(1, 'rpc.discover'), notification('rpc.discover', [1])])
    expect(await outcomeOf(call)).toEqual({ value: document })
  }
})

test('C49: rpc.discover is served to a plain peer, however it is registered', () => {
  const apis = [discover, { rpc: { discover: () => document } }]
  for (const methods of apis) {
    using server = alone({ methods })
    server.receive(request(1, 'rpc.discover'), [request(2, 'rpc.discover')])
    expect(server.posted).toStrictEqual([result(1, document), [result(2, document)]])
  }
  using server = alone()
  const stop = server.rpc.registerMethod('rpc.discover', () => document)
  server.receive(request(1, 'rpc.discover'))
  stop()
  server.receive(request(2, 'rpc.discover'))
  expect(server.posted).toMatchObject([result(1, document), { id: 2, error: { code: -32601 } }])
})

test('C49: who asks for rpc.discover before any hello is a plain peer', () => {
  for (const methods of [discover, {}]) {
    using server = alone({ plain: false, methods })
    server.receive(request(1, 'rpc.discover'))
    expect(statesOf(server.rpc)).toEqual(['connected'])
    expect(server.posted).toHaveLength(2)
  }
})

test('C49: rpc.discover is served to portcall peers, also in frames, batches and by remotes', async () => {
  using pair = await connectedPair({
    right: { methods: { ...discover, add: (a: number, b: number) => a + b } },
  })
  const { left } = pair
  expect(await left.invoke('rpc.discover')).toEqual(document)
  expect(await left.batch((call) => [call('rpc.discover'), call('add', [1, 2])])).toEqual([document, 3])
  const many = Array.from({ length: 5 }, () => [left.invoke('add', [1, 2]), left.invoke('rpc.discover')])
  expect(await Promise.all(many.flat())).toEqual(many.flatMap(() => [3, document]))
  expect(await codeOf(pair.right.invoke('rpc.discover'))).toBe(-32601)
})

test('C49: expose and wrap serve and call it, too', async () => {
  const { left, right } = linkedPair()
  expose({ rpc: { discover: () => document } }, left)
  using remote = wrap<{ rpc: { discover(): object } }>(right)
  expect(await remote.rpc.discover()).toEqual(document)
})

test('C49: the hooks see it like any method', async () => {
  const seen: string[] = []
  using pair = await connectedPair({
    right: { fallback: (method) => `fallback of ${method}`, validate: (method) => void seen.push(method) },
  })
  expect(await pair.left.invoke('rpc.discover')).toBe('fallback of rpc.discover')
  expect(seen).toEqual(['rpc.discover'])
})

const others = [
  'rpc.',
  'rpc.connect',
  'rpc.cancel',
  'rpc.close',
  'rpc.discover.x',
  'rpc.Discover',
  'rpc.discovers',
]

test('C49: nothing else that begins with rpc. can be registered, called or exposed', async () => {
  for (const plain of [true, false])
    for (const name of others) {
      using one = alone({ plain })
      expect(() => one.rpc.registerMethod(name, () => 1)).toThrow(TypeError)
      expect(() => one.rpc.notify(name)).toThrow(TypeError)
      expect(() => void one.rpc.invoke(name)).toThrow(TypeError)
      expect(await rejection(one.rpc.batch((call) => [call(name)]))).toBeInstanceOf(TypeError)
      one.receive(request(1, name))
      expect(one.posted.slice(plain ? 0 : 1)).toMatchObject([{ id: 1, error: { code: -32601 } }])
    }
})

test('C49: events have no such name', () => {
  const endpoint = { postMessage() {}, onmessage: null }
  const event = new RPCMessageEvent({ currentEndpoint: endpoint, targetEndpoint: endpoint })
  expect(() => event.emit('rpc.discover')).toThrow(TypeError)
  event.destroy()
})
