/** What both sides offer, and what each does with the other: one kind of traffic for each layer. */
import { callContext, get, proxy, release, type RPC, set } from '../../src/index.ts'
import { turn } from '../peer/pair.ts'
import { runOf } from './permitted.ts'

/** Which handlers ran, and how many have not ended. */
export interface Ledger {
  readonly ran: Map<string, number>
  open: number
}

export const ledger = (): Ledger => ({ ran: new Map(), open: 0 })

type Fn = (...args: never[]) => unknown

interface Api {
  count(to: number): AsyncIterable<number>
  sum(numbers: AsyncIterable<number>): number
  readonly Counter: new (start: number) => { next(): number }
}

/** More than is asked for at once. */
const MOST_ITEMS = 300

class Given {
  label = 'label'
  readonly inner = { deep: 1 }
  readonly #note: (name: string) => void
  constructor(note: (name: string) => void) {
    this.#note = note
  }
  run(n: unknown): unknown {
    this.#note('by reference')
    return n
  }
  _hidden(): void {
    this.#note('hidden')
  }
  get accessor(): number {
    return 1
  }
}

// A list that stands twice in a list, and so on, takes for ever to become text: handlers check, as portcall does.
const numberOf = (value: unknown): number => (typeof value === 'number' ? value : Number.NaN)

const isIterable = (value: unknown): value is AsyncIterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value

/** Handlers that note what runs. */
export function serviceOf(own: Ledger): Record<string, unknown> {
  const { ran } = own
  const note = (name: string): void => void ran.set(name, (ran.get(name) ?? 0) + 1)
  const until = async <T>(step: () => Promise<T>): Promise<T> => {
    own.open++
    try {
      return await step()
    } finally {
      own.open--
    }
  }
  const method =
    (name: string, step: (...args: never[]) => unknown): Fn =>
    (...args) => {
      note(runOf(name, args.length))
      return step(...args)
    }
  const slow = (name: string, step: (...args: never[]) => Promise<unknown>): Fn =>
    method(name, (...args) => until(() => step(...args)))
  return {
    echo: method('echo', (...values) => values),
    later: slow('later', async (value: unknown) => {
      await turn()
      return value
    }),
    fail: method('fail', (value: unknown) => {
      throw Object.assign(new Error('failed', { cause: new TypeError('why') }), { code: 7, data: value })
    }),
    math: { add: method('math.add', (a: unknown, b: unknown) => numberOf(a) + numberOf(b)) },
    use: slow('use', async (passed: unknown) =>
      typeof passed === 'function'
        ? ((await Reflect.apply(passed, undefined, [1, 2])) as unknown)
        : 'nothing',
    ),
    drive: slow('drive', async (passed: unknown) => {
      const run: unknown = Reflect.get(Object(passed) as object, 'run')
      return typeof run === 'function' ? ((await Reflect.apply(run, passed, [1])) as unknown) : 'nothing'
    }),
    give: method('give', () => ({
      callback: (n: unknown) => {
        note('by reference')
        return n
      },
      object: proxy(new Given(note)),
    })),
    Counter: class {
      #n: number
      constructor(...args: [start: unknown]) {
        note(runOf('Counter', args.length))
        this.#n = numberOf(args[0])
      }
      next(): number {
        note('by reference')
        return ++this.#n
      }
    },
    async *count(...args: [to: unknown]) {
      note(runOf('count', args.length))
      const [to] = args
      own.open++
      try {
        for (let i = 1; i <= Math.min(numberOf(to), MOST_ITEMS); i++) yield i
      } finally {
        own.open--
      }
    },
    sum: slow('sum', async (numbers: unknown) => {
      let total = 0
      if (!isIterable(numbers)) return total
      for await (const n of numbers) if ((total += numberOf(n)) > 1_000) break
      return total
    }),
    wait: slow('wait', (signal: unknown) =>
      signal instanceof AbortSignal && !signal.aborted
        ? new Promise((resolve) => {
            // What its owner has forgotten never aborts (`rpc.forget`); the call's own does when the connection ends.
            for (const one of [signal, callContext().signal])
              one.addEventListener('abort', () => resolve('aborted'))
          })
        : Promise.resolve('no signal'),
    ),
  }
}

async function* upTo(n: number, fails = false): AsyncGenerator<number> {
  for (let i = 1; i <= n; i++) yield i
  if (fails) throw new RangeError('no more')
}

const taken = async (stream: AsyncIterable<number>, most = Infinity): Promise<number[]> => {
  const items: number[] = []
  for await (const item of stream) if (items.push(item) >= most) break
  return items
}

/** A value of every kind that a codec marks. */
export const zoo = (): unknown[] => {
  const twice = { twice: [1] }
  const cyclic: Record<string, unknown> = { twice, again: twice }
  cyclic['self'] = cyclic
  return [
    undefined,
    Number.NaN,
    -0,
    -Infinity,
    123n,
    new Date(0),
    /x+/giu,
    new Map<unknown, unknown>([['k', new Set([1, twice])]]),
    new Uint8Array([1, 2, 3]),
    new Float64Array([0.5]),
    new Uint8Array([9]).buffer,
    new RangeError('no', { cause: { deep: new Error('deeper') } }),
    // oxlint-disable-next-line no-sparse-arrays
    [1, , 3],
    cyclic,
    new DataView(new ArrayBuffer(2)),
  ]
}

export const KINDS = [
  'hello',
  'requests',
  'batches',
  'frames',
  'references',
  'streams',
  'signals',
  'codec',
] as const

export type Kind = (typeof KINDS)[number]

/** What one side does with the other. @returns promises that all settle, at the latest when it is destroyed. */
export const activities: Record<Kind, (rpc: RPC) => Promise<unknown>[]> = {
  hello: (rpc) => [rpc.connect(0), rpc.invoke('echo', ['hello'])],
  requests: (rpc) => {
    rpc.notify('echo', ['told'])
    return [
      rpc.invoke('echo', [1, 'two', { three: [3] }]),
      rpc.invoke('math.add', [1, 2]),
      rpc.invoke('later', { by: 'name' }),
      rpc.invoke('fail', [{ data: 1 }]),
      rpc.invoke('none'),
      rpc.invoke('later', ['x'.repeat(1_500)], { id: 'own' }),
      rpc.invoke('later', [0], { signal: AbortSignal.abort(new Error('before')) }),
    ]
  },
  batches: (rpc) =>
    [1, 2].map((n) =>
      rpc.batch((call) => {
        call.notify('echo', [n])
        return [call('math.add', [n, 1]), call('later', [n]), call('none').catch(String)]
      }),
    ),
  frames: (rpc) => [
    (async () => {
      // What is held before leaves one by one.
      await rpc.connect(0)
      await Promise.allSettled([
        ...Array.from({ length: 20 }, (_, n) => rpc.invoke('math.add', [n, 1])),
        ...Array.from({ length: 4 }, (_, n) => rpc.invoke('later', [{ n }])),
        rpc.invoke('fail', [1]),
        rpc.invoke('none'),
      ])
    })(),
  ],
  references: (rpc) => [
    rpc.invoke('use', [async (n: number) => n]),
    rpc.invoke('drive', [proxy({ run: async (n: number) => n })]),
    rpc.invoke('use', [() => 'scoped'], { scoped: true }),
    rpc.invoke('echo', [new Map([['k', () => 1]]), { list: [() => 2] }]),
    (async () => {
      const { callback, object } = await rpc.invoke<{ callback: Fn; object: Given & object }>('give')
      await Reflect.apply(callback, undefined, [1])
      await object.run(2)
      await get(object, 'label')
      await get(object, 'accessor')
      await set(object, 'label', 'changed')
      await rpc.invoke('echo', [callback, object])
      release(object)
    })(),
    (async () => {
      const counter = await new (rpc.remote<Api>().Counter)(1)
      await counter.next()
    })(),
  ],
  streams: (rpc) => {
    const remote = rpc.remote<Api>()
    return [
      taken(remote.count(5)),
      taken(remote.count(200), 2),
      rpc.invoke('sum', [upTo(6)]),
      rpc.invoke('sum', [upTo(3, true)]),
      rpc.invoke('sum', [upTo(200)]),
      rpc.invoke('echo', [upTo(1)]),
    ]
  },
  signals: (rpc) => {
    const [first, second, third] = [new AbortController(), new AbortController(), new AbortController()]
    const calls = [
      rpc.invoke('wait', [first.signal]),
      rpc.invoke('wait', [{ nested: [second.signal] }]),
      rpc.invoke('wait', [second.signal]),
      rpc.invoke('wait', [AbortSignal.abort('already')]),
      rpc.invoke('later', [1], { signal: third.signal }),
    ]
    void turn().then(() => {
      first.abort(new RangeError('enough'))
      second.abort({ why: 'enough' })
      third.abort()
    })
    return calls
  },
  codec: (rpc) => [
    rpc.invoke('echo', zoo()),
    // Whatever a medium does not carry rejects.
    ...zoo().map((value) => rpc.invoke('later', [value])),
    rpc.invoke('fail', [new Map([[1, 2n]])]),
  ],
}
