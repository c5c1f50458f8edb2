/** What needs types of the host: AbortSignal, and Symbol.dispose. */
import { expectTypeOf, test } from 'vitest'
import { callContext, type HostSignal, type Remote, type RPC, type Transport, wrap } from '../../src/index.ts'

interface Api {
  add(a: number, b: number): number
}

declare const transport: Transport
declare const rpc: RPC

test("callContext().signal is the host's AbortSignal", () => {
  expectTypeOf(callContext().signal).toEqualTypeOf<AbortSignal>()
  expectTypeOf<HostSignal>().toEqualTypeOf<AbortSignal>()
})

test("a call takes the host's AbortSignal", () => {
  const { signal } = new AbortController()
  expectTypeOf(rpc.invoke('x', null, { signal })).toEqualTypeOf<Promise<unknown>>()
})

test('using ends what wrap and new RPC made', () => {
  using remote = wrap<Api>(transport)
  expectTypeOf(remote.add(1, 2)).toEqualTypeOf<Promise<number>>()
  using other = rpc
  expectTypeOf(other).toEqualTypeOf<RPC>()
  expectTypeOf(remote[Symbol.dispose]()).toEqualTypeOf<void>()
})

test('a remote that wrap did not make is not disposed of', () => {
  const plain = rpc.remote<Api>()
  expectTypeOf(plain).toEqualTypeOf<Remote<Api>>()
  // @ts-expect-error it shares the connection
  plain[Symbol.dispose]()
})
