import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { RPC, rpcOf, withOptions, wrap } from '../../src/index.ts'
import { linkedPair } from '../../src/testing.ts'
import { alone, codeOf, connectedPair, notification, request, result } from './pair.ts'

const api = {
  add: (a: number, b: number) => a + b,
  math: { deep: { negate: (n: number) => -n } },
}

type Api = typeof api

const silent: readonly [string, (remote: object) => unknown][] = [
  ['await', async (remote) => await (remote as PromiseLike<unknown>)],
  ['Promise.resolve', (remote) => Promise.resolve(remote)],
  ['returning it from an async function', (remote) => (async () => remote)()],
  ['JSON.stringify', (remote) => JSON.stringify({ remote, list: [remote] })],
  ['String', (remote) => String(remote as unknown as string)],
  ['a template', (remote) => `${remote as unknown as string}`],
  ['adding it to a string', (remote) => `${remote as unknown as string}!`],
  ['Number', (remote) => Number(remote)],
  ['util.inspect', (remote) => inspect(remote, { depth: 5, showHidden: true })],
  ['util.inspect with showProxy', (remote) => inspect(remote, { showProxy: true })],
  ['structuredClone', (remote) => attempt(() => structuredClone(remote))],
  ['Object.keys', (remote) => Object.keys(remote)],
  ['Object.prototype.toString', (remote) => Object.prototype.toString.call(remote)],
  ['spreading it', (remote) => ({ ...remote })],
  ['iterating over it', (remote) => attempt(() => [...(remote as unknown as unknown[])])],
  ['instanceof', (remote) => [remote instanceof Promise, remote instanceof RPC]],
  ['in', (remote) => ['add' in remote, 'then' in remote]],
  ['typeof and equality', (remote) => [typeof remote, remote === remote, Object.is(remote, {})]],
  ['Array.isArray', (remote) => Array.isArray(remote)],
  ['a new Set', (remote) => new Set([remote]).has(remote)],
  ['hasOwnProperty', (remote) => Object.prototype.hasOwnProperty.call(remote, 'add')],
  ['calling toString', (remote) => (remote as unknown as string).toString()],
  ['calling valueOf', (remote) => remote.valueOf()],
  ['assigning to it', (remote) => attempt(() => Reflect.set(remote, 'add', 1))],
  ['deleting from it', (remote) => attempt(() => Reflect.deleteProperty(remote, 'add'))],
]

function attempt(step: () => unknown): unknown {
  try {
    return step()
  } catch (error) {
    return error
  }
}

for (const [what, use] of silent)
  test(`S25: ${what} of a remote sends nothing`, async () => {
    using pair = await connectedPair({ right: { methods: api } })
    const remote = pair.left.remote<Api>()
    for (const node of [remote, remote.math, remote.math.deep.negate]) await use(node)
    expect(pair.wire).toEqual([])
    expect(await remote.add(1, 2)).toBe(3)
  })

test('S25: console.log of a remote sends nothing', async () => {
  using pair = await connectedPair({ right: { methods: api } })
  const remote = pair.left.remote<Api>()
  const written: unknown[] = []
  const { Console } = await import('node:console')
  const { Writable } = await import('node:stream')
  const sink = new Writable({ write: (chunk, _, done) => (written.push(String(chunk)), done()) })
  const console = new Console({ stdout: sink })
  console.log(remote, remote.math)
  console.dir(remote, { showHidden: true })
  console.table(remote)
  expect(written.length).toBeGreaterThan(0)
  expect(pair.wire).toEqual([])
})

test('S25: no symbol on a remote sends anything', async () => {
  using pair = await connectedPair({ right: { methods: api } })
  const remote = pair.left.remote<Api>()
  const known = Reflect.ownKeys(Symbol)
    .map((key) => Reflect.get(Symbol, key) as unknown)
    .filter((value) => typeof value === 'symbol')
  const symbols = [
    ...known,
    Symbol('own'),
    Symbol.for('nodejs.util.inspect.custom'),
    Symbol.for('nodejs.rejection'),
  ]
  expect(known.length).toBeGreaterThan(10)
  for (const node of [remote, remote.math, remote.add])
    for (const symbol of symbols) Reflect.get(node, symbol) as unknown
  expect(pair.wire).toEqual([])
})

test('a remote is never thenable', () => {
  using client = alone()
  const remote = client.rpc.remote<Api>()
  expect(Reflect.get(remote, 'then')).toBeUndefined()
  expect(Reflect.get(remote.math, 'then')).toBeUndefined()
})

test('a call by dotted name reaches the nested method', async () => {
  using pair = await connectedPair({ right: { methods: api } })
  const remote = pair.left.remote<Api>()
  expect(await remote.math.deep.negate(5)).toBe(-5)
  expect(pair.wire[0]?.message).toStrictEqual(request(expect.anything(), 'math.deep.negate', [5]))
})

test('a path is put before the names', async () => {
  using pair = await connectedPair({ right: { methods: api } })
  const math = pair.left.remote<Api['math']>('math')
  expect(await math.deep.negate(5)).toBe(-5)
  const negate = pair.left.remote<(n: number) => number>('math.deep.negate')
  expect(await negate(6)).toBe(-6)
})

test('a call without arguments sends no params', () => {
  using client = alone()
  void client.rpc
    .remote<{ ping(): void }>()
    .ping()
    .catch(() => {})
  expect(client.posted).toStrictEqual([request(1, 'ping')])
})

test('the members of a remote are the same each time', () => {
  using client = alone()
  const remote = client.rpc.remote<Api>()
  expect(remote.add).toBe(remote.add)
  expect(remote.math.deep.negate).toBe(remote.math.deep.negate)
  expect(remote.math).not.toBe(remote.add)
})

test('a member of a remote works without the remote', async () => {
  using pair = await connectedPair({ right: { methods: api } })
  const { add } = pair.left.remote<Api>()
  expect(await add(1, 2)).toBe(3)
  expect(await Promise.all([1, 2].map((n) => add(n, n)))).toEqual([2, 4])
})

test('members of a remote cannot be assigned', () => {
  using client = alone()
  const remote = client.rpc.remote<Api>() as { add: unknown }
  expect(() => (remote.add = 1)).toThrow(TypeError)
})

test('a function can be exposed by itself', async () => {
  using pair = await connectedPair()
  pair.right.registerMethod('', (n: number) => 2 * n)
  const double = pair.left.remote<(n: number) => number>()
  expect(await double(4)).toBe(8)
})

test('withOptions gives the calls of a remote a deadline', async () => {
  using client = alone({ timeout: 60_000 })
  const remote = client.rpc.remote<Api>()
  expect(await codeOf(withOptions(remote, { timeout: 1 }).add(1, 2))).toBe(-32300)
})

test('withOptions gives the calls of a remote a signal', async () => {
  using client = alone()
  const abort = new AbortController()
  const call = withOptions(client.rpc.remote<Api>(), { signal: abort.signal }).math.deep.negate(1)
  const reason = new Error('enough')
  abort.abort(reason)
  await expect(call).rejects.toBe(reason)
})

test('withOptions makes the calls of a remote notifications, and calls again', async () => {
  using client = alone()
  const remote = client.rpc.remote<Api>()
  const notify = withOptions(remote, { isNotify: true })
  expect(await notify.add(1, 2)).toBeUndefined()
  const call = withOptions(notify, { isNotify: false }).add(3, 4)
  expect(client.posted).toStrictEqual([notification('add', [1, 2]), request(1, 'add', [3, 4])])
  client.receive(result(1, 7))
  expect(await call).toBe(7)
})

test('withOptions moves what its transfer list names', async () => {
  using pair = await connectedPair({ right: { methods: { size: (b: ArrayBuffer) => b.byteLength } } })
  const buffer = new ArrayBuffer(8)
  const remote = pair.left.remote<{ size(buffer: ArrayBuffer): number }>()
  expect(await withOptions(remote, { transfer: [buffer] }).size(buffer)).toBe(8)
  expect(buffer.byteLength).toBe(0)
})

test('withOptions adds to former options, leaves the remote as it was, and works on a member', async () => {
  using client = alone({ timeout: 60_000 })
  const remote = client.rpc.remote<Api>()
  const hurried = withOptions(withOptions(remote, { timeout: 1 }), { isNotify: false })
  expect(await codeOf(hurried.add(1, 2))).toBe(-32300)
  expect(await codeOf(withOptions(remote.math, { timeout: 1 }).deep.negate(1))).toBe(-32300)
  const patient = remote.add(1, 2)
  client.receive(result(3, 3))
  expect(await patient).toBe(3)
})

test('rpcOf gives the RPC behind a remote, a member and a remote with options', () => {
  const { left } = linkedPair()
  using remote = wrap<Api>(left)
  const rpc = rpcOf(remote)
  expect(rpc).toBeInstanceOf(RPC)
  expect(rpcOf(remote.math)).toBe(rpc)
  expect(rpcOf(withOptions(remote, { timeout: 1 }))).toBe(rpc)
})

test('rpcOf and withOptions refuse what is no remote', () => {
  for (const other of [{}, () => {}, new Proxy({}, {}), { add: 1 }, Promise.resolve()]) {
    expect(() => rpcOf(other)).toThrow(/wrap/)
    expect(() => withOptions(other, {})).toThrow(/wrap/)
  }
})

test('using a wrapped remote ends its connection', async () => {
  const { left } = linkedPair()
  let rpc: RPC
  {
    using remote = wrap<Api>(left)
    rpc = rpcOf(remote)
  }
  expect(await codeOf(rpc.invoke('add'))).toBe(-32051)
})
