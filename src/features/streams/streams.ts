/**
 * The feature `streams`: async iterables that cross by reference, with credit. Who has the iterable keeps its iterator under
 * a number:
 *
 * 1. `rpc.pull [id, n]`: the consumer takes n more items. Nothing is asked of the iterator before, and never more.
 * 2. `rpc.next [id, …items]`: what came of it, as many at once as were ready.
 * 3. `rpc.end [id, error?]`: there are no more.
 * 4. `rpc.stop [id, error?]`: the consumer wants no more; the iterator's `return` is called.
 */
import { createAbortListeners } from '../../peer/abort-listeners.ts'
import type { IncomingCall, SignalLike } from '../../peer/context.ts'
import { type Hooks, limitOf, type Peer } from '../../peer/seam.ts'
import { BUSY, messageOf, RPCError, UNDELIVERABLE } from '../../protocol/errors.ts'
import { keyOf } from '../../protocol/guards.ts'
import { createRegistry } from '../../protocol/realm.ts'
import { among, encoding } from '../encoding/encoding.ts'
import { isAsyncIterable } from '../../values/platform.ts'
import { heldBytes } from '../held-bytes/held-bytes.ts'
import { ANYWHERE } from '../ranks.ts'
import { type Consumer, createConsumer } from './consumer.ts'
import { iterable } from './iterable.ts'
import { createProducer, MOST, type Producer } from './producer.ts'

/** Limits of `streams`. */
export interface StreamLimits {
  /** Items of a stream that may be under way or waiting. Bounds what a slow consumer must hold; 64 where they are objects. At most 65,536. */
  readonly streamCredit: number
}

/** The streams of one connection, both ways. */
export interface Streams {
  /** Keep an iterable for the peer. @returns its number. */
  readonly produce: (source: AsyncIterable<unknown>, call: IncomingCall | undefined) => number
  /** What the peer keeps under a number; it ends when `signal` aborts. */
  readonly consume: (id: unknown, signal: SignalLike | undefined) => AsyncIterableIterator<unknown>
  /** It was not passed after all; or, if it was, it is over. */
  readonly retract: (id: unknown, wasSent: boolean) => void
}

// Generators, `map.values()`, helpers of iterators: no engine clones them.
const isSync = (value: object, tag: string): boolean =>
  /(Generator|Iterator|Iterator Helper)$/.test(tag) && Symbol.iterator in value

async function* inTurn(source: Iterable<unknown>): AsyncGenerator<unknown> {
  yield* source
}

export function streams(peer: Peer): Hooks<Streams> {
  const { add, send, tell } = peer.need(encoding)
  peer.need(heldBytes)
  const maxReferences = limitOf(peer, 'maxReferences', 262_144)
  // More is never under way, so more that was granted would be waited for in vain.
  const streamCredit = Math.min(limitOf(peer, 'streamCredit', 1_024, 1), MOST)
  const producers = new Map<unknown, Producer>()
  const consumers = new Map<unknown, Consumer>()
  // How many streams came of one call: its signal aborts with the last.
  const open = new WeakMap<IncomingCall, number>()
  const cancels = new Map<unknown, (reason: { readonly error: unknown }) => void>()
  const listen = createAbortListeners((consumer, error) => cancels.get(consumer)?.({ error }))
  // By itself, as a stream of the next peer may have the same number.
  const collected = createRegistry<Consumer>(({ abandon }) => abandon())
  let lastId = 0

  const tellEnd = (method: string, id: unknown, error?: unknown, call?: IncomingCall): void =>
    tell(method, error === undefined ? [id] : [id, peer.errorOut(error, call)])

  const checkSize = ({ size }: Map<unknown, unknown>): void => {
    if (size >= maxReferences) throw new RPCError(BUSY, `${size} streams are open already`)
  }

  const produce: Streams['produce'] = (source, call) => {
    checkSize(producers)
    const id = ++lastId
    const producer = createProducer({
      source,
      call,
      sendItems: (items) => send('rpc.next', [id, ...items]),
      sendEnd: (error) => tellEnd('rpc.end', id, error, call),
      left: () => {
        if (!producers.delete(id) || !call) return false
        const left = (open.get(call) ?? 1) - 1
        open.set(call, left)
        return !left
      },
      hasRoom: () => peer.transport.hasRoom?.() !== false,
      failed: (error) => peer.diagnose('failed', 'stream', error),
    })
    producers.set(id, producer)
    if (call) open.set(call, (open.get(call) ?? 0) + 1)
    return id
  }

  const consume: Streams['consume'] = (id, signal) => {
    if (typeof id !== 'number' || consumers.has(keyOf(id)))
      throw new TypeError('A stream must have a number of its own')
    checkSize(consumers)
    let unlisten: (() => void) | undefined
    const { consumer, iterator, asks, cancel } = createConsumer({
      streamCredit,
      isMeasured: !peer.transport.trusted,
      hold: (item) => peer.hold(item, 0, true),
      pull: (count) => send('rpc.pull', [id, count], true),
      stop: (error) => {
        if (consumers.get(keyOf(id)) === consumer) tellEnd('rpc.stop', id, error)
      },
      left: () => {
        if (consumers.get(keyOf(id)) === consumer) consumers.delete(keyOf(id))
        cancels.delete(consumer)
        unlisten?.()
      },
    })
    consumers.set(keyOf(id), consumer)
    if (signal?.aborted) cancel({ error: signal.reason })
    else if (signal) {
      cancels.set(consumer, cancel)
      unlisten = listen(signal, consumer)
    }
    collected.register(asks, consumer)
    return iterator
  }

  const retract = (id: unknown, wasSent: boolean): void => {
    const producer = producers.get(id)
    if (wasSent) producer?.stop(undefined)
    else producer?.forget()
  }

  add({
    feature: 'streams',
    names: ['stream'],
    isLast: true,
    // A web stream would arrive as another thing: without the feature that knows it, it is refused.
    is: (value, tag) => isSync(value, tag) || (!tag.endsWith('Stream') && isAsyncIterable(value)),
    take: (value, { call }) => ({
      mark: ['stream', produce(isAsyncIterable(value) ? value : inTurn(value as Iterable<unknown>), call)],
    }),
    revive: (_, [id], __, options) => consume(id, options?.signal),
    retract,
  })

  const errorOf = (error: object | undefined): unknown => error && peer.errorIn(error)
  return {
    name: 'streams',
    rank: ANYWHERE,
    face: { produce, consume, retract },
    among,
    notices: {
      'rpc.pull': ([id, count]: [unknown, number]) => producers.get(id)?.pull(count),
      'rpc.next': ([id, ...items]: unknown[]) => consumers.get(keyOf(id))?.receive(items),
      'rpc.end': ([id, error]: [unknown, object?]) => consumers.get(keyOf(id))?.end(errorOf(error)),
      'rpc.stop': ([id, error]: [unknown, object?]) => producers.get(id)?.stop(errorOf(error)),
    },
    around: {
      ask: (next) => (call) => iterable(next(call)),
      drained: (next) => () => {
        next()
        for (const { resume } of producers.values()) resume()
      },
      // It may have had items.
      missed: (next) => (cause) => {
        next(cause)
        const why = new RPCError(UNDELIVERABLE, `An item could not be read: ${messageOf(cause)}`, { cause })
        for (const { fail } of consumers.values()) fail(why)
      },
      isInUse: (next) => () => producers.size + consumers.size > 0 || next(),
      lost: (next) => (reason) => {
        for (const { stop } of producers.values()) stop(reason)
        for (const { end } of consumers.values()) end(reason)
        next(reason)
      },
    },
  }
}
