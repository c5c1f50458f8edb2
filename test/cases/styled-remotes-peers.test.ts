/** C50: styled remotes between peers of several kinds: a server of that style, values by reference, a third peer, the core. */
import { expect, test } from 'vitest'
import { RPC as CoreRPC, styledRemote } from '../../src/core.ts'
import { exposeBy } from '../../src/api/shared-rpc.ts'
import { ErrorCode, type Remote, type RemoteByName, rpcOf, withOptions, wrap } from '../../src/index.ts'
import { linkedPair } from '../../src/testing.ts'
import { request } from '../peer/pair.ts'
import { every, pairOver, rejection, until } from './media.ts'

type Params = Readonly<Record<string, unknown>>
type Ask = (params?: Params) => Promise<unknown>

interface Nested {
  initialize: Ask
  tools: { list: Ask; call: Ask }
  textDocument: { hover: Ask }
  $: { progress: (params: Params) => void }
}

const style = { params: 'by-name', separator: '/' } as const

test('C50: a server of that kind: names with slashes are registered, and receive one object', async () => {
  for (const medium of every) {
    const seen: unknown[] = []
    const { left, right } = await pairOver(
      medium,
      {},
      {
        methods: {
          'textDocument/hover': (...args: unknown[]) => args,
          '$/progress': (...args: unknown[]) => void seen.push(args),
        },
      },
    )
    right.registerMethod('tools/call', (...args: unknown[]) => args)
    right.registerMethod('tools/list', (...args: unknown[]) => args)
    const remote = left.remote<Nested>(style)
    expect(await remote.textDocument.hover({ a: 1 })).toEqual([{ a: 1 }])
    expect(await remote.tools.call({ name: 'x' })).toEqual([{ name: 'x' }])
    expect(await remote.tools.list()).toEqual([])
    expect(await rejection(remote.initialize({}))).toMatchObject({ code: ErrorCode.METHOD_NOT_FOUND })
    await withOptions(remote, { isNotify: true }).$.progress({ token: 1 })
    await until(() => seen.length === 1)
    expect(seen).toEqual([[{ token: 1 }]])
  }
})

test('C50: names with slashes and dots are exposed as they are, flat or in a class', async () => {
  class Server {
    'tools/call' = (...args: unknown[]): unknown => args
    async 'v1.0/hover'(...args: unknown[]): Promise<unknown> {
      return args
    }
  }
  const flat = {
    'tools/call': (...args: unknown[]) => args,
    'v1.0/hover': (...args: unknown[]) => args,
  }
  for (const api of [flat, new Server()]) {
    for (const way of ['expose', 'methods', 'registerMethod']) {
      const { left, right } = await pairOver('channel', {}, way === 'methods' ? { methods: api } : {})
      if (way === 'expose') exposeBy(right, api)
      if (way === 'registerMethod')
        for (const name of ['tools/call', 'v1.0/hover'] as const) right.registerMethod(name, api[name])
      const remote = left.remote<Nested & Record<'v1.0/hover', Ask>>(style)
      expect(await remote.tools.call({ name: 'x' })).toEqual([{ name: 'x' }])
      expect(await remote['v1.0/hover']({ a: 1 })).toEqual([{ a: 1 }])
      expect(await left.remote<Record<'v1', Record<'0/hover', Ask>>>()['v1']['0/hover']()).toEqual([])
    }
  }
})

test('C50: functions, signals and streams cross by name, too', async () => {
  for (const medium of every) {
    const { left } = await pairOver(
      medium,
      {},
      {
        methods: {
          'count/to': async function* ({ n }: { n: number }) {
            for (let i = 0; i < n; i++) yield i
          },
          'run/it': async ({ f, signal }: { f: (n: number) => Promise<number>; signal: AbortSignal }) => [
            await f(1),
            signal.aborted,
          ],
        },
      },
    )
    interface Api {
      count: { to(params: { n: number }): AsyncGenerator<number> }
      run: { it(params: { f: (n: number) => Promise<number>; signal: AbortSignal }): Promise<unknown> }
    }
    const remote = left.remote<Api>(style)
    const seen: number[] = []
    for await (const i of remote.count.to({ n: 3 })) seen.push(i)
    expect(seen).toEqual([0, 1, 2])
    const { signal } = new AbortController()
    expect(await remote.run.it({ f: async (n) => n + 1, signal })).toEqual([2, false])
  }
})

test('C50 C07: handed on to a third peer, it is called in its own style', async () => {
  const methods = { 'tools/list': (...args: unknown[]) => args, a$$b: (...args: unknown[]) => args }
  const server = await pairOver('channel', {}, { methods })
  interface Kept {
    tools: { list: Ask }
    a: { b: Ask }
    'tools/list': Ask
  }
  const kept: Remote<Kept>[] = []
  const third = await pairOver(
    'channel',
    {},
    { methods: { use: (given: Remote<Kept>) => void kept.push(given) } },
  )
  const remote = server.left.remote(style)
  await third.left.invoke('use', [remote])
  await third.left.invoke('use', [remote.tools])
  await third.left.invoke('use', [server.left.remote({ params: 'by-name', separator: '$$' })])
  const [root, tools, other] = kept as [Remote<Kept>, Remote<Kept>, Remote<Kept>]
  expect(await root.tools.list({ a: 1 })).toEqual([{ a: 1 }])
  expect(await root.tools.list()).toEqual([])
  expect(await root['tools/list']({ a: 1 })).toEqual([{ a: 1 }])
  expect(await (tools as unknown as Remote<Kept['tools']>).list({ a: 1 })).toEqual([{ a: 1 }])
  expect(await other.a.b({ a: 1 })).toEqual([{ a: 1 }])
  expect(await rejection(root.tools.list([] as never))).toMatchObject({
    message: expect.stringContaining('takes its params by name'),
  })
})

test('C50: the core has it as a function, and wrap by its RPC', () => {
  const link = linkedPair()
  const posted: unknown[] = []
  link.tap((from, message) => from === 'left' && posted.push(message))
  using rpc = new CoreRPC({ transport: link.left, plain: true })
  expect(() => rpc.remote(style as never)).toThrow(TypeError)
  const remote: RemoteByName<Nested> = styledRemote<Nested>(rpc, style)
  void remote.tools.call({ name: 'x' }).catch(() => {})
  expect(() => remote.tools.call([] as never)).toThrow(TypeError)
  expect(posted).toStrictEqual([request(1, 'tools/call', { name: 'x' })])

  const other = linkedPair()
  const wrapped = wrap(other.left, { plain: true })
  expect(rpcOf(wrapped)).toBe(rpcOf(rpcOf(wrapped).remote(style)))
  rpcOf(wrapped).destroy()
})
