/**
 * Async iterables that cross by reference, with credit. Who has the iterable keeps its iterator under a number:
 *
 * 1. `rpc.pull [id, n]`: the consumer takes n more items. Nothing is asked of the iterator before, and never more.
 * 2. `rpc.next [id, …items]`: what came of it, as many at once as were ready.
 * 3. `rpc.end [id, error?]`: there are no more.
 * 4. `rpc.stop [id, error?]`: the consumer wants no more; the iterator's `return` is called.
 */
import { enterContext, type Running, type SignalLike } from '../../peer/context.ts'
import { type Core, type Hooks, limitOf } from '../../peer/seam.ts'
import { createFollow } from '../../peer/abort-listeners.ts'
import { BUSY, messageOf, RPCError, TOO_LARGE, UNDELIVERABLE } from '../../protocol/errors.ts'
import { isObject } from '../../protocol/guards.ts'
import { copySmall } from '../frames/frame-format.ts'
import { iterable } from './iterable.ts'
import { among, values } from '../encoding/encoding.ts'

/** Items in one message. */
const CHUNK = 256
/** Milliseconds after which an item does not wait for others. */
const A_WHILE = 2
/** Items granted at first, and always where they are objects: such may be large. */
const WINDOW = 64

/** The most that a producer runs ahead, whatever is asked of it: an endless generator would not let go. */
const MOST = 65_536

interface Producer {
  readonly pull: (count: number) => void
  readonly stop: (reason: unknown) => void
  /** Nothing was asked of the iterable, and nothing will be. */
  readonly forget: () => void
}

interface Consumer {
  readonly receive: (items: readonly unknown[]) => void
  readonly end: (error?: unknown) => void
  /** Nobody can ask for more. */
  readonly abandon: () => void
}

/** The streams of one connection, both ways. */
export interface Streams {
  /** Keep an iterable for the other side. @returns its number. */
  readonly produce: (source: AsyncIterable<unknown>, context: Running | undefined) => number
  /** What the other side keeps under a number; it ends when `signal` aborts. */
  readonly consume: (id: unknown, signal: SignalLike | undefined) => AsyncIterableIterator<unknown>
  /** It was not passed after all; or, if it was, it is over. */
  readonly retract: (id: unknown, wasSent: boolean) => void
  readonly discard: (id: unknown) => void
}

export function streams(core: Core): Hooks<Streams> {
  const maxReferences = limitOf(core, 'maxReferences', 262_144)
  const { add, send, tell: say } = core.need(values)
  // More is never under way, so more that was granted would be waited for in vain.
  const streamCredit = Math.min(limitOf(core, 'streamCredit', 1_024, 1), MOST)
  const producers = new Map<unknown, Producer>()
  const consumers = new Map<unknown, Consumer>()
  const aborts = new WeakMap<Consumer, (reason: unknown) => void>()
  const follow = createFollow((consumer, reason) => aborts.get(consumer as Consumer)?.(reason))
  let lastId = 0

  // By itself, as a stream of the next peer may have the same number.
  const collected = new FinalizationRegistry<Consumer>(({ abandon }) => abandon())
  // How many streams came of one call: its signal aborts with the last.
  const open = new WeakMap<Running, number>()

  const tell = (method: string, id: number, error?: unknown, context?: Running): void =>
    say(method, error === undefined ? [id] : [id, core.errorOut(error, context)])

  const addProducer = (id: number, source: AsyncIterable<unknown>, context: Running | undefined): void => {
    let iterator: AsyncIterator<unknown> | undefined
    let credit = 0
    let timer: ReturnType<typeof setTimeout> | undefined
    let lastAt = 0
    let isPumping = false
    let isOver = false
    let items: unknown[] = []

    const flush = (): void => {
      if (!items.length) return
      const ready = items
      items = []
      send('rpc.next', [id, ...ready])
    }

    const sendOne = (item: unknown): void => {
      try {
        send('rpc.next', [id, item])
      } catch (error) {
        throw new RPCError(UNDELIVERABLE, messageOf(error).replace('params[1]', 'item'), { cause: error })
      }
    }

    // As in a handler, so that callContext() works in each part of a generator up to its next await.
    const within = <T>(step: () => T): T => {
      const former = enterContext(context)
      try {
        return step()
      } finally {
        enterContext(former)
      }
    }

    const leave = (): void => {
      isOver = true
      clearTimeout(timer)
      if (producers.delete(id) && context) open.set(context, (open.get(context) ?? 1) - 1)
    }

    const close = (reason: unknown): void => {
      leave()
      items = []
      if (context && !open.get(context)) context.abort(reason)
      try {
        // A generator or reader that was never asked for anything has its own `return`.
        const ending = iterator ?? (source as Partial<AsyncIterator<unknown>>)
        void Promise.resolve(within(() => ending.return?.(reason))).catch(failed)
      } catch (error) {
        failed(error)
      }
    }

    const failed = (error: unknown): void => core.diagnose('failed', 'stream', error)

    const end = (error?: unknown): void => {
      leave()
      attempt(() => {
        flush()
        tell('rpc.end', id, error, context)
      })
    }

    const flushLater = (): void => {
      timer = undefined
      if (!isOver) attempt(flush)
    }

    // The first item after a while leaves at once; those that follow close upon each other leave together.
    const add = (item: unknown): void => {
      // As it is now: the next one may be the same object, changed.
      if (!copySmall([item], items))
        return attempt(() => {
          flush()
          sendOne(item)
        })
      if (items.length >= CHUNK) return attempt(flush)
      if (items.length > 1 || timer) return
      const now = Date.now()
      if (now - lastAt >= A_WHILE) attempt(flush)
      else timer = setTimeout(flushLater)
      lastAt = now
    }

    // An item that cannot be sent ends the stream.
    const attempt = (step: () => void): void => {
      try {
        step()
      } catch (error) {
        const why = `The stream was ended: ${messageOf(error)}`
        close(error)
        tell('rpc.end', id, new RPCError(UNDELIVERABLE, why), context)
      }
    }

    const pump = async (): Promise<void> => {
      isPumping = true
      try {
        while (credit > 0 && !isOver) {
          const former = enterContext(context)
          let next: unknown
          try {
            next = (iterator ??= source[Symbol.asyncIterator]()).next()
          } finally {
            enterContext(former)
          }
          const result: unknown = await next
          if (isOver) return
          if (!isObject(result)) throw new TypeError('An iterator must give objects')
          const { done, value } = result as IteratorResult<unknown>
          if (done) return end()
          credit--
          add(value)
        }
        attempt(flush)
      } catch (error) {
        // Whatever was thrown: an end without an error is a good one.
        if (!isOver) end(error ?? new Error(String(error)))
      } finally {
        isPumping = false
      }
    }

    producers.set(id, {
      pull: (count) => {
        if (Number.isSafeInteger(count) && count > 0) credit = Math.min(credit + count, MOST)
        if (!isPumping) void pump()
      },
      stop: close,
      forget: leave,
    })
    if (context) open.set(context, (open.get(context) ?? 0) + 1)
  }

  const addConsumer = (id: number, signal: SignalLike | undefined): AsyncIterableIterator<unknown> => {
    type Waiting = { resolve: (result: IteratorResult<unknown>) => void; reject: (reason: unknown) => void }
    let queue: readonly unknown[] = []
    let at = 0
    const later: (readonly unknown[])[] = []
    const waiting: Waiting[] = []
    let granted = 0
    let size = 0
    let window = Math.min(WINDOW, streamCredit)
    let over: { error?: unknown } | undefined
    let unfollow: (() => void) | undefined

    const finish = (error?: { readonly error: unknown }): void => {
      if (over) return
      over = error ? { error: error.error } : {}
      if (consumers.get(id) === me) consumers.delete(id)
      unfollow?.()
      for (const { resolve, reject } of waiting.splice(0)) {
        if ('error' in over) {
          reject(over.error)
          over = {}
        } else resolve({ value: undefined, done: true })
      }
    }

    const drop = (): void => {
      queue = []
      later.length = at = size = 0
    }

    // `told` is what the producer is told, who asks here is not.
    const cancel = (reason?: { readonly error: unknown }, told = reason?.error): void => {
      if (consumers.get(id) === me) tell('rpc.stop', id, told)
      drop()
      finish(reason)
    }

    const grant = (): void => {
      if (over || granted + size > window / 2) return
      const more = window - granted - size
      granted += more
      try {
        send('rpc.pull', [id, more])
      } catch (error) {
        cancel({ error })
      }
    }

    const shift = (): unknown => {
      if (at === queue.length) {
        queue = later.shift() ?? []
        at = 0
      }
      size--
      return queue[at++]
    }

    const next = (): Promise<IteratorResult<unknown>> => {
      if (size) {
        const value = shift()
        grant()
        return Promise.resolve({ value, done: false })
      }
      if (over) {
        const { error } = over
        const failed = 'error' in over
        over = {}
        return failed ? Promise.reject(error) : Promise.resolve({ value: undefined, done: true })
      }
      return new Promise((resolve, reject) => {
        waiting.push({ resolve, reject })
        grant()
      })
    }

    const me: Consumer = {
      receive: (items) => {
        granted -= items.length
        if (granted < 0)
          return cancel({ error: new RPCError(TOO_LARGE, 'The stream sent more than was asked for') })
        // Where items are small, more of them may be under way.
        if (!isObject(items[0])) window = Math.min(window * 2, streamCredit)
        let i = 0
        for (; i < items.length && waiting.length; i++)
          waiting.shift()?.resolve({ value: items[i], done: false })
        if (i < items.length) {
          later.push(i ? items.slice(i) : items)
          size += items.length - i
        }
        if (waiting.length) grant()
      },
      end: (error) => finish(error === undefined ? undefined : { error }),
      abandon: () => cancel(),
    }
    consumers.set(id, me)
    if (signal?.aborted) cancel({ error: signal.reason })
    else if (signal) {
      aborts.set(me, (reason) => cancel({ error: reason }))
      unfollow = follow(signal, me)
    }

    const iterator: AsyncIterableIterator<unknown> = {
      next,
      return: (value?: unknown) => {
        cancel()
        return Promise.resolve({ value, done: true })
      },
      throw: (error?: unknown) => {
        cancel(undefined, error)
        return Promise.reject(error)
      },
      [Symbol.asyncIterator]() {
        return this
      },
    }
    const { asyncDispose } = Symbol as { readonly asyncDispose?: symbol }
    if (asyncDispose) Object.defineProperty(iterator, asyncDispose, { value: async () => cancel() })
    // Whoever may still ask has that.
    collected.register(next, me)
    return iterator
  }

  const face: Streams = {
    produce: (source, context) => {
      if (producers.size >= maxReferences)
        throw new RPCError(BUSY, `${producers.size} streams are open already`)
      addProducer(++lastId, source, context)
      return lastId
    },
    consume: (id, signal) => {
      if (typeof id !== 'number' || consumers.has(id))
        throw new TypeError('A stream must have a number of its own')
      if (consumers.size >= maxReferences)
        throw new RPCError(BUSY, `${consumers.size} streams are open already`)
      return addConsumer(id, signal)
    },
    retract: (id, wasSent) => {
      const producer = producers.get(id)
      if (wasSent) producer?.stop(undefined)
      else producer?.forget()
    },
    discard: (id) => say('rpc.stop', [id]),
  }
  const hooks: Hooks<Streams> = {
    face,
    among,
    notices: {
      'rpc.pull': ([id, count]: [unknown, number]) => producers.get(id)?.pull(count),
      'rpc.next': ([id, ...items]: unknown[]) => consumers.get(id)?.receive(items),
      'rpc.end': ([id, error]: [unknown, object?]) => consumers.get(id)?.end(error && core.errorIn(error)),
      'rpc.stop': ([id, error]: [unknown, object?]) => producers.get(id)?.stop(error && core.errorIn(error)),
    },
    around: {
      ask: (next) => (call) => iterable(next(call)),
      isInUse: (next) => () => producers.size + consumers.size > 0 || next(),
      lost: (next) => (reason) => {
        for (const { stop } of producers.values()) stop(reason)
        for (const { end } of consumers.values()) end(reason)
        next(reason)
      },
    },
  }
  add({
    capability: 'streams',
    names: ['stream'],
    is: (value) => Symbol.asyncIterator in value && !(value instanceof Promise),
    take: (value, { context }) => ({
      mark: ['stream', face.produce(value as AsyncIterable<unknown>, context)],
    }),
    revive: (_, [id], __, options) => face.consume(id, options?.signal),
    retract: face.retract,
    discard: face.discard,
  })
  return hooks
}
