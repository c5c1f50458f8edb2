/** The cases C30 to C36, and C17 as far as types go. */
import { expectTypeOf, test } from 'vitest'
import {
  type Endpoint,
  expose,
  type Exposed,
  type HiddenMember,
  type InvokeParams,
  type Remote,
  type RemoteMembers,
  RPC,
  type RPCInvokeOptions,
  type Transport,
  withOptions,
  wrap,
} from '../../src/index.ts'

// What JSON.parse returns, without writing the word.
type Any = ReturnType<typeof JSON.parse>

declare const transport: Transport
declare const rpc: RPC

test('C30: any is any, and so is what is wrapped without a type', () => {
  expectTypeOf(wrap<Any>(transport)).toEqualTypeOf<Any>()
  expectTypeOf(rpc.remote<Any>()).toEqualTypeOf<Any>()
  expectTypeOf(wrap(transport)).toEqualTypeOf<Any>()
  expectTypeOf(rpc.remote()).toEqualTypeOf<Any>()
  expectTypeOf(rpc.remote('math')).toEqualTypeOf<Any>()
  void wrap<Any>(transport).x()
  void rpc.remote<Any>().x()
  void wrap(transport).math.add(1, 2)
  const sum = async (): Promise<number> => wrap(transport).add(1, 2)
  void sum()
  void new (wrap(transport).Counter)(1)
  void withOptions(wrap(transport), { timeout: 5 }).x()
})

interface InitializeParams {
  readonly processId: number | null
  rootUri?: string
}

interface Nested extends InitializeParams {
  readonly options: { readonly then?: string; readonly apply: boolean }
}

test('C31: params by name may be of an interface', () => {
  const init = { processId: 1 } as InitializeParams
  expectTypeOf(rpc.invoke<number>('initialize', init)).toEqualTypeOf<Promise<number>>()
  void rpc.invoke('initialize', {} as Nested)
  void rpc.invoke('initialize', {} as Readonly<Partial<InitializeParams>>)
  void rpc.invoke('initialize', [init])
  void rpc.invoke('initialize', { processId: 1, more: [1] })
  rpc.notify('initialize', init)
  void rpc.batch((call) => {
    call.notify('initialize', init)
    return [call('initialize', init)]
  })
  const generic = <P extends object>(params: P): Promise<unknown> => rpc.invoke('x', { ...params })
  void generic(init)
})

test('C31: what is no plain object is none', () => {
  expectTypeOf<Parameters<typeof rpc.notify>[1]>().toEqualTypeOf<InvokeParams | null | undefined>()
  // @ts-expect-error a function
  void rpc.invoke('x', () => 1)
  // @ts-expect-error a class
  void rpc.invoke('x', Map)
  // @ts-expect-error a Map
  void rpc.invoke('x', new Map())
  // @ts-expect-error a Set
  void rpc.invoke('x', new Set([1]))
  // @ts-expect-error a Date
  void rpc.invoke('x', new Date())
  // @ts-expect-error a promise
  void rpc.invoke('x', Promise.resolve([1]))
  // @ts-expect-error bytes
  void rpc.invoke('x', new Uint8Array())
  // @ts-expect-error a number
  rpc.notify('x', 1)
  // @ts-expect-error text
  void rpc.batch((call) => [call('x', 'text')])
})

interface Generic {
  pick<T, K extends keyof T>(object: T, key: K): T[K]
  pickAsync<T, K extends keyof T>(object: T, key: K): Promise<T[K]>
  part<T, K extends keyof T>(object: T, ...keys: K[]): Pick<T, K>
  put<T, K extends keyof T>(object: T, key: K, value: T[K]): void
  keys<T>(object: T): (keyof T)[]
  entries<T>(object: T): [keyof T, T[keyof T]][]
  first<T>(list: readonly T[]): T | undefined
  constrained<T extends { id: string }>(value: T): T['id']
  group<T, K extends string>(list: T[], key: (item: T) => Promise<K>): Record<K, T[]>
  fail(why: string): never
  none(): never[]
  nothing(): {}
}

test('C32: type parameters of sync functions become their constraints, never unusable', async () => {
  const remote = wrap<Generic>(transport)
  expectTypeOf(remote.pick).toEqualTypeOf<(object: unknown, key: unknown) => Promise<unknown>>()
  expectTypeOf(await remote.pick({ a: 1 }, 'a')).toEqualTypeOf<unknown>()
  expectTypeOf(await remote.pickAsync({ a: 1 }, 'a')).toEqualTypeOf<number>()
  expectTypeOf(remote.part).toEqualTypeOf<(object: unknown, ...keys: unknown[]) => Promise<unknown>>()
  expectTypeOf(remote.put).toEqualTypeOf<(object: unknown, key: unknown, value: unknown) => Promise<void>>()
  expectTypeOf(await remote.keys({ a: 1 })).toEqualTypeOf<unknown[]>()
  expectTypeOf(await remote.entries({ a: 1 })).toEqualTypeOf<[unknown, unknown][]>()
  expectTypeOf(await remote.first([1])).toEqualTypeOf<unknown>()
  expectTypeOf(await remote.constrained({ id: 'a' })).toEqualTypeOf<string>()
  expectTypeOf(await remote.group([1], () => 'x')).toEqualTypeOf<Record<string, unknown[]>>()
  // @ts-expect-error the constraint is kept
  void remote.constrained({ name: 'a' })
  // @ts-expect-error there are two parameters
  void remote.pick({ a: 1 })
  expectTypeOf(remote.fail).toEqualTypeOf<(why: string) => Promise<never>>()
  expectTypeOf(remote.none).toEqualTypeOf<() => Promise<never[]>>()
  expectTypeOf(remote.nothing).toEqualTypeOf<() => Promise<{}>>()
})

interface Callbacks {
  map(list: number[], to: (n: number) => number | Promise<number>): void
  each(list: number[], visit: (n: number) => void | Promise<void>): void
  maybe(list: number[], find?: (n: number) => PromiseLike<string> | undefined): void
  all(...steps: ((n: number) => boolean | Promise<boolean>)[]): void
}

test('C33: a callback that may return a promise is accepted, sync and async', () => {
  const remote = wrap<Callbacks>(transport)
  const declared = (n: number): number | Promise<number> => (n > 1 ? n : Promise.resolve(n))
  expectTypeOf(remote.map([1], declared)).toEqualTypeOf<Promise<void>>()
  void remote.map([1], (n) => n + 1)
  void remote.map([1], async (n) => n + 1)
  void remote.each([1], () => {})
  void remote.each([1], async () => {})
  void remote.maybe([1])
  void remote.maybe([1], () => undefined)
  void remote.maybe([1], async () => 'x')
  void remote.all(
    (n) => n > 1,
    async (n) => n > 1,
  )
  // @ts-expect-error a string is no number
  void remote.map([1], () => 'x')
  // @ts-expect-error nor is the promise of one
  void remote.map([1], async () => 'x')
})

class Service {
  run = (n: number): number => n
}
class Methods {
  run(): void {}
}
class Data {
  value = 1
}
interface Tree {
  readonly child: Tree
  value(): number
}

test('C34: what has something to call can be exposed', () => {
  expectTypeOf(expose({ x: 5, run() {} }, transport)).toEqualTypeOf<() => void>()
  expose({}, transport)
  expose(() => 1, transport)
  expose(Service, transport)
  expose(new Service(), transport)
  expose(new Methods(), transport)
  expose({ nested: { run() {} } }, transport)
  expose({ nested: { deep: { run() {} } } }, transport)
  expose({} as Tree, transport)
  expose({} as Any, transport)
  expose({} as object, transport)
  expose({} as Record<string, unknown>, transport)
  expose({} as { run?: () => void }, transport)
  expose<Methods>({ run() {} }, transport)
  const generic = <T extends object>(api: T): (() => void) => expose(api, transport)
  generic({ run() {} })
})

test('C34: data, and what is no object, cannot', () => {
  expectTypeOf<Exposed<{ x: number; y: Date }>>().toEqualTypeOf<Exposed<null>>()
  // @ts-expect-error data only
  expose({ x: 5 }, transport)
  // @ts-expect-error data only, nested
  expose({ nested: { x: 5 } }, transport)
  // @ts-expect-error data only, in a class
  expose(new Data(), transport)
  // @ts-expect-error null
  expose(null, transport)
  // @ts-expect-error undefined
  expose(undefined, transport)
  // @ts-expect-error a number
  expose(5, transport)
  // @ts-expect-error a list, even of functions
  expose([() => 1], transport)
  // @ts-expect-error a Map
  expose(new Map([['run', () => 1]]), transport)
  // @ts-expect-error a promise: await it first
  expose(Promise.resolve({ run() {} }), transport)
})

interface WindowLike {
  readonly window: WindowLike
  postMessage(message: unknown, to: string): void
}

test('C34: a window is not wrapped, and options are known', () => {
  const window = {} as WindowLike
  // @ts-expect-error it needs windowTransport
  wrap(window)
  // @ts-expect-error the same
  expose({ run() {} }, window)
  // @ts-expect-error the same
  new RPC({ transport: window })
  // @ts-expect-error it cannot post
  wrap({ src: 'x' })
  // @ts-expect-error null
  wrap(null)
  // @ts-expect-error a WebSocket needs its adapter
  wrap({} as { readonly bufferedAmount: number; close(): void; send(text: string): void })
  wrap({} as Endpoint)
  expectTypeOf(wrap<Callbacks>({} as Transport | Endpoint)).toEqualTypeOf<
    ReturnType<typeof wrap<Callbacks>>
  >()
  expose({ run() {} }, globalThis)
  const remote = wrap<Callbacks>(transport)
  // @ts-expect-error mistyped
  withOptions(remote, { timout: 5 })
  const options = { timout: 5 }
  // @ts-expect-error mistyped, in a variable
  withOptions(remote, options)
  // @ts-expect-error mistyped
  void rpc.invoke('x', [], { timout: 5 })
})

test('C35: withOptions takes the options of a call, isNotify is the only name', () => {
  const remote = wrap<Callbacks>(transport)
  expectTypeOf(withOptions(remote, { scoped: true })).toEqualTypeOf<typeof remote>()
  withOptions(remote, { isNotify: true, timeout: 5, transfer: [] })
  void rpc.invoke('x', [], { isNotify: true, scoped: true })
  expectTypeOf<Extract<keyof RPCInvokeOptions, 'notify'>>().toEqualTypeOf<never>()
  // @ts-expect-error isNotify
  withOptions(remote, { notify: true })
  // @ts-expect-error isNotify
  void rpc.invoke('x', [], { notify: true })
  rpc.notify('x', [], { transfer: [] })
})

interface Local {
  toString(): string
  toLocaleString(): string
  valueOf(): number
  toJSON(): string
  hasOwnProperty(name: string): boolean
  then(): void
  __v_raw(): void
  _single(): number
  prototype(): number
  run(): void
}

test('C36: what is local at run time is not typed as remote', () => {
  const remote = wrap<Local>(transport)
  expectTypeOf<keyof Remote<Local>>().toEqualTypeOf<'_single' | 'prototype' | 'run'>()
  expectTypeOf(remote.hasOwnProperty('x')).toEqualTypeOf<boolean>()
  // @ts-expect-error local, and undefined
  void remote.toJSON
  // @ts-expect-error local, and undefined
  void remote.then
  // @ts-expect-error local, and undefined
  void remote.__v_raw
  expectTypeOf(remote.prototype()).toEqualTypeOf<Promise<number>>()
  expectTypeOf<keyof RemoteMembers<typeof Methods>>().toEqualTypeOf<never>()
})

interface Phone {
  call(number: string): string
  ring(): void
  name(): string
  readonly length: number
  readonly apply: { now(): void }
}

test('C17: of a member of a remote, what every function has is local', () => {
  const remote = wrap<{ call(n: number): string; name(): string; phone: Phone; deep: { phone: Phone } }>(
    transport,
  )
  expectTypeOf(remote.call(1)).toEqualTypeOf<Promise<string>>()
  expectTypeOf(remote.name()).toEqualTypeOf<Promise<string>>()
  expectTypeOf(remote.phone.ring).toEqualTypeOf<() => Promise<void>>()
  expectTypeOf(remote.phone.call).toEqualTypeOf<HiddenMember<'phone.call'>>()
  expectTypeOf(remote.deep.phone.call).toEqualTypeOf<HiddenMember<'deep.phone.call'>>()
  // @ts-expect-error rpc.invoke('phone.call', ['1'])
  void remote.phone.call('1')
  // @ts-expect-error rpc.invoke('phone.name')
  void remote.phone.name()
  // @ts-expect-error rpc.invoke('phone.apply.now')
  void remote.phone.apply.now()
  // @ts-expect-error the path is known to be there
  void rpc.remote<Phone>('phone').call('1')
  expectTypeOf(remote.phone.ring.bind(null)).toEqualTypeOf<() => Promise<void>>()
  expectTypeOf(remote.phone.ring.call(null)).toEqualTypeOf<Promise<void>>()
})
