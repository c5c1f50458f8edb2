/** C68: what a connection takes of `crypto`. */
import { EventEmitter } from 'node:events'
import { MessageChannel, Worker } from 'node:worker_threads'
import { expect, onTestFinished, test, vi } from 'vitest'
import {
  channelTransport,
  type Endpoint,
  lspDialect,
  RPC,
  type RPCInitOptions,
  RPCMessageEvent,
  type Transport,
} from '../../src/index.ts'
import { CoreRPC } from '../../src/api/core-rpc.ts'
import { linkedPair } from '../../src/testing.ts'
import { media, type Medium } from './media.ts'

type Made = RPCInitOptions

function ports(): readonly [Endpoint, Endpoint] {
  const { port1, port2 } = new MessageChannel()
  onTestFinished(() => port1.close())
  return [port1, port2]
}

/** Make an RPC, and count the calls of `crypto.getRandomValues` until `until` has come. */
async function taken(options: Made, until: (rpc: RPC) => unknown = () => {}): Promise<number> {
  const spy = vi.spyOn(crypto, 'getRandomValues')
  try {
    const rpc = new RPC(options)
    onTestFinished(() => rpc.destroy())
    await until(rpc)
    return spy.mock.calls.length
  } finally {
    spy.mockRestore()
  }
}

const met = (rpc: RPC): Promise<void> => rpc.connect(5_000)

for (const medium of Object.keys(media) as Medium[])
  test(`C68: one call for each side over ${medium}`, async () => {
    const [left, right] = await media[medium]()
    expect(await taken({ transport: left })).toBe(1)
    expect(await taken({ transport: right }, met)).toBe(1)
  })

test('C68: one call for a channel, whose handshake has the same session', async () => {
  const [left, right] = ports()
  expect(await taken({ transport: channelTransport(left, 'a') })).toBe(1)
  expect(await taken({ transport: channelTransport(right, 'a') }, met)).toBe(1)
})

test('C68: one call for a bare port, a thread, an emitter, a linked pair, and the core', async () => {
  const [left, right] = ports()
  const worker = new Worker('', { eval: true })
  onTestFinished(() => void worker.terminate())
  const transports: Made[] = [
    { transport: left },
    { transport: right },
    { transport: worker as Endpoint },
    { event: new EventEmitter() as never },
    { transport: linkedPair().left },
  ]
  for (const one of transports) expect(await taken(one)).toBe(1)
  const spy = vi.spyOn(crypto, 'getRandomValues')
  const core = new CoreRPC({ transport: linkedPair().left })
  expect(spy).toHaveBeenCalledTimes(1)
  spy.mockRestore()
  core.destroy()
})

test('C68: no call for a plain peer, which never sees the session', async () => {
  const plain: Omit<Made, 'transport'>[] = [{ plain: true }, { dialect: lspDialect }]
  for (const options of plain) {
    const transports: Made[] = [
      { transport: ports()[0] },
      { event: new EventEmitter() as never },
      { transport: linkedPair().left },
      { transport: linkedPair({ text: true }).left },
    ]
    for (const one of transports)
      expect(await taken({ ...options, ...one }, (rpc) => void rpc.invoke('x').catch(() => {}))).toBe(0)
  }
})

test('C68: one call where ids of a plain peer carry it, as others read along', async () => {
  const channel = new BroadcastChannel('C68')
  onTestFinished(() => channel.close())
  const event = new RPCMessageEvent({ currentEndpoint: channel, targetEndpoint: channel })
  expect(await taken({ event, plain: true })).toBe(1)
})

test('C68: a handshake over a channel has a session of its own where the peer is plain', async () => {
  const [left, right] = ports()
  const one = new RPC({ transport: channelTransport(left, 'a'), plain: true, methods: { f: () => 1 } })
  const other = new RPC({ transport: channelTransport(right, 'a'), plain: true })
  onTestFinished(() => (one.destroy(), other.destroy()))
  expect(await other.invoke('f')).toBe(1)
})

test('C68: no answer is taken for one to a hello that was never said', async () => {
  const posted: { id?: unknown }[] = []
  let hear: ((data: unknown) => void) | undefined
  const transport: Transport = {
    post: (message) => void posted.push(message as object),
    listen: ({ message }) => (hear = message),
    close() {},
  }
  const rpc = new RPC({ transport, plain: true })
  onTestFinished(() => rpc.destroy())
  for (const id of ['', 0, 'undefined']) {
    const call = rpc.invoke('x', null, { id })
    hear?.({ jsonrpc: '2.0', id, result: `of ${id}` })
    expect(await call).toBe(`of ${id}`)
  }
})

test('C68: sessions differ', () => {
  const seen = new Set<unknown>()
  for (let i = 0; i < 50; i++) {
    const link = linkedPair({ manual: true })
    link.tap((_, message) => seen.add((message as { params?: { session?: string } }).params?.session))
    new RPC({ transport: link.left }).destroy()
  }
  seen.delete(undefined)
  expect(seen.size).toBe(50)
})
