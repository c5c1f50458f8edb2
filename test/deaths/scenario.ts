/**
 * What is alive when the other side dies: 10 calls, a stream each way, and 3 references. It needs the methods of the
 * contract suite's service over there, and no test runner here: workers and pages run it, too.
 */
import { type Remote, RPC, type RPCInitOptions } from '../../src/index.ts'
import type { Counter } from '../contract/there/objects.ts'

/** An RPC, and whether it keeps anything that crossed by reference. */
export interface Watched {
  readonly rpc: RPC
  /** Undefined where that cannot be seen. */
  readonly isOpen: () => boolean | undefined
}

export function watchedRPC(options: RPCInitOptions): Watched {
  let isOpen = (): boolean => false
  const rpc = new RPC({
    ...options,
    use: [
      (core) => {
        // A feature that looks on: what is in use besides handlers that never end.
        isOpen = () => {
          const { inFlight } = core
          core.inFlight = 0
          const isInUse = core.isInUse()
          core.inFlight = inFlight
          return isInUse
        }
        return {}
      },
    ],
  })
  return { rpc, isOpen: () => isOpen() }
}

/** How all of it ended. It is data, so that it crosses to whoever asked. */
export interface Outcome {
  /** Of the 10 calls, of one that reads our stream, of one of a reference, and of whoever waits for the next item of theirs. */
  readonly codes: readonly unknown[]
  /** What the first of them said. */
  readonly reason: string
  /** How often our iterator's `return` was called. */
  readonly returned: number
  /** Of references that are called, and of the stream that is asked, afterwards. */
  readonly afterwards: readonly unknown[]
  /** Whether anything is kept. */
  readonly open: boolean | undefined
  /** When the last of it had settled: milliseconds since 1970. */
  readonly at: number
}

export interface Living {
  readonly settled: Promise<Outcome>
}

/** The time, as all contexts of a machine have it. */
export const now = (): number => performance.timeOrigin + performance.now()

interface End {
  readonly code: unknown
  readonly message: string
  readonly at: number
}

const endOf = (promise: PromiseLike<unknown>): Promise<End> =>
  Promise.resolve(promise).then(
    (value) => ({ code: `it resolved with ${String(value)}`, message: '', at: now() }),
    (error: unknown) => {
      const { code, message } = Object(error) as Partial<End>
      return { code, message: String(message), at: now() }
    },
  )

/** An iterable that gives one item and then none; it tells when it is asked, and how often it is ended. */
function patientSource() {
  let tellAsked: () => void = () => {}
  let tellReturned: (at: number) => void = () => {}
  const asked = new Promise<void>((resolve) => (tellAsked = resolve))
  const returned = new Promise<number>((resolve) => (tellReturned = resolve))
  let given = 0
  let returns = 0
  const items: AsyncIterable<string> = {
    [Symbol.asyncIterator]: () => ({
      next: () => {
        if (given++ === 0) return Promise.resolve({ value: 'one', done: false })
        tellAsked()
        return new Promise(() => {})
      },
      return: () => {
        returns++
        tellReturned(now())
        return Promise.resolve({ value: undefined, done: true })
      },
    }),
  }
  return { items, asked, returned, returns: () => returns }
}

/** Let all of it begin, and wait until the other side has it. */
export async function live({ rpc, isOpen }: Watched): Promise<Living> {
  const theirs = await rpc.invoke<AsyncIterableIterator<unknown>>('stream.oneThenNone')
  await theirs.next()
  const never = await rpc.invoke<() => Promise<unknown>>('callback.never')
  const counter = await rpc.invoke<Remote<Counter>>('object.counter', [0])
  await counter.increment()
  await rpc.invoke('callback.keep', ['ours', () => 'ours'])
  await rpc.invoke('callback.callKept', ['ours'])
  const ours = patientSource()
  const ends = [
    ...Array.from({ length: 10 }, (_, i) => rpc.invoke('hang', [`call ${i}`])),
    rpc.invoke('stream.collect', [ours.items]),
    never(),
    theirs.next(),
  ].map(endOf)
  const started = await rpc.invoke<unknown[]>('started')
  if (started.length !== 10) throw new Error(`${started.length} of 10 calls have started`)
  await ours.asked

  const ending = async (): Promise<Outcome> => {
    const all = await Promise.all(ends)
    const returnedAt = await ours.returned
    const open = isOpen()
    const afterwards = await Promise.all([counter.increment(), never()].map(endOf))
    const { done } = (await theirs.next()) as { readonly done: boolean }
    return {
      codes: all.map(({ code }) => code),
      reason: all[0]?.message ?? '',
      returned: ours.returns(),
      afterwards: [...afterwards.map(({ code }) => code), done],
      open,
      at: Math.max(returnedAt, ...all.map(({ at }) => at)),
    }
  }
  return { settled: ending() }
}
