import { callContext } from '../../../src/index.ts'
import { describeError } from './errors.ts'
import { deferred } from './deferred.ts'

type Items = AsyncIterable<unknown>

/** The integers from `from` up to `to`. */
export async function* range(from: number, to: number): AsyncGenerator<number> {
  for (let i = from; i <= to; i++) yield i
}

export async function collect(items: Items): Promise<unknown[]> {
  const all: unknown[] = []
  for await (const item of items) all.push(item)
  return all
}

/** Give `items`, then fail. */
export async function* failing(...items: unknown[]): AsyncGenerator<unknown> {
  yield* items
  throw new RangeError('no more')
}

/** An endless generator that counts what it made and tells how it ended. */
export function source(make: (n: number) => unknown = (n) => n) {
  const end = deferred<string>()
  let made = 0
  const generate = async function* (): AsyncGenerator<unknown> {
    try {
      for (;;) yield make(++made)
    } finally {
      end.resolve('finally was reached')
    }
  }
  return { generate, made: () => made, ended: end.promise }
}

/** An iterable written by hand: no generator, and no `return`. */
export const byHand = (to: number): AsyncIterable<number> => ({
  [Symbol.asyncIterator]() {
    let i = 0
    return { next: async () => (i < to ? { value: ++i, done: false } : { value: undefined, done: true }) }
  },
})

/** The items of a stream, and its error as data. */
async function caught(items: Items): Promise<object> {
  const taken: unknown[] = []
  try {
    for await (const item of items) taken.push(item)
  } catch (error) {
    return { taken, error: describeError(error) }
  }
  return { taken }
}

export const streamMethods = () => {
  const numbers = source()
  const objects = source((n) => ({ n }))
  const inContext = deferred<boolean>()
  return {
    range,
    byHand,
    failing: () => failing(1, 2),
    endless: numbers.generate,
    made: numbers.made,
    ended: () => numbers.ended,
    endlessObjects: objects.generate,
    madeObjects: objects.made,

    async *contextual() {
      const { signal } = callContext()
      try {
        yield callContext().method
        yield callContext().method
        for (;;) yield callContext().signal === signal
      } finally {
        inContext.resolve(signal.aborted)
      }
    },
    contextAborted: () => inContext.promise,

    async *doers() {
      for (const name of ['first', 'second'])
        yield { name, run: async (by: string) => `${name} run by ${by}` }
    },
    async *streams() {
      yield range(1, 2)
      yield range(3, 4)
    },
    async *unsendable() {
      yield 1
      yield { at: [Symbol('x')] }
    },
    async *oneThenNone() {
      yield 'one'
      await new Promise(() => {})
    },
    several: () => ({ list: [range(1, 3)], map: new Map([['more', range(4, 6)]]) }),

    collect,
    collectSeveral: ({ first, rest }: { first: Items; rest: Items[] }) =>
      Promise.all([first, ...rest].map(collect)),
    /** Takes `count` items, waits for `gate`, and ends the loop. */
    async take(items: Items, count: number, gate: () => Promise<unknown>) {
      const taken: unknown[] = []
      for await (const item of items) {
        taken.push(item)
        if (taken.length < count) continue
        await gate()
        break
      }
      return taken
    },
    caught,
    caughtFrom: async (give: () => Promise<Items>) => caught(await give()),
    async runAll(items: AsyncIterable<{ readonly run: (by: string) => Promise<string> }>) {
      const all: string[] = []
      for await (const { run } of items) all.push(await run('the service'))
      return all
    },
  }
}

export type StreamMethods = ReturnType<typeof streamMethods>
