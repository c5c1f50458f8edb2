import { proxy } from '../../../src/index.ts'

class Part {
  hi(): string {
    return 'hi'
  }
}

class Store {
  readonly #count = 2
  readonly add = (n: number): number => n + this.#count
  readonly nested = { hi: (): string => 'nested' }
  readonly part = new Part()
  readonly shared = proxy(new Part())
}

export type { Store }

/** As compilers write a class for ES5. */
const Counter = (() => {
  function Old(this: { value: number }, value: number): void {
    this.value = value
  }
  Old.prototype.increment = function (this: { value: number }): number {
    return ++this.value
  }
  return Old as unknown as new (value: number) => { increment(): number }
})()

/** What users bring, by the ids of its cases. */
export const broughtMethods = (): object => ({
  /** C01: calls and awaits nothing. */
  callAll: (count: number, callback: (n: number) => unknown) => {
    for (let i = 0; i < count; i++) callback(i)
  },
  settled: () => Promise.allSettled([Promise.reject(new RangeError('far')), Promise.resolve(1)]),
  count: function* count(to: number) {
    for (let i = 0; i < to; i++) yield i
  },
  shelf: () =>
    proxy({
      size: () => 2,
      *[Symbol.iterator]() {
        yield 'a'
        yield 'b'
      },
    }),
  store: () => proxy(new Store()),
  Counter,
  throwObject: () => {
    // oxlint-disable-next-line typescript/only-throw-error -- the point
    throw { status: 404, reason: 'x', tell: () => 1 }
  },
  throwCode: () => {
    throw Object.assign(new Error('none'), { code: 'ENOENT' })
  },
  kindOf: (value: object) => Object.prototype.toString.call(value).slice(8, -1),
})
