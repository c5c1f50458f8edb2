/** C50: typed remotes of peers that are not portcall, whose methods are named `tools/call` and take params by name. */
import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { styledRemote } from '../../src/core.ts'
import { ErrorCode, lspDialect, type RemoteStyle, rpcOf, transfer, withOptions } from '../../src/index.ts'
import { alone, notification, request, result } from '../peer/pair.ts'
import { rejection } from './media.ts'

type Params = Readonly<Record<string, unknown>>
type Ask = (params?: Params) => Promise<unknown>

/** A server, nested and flat. */
interface Nested {
  initialize: Ask
  tools: { list: Ask; call: Ask }
  textDocument: {
    hover: Ask
    didOpen: (params: Params) => void
    semanticTokens: { full: Ask & { delta: Ask } }
  }
  $: { progress: (params: Params) => void }
}
interface Flat {
  initialize: Ask
  'tools/list': Ask
  'tools/call': Ask
  'textDocument/semanticTokens/full/delta': Ask
  '$/progress': (params: Params) => void
}

const style = { params: 'by-name', separator: '/' } as const

/** The remotes of a plain peer that answers nothing, and what was posted. */
function plain(options: Parameters<typeof alone>[0] = {}) {
  const peer = alone(options)
  const { rpc, posted } = peer
  return { peer, rpc, posted, nested: rpc.remote<Nested>(style), flat: rpc.remote<Flat>(style) }
}

test('C50: members are joined by the separator, and the one object is the params', () => {
  const { nested, flat, posted } = plain()
  void nested.initialize({ processId: 1 })
  void nested.tools.call({ name: 'echo', arguments: { text: 'x' } })
  void nested.textDocument.hover({ position: { line: 0, character: 1 } })
  void nested.textDocument.semanticTokens.full({ a: 1 })
  void nested.textDocument.semanticTokens.full.delta({ a: 1 })
  void nested.$.progress({ token: 1 })
  void flat['tools/call']({ name: 'echo' })
  void flat['textDocument/semanticTokens/full/delta']({})
  void flat['$/progress']({ token: 1 })
  expect(posted).toStrictEqual([
    request(1, 'initialize', { processId: 1 }),
    request(2, 'tools/call', { name: 'echo', arguments: { text: 'x' } }),
    request(3, 'textDocument/hover', { position: { line: 0, character: 1 } }),
    request(4, 'textDocument/semanticTokens/full', { a: 1 }),
    request(5, 'textDocument/semanticTokens/full/delta', { a: 1 }),
    request(6, '$/progress', { token: 1 }),
    request(7, 'tools/call', { name: 'echo' }),
    request(8, 'textDocument/semanticTokens/full/delta', {}),
    request(9, '$/progress', { token: 1 }),
  ])
})

test('C50: a call without params sends none', () => {
  const { nested, flat, posted } = plain()
  void nested.tools.list()
  void nested.tools.call()
  void flat['tools/list'](undefined)
  expect(posted).toStrictEqual([request(1, 'tools/list'), request(2, 'tools/call'), request(3, 'tools/list')])
})

test('C50: what is not one plain object is a TypeError at the call, and nothing is sent', () => {
  const { rpc, posted } = plain()
  const long = `${'very/'.repeat(40)}long`
  const remote = rpc.remote(style) as Record<string, (...args: unknown[]) => unknown>
  class Position {
    line = 1
  }
  const wrong = [
    [1],
    ['x'],
    [null],
    [true],
    [[]],
    [[{}]],
    [{}, {}],
    [{}, undefined],
    [undefined, {}],
    [new Position()],
    [new Map()],
    [new Date()],
    [() => {}],
    [transfer({}, [])],
  ]
  for (const args of wrong) {
    for (const name of ['tools/call', long]) {
      let error: unknown
      try {
        remote[name]?.(...args)
      } catch (thrown) {
        error = thrown
      }
      expect(error).toBeInstanceOf(TypeError)
      const { message } = error as Error
      expect(message).toContain(name.slice(0, 10))
      expect(message).toContain('one plain object')
      expect(message.length).toBeLessThanOrEqual(120)
    }
  }
  expect(posted).toEqual([])
  void remote['x']?.(Object.create(null))
  expect(posted).toHaveLength(1)
})

test('C50: other separators, and each option alone', () => {
  const separators = ['.', '/', ':', '::', '_', '$', '/$&', ' ']
  for (const separator of separators) {
    const { rpc, posted } = alone()
    void rpc.remote<Nested>({ params: 'by-name', separator }).textDocument.semanticTokens.full({ a: 1 })
    void rpc.remote<Nested>({ separator }).textDocument.semanticTokens.full({ a: 1 })
    void rpc.remote({ params: 'by-position', separator }).a.b.c(1, 2)
    const name = ['textDocument', 'semanticTokens', 'full'].join(separator)
    expect(posted).toStrictEqual([
      request(1, name, { a: 1 }),
      request(2, name, [{ a: 1 }]),
      request(3, ['a', 'b', 'c'].join(separator), [1, 2]),
    ])
  }
  const { rpc, posted } = alone()
  void rpc.remote<Nested>({ params: 'by-name' }).tools.call({ a: 1 })
  void rpc.remote({}).a.b(1)
  void rpc.remote({ params: undefined, separator: undefined } as object).a.b(1)
  expect(posted).toStrictEqual([
    request(1, 'tools.call', { a: 1 }),
    request(2, 'a.b', [1]),
    request(3, 'a.b', [1]),
  ])
})

test('C50: another style is a TypeError', () => {
  const { rpc, posted } = alone()
  const wrong = [
    null,
    5,
    true,
    { separator: '' },
    { separator: 5 },
    { separator: null },
    { separator: ['/'] },
    { params: 'by-name', separator: '' },
    { params: 'byName' },
    { params: '' },
    { params: null },
    { params: ['by-name'] },
    { params: 'toString' },
  ]
  for (const one of wrong) {
    const make = (): unknown => rpc.remote(one as RemoteStyle as { separator: string })
    expect(make).toThrow(TypeError)
    expect(make).toThrow(/^.{1,120}$/)
  }
  expect(() => styledRemote({}, style)).toThrow('This is not an RPC')
  expect(posted).toEqual([])
})

test('C50: names that are local on every remote are local here', async () => {
  const { rpc, posted } = plain()
  const remote = rpc.remote(style)
  expect(await remote).toBe(remote)
  for (const at of [remote, remote.tools, remote['tools/call']]) {
    expect(at.then).toBe(undefined)
    expect(at.toJSON).toBe(undefined)
    expect(at.__proto__).toBe(null)
    expect(at.__v_raw).toBe(undefined)
    expect(at.constructor).toBe(Object)
    expect(at.toString()).toBe('[object Function]')
    expect(JSON.stringify({ at })).toBe('{}')
  }
  expect(posted).toEqual([])
  expect(() => remote.rpc.hello({})).not.toThrow()
  expect(() => rpc.remote({ params: 'by-name' }).rpc.hello({})).toThrow('reserved')
})

test('C50 C17: members are bound, applied, listened with and named as functions; `call` is the peer’s', () => {
  const { nested, flat, posted } = plain()
  void nested.textDocument.hover.bind(null)({ a: 1 })
  void nested.textDocument.hover.bind(null, { a: 2 })()
  void nested.textDocument.hover.apply(undefined, [{ a: 3 }])
  const emitter = new EventEmitter()
  emitter.on('x', flat['$/progress'])
  emitter.emit('x', { token: 1 })
  void Reflect.apply(flat['tools/call'], undefined, [{ a: 4 }])
  void Function.prototype.call.call(flat['tools/call'], undefined, { a: 5 })
  expect([nested.textDocument.hover.name, nested.textDocument.hover.length]).toEqual(['hover', 0])
  expect(nested.tools.call.name).toBe('call')
  // It would be a request tools/list/call.
  const { call } = nested.tools.list as unknown as { call: (...args: unknown[]) => unknown }
  expect(() => call(null, { a: 6 })).toThrow('`tools/list/call` takes its params by name')
  expect(() => call(undefined, { a: 6 })).toThrow(TypeError)
  expect(posted).toStrictEqual([
    request(1, 'textDocument/hover', { a: 1 }),
    request(2, 'textDocument/hover', { a: 2 }),
    request(3, 'textDocument/hover', { a: 3 }),
    request(4, '$/progress', { token: 1 }),
    request(5, 'tools/call', { a: 4 }),
    request(6, 'tools/call', { a: 5 }),
  ])
  // By position it is a function's, as on every other remote.
  const other = alone()
  void other.rpc.remote({ separator: '/' }).tools.list.call(null, 1)
  expect(other.posted).toStrictEqual([request(1, 'tools/list', [1])])
})

test('C50: notifications, timeouts, signals and ids, by withOptions', async () => {
  const { peer, rpc, nested, flat, posted } = plain({ dialect: lspDialect })
  await withOptions(nested, { isNotify: true }).textDocument.didOpen({ uri: 'a' })
  await withOptions(nested.initialize, { isNotify: true })()
  await withOptions(flat, { isNotify: true })['$/progress']({ token: 1 })
  expect(() => withOptions(nested, { isNotify: true }).textDocument.didOpen([] as never)).toThrow(TypeError)
  expect(posted.splice(0)).toStrictEqual([
    notification('textDocument/didOpen', { uri: 'a' }),
    notification('initialize'),
    notification('$/progress', { token: 1 }),
  ])

  const late = await rejection(withOptions(nested, { timeout: 1 }).textDocument.hover({ a: 1 }))
  expect(late).toMatchObject({ code: ErrorCode.TIMEOUT })
  const controller = new AbortController()
  const call = withOptions(withOptions(nested, { timeout: 60_000 }), {
    signal: controller.signal,
  }).tools.call({})
  controller.abort(new Error('never mind'))
  expect(await rejection(call)).toMatchObject({ message: 'never mind' })
  expect(posted.splice(0)).toStrictEqual([
    request(1, 'textDocument/hover', { a: 1 }),
    notification('$/cancelRequest', { id: 1 }),
    request(2, 'tools/call', {}),
    notification('$/cancelRequest', { id: 2 }),
  ])

  const answered = nested.tools.list()
  peer.receive(result(3, [1]))
  expect(await answered).toEqual([1])
  expect(rpcOf(nested)).toBe(rpc)
  expect(rpcOf(nested.tools.call)).toBe(rpc)
  expect(rpc.remote<Nested>(style).tools).not.toBe(nested.tools)
  expect(nested.tools.call).toBe(nested.tools.call)
})
