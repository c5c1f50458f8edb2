/** Channels over a Node MessageChannel; ../browser/windows-channels.test.ts has those over workers and iframes. */
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { describe, expect, onTestFinished, test } from 'vitest'
import { ErrorCode, channelTransport, RPC } from '../../src/index.ts'
import { type Connection, hanging, type Kind, rejection, start, within } from '../contract/fixture.ts'
import { countOnEmitter } from '../contract/listeners.ts'
import { serve } from '../contract/service.ts'
import { contract } from '../contract/suite.ts'
import { bare, run } from './medium.ts'

interface Channel extends Connection {
  readonly transport: ReturnType<typeof channelTransport>
  readonly port: MessagePort
  readonly remote: MessagePort
}

function connect(kind: Kind): Channel {
  const { port1, port2 } = new MessageChannel()
  run(kind, bare(channelTransport(port2, 'files')))
  return {
    transport: bare(channelTransport(port1, 'files')),
    port: port1,
    remote: port2,
    close: () => port1.close(),
  }
}

contract('a channel over a Node MessageChannel', connect, {
  transfer: true,
  listeners: ({ port }) => countOnEmitter(port),
  deaths: {
    'the other side closes its port': {
      says: /the port was closed/,
      die: ({ connection }) => connection.remote.close(),
    },
  },
})

const channel = (): { readonly port1: MessagePort; readonly port2: MessagePort } => {
  const { port1, port2 } = new MessageChannel()
  onTestFinished(() => port1.close())
  return { port1, port2 }
}

describe('a Node MessageChannel in one thread', () => {
  describe('two channels', () => {
    test('do not hear each other', async () => {
      const { port1, port2 } = channel()
      const sides = [port2, channelTransport(port2, 'files'), channelTransport(port2, 'events')]
      for (const side of sides) serve(side)
      const rpcs = [port1, channelTransport(port1, 'files'), channelTransport(port1, 'events')].map(
        (transport) => start({ transport }),
      )
      await Promise.all(rpcs.map((rpc, i) => rpc.invoke('note', [i])))
      expect(await Promise.all(rpcs.map((rpc) => rpc.invoke('noted')))).toEqual([[0], [1], [2]])
    })

    test('a second RPC for a channel throws until the first is destroyed', async () => {
      const { port1, port2 } = channel()
      serve(channelTransport(port2, 'files'))
      const first = start({ transport: channelTransport(port1, 'files') })
      expect(() => new RPC({ transport: channelTransport(port1, 'files') })).toThrow(/has an RPC already/)
      first.destroy()
      expect(await start({ transport: channelTransport(port1, 'files') }).invoke('add', [1, 2])).toBe(3)
    })

    test('a channel of another name waits, and rejects TIMEOUT', async () => {
      const { port1, port2 } = channel()
      serve(channelTransport(port2, 'files'))
      const rpc = start({ transport: channelTransport(port1, 'events') })
      expect(await rejection(rpc.connect(30))).toMatchObject({ code: ErrorCode.TIMEOUT })
    })
  })
})

test('a channel whose other side is made anew, 20 times, connects to the newest, and pending calls reject PEER_GONE', async () => {
  const { port1, port2 } = channel()
  const rpc = start({ transport: channelTransport(port1, 'files') })
  for (let round = 0; round < 20; round++) {
    const other = serve(channelTransport(port2, 'files'), { round: () => round })
    expect(await within(45_000, rpc.invoke('round'))).toBe(round)
    const { all, reasons } = hanging(rpc, 5)
    expect(await rpc.invoke('started')).toHaveLength(5)
    other.destroy()
    await within(45_000, all)
    expect(reasons).toEqual(Array(5).fill(expect.objectContaining({ code: ErrorCode.PEER_GONE })))
  }
})

test('what greets a channel may be no greeting and bring no port: nothing is thrown, and the channel lives', async () => {
  const { port1, port2 } = channel()
  serve(channelTransport(port2, 'files'))
  const sessions = new Set<unknown>()
  port2.on('message', (data: { readonly params?: { readonly session?: string } }) =>
    sessions.add(data.params?.session),
  )
  const rpc = start({ transport: channelTransport(port1, 'files') })
  await rpc.connect()
  const states: string[] = []
  rpc.onPeer((state) => states.push(state))
  const uncaught: unknown[] = []
  const note = (error: unknown): void => void uncaught.push(error)
  process.on('uncaughtException', note)
  for (const port of [5, 'x', {}, [], null, true, { close: 1 }, { postMessage: 1 }])
    for (const re of [undefined, 'x', ...sessions])
      for (const params of [{ session: 'x', name: 'files', re, port }, { name: 'files', port }, port])
        port2.postMessage({ jsonrpc: '2.0', method: 'rpc.connect', params })
  expect(await within(45_000, rpc.invoke('add', [1, 2]))).toBe(3)
  process.off('uncaughtException', note)
  expect(uncaught).toEqual([])
  expect(states).toEqual(['connected'])
})
