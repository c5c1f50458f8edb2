/** The other side of the tests: a worker in a browser, a thread in Node. */
import { expose, proxy } from '../../../src/index.ts'

interface Seen {
  /** The value as JSON, with undefined and functions left out. */
  readonly json: string
  /** Whether everything in it is a plain object, an array or no object. */
  readonly isPlain: boolean
}

const isPlain = (value: unknown): boolean =>
  typeof value !== 'object' ||
  value === null ||
  ((Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype) &&
    Reflect.ownKeys(value).every((key) => typeof key === 'string') &&
    Object.values(value).every(isPlain))

class Counter {
  count = 0
  add(by: number): number {
    return (this.count += by)
  }
}

const counts: Record<string, number> = {}
const note = (name: string): void => void (counts[name] = (counts[name] ?? 0) + 1)

export const api = {
  add: (a: number, b: number): number => a + b,
  see: (value: unknown): Seen => ({ json: JSON.stringify(value), isPlain: isPlain(value) }),
  echo: (value: unknown): unknown => value,
  search(query: string): string {
    note('search')
    return `found ${query}`
  },
  counts: (): Readonly<Record<string, number>> => counts,
  counter: () => proxy(new Counter()),
  callWith: (callback: (() => unknown) | { onProgress(n: number): unknown }): unknown =>
    typeof callback === 'function' ? callback() : callback.onProgress(1),
  Counter,
}

expose(api)
