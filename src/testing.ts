/** A linked pair of transports in memory, a call context and a worker's port, for tests of what is built on portcall. */
import { clone } from './values/clone.ts'
import { jsonCodec } from './values/json-codec.ts'
import { type CallContext, enterContext, IncomingCall } from './peer/context.ts'
import { microtask } from './protocol/realm.ts'
import type { Policy, RPCId, RPCParams } from './protocol/messages.ts'
import type { Endpoint } from './transport/endpoint.ts'
import { standInForOwn } from './transport/own-endpoint.ts'
import type { Receiver, Transport } from './transport/transport.ts'

export type Side = 'left' | 'right'

export interface LinkedPairOptions {
  /** What crosses is JSON text, as over a socket. Default: false: structured clone. */
  readonly text?: boolean
  /** Default: `strict` for text, else `shared`. */
  readonly policy?: Policy
  /** Each side runs code of the other's own making, so errors carry their fields. Default: false. */
  readonly trusted?: boolean
  /** Each side can have a successor after it has gone. Default: false. */
  readonly successor?: boolean
  /** Others listen too, so ids carry a nonce. Default: false. */
  readonly public?: boolean
  /** Messages wait for `deliver`. Default: false: each is delivered in a microtask of its own. */
  readonly manual?: boolean
}

/** Two transports, each the other's other side. */
export interface LinkedPair {
  readonly left: Transport
  readonly right: Transport
  /** Deliver the next messages in the order that they were posted (`count`, default all), and return how many there were. */
  deliver(count?: number): number
  /** See each message as it is posted. @returns a function that stops that. */
  tap(listener: (from: Side, message: unknown) => void): () => void
  /** Post a raw value, or raw text, as if `from` had. */
  inject(from: Side, message: unknown): void
  /** Tell `side` that the other one is gone. */
  breakFor(side: Side, reason: unknown): void
}

/** Link two transports in memory. */
export function linkedPair(options: LinkedPairOptions = {}): LinkedPair {
  const { text = false, manual = false } = options
  const receivers: Partial<Record<Side, Receiver>> = {}
  const taps = new Set<(from: Side, message: unknown) => void>()
  const queue: (() => void)[] = []

  const opposite = (side: Side): Side => (side === 'left' ? 'right' : 'left')

  const receive = (to: Side, wire: unknown): void => {
    let message = wire
    try {
      if (text) message = JSON.parse(String(wire))
    } catch (error) {
      receivers[to]?.unreadable(error)
      return
    }
    receivers[to]?.message(message)
  }

  const send = (from: Side, wire: unknown): void => {
    queue.push(() => receive(opposite(from), wire))
    if (!manual) microtask(() => queue.shift()?.())
  }

  const transport = (side: Side): Transport => ({
    policy: options.policy ?? (text ? 'strict' : 'shared'),
    public: options.public ?? false,
    successor: options.successor ?? false,
    trusted: options.trusted ?? false,
    ...(text && { codec: jsonCodec() }),
    post(message, transfer = []) {
      const wire: unknown = text ? JSON.stringify(message) : clone(message, [...transfer])
      for (const tap of taps) tap(side, message)
      send(side, wire)
    },
    listen(receiver) {
      receivers[side] = receiver
    },
    close() {
      delete receivers[side]
    },
  })

  return {
    left: transport('left'),
    right: transport('right'),
    deliver(count = Infinity) {
      let delivered = 0
      for (let next; delivered < count && (next = queue.shift()); delivered++) next()
      return delivered
    },
    tap(listener) {
      taps.add(listener)
      return () => void taps.delete(listener)
    },
    inject: send,
    breakFor: (side, reason) => receivers[side]?.gone(reason),
  }
}

export interface ContextOptions {
  readonly origin?: string
  readonly method?: string
  readonly params?: RPCParams
  readonly id?: RPCId
  /** Default: one side of a linked pair. */
  readonly transport?: Transport
}

/** Run `step` as a handler's first part, so that `callContext()` works in it; `abort` aborts its signal. */
export function runInContext<T>(
  options: ContextOptions,
  step: (context: CallContext, abort: (reason: unknown) => void) => T,
): T {
  const { origin, method = '', params, id, transport = linkedPair().left } = options
  const context = new IncomingCall(transport, origin, id, method, params)
  const former = enterContext(context)
  try {
    return step(context, (reason) => context.abort(reason))
  } finally {
    enterContext(former)
  }
}

/** What stands for a Worker in the test of its file: a MessagePort. */
export interface WorkerStandIn extends Endpoint {
  /** End the connection. What is imported later is not in a worker any more. */
  terminate(): void
}

/**
 * Let a test import a worker's file: until `terminate()`, `expose(api)` and `wrap()` without an endpoint speak with what this
 * returns. The file is imported afterwards, by `await import('./worker.js')`, and runs in the thread or page of the test.
 * @throws TypeError where there is no MessageChannel.
 */
export function asWorker(): WorkerStandIn {
  const { MessageChannel: Channel = threads()?.MessageChannel } = globalThis as Partial<Threads>
  if (!Channel) throw new TypeError('There is no MessageChannel here')
  const { port1, port2 } = new Channel()
  const terminate = (): void => {
    standInForOwn(undefined)
    port1.close()
  }
  standInForOwn(port2)
  return Object.assign(port1, { terminate })
}

interface Threads {
  readonly MessageChannel: new () => Record<'port1' | 'port2', Endpoint & { close(): void }>
}

// jsdom has none, but runs in Node.
const threads = (): Threads | undefined =>
  (
    globalThis as { readonly process?: { getBuiltinModule?(id: string): Threads | undefined } }
  ).process?.getBuiltinModule?.('node:worker_threads')
