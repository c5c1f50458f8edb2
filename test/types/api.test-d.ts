import { expectTypeOf, test } from 'vitest'
import {
  callContext,
  type DisposableLike,
  ErrorCode,
  expose,
  type PeerState,
  type Remote,
  RPC,
  RPCError,
  type RPCId,
  type RPCInvokeOptions,
  rpcOf,
  type RPCParams,
  type Transport,
  withOptions,
  wrap,
} from '../../src/index.ts'

interface Api {
  add(a: number, b: number): number
  math: { negate(x: number): number }
}

declare const transport: Transport
declare const rpc: RPC

test('wrap gives the remote of what it is told, which can be disposed of', () => {
  const remote = wrap<Api>(transport)
  expectTypeOf(remote).toEqualTypeOf<Remote<Api> & DisposableLike>()
  expectTypeOf(remote.add).toEqualTypeOf<(a: number, b: number) => Promise<number>>()
  wrap<Api>(transport, { timeout: 5, plain: true, onDiagnostic: ({ kind }) => void kind })
  expectTypeOf(wrap<Api>()).toEqualTypeOf<typeof remote>()
  // @ts-expect-error no such option
  wrap<Api>(transport, { retries: 3 })
  // @ts-expect-error expose registers methods
  wrap<Api>(transport, { methods: {} })
})

test('withOptions keeps the type of the remote', () => {
  const remote = wrap<Api>(transport)
  expectTypeOf(withOptions(remote, { timeout: 500 })).toEqualTypeOf<typeof remote>()
  expectTypeOf(withOptions(remote.math, { isNotify: true })).toEqualTypeOf<Remote<Api['math']>>()
  expectTypeOf(withOptions(remote.add, {})(1, 2)).toEqualTypeOf<Promise<number>>()
  // @ts-expect-error milliseconds are a number
  withOptions(remote, { timeout: '500' })
  // @ts-expect-error no such option
  withOptions(remote, { retries: 3 })
})

test('rpcOf gives the RPC, remote() the remote', () => {
  expectTypeOf(rpcOf(wrap<Api>(transport))).toEqualTypeOf<RPC>()
  expectTypeOf(rpc.remote<Api>()).toEqualTypeOf<Remote<Api>>()
  expectTypeOf(rpc.remote<Api['math']>('math').negate(1)).toEqualTypeOf<Promise<number>>()
})

test('expose takes objects, functions and class instances, and gives a way back', () => {
  class Service {
    run(): void {}
  }
  expectTypeOf(expose({ add: (a: number) => a, nested: { f() {} } }, transport)).toEqualTypeOf<() => void>()
  expose(new Service(), transport)
  expose((n: number) => n, transport)
  // @ts-expect-error text has no methods
  expose('text', transport)
})

test('invoke has the result type that it is told, else unknown', () => {
  expectTypeOf(rpc.invoke('x')).toEqualTypeOf<Promise<unknown>>()
  expectTypeOf(rpc.invoke<number>('x', [1])).toEqualTypeOf<Promise<number>>()
  expectTypeOf(rpc.invoke<string>('x', { a: 1 }, { timeout: 5 })).toEqualTypeOf<Promise<string>>()
  void rpc.invoke('x', null)
  void rpc.invoke('x', [1, 'two'] as const)
  // @ts-expect-error params are an array or an object
  void rpc.invoke('x', 1)
  // @ts-expect-error nor text
  void rpc.invoke('x', 'text')
  // @ts-expect-error the array form is the way to pass more
  void rpc.invoke('x', 1, 2, 3)
  // @ts-expect-error no such option
  void rpc.invoke('x', [], { retries: 3 })
  // @ts-expect-error an id is a string or an integer
  void rpc.invoke('x', [], { id: null })
})

test('a notification returns nothing', () => {
  expectTypeOf(rpc.notify('x', [1])).toEqualTypeOf<void>()
  // @ts-expect-error it has no deadline
  rpc.notify('x', [1], { timeout: 5 })
})

test('a batch resolves to the tuple of what its callback returns', () => {
  const both = rpc.batch((call) => [call<number>('x'), call<string>('y', [1])])
  expectTypeOf(both).toEqualTypeOf<Promise<[number, string]>>()
  const mixed = rpc.batch((call) => [call('x'), 'constant', call<boolean>('y')])
  expectTypeOf(mixed).toEqualTypeOf<Promise<[unknown, 'constant', boolean]>>()
  const listed = rpc.batch((call) => [1, 2, 3].map((n) => call<string>('x', [n])))
  expectTypeOf(listed).toEqualTypeOf<Promise<string[]>>()
  expectTypeOf(rpc.batch(() => [])).toEqualTypeOf<Promise<[]>>()
  void rpc.batch((call) => {
    expectTypeOf(call.notify('x', [1])).toEqualTypeOf<void>()
    return []
  })
  // @ts-expect-error an array is expected, as by Promise.all
  void rpc.batch((call) => call('x'))
})

test('options of an RPC are checked', () => {
  const made = new RPC({ transport, methods: { a: () => 1 }, limits: { maxPending: 5 }, policy: 'strict' })
  expectTypeOf(made).toEqualTypeOf<RPC>()
  // @ts-expect-error a transport is needed
  new RPC()
  // @ts-expect-error no such policy
  new RPC({ transport, policy: 'open' })
  // @ts-expect-error no such limit
  new RPC({ transport, limits: { maxEverything: 1 } })
  // @ts-expect-error no such option
  new RPC({ transport, retries: 3 })
})

test('registerMethod takes any function, and gives a way back', () => {
  expectTypeOf(rpc.registerMethod('x', (a: number, b?: string) => [a, b])).toEqualTypeOf<() => void>()
  rpc.registerMethod('y', async () => {})
  // @ts-expect-error a handler is a function
  rpc.registerMethod('z', 5)
})

test('callContext tells about a call', () => {
  const context = callContext()
  expectTypeOf(context.method).toEqualTypeOf<string>()
  expectTypeOf(context.params).toEqualTypeOf<RPCParams | undefined>()
  expectTypeOf(context.id).toEqualTypeOf<RPCId | undefined>()
  expectTypeOf(context.origin).toEqualTypeOf<string | undefined>()
  expectTypeOf(context.transport).toEqualTypeOf<Transport>()
  expectTypeOf(context.signal.aborted).toEqualTypeOf<boolean>()
  // @ts-expect-error read-only
  context.method = 'other'
})

test('errors have a code that can be compared', () => {
  const error = new RPCError(ErrorCode.TIMEOUT, 'late', { data: { timeout: 5 } })
  expectTypeOf(error.code).toEqualTypeOf<number>()
  expectTypeOf(error.data).toEqualTypeOf<unknown>()
  expectTypeOf(ErrorCode.METHOD_NOT_FOUND).toEqualTypeOf<-32601>()
  expectTypeOf(ErrorCode.BUSY).toEqualTypeOf<-32054>()
})

test('what changes is told by name', () => {
  expectTypeOf(rpc.onPeer((state) => expectTypeOf(state).toEqualTypeOf<PeerState>())).toEqualTypeOf<
    () => void
  >()
  expectTypeOf<PeerState>().toEqualTypeOf<'waiting' | 'connected' | 'gone' | 'closed'>()
  expectTypeOf(rpc.connect(5)).toEqualTypeOf<Promise<void>>()
  expectTypeOf(RPC.uuid()).toEqualTypeOf<string>()
})

test('a signal of a call is anything that looks like one', () => {
  const signal: NonNullable<RPCInvokeOptions['signal']> = {
    aborted: false,
    addEventListener() {},
    removeEventListener() {},
  }
  expectTypeOf(rpc.invoke('x', null, { signal })).toEqualTypeOf<Promise<unknown>>()
  // @ts-expect-error it must be possible to stop listening
  void rpc.invoke('x', null, { signal: { aborted: false, addEventListener() {} } })
})
