/** A remote of the peer for each test. */
import { start } from '#peer'
import { afterEach } from 'vitest'
import { type DisposableLike, expose, type Remote, rpcOf, wrap } from '../../src/index.ts'
import { linkedPair } from '../../src/testing.ts'
import type { api as failing } from './peers/failing.ts'
import type { api } from './peers/peer.ts'

export type Peer = Remote<typeof api> & DisposableLike

const cleanup: (() => void)[] = []
afterEach(() => cleanup.splice(0).forEach((step) => step()))

/** The api of the worker or thread, connected. */
export async function connected(): Promise<Peer> {
  const peer = await starting()
  await rpcOf(peer).connect()
  return peer
}

/** The same, before its hello. */
async function starting(): Promise<Peer> {
  const started = await start('peer')
  const peer = wrap<typeof api>(started.endpoint)
  cleanup.push(() => (rpcOf(peer).destroy(), started.stop()))
  return peer
}

/** The api whose calls fail. */
export async function failingPeer(): Promise<Remote<typeof failing>> {
  const started = await start('failing')
  const peer = wrap<typeof failing>(started.endpoint)
  cleanup.push(() => (rpcOf(peer).destroy(), started.stop()))
  await rpcOf(peer).connect()
  return peer
}

type Seer = Pick<Peer, 'see' | 'add'>

const see = {
  see: (value: unknown) => ({ json: JSON.stringify(value), isPlain: true }),
  add: (a: number, b: number) => a + b,
}

/** Over text, as of a WebSocket. */
async function overText(): Promise<Seer> {
  const { left, right } = linkedPair({ text: true })
  const stop = expose(see, right)
  const peer = wrap<typeof see>(left)
  cleanup.push(() => (stop(), rpcOf(peer).destroy()))
  await rpcOf(peer).connect()
  return peer
}

/** Over a MessageChannel. */
async function overPorts(): Promise<Seer> {
  const { port1, port2 } = new MessageChannel()
  expose(see, port2)
  const peer = wrap<typeof see>(port1)
  cleanup.push(() => (rpcOf(peer).destroy(), port1.close()))
  await rpcOf(peer).connect()
  return peer
}

export const media: readonly (readonly [name: string, open: () => Promise<Seer>])[] = [
  ['a worker or thread', connected],
  ['a worker or thread before its hello', starting],
  ['ports', overPorts],
  ['text', overText],
]
