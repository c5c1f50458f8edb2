/** No strict peer ever sees a member that the specification does not name, whatever is passed, thrown or cancelled. */
import { describe, expect, test } from 'vitest'
import type { CancellationToken } from 'vscode-jsonrpc/node'
import { lspDialect, mcpDialect, type RPC, RPCError } from '../../src/index.ts'
import { alone, notification, request, turn } from '../peer/pair.ts'
import { say, type ToolCall, withClient, withServer } from './mcp-rigs.ts'
import { refusal } from './outcome.ts'
import { refusals } from './schema.ts'
import { type VscodeLink, withVscode } from './vscode.ts'
import { everyWay } from './ways.ts'

type ClientLink = Parameters<Parameters<typeof withClient>[1]>[0]
type ServerLink = Parameters<Parameters<typeof withServer>[2]>[0]

class Strange extends Error {
  override name = 'Strange'
  readonly field = 'own'
  readonly nothing = undefined
}

const strange = (): Error => new Strange('strange', { cause: new RangeError('below', { cause: 'more' }) })

async function* items(): AsyncGenerator<number> {
  yield 1
}

/** What a plain peer can be told nothing about. */
const refused: Record<string, () => unknown> = {
  'a function': () => () => {},
  'a function in a Map': () => new Map([['f', () => {}]]),
  'an async iterable': items,
  'an AbortSignal': () => new AbortController().signal,
  'a symbol': () => Symbol('no'),
  'a WeakMap': () => new WeakMap(),
}

/** What it gets as it is. */
const carried: readonly unknown[] = [
  undefined,
  null,
  Number.NaN,
  1n,
  new Date(0),
  new Map([[1, { a: undefined }]]),
  new Set([1]),
  { a: undefined, b: [undefined] },
  new Error('as a value'),
  'x'.repeat(2_000),
]

/** Handlers that give and throw everything. */
const handlers = {
  carried: (i: number) => carried[i],
  refused: (name: string) => refused[name]?.(),
  throwStrange: () => {
    throw strange()
  },
  throwData: () => {
    throw new RPCError(4711, 'with data', { data: { a: undefined, f: () => {} } })
  },
  throwUndefined: () => Promise.reject(undefined),
  throwFrozen: () => Promise.reject(Object.freeze({ code: 'text', message: 1, data: undefined })),
  throwAggregate: () => Promise.reject(new AggregateError([strange(), 0], 'many')),
}

const rejected = async (call: Promise<unknown>, code: number): Promise<void> => {
  expect(await refusal(call)).toMatchObject({ code })
}

/** Call `method` with all of these; `wrap` makes the params. */
async function sendAll(
  rpc: RPC,
  method: string,
  wrap: (value: unknown) => unknown[] | object,
): Promise<void> {
  const params = (value: unknown): Record<string, unknown> => wrap(value) as Record<string, unknown>
  await Promise.all(carried.map((value) => rpc.invoke(method, params(value))))
  for (const make of Object.values(refused)) {
    await rejected(rpc.invoke(method, params(make())), -32052)
    expect(() => rpc.notify(method, params(make()))).toThrow(RPCError)
  }
}

/** Make a call that ends by its signal, and one that ends by its deadline. */
async function giveUp(rpc: RPC, method: string, params: Record<string, unknown> | unknown[]): Promise<void> {
  const controller = new AbortController()
  const aborted = refusal(rpc.invoke(method, params, { signal: controller.signal }))
  const late = rejected(rpc.invoke(method, params, { timeout: 20 }), -32300)
  await turn()
  controller.abort(strange())
  expect(await aborted).toBeInstanceOf(Strange)
  await late
}

/** Run `body`. @returns what was posted by then, and by the end that the rig makes. */
async function postedIn<L extends { posted: readonly unknown[] }>(
  run: (body: (link: L) => Promise<void>) => Promise<void>,
  body: (link: L) => Promise<void>,
): Promise<readonly unknown[]> {
  let posted: readonly unknown[] = []
  await run(async (link) => {
    ;({ posted } = link)
    await body(link)
  })
  return posted
}

describe.each(everyWay('lspDialect', lspDialect))('vscode-jsonrpc, with %s', (_, told) => {
  test('gets nothing but JSON-RPC from our client', async () => {
    const posted = await postedIn<VscodeLink>(
      (body) => withVscode(told, body),
      async ({ rpc, vscode }) => {
        vscode.onRequest('echo', (value: unknown) => value)
        vscode.onRequest(
          'hang',
          (_params: unknown, token: CancellationToken) =>
            new Promise((resolve) => token.onCancellationRequested(() => resolve(null))),
        )
        vscode.onNotification('echo', () => {})
        await sendAll(rpc, 'echo', (value) => [value])
        await sendAll(rpc, 'echo', (value) => ({ value }))
        await rpc.invoke('echo')
        await giveUp(rpc, 'hang', [1])
        await rejected(rpc.invoke('nobody'), -32601)
        rpc.notify('echo')
        rpc.notify('$/progress', { token: 'mine', value: { kind: 'report', percentage: undefined } })
        await rpc.invoke('echo', [1], { id: 'a token' })
        await Promise.all(Array.from({ length: 200 }, (__, i) => rpc.invoke('echo', [i])))
      },
    )
    expect(posted.length).toBeGreaterThan(200)
    expect(refusals(posted)).toEqual([])
  })

  test('gets nothing but JSON-RPC from our server', async () => {
    const posted = await postedIn<VscodeLink>(
      (body) => withVscode(told, body),
      async ({ rpc, vscode }) => {
        for (const [name, handler] of Object.entries(handlers)) rpc.registerMethod(name, handler)
        await Promise.all(carried.map((__, i) => vscode.sendRequest('carried', i)))
        for (const name of Object.keys(refused)) await refusal(vscode.sendRequest('refused', name))
        for (const name of Object.keys(handlers).filter((one) => one.startsWith('throw')))
          await refusal(vscode.sendRequest(name))
        await refusal(vscode.sendRequest('nobody'))
        await Promise.all(Array.from({ length: 200 }, () => vscode.sendRequest('carried', 4)))
      },
    )
    expect(posted.length).toBeGreaterThan(200)
    expect(refusals(posted)).toEqual([])
  })
})

describe.each(everyWay('mcpDialect', mcpDialect))('the MCP SDK, with %s', (_, told) => {
  test('gets nothing but JSON-RPC from our client', async () => {
    let hanging = 0
    const posted = await postedIn<ServerLink>(
      (body) =>
        withServer(
          told,
          ({ params }, { signal }) =>
            params.name === 'hang'
              ? new Promise((resolve) => {
                  hanging++
                  signal.addEventListener('abort', () => resolve(say('cancelled')))
                })
              : say('done'),
          body,
        ),
      async ({ rpc }) => {
        await sendAll(rpc, 'tools/call', (value) => ({ name: 'echo', arguments: { value } }))
        await giveUp(rpc, 'tools/call', { name: 'hang', arguments: {} })
        expect(hanging).toBe(2)
        await rejected(rpc.invoke('nobody'), -32601)
        await rpc.invoke('tools/call', { name: 'echo', arguments: {}, _meta: { progressToken: 'mine' } })
        rpc.notify('notifications/roots/list_changed')
        rpc.notify('notifications/roots/list_changed', { _meta: { a: undefined } })
        await Promise.all(
          Array.from({ length: 200 }, () => rpc.invoke('tools/call', { name: 'echo', arguments: {} })),
        )
      },
    )
    expect(posted.length).toBeGreaterThan(200)
    expect(refusals(posted)).toEqual([])
  })

  test('gets nothing but JSON-RPC from our server', async () => {
    const posted = await postedIn<ClientLink>(
      (body) =>
        withClient(told, body, ({ name, arguments: { value }, _meta }: ToolCall) => {
          if (name === 'carried')
            return { ...say('carried'), structuredContent: { value: carried[Number(value)] } }
          if (name === 'refused')
            return { ...say('refused'), structuredContent: { value: refused[String(value)]?.() } }
          if (name === 'progress') return say(String(_meta?.progressToken))
          return Reflect.get(handlers, name)()
        }),
      async ({ client, rpc }) => {
        const call = (name: string, value: unknown): Promise<unknown> =>
          client.callTool({ name, arguments: { value } })
        await Promise.all(carried.map((__, i) => call('carried', i)))
        for (const name of Object.keys(refused)) await refusal(call('refused', name))
        for (const name of Object.keys(handlers).filter((one) => one.startsWith('throw')))
          await refusal(call(name, 0))
        const heard: unknown[] = []
        const onprogress = (progress: unknown): void => void heard.push(progress)
        rpc.removeMethod('tools/call')
        rpc.registerMethod('tools/call', async ({ _meta }: ToolCall) => {
          rpc.notify('notifications/progress', { progressToken: _meta?.progressToken, progress: 1, total: 2 })
          return say('done')
        })
        await client.callTool({ name: 'any', arguments: {} }, undefined, { onprogress })
        expect(heard).toEqual([{ progress: 1, total: 2 }])
      },
    )
    expect(posted.length).toBeGreaterThan(20)
    expect(refusals(posted)).toEqual([])
  })
})

describe.each([
  ['that was said to be plain', { plain: true }],
  ['that speaks the dialect of LSP', { dialect: lspDialect }],
  ['that was found out', { plain: false }],
] as const)('a peer that takes batches, %s,', (_, told) => {
  test('gets batches of nothing but JSON-RPC, and answers of nothing else', async () => {
    using peer = alone({ ...told, methods: handlers })
    const [hello] = peer.posted as { id?: unknown }[]
    if (hello) peer.receive({ jsonrpc: '2.0', id: hello.id, error: { code: -32601, message: 'no' } })
    const calls = peer.rpc.batch((call) => {
      call.notify('log', [1])
      return carried.map((value, i) => call('echo', i % 2 ? [value] : { value }))
    })
    const batch = peer.posted.at(-1) as { id?: unknown }[]
    peer.receive(batch.flatMap(({ id }) => (id === undefined ? [] : [{ jsonrpc: '2.0', id, result: null }])))
    await calls
    await refusal(peer.rpc.batch((call) => [call('echo', [() => {}]), call('echo', [1])]))
    const names = Object.keys(handlers).filter((name) => name.startsWith('throw'))
    peer.receive([
      ...carried.map((__, i) => request(i, 'carried', [i])),
      ...Object.keys(refused).map((name) => request(name, 'refused', [name])),
      ...names.map((name) => request(name, name)),
      request('x', 'nobody'),
      notification('throwStrange'),
    ])
    await turn()
    peer.rpc.destroy()
    expect(peer.posted.some(Array.isArray)).toBe(true)
    expect(refusals(peer.posted)).toEqual([])
  })
})

describe('the schema', () => {
  test.each([
    ['a request with a member more', { jsonrpc: '2.0', id: 1, method: 'x', values: [] }],
    ['a notification with a member more', { jsonrpc: '2.0', method: 'x', trace: 1 }],
    ['a result with a member more', { jsonrpc: '2.0', id: 1, result: 1, values: [] }],
    ['an error with details', { jsonrpc: '2.0', id: 1, error: { code: 1, message: 'x', details: {} } }],
    ['params that are undefined', { jsonrpc: '2.0', method: 'x', params: undefined }],
    ['params that are a number', { jsonrpc: '2.0', method: 'x', params: 1 }],
    ['an id that is a fraction', { jsonrpc: '2.0', id: 1.5, method: 'x' }],
    ['a code that is a fraction', { jsonrpc: '2.0', id: 1, error: { code: 1.5, message: 'x' } }],
    ['data that is undefined', { jsonrpc: '2.0', id: 1, error: { code: 1, message: 'x', data: undefined } }],
    ['both ends', { jsonrpc: '2.0', id: 1, result: 1, error: { code: 1, message: 'x' } }],
    ['an empty batch', []],
    ['a batch with one of those', [{ jsonrpc: '2.0', method: 'x', trace: 1 }]],
  ])('refuses %s', (_, message) => {
    expect(refusals([message])).not.toEqual([])
  })
})
