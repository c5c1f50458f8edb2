/** C50: the types of remotes that write names and params in another way. */
import { expectTypeOf, test } from 'vitest'
import { styledRemote } from '../../src/core.ts'
import {
  type MisnamedMember,
  type PositionalMember,
  type Remote,
  type RemoteByName,
  type RemoteByPosition,
  type RPC,
  rpcOf,
  withOptions,
} from '../../src/index.ts'

// What JSON.parse returns, without writing the word.
type Any = ReturnType<typeof JSON.parse>

declare const rpc: RPC

interface Position {
  readonly line: number
  readonly character: number
}

interface HoverParams {
  readonly textDocument: { readonly uri: string }
  readonly position: Position
}

interface Flat {
  initialize(params: { processId: number | null }): { capabilities: object }
  initialized(params: object): void
  shutdown(): null
  'tools/call'(params: { name: string; arguments?: object }): Promise<{ content: string[] }>
  'tools/list'(params?: { cursor?: string }): { tools: string[] }
  'textDocument/hover'(params: HoverParams): { contents: string } | null
  '$/progress'(params: { token: string | number; value: unknown }): void
}

interface Nested {
  tools: {
    call(params: { name: string }): { content: string[] }
    list(params?: { cursor?: string }): Promise<{ tools: string[] }>
  }
  textDocument?: {
    hover(params: HoverParams): string | null
    semanticTokens: {
      full: ((params: HoverParams) => number[]) & { delta(params: { id: string }): number }
    }
  }
  version: string
}

const style = { params: 'by-name', separator: '/' } as const

test('C50: a flat interface', () => {
  const remote = rpc.remote<Flat>({ params: 'by-name', separator: '/' })
  expectTypeOf(remote).toEqualTypeOf<RemoteByName<Flat>>()
  expectTypeOf(rpc.remote<Flat>(style)).toEqualTypeOf<typeof remote>()
  expectTypeOf(styledRemote<Flat>(rpc, style)).toEqualTypeOf<typeof remote>()
  expectTypeOf(remote.initialize({ processId: 1 })).toEqualTypeOf<Promise<{ capabilities: object }>>()
  expectTypeOf(remote['tools/call']({ name: 'x' })).toEqualTypeOf<Promise<{ content: string[] }>>()
  expectTypeOf(remote['tools/list']()).toEqualTypeOf<Promise<{ tools: string[] }>>()
  expectTypeOf(remote['tools/list']({ cursor: 'x' })).toEqualTypeOf<Promise<{ tools: string[] }>>()
  expectTypeOf(remote.shutdown()).toEqualTypeOf<Promise<null>>()
  expectTypeOf(remote.initialized({})).toEqualTypeOf<Promise<void>>()
  expectTypeOf(withOptions(remote, { isNotify: true })).toEqualTypeOf<typeof remote>()
  expectTypeOf(withOptions(remote['tools/call'], { timeout: 5 })).toEqualTypeOf<
    (typeof remote)['tools/call']
  >()
  expectTypeOf(rpcOf(remote)).toEqualTypeOf<RPC>()
  // @ts-expect-error -- it has params
  void remote.initialize()
  // @ts-expect-error -- others
  void remote['tools/call']({ nam: 'x' })
  // @ts-expect-error -- one object
  void remote['tools/call']({ name: 'x' }, {})
  // @ts-expect-error -- not a list
  void remote['tools/call']([{ name: 'x' }])
  // @ts-expect-error -- no such method
  void remote['tools/cal']
  // @ts-expect-error -- data is not remote
  void rpc.remote<Nested>(style).version
})

test('C50: a nested interface, in which `call` can be a method', () => {
  const remote = rpc.remote<Nested>(style)
  expectTypeOf(remote.tools.call({ name: 'x' })).toEqualTypeOf<Promise<{ content: string[] }>>()
  expectTypeOf(remote.tools.list()).toEqualTypeOf<Promise<{ tools: string[] }>>()
  const { hover, semanticTokens } = remote.textDocument
  const params: HoverParams = { textDocument: { uri: 'a' }, position: { line: 0, character: 0 } }
  expectTypeOf(hover(params)).toEqualTypeOf<Promise<string | null>>()
  expectTypeOf(semanticTokens.full(params)).toEqualTypeOf<Promise<number[]>>()
  expectTypeOf(semanticTokens.full.delta({ id: 'x' })).toEqualTypeOf<Promise<number>>()
  expectTypeOf(withOptions(remote.tools, {}).call({ name: 'x' })).toEqualTypeOf<
    Promise<{ content: string[] }>
  >()
  // @ts-expect-error -- params
  void remote.tools.call('x')
  // @ts-expect-error -- params
  void hover()
})

test('C50: names and params that cannot be said', () => {
  interface Wrong {
    add(a: number, b: number): number
    echo(text: string): string
    list(items: string[]): void
    call(params: object): void
    then(params: object): void
    deep: { apply(params: object): void; bind: { it(params: object): void }; call(params: object): void }
  }
  const remote = rpc.remote<Wrong>(style)
  expectTypeOf(remote.add).toEqualTypeOf<PositionalMember>()
  expectTypeOf(remote.echo).toEqualTypeOf<PositionalMember>()
  expectTypeOf(remote.list).toEqualTypeOf<PositionalMember>()
  expectTypeOf(remote.call({})).toEqualTypeOf<Promise<void>>()
  expectTypeOf(remote.deep.call({})).toEqualTypeOf<Promise<void>>()
  expectTypeOf(remote.deep.apply).toEqualTypeOf<MisnamedMember>()
  expectTypeOf(remote.deep.bind).toEqualTypeOf<MisnamedMember>()
  expectTypeOf<'then' extends keyof typeof remote ? true : false>().toEqualTypeOf<false>()
  // @ts-expect-error -- two params
  void remote.add(1, 2)
  // @ts-expect-error -- local
  void remote.deep.apply({})

  const other = rpc.remote<Wrong>({ separator: '/' })
  expectTypeOf(other).toEqualTypeOf<RemoteByPosition<Wrong>>()
  expectTypeOf(other.add(1, 2)).toEqualTypeOf<Promise<number>>()
  expectTypeOf(other.call({})).toEqualTypeOf<Promise<void>>()
  expectTypeOf(other.deep.call).toEqualTypeOf<MisnamedMember>()
})

test('C50: params of other types', () => {
  interface Others {
    any(params: Any): number
    unknown(params: unknown): number
    rest(...args: Any[]): number
    record(params: Record<string, number>): number
    union(params: { a: 1 } | { b: 2 }): number
    orNull(params: { a: 1 } | null): number
    optional(params?: Position): number
    orUndefined(params: Position | undefined): number
    generic: <T extends object>(params: T) => Promise<T>
    stream(params: object): AsyncGenerator<number>
    callback(params: { f: (n: number) => Promise<number> }): number
    anything: Any
  }
  const remote = rpc.remote<Others>(style)
  const results = [
    remote.any({ a: 1 }),
    remote.unknown({ a: 1 }),
    remote.rest({ a: 1 }),
    remote.record({ a: 1 }),
    remote.union({ b: 2 }),
    remote.orNull({ a: 1 }),
    remote.optional(),
    remote.orUndefined(undefined),
    remote.callback({ f: async (n) => n }),
  ]
  expectTypeOf(results).toEqualTypeOf<Promise<number>[]>()
  expectTypeOf(remote.generic({ a: 1 })).toEqualTypeOf<Promise<{ a: number }>>()
  expectTypeOf(remote.anything).toEqualTypeOf<Any>()
  void async function () {
    for await (const n of remote.stream({})) expectTypeOf(n).toEqualTypeOf<number>()
  }
})

test('C50: without a type nothing is checked, and styles are', () => {
  expectTypeOf(rpc.remote(style)).toEqualTypeOf<Any>()
  expectTypeOf(rpc.remote<Any>(style)).toEqualTypeOf<Any>()
  expectTypeOf(rpc.remote({ separator: '/' })).toEqualTypeOf<Any>()
  expectTypeOf(styledRemote(rpc, { params: 'by-name' })).toEqualTypeOf<Any>()
  expectTypeOf(rpc.remote<Flat>()).toEqualTypeOf<Remote<Flat>>()
  expectTypeOf(rpc.remote<Flat>('x')).toEqualTypeOf<Remote<Flat, string>>()
  // @ts-expect-error -- another
  rpc.remote<Flat>({ params: 'byName' })
  // @ts-expect-error -- misspelt
  rpc.remote<Flat>({ params: 'by-name', seperator: '/' })
  // @ts-expect-error -- no text
  rpc.remote<Flat>({ params: 'by-name', separator: 5 })
  // @ts-expect-error -- nothing
  rpc.remote<Flat>(null)
})

test('C50: a flat one is a Remote, too', () => {
  const remote: Remote<Flat> = rpc.remote<Flat>(style)
  expectTypeOf(remote).toEqualTypeOf<Remote<Flat>>()
})
