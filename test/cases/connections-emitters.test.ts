/** RPCs over emitters that carry JSON, as most do. */
import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { RPC, type RPCEmitter } from '../../src/index.ts'
import { turn } from '../peer/pair.ts'

type Listener = (...args: unknown[]) => void

/** Two emitters, each the other's other side; `cross` is what becomes of a message between them. */
function linked(cross: (args: unknown[]) => unknown[], members: object = {}) {
  const wire: unknown[][] = []
  const ends = [new EventEmitter(), new EventEmitter()] as const
  const end = (own: EventEmitter, other: EventEmitter): RPCEmitter =>
    Object.assign(
      {
        emit: (event: string, ...args: unknown[]) => {
          const crossed = cross(args)
          wire.push(crossed)
          queueMicrotask(() => other.emit(event, ...crossed))
        },
        on: (event: string, fn: Listener) => void own.on(event, fn),
        off: (event: string, fn?: Listener) => void own.off(event, fn as Listener),
      },
      members,
    ) as RPCEmitter
  return { left: end(...ends), right: end(ends[1], ends[0]), wire }
}

const json = (args: unknown[]): unknown[] => JSON.parse(JSON.stringify(args)) as unknown[]
const clones = (args: unknown[]): unknown[] => structuredClone(args)

const bytes = new Uint8Array([0, 1, 254, 255])
const values = [
  bytes,
  bytes.buffer,
  new Float64Array([1.5, Number.NaN, -0]),
  new DataView(bytes.buffer, 1, 2),
  new BigInt64Array([-5n]),
  new Uint8Array(0),
  { deep: [{ a: bytes }], __proto__named: bytes },
  new Map([['a', bytes]]),
]

const methods = {
  echo: (value: unknown) => value,
  fail: (value: unknown) => {
    throw Object.assign(new Error('no'), { data: value })
  },
  each: async function* (value: unknown) {
    yield value
  },
}

test('C59: bytes cross an emitter that carries JSON, both ways, before the hello and after it', async () => {
  for (const cross of [json, clones]) {
    const { left, right } = linked(cross)
    using caller = new RPC({ event: left })
    const early = values.map((value) => caller.invoke('echo', [value]))
    using callee = new RPC({ event: right, methods })
    void callee
    expect(await Promise.all(early)).toEqual(values)
    for (const value of values) {
      expect(await caller.invoke('echo', [value])).toEqual(value)
      await expect(caller.invoke('fail', [value])).rejects.toMatchObject({ data: value })
    }
    expect(await caller.batch((call) => values.map((value) => call('echo', [value])))).toEqual(values)
    const items: unknown[] = []
    for await (const item of caller.remote<typeof methods>().each(bytes)) items.push(item)
    expect(items).toEqual([bytes])
    expect(await caller.invoke('echo', [(value: unknown) => value])).toBeTypeOf('function')
  }
})

test('C59: Blobs and Files cross an emitter that carries JSON, both ways, before the hello and after it', async () => {
  const blob = new Blob([bytes], { type: 'image/png' })
  const file = new File([bytes], 'a.png', { type: 'image/png', lastModified: 5 })
  const sent = [blob, file, new Blob([]), { deep: [file] }, new Map([['a', blob]])]
  const [blobOf, fileOf] = [(it: unknown) => it as Blob, (it: unknown) => it as File]
  for (const cross of [json, clones]) {
    const { left, right } = linked(cross)
    using caller = new RPC({ event: left })
    const early = caller.invoke('echo', [sent])
    using callee = new RPC({ event: right, methods })
    void callee
    for (const got of [await early, await caller.invoke('echo', [sent])]) {
      const [first, second, empty, held, map] = got as [Blob, File, Blob, { deep: [File] }, Map<string, Blob>]
      expect(second).toMatchObject({ name: 'a.png', lastModified: 5 })
      expect(second).toBeInstanceOf(File)
      expect(empty.size).toBe(0)
      for (const one of [first, second, held.deep[0], map.get('a')]) {
        expect(blobOf(one).type).toBe('image/png')
        expect(new Uint8Array(await blobOf(one).arrayBuffer())).toEqual(bytes)
      }
    }
    const thrown = await caller
      .invoke('fail', [{ file, bytes }])
      .catch((error: { data: object }) => error.data)
    expect(fileOf((thrown as { file: unknown }).file).size).toBe(4)
    const items: unknown[] = []
    for await (const item of caller.remote<typeof methods>().each(file)) items.push(fileOf(item).name)
    expect(items).toEqual(['a.png'])
  }
})

test('C59: an emitter that is known to carry bytes gets them as they are', async () => {
  const { left, right, wire } = linked(clones, { nsp: '/' })
  using caller = new RPC({ event: left })
  using callee = new RPC({ event: right, methods })
  void callee
  await caller.connect()
  wire.length = 0
  expect(await caller.invoke('echo', [bytes])).toEqual(bytes)
  expect(JSON.stringify(wire)).not.toContain('AAH+/w==')
})

test('C59: a peer that does not announce base64 gets bytes as they are, as portcall 0.1.0 does', async () => {
  const { left, right, wire } = linked(clones)
  right.on('rpc.message', (message: { id: unknown; method?: string; params: { session: string } }) => {
    if (message.method !== 'rpc.connect') return
    const introduction = { version: 1, capabilities: ['cancel', 'close', 'values'] }
    const { session } = message.params
    right.emit('rpc.message', {
      jsonrpc: '2.0',
      id: session,
      result: { ...introduction, session: 'old', re: session },
    })
  })
  using caller = new RPC({ event: left })
  await caller.connect()
  void caller.invoke('echo', [bytes]).catch(() => {})
  await turn()
  expect(wire.at(-1)).toMatchObject([{ params: [bytes] }])
})

test('C59: what is announced says so', async () => {
  for (const [members, announces] of [
    [{}, true],
    [{ nsp: '/' }, false],
  ] as const) {
    const { left, wire } = linked(json, members)
    using rpc = new RPC({ event: left })
    void rpc
    const [hello] = wire[0] as [{ params: { capabilities: string[] } }]
    expect(hello.params.capabilities.includes('base64')).toBe(announces)
  }
})
