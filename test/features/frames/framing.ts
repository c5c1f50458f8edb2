/** What the tests of frames look at them with. Reads frames by itself, so that it does not agree with `src` by construction. */
import { MessageChannel } from 'node:worker_threads'
import { afterEach, beforeEach, vi } from 'vitest'
import { endpointTransport, RPC, type Transport } from '../../../src/index.ts'
import { linkedPair, type LinkedPairOptions, type Side } from '../../../src/testing.ts'
import {
  alone,
  type Alone,
  connectedPair,
  notification,
  type Pair,
  type PeerOptions,
  turn,
} from '../../peer/pair.ts'
import { hello } from '../../peer/peer.ts'

/** The clock of frames stands still in the tests of a file: one leaves after 4 ms, which a busy machine may take anywhere. */
export function stopClock(): void {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }))
  afterEach(() => void vi.useRealTimers())
}

const everything = ['cancel', 'close', 'details', 'values', 'frame']

/** One RPC; the test itself is a portcall peer that takes frames and sends them. */
export interface Framing extends Alone {
  /** Let one frame of these items arrive. */
  frame(...items: unknown[]): void
}

/** Make one RPC that has met a peer with these capabilities; what was posted so far is forgotten. */
export function framing(
  options: PeerOptions = {},
  { capabilities = everything, ...link }: LinkedPairOptions & { capabilities?: readonly string[] } = {},
): Framing {
  const peer = alone({ plain: false, ...options }, link)
  peer.receive(hello('peer', { capabilities }))
  peer.posted.length = 0
  return { ...peer, frame: (...items) => peer.receive(notification('rpc.frame', items)) }
}

export const isFrame = (message: unknown): message is { readonly params: readonly unknown[] } =>
  Reflect.get(Object(message), 'method') === 'rpc.frame'

export interface Framed {
  readonly id: unknown
  /** A method, or what an answer holds: its result or its code. */
  readonly is: unknown
  readonly values: readonly unknown[]
}

/** The messages of one frame. @throws Error if there is no message where one must begin. */
export function messagesOf(items: readonly unknown[]): Framed[] {
  const messages: Framed[] = []
  for (let at = 0; at < items.length;) {
    const [id, is, n] = items.slice(at, at + 3)
    const begin = at + (typeof is === 'string' ? 3 : 2)
    const names = typeof is === 'string' ? n : is
    const length = Array.isArray(names)
      ? names.length
      : typeof is === 'string'
        ? Number(n)
        : is === true
          ? 1
          : 2
    const isMessage = typeof is === 'string' || typeof is === 'boolean' || Array.isArray(is)
    if (!isMessage || !(begin + length <= items.length))
      throw new Error(`No message at ${at} of ${JSON.stringify(items)}`)
    const values = items.slice(begin, begin + length)
    const object = Array.isArray(names) && [Object.fromEntries(names.map((name, i) => [name, values[i]]))]
    messages.push({ id, is: Array.isArray(is) ? true : is, values: object || values })
    at = begin + length
  }
  return messages
}

/** How many messages each post carried; 1 for one that left alone. */
export const sizesOf = (posted: readonly unknown[]): number[] =>
  posted.map((message) => (isFrame(message) ? messagesOf(message.params).length : 1))

/** A pair with a server whose `echo` answers its first argument at once. */
export const echoPair = (left: PeerOptions = {}): Promise<Pair> =>
  connectedPair({ left, right: { methods: { echo: (value: unknown) => value, nothing() {} } } })

/** Transports whose two ends meet in different ways. */
export const media: Readonly<Record<string, () => { left: Transport; right: Transport; close(): void }>> = {
  'in microtasks': () => ({ ...linkedPair(), close() {} }),
  'inside `post`': () => {
    const link = linkedPair({ manual: true })
    const through = (side: Side): Transport => ({
      ...link[side],
      post(message, transfer) {
        link[side].post(message, transfer)
        link.deliver()
      },
    })
    return { left: through('left'), right: through('right'), close() {} }
  },
  'over a Node MessageChannel': () => {
    const { port1, port2 } = new MessageChannel()
    return { left: endpointTransport(port1), right: endpointTransport(port2), close: () => port1.close() }
  },
}

/** Two RPCs that have met over one of these. */
export async function meet(
  medium: string,
  options: { readonly left?: PeerOptions; readonly right?: PeerOptions } = {},
): Promise<Disposable & { readonly left: RPC; readonly right: RPC }> {
  const ends = media[medium]?.()
  if (!ends) throw new Error(`No medium ${medium}`)
  const left = new RPC({ ...options.left, transport: ends.left })
  const right = new RPC({ ...options.right, transport: ends.right })
  await Promise.all([left.connect(), right.connect()])
  await turn()
  return {
    left,
    right,
    [Symbol.dispose]() {
      left.destroy()
      right.destroy()
      ends.close()
    },
  }
}
