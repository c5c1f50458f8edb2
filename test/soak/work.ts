/** What both sides of the soak offer, what is done with it, and the account of how every call ended. */
import {
  callContext,
  ErrorCode,
  get,
  proxy,
  release,
  type Remote,
  rpcOf,
  transfer,
  withOptions,
} from '../../src/index.ts'
import type { Random } from '../fuzz/random.ts'

class Counter {
  #n: number
  constructor(start: number) {
    this.#n = start
  }
  next(): number {
    return ++this.#n
  }
  get value(): number {
    return this.#n
  }
}

/** Handlers and generators that have begun and not ended, in this realm. */
export const running = { handlers: 0, generators: 0 }

async function handler<T>(step: () => Promise<T>): Promise<T> {
  running.handlers++
  try {
    return await step()
  } finally {
    running.handlers--
  }
}

async function* upTo(n: number): AsyncGenerator<number> {
  running.generators++
  try {
    for (let i = 1; i <= n; i++) yield i
  } finally {
    running.generators--
  }
}

const aborted = (signal: AbortSignal): Promise<string> =>
  new Promise((resolve) =>
    signal.aborted ? resolve('aborted') : signal.addEventListener('abort', () => resolve('aborted')),
  )

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

export function createService(back?: () => Remote<Service>) {
  return {
    add: (a: number, b: number): number => a + b,
    echo: (value: unknown): unknown => value,
    later: (value: number, ms: number): Promise<number> => handler(() => pause(ms).then(() => value)),
    fail: (why: string): never => {
      throw Object.assign(new RangeError(why), { code: FAILED })
    },
    /** Until the caller gives up. */
    hang: (): Promise<string> => {
      const { signal } = callContext()
      return handler(() => aborted(signal))
    },
    until: (signal: AbortSignal): Promise<string> => handler(() => aborted(signal)),
    each: (n: number, told: (i: number) => Promise<void>): Promise<number> =>
      handler(async () => {
        for (let i = 1; i <= n; i++) await told(i)
        return n
      }),
    count: upTo,
    sum: (numbers: AsyncIterable<number>, most: number): Promise<number> =>
      handler(async () => {
        let [total, taken] = [0, 0]
        for await (const n of numbers) {
          total += n
          if (++taken >= most) break
        }
        return total
      }),
    counter: (start: number) => proxy(new Counter(start)),
    bytes: (data: Uint8Array) => transfer(data, [data.buffer as ArrayBuffer]),
    /** Calls of this side, from over there. */
    bother: (n: number): Promise<number> =>
      handler(async () => {
        const remote = back?.()
        if (!remote) return 0
        const sums = await Promise.all(Array.from({ length: n }, (_, i) => remote.add(i, 1)))
        return sums.filter((sum, i) => sum === i + 1).length
      }),
    busy: () => ({ ...running }),
    collect: async (): Promise<void> => {
      const { gc } = globalThis as { readonly gc?: () => void }
      for (let i = 0; i < 3; i++) {
        gc?.()
        await pause(20)
      }
    },
  }
}

export type Service = ReturnType<typeof createService>

const FAILED = 7

const GAVE_UP = new Error('The soak gave up')

/** How a call ended. */
export const ENDS = ['answered', 'failed', 'aborted', 'timed out', 'peer gone', 'closed'] as const

type End = (typeof ENDS)[number]

const codes: ReadonlyMap<unknown, End> = new Map<unknown, End>([
  [FAILED, 'failed'],
  [ErrorCode.TIMEOUT, 'timed out'],
  [ErrorCode.PEER_GONE, 'peer gone'],
  [ErrorCode.CLOSED, 'closed'],
])

/** Every call that is made, and its end. */
export class Account {
  made = 0
  readonly ends = Object.fromEntries(ENDS.map((end) => [end, 0])) as Record<End, number>
  readonly kinds: Record<string, number> = {}
  /** What should not have been; the first few. */
  readonly broken: string[] = []
  /** Calls that have not settled, by kind. */
  readonly open = new Map<string, number>()

  get settled(): number {
    return Object.values(this.ends).reduce((sum, n) => sum + n, 0)
  }

  complain(what: string): void {
    if (this.broken.length < 20) this.broken.push(what)
  }

  /** Count one call. `expected` ends are those that it may have besides the other side's death. @returns its value, undefined if it has none. */
  async count<T>(
    kind: string,
    call: () => Promise<T>,
    isRight: (value: T) => boolean,
    expected: readonly End[] = ['answered'],
  ): Promise<T | undefined> {
    this.made++
    this.kinds[kind] = (this.kinds[kind] ?? 0) + 1
    this.open.set(kind, (this.open.get(kind) ?? 0) + 1)
    try {
      const value = await call()
      this.ends.answered++
      if (!expected.includes('answered')) this.complain(`${kind} was answered`)
      else if (!isRight(value)) this.complain(`${kind} was answered ${JSON.stringify(value)?.slice(0, 200)}`)
      return value
    } catch (error) {
      this.#failed(kind, error, expected)
      return undefined
    } finally {
      this.open.set(kind, (this.open.get(kind) ?? 0) - 1)
    }
  }

  #failed(kind: string, error: unknown, expected: readonly End[]): void {
    const end = error === GAVE_UP ? 'aborted' : codes.get(Reflect.get(Object(error), 'code'))
    if (!end) {
      this.ends.failed++
      return this.complain(`${kind}: ${String(error)} ${String(Reflect.get(Object(error), 'code'))}`)
    }
    this.ends[end]++
    if (![...expected, 'peer gone', 'closed'].includes(end))
      this.complain(`${kind} ended ${end}: ${String(error)}`)
  }
}

export interface Labourer {
  readonly random: Random
  readonly account: Account
  readonly remote: Remote<Service>
  /** Told of each function that is passed to be kept by whoever gets it. */
  readonly passed: (callback: object) => void
}

type Job = (labourer: Labourer) => Promise<unknown>

const collected = async (stream: AsyncIterable<number>, most: number): Promise<number> => {
  let taken = 0
  for await (const n of stream) {
    if (n !== taken + 1) return -1
    if (++taken >= most) break
  }
  return taken
}

const giveUpAfter = (ms: number): AbortSignal => {
  const controller = new AbortController()
  setTimeout(() => controller.abort(GAVE_UP), ms)
  return controller.signal
}

const jobs: readonly Job[] = [
  ({ account, remote, random }) => {
    const from = random.below(1_000)
    return Promise.all(
      Array.from({ length: 100 }, (_, i) =>
        account.count(
          'add',
          () => remote.add(from, i),
          (sum) => sum === from + i,
        ),
      ),
    )
  },
  ({ account, remote, random }) => {
    const value = { list: [random.below(100), 'text'], map: new Map([[1, new Date(0)]]) }
    return account.count(
      'echo',
      () => remote.echo(value),
      (same) => JSON.stringify(same) === JSON.stringify(value),
    )
  },
  ({ account, remote }) =>
    account.count(
      'fail',
      () => remote.fail('meant'),
      () => false,
      ['failed'],
    ),
  ({ account, remote, random }) =>
    account.count(
      'abort',
      () => withOptions(remote, { signal: giveUpAfter(random.below(8)) }).later(5, random.below(8)),
      (value) => value === 5,
      ['answered', 'aborted'],
    ),
  ({ account, remote, random }) =>
    account.count(
      'timeout',
      () => withOptions(remote, { timeout: 1 + random.below(20) }).hang(),
      () => false,
      ['timed out'],
    ),
  ({ account, remote, random }) =>
    account.count(
      'signal',
      () => remote.until(giveUpAfter(random.below(8))),
      (value) => value === 'aborted',
    ),
  ({ account, remote, random, passed }) => {
    const n = random.below(8)
    let told = 0
    const callback = async (i: number): Promise<void> => void (told = i)
    const isScoped = random.once(2)
    if (!isScoped) passed(callback)
    return account.count(
      isScoped ? 'scoped callback' : 'callback',
      () => rpcOf(remote).invoke<number>('each', [n, callback], { scoped: isScoped }),
      (value) => value === n && told === n,
    )
  },
  async ({ account, remote, random }) => {
    const start = random.below(100)
    const counter = await account.count(
      'proxy',
      () => remote.counter(start),
      () => true,
    )
    if (!counter) return
    await account.count(
      'proxy call',
      () => counter.next(),
      (value) => value === start + 1,
    )
    await account.count(
      'proxy get',
      () => get<number>(counter, 'value'),
      (value) => value === start + 1,
    )
    if (random.once(2)) release(counter)
  },
  ({ account, remote, random }) => {
    const [length, most] = [1 + random.below(200), 1 + random.below(200)]
    return account.count(
      most < length ? 'stream down, broken' : 'stream down',
      () => collected(remote.count(length), most),
      (taken) => taken === Math.min(length, most),
    )
  },
  ({ account, remote, random }) => {
    const [length, most] = [1 + random.below(200), 1 + random.below(200)]
    const taken = Math.min(length, most)
    return account.count(
      most < length ? 'stream up, broken' : 'stream up',
      () => remote.sum(upTo(length), most),
      (sum) => sum === (taken * (taken + 1)) / 2,
    )
  },
  ({ account, remote, random }) => {
    const rpc = rpcOf(remote)
    const n = random.below(50)
    return account.count(
      'batch',
      () => rpc.batch((call) => [call<number>('add', [n, 1]), call<number>('later', [n, 1])]),
      ([sum, same]) => sum === n + 1 && same === n,
    )
  },
  ({ account, remote, random }) => {
    const data = new Uint8Array(1 + random.below(5_000)).fill(7)
    const { length } = data
    return account.count(
      'bytes',
      () => remote.bytes(transfer(data, [data.buffer])),
      (same) => same.length === length && same[length - 1] === 7,
    )
  },
  ({ account, remote, random }) => {
    const n = random.below(20)
    return account.count(
      'calls back',
      () => remote.bother(n),
      (right) => right === n,
    )
  },
]

/** Do something at random, and wait for its end. */
export const work = (labourer: Labourer): Promise<unknown> => labourer.random.pick(jobs)(labourer)
