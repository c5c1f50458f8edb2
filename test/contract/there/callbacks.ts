import { describeError } from './errors.ts'
import { release } from '../../../src/index.ts'

type Fn = (...args: unknown[]) => Promise<unknown>
type Bounce = (left: number, back: Bounce) => Promise<number>

/** A function in every place where one can stand. */
export interface Places {
  readonly object: { readonly deep: { readonly fn: Fn } }
  readonly list: readonly [number, readonly Fn[]]
  readonly map: ReadonlyMap<unknown, unknown>
  readonly set: ReadonlySet<Fn>
}

/** Put functions that name their place into all places. */
export const inAllPlaces = (): object => ({
  object: { deep: { fn: () => 'in an object' } },
  list: [0, [() => 'in an array']],
  map: new Map<unknown, unknown>([
    ['key', { fn: () => 'in a Map' }],
    [() => 'the key of a Map', 1],
  ]),
  set: new Set([() => 'in a Set']),
})

export const allPlaces = ['in an object', 'in an array', 'in a Map', 'the key of a Map', 'in a Set']

/** Call the functions in all places. */
export const callAllPlaces = ({ object, list, map, set }: Places): Promise<unknown[]> => {
  const { fn } = map.get('key') as { readonly fn: Fn }
  const key = [...map.keys()][1] as Fn
  const all = [object.deep.fn, list[1][0], fn, key, ...set]
  return Promise.all(all.map((one) => one?.()))
}

type Resolve = (value: string) => void

/** Data that a promise would take for a promise. */
export const thenable = (): object => withThen((resolve: Resolve) => resolve('hijacked'))

// oxlint-disable-next-line unicorn/no-thenable -- the point
export const withThen = (then: unknown): object => ({ then })

export function callbackMethods(): object {
  const kept = new Map<string, unknown>()
  const keptFn = (name: string): Fn => kept.get(name) as Fn
  const twin = (): string => 'twin'
  const pong: Bounce = async (left, back) => (left === 0 ? 0 : 1 + (await back(left - 1, pong)))
  return {
    pong,
    callWith: (fn: Fn, ...args: unknown[]) => fn(...args),
    callNamed: ({ fn, value }: { fn: Fn; value: unknown }) => fn(value),
    callAllPlaces,
    inAllPlaces,
    many: (fn: Fn, count: number) => Promise.all(Array.from({ length: count }, (_, i) => fn(i, count))),
    caught: (fn: Fn, ...args: unknown[]) => fn(...args).then((value) => ({ resolved: value }), describeError),

    same: (one: unknown, other: unknown) => one === other,
    twins: () => ({ left: twin, right: [twin] }),
    isTwin: (fn: unknown) => fn === twin,
    adder: (to: number) => (n: number) => to + n,
    later: () => async (value: unknown) => {
      await Promise.resolve()
      return value
    },
    never: () => () => new Promise(() => {}),
    fails: () => async () => {
      await Promise.resolve()
      throw new TypeError('not like this')
    },
    holder: () => ({ inner: thenable() }),

    /** Answers when timers that were set before it have run, here and at the caller. */
    inOwnTask: () => new Promise<void>((resolve) => setTimeout(resolve, 1)),

    keep: (name: string, value: unknown) => void kept.set(name, value),
    kept: (name: string) => kept.get(name),
    isKept: (name: string, value: unknown) => kept.get(name) === value,
    callKept: (name: string, ...args: unknown[]) => keptFn(name)(...args),
    releaseKept: (name: string) => release(keptFn(name)),
    useKept(name: string) {
      const fn = keptFn(name) as Fn & { [Symbol.dispose](): void }
      fn[Symbol.dispose]()
    },
  }
}
