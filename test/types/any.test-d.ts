/** How a remote treats `any`, which comes from apis written in JavaScript. */
import { expectTypeOf, test } from 'vitest'
import type { Remote } from '../../src/index.ts'

// What JSON.parse returns, without writing the word.
type Any = ReturnType<typeof JSON.parse>

test('the remote of any is any', () => {
  expectTypeOf<Remote<Any>>().toEqualTypeOf<Any>()
})

test('any in params, results, callbacks and members stays any', () => {
  type Api = Remote<{
    f(value: Any): Any
    later(): Promise<Any>
    callback(done: (error: Any) => Any): void
    member: Any
  }>
  const remote = {} as Api
  expectTypeOf(remote.f).toEqualTypeOf<(value: Any) => Promise<Any>>()
  expectTypeOf(remote.later).toEqualTypeOf<() => Promise<Any>>()
  expectTypeOf(remote.member).toEqualTypeOf<Any>()
  void remote.callback((error: string) => error.length)
})
