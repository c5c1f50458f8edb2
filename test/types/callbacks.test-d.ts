import { expectTypeOf, test } from 'vitest'
import type { CallbackMustReturnPromise, Remote } from '../../src/index.ts'

interface Api {
  download(url: string, onProgress: (done: number, all: number) => void): Promise<number>
  optional(url: string, onProgress?: (done: number) => void): number
  filter(xs: number[], keep: (x: number) => Promise<boolean>): Promise<number[]>
  either(ask: (question: string) => Promise<string> | Promise<number>): void
  visit(node: string, each: (node: string) => unknown): void
  nothing(done: (error: Error) => Promise<void>): void
  options(options: { onDone: (n: number) => void; signal?: { readonly aborted: boolean } }): void
  forbidden(xs: number[], keep: (x: number) => boolean): number[]
  alsoForbidden(compare: (a: string, b: string) => number): Promise<void>
  list(...callbacks: ((n: number) => void)[]): void
}

declare const remote: Remote<Api>

test('a callback whose result nobody uses may be sync or async', () => {
  void remote.download('x', (done, all) => expectTypeOf([done, all]).toEqualTypeOf<number[]>())
  void remote.download('x', async (done) => void done.toFixed())
  void remote.download('x', () => 5)
  void remote.optional('x')
  void remote.optional('x', (done) => done.toFixed())
  void remote.list(
    (n) => n.toFixed(),
    async (n) => void n.toFixed(),
  )
})

test('a callback that is declared async may be sync here', () => {
  void remote.filter([1], (x) => x > 1)
  void remote.filter([1], async (x) => x > 1)
  void remote.nothing((error) => void error.message)
  void remote.nothing(async (error) => void error.message)
  expectTypeOf(remote.either(() => 'text')).toEqualTypeOf<Promise<void>>()
  void remote.either(async () => 5)
  // @ts-expect-error neither a string nor a number
  void remote.either(() => true)
  // @ts-expect-error a string is no boolean
  void remote.filter([1], () => 'yes')
  // @ts-expect-error nor is the promise of one
  void remote.filter([1], async () => 'yes')
})

test('a callback with a result of unknown type may return anything', () => {
  expectTypeOf(remote.visit('x', () => 5)).toEqualTypeOf<Promise<void>>()
  void remote.visit('x', async (node) => node.length)
})

test('the parameters of a callback are checked', () => {
  void remote.download('x', (done) => expectTypeOf(done).toEqualTypeOf<number>())
  // @ts-expect-error the callback gets a number
  void remote.download('x', (done: string) => done)
  // @ts-expect-error a number is no callback
  void remote.download('x', 5)
  // @ts-expect-error the callback is not optional
  void remote.download('x')
})

test('a callback that is declared with a sync result is an error: at run time it would be a promise', () => {
  // @ts-expect-error the other side would see a promise where it declared a boolean
  void remote.forbidden([1], (x: number) => x > 1)
  // @ts-expect-error an async one is no better
  void remote.forbidden([1], async (x: number) => x > 1)
  // @ts-expect-error the same for a number
  void remote.alsoForbidden((a: string, b: string) => a.length - b.length)
  type Declared = Parameters<typeof remote.forbidden>[1]
  expectTypeOf<Declared>().toEqualTypeOf<((x: number) => boolean) & CallbackMustReturnPromise>()
})

test('callbacks and signals in an options object stay as they are declared', () => {
  void remote.options({ onDone: (n) => expectTypeOf(n).toEqualTypeOf<number>(), signal: { aborted: false } })
  // @ts-expect-error onDone is missing
  void remote.options({})
})
