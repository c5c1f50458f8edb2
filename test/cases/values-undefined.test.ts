/** C03: a result that is undefined. */
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { processTransport } from '../../src/adapters/process/process.ts'
import { all, RPC as CoreRPC, type Use } from '../../src/core.ts'
import { get, proxy, RPC } from '../../src/index.ts'
import { linkedPair } from '../../src/testing.ts'
import { bundleScripts, type Scripts } from '../adapters/process/scripts.ts'
// oxlint-disable-next-line typescript/ban-ts-comment
// @ts-ignore: what portcall 0.1.0 was, bundled
import * as published from '../fixtures/portcall-0.1.0.mjs'
import { every, type Medium, pairOver } from './media.ts'

const OLD = published as { readonly RPC: typeof RPC }

class Box {
  content = undefined
}

const methods = {
  find: () => undefined,
  later: async () => {},
  none: () => null,
  inside: () => ({ a: undefined, b: [undefined] }),
  async *items() {
    yield undefined
    yield 1
    yield undefined
  },
  call: (callback: () => Promise<unknown>) => callback().then((value) => [value === undefined, value]),
  box: () => proxy(new Box()),
}

for (const medium of [...every, 'stdio', 'trustedChannel'] as Medium[]) {
  test(`C03: undefined is undefined, and null is null (${medium})`, async () => {
    const { left } = await pairOver(medium, {}, { methods })
    expect(await left.invoke('find')).toBe(undefined)
    expect(await left.invoke('later')).toBe(undefined)
    expect(await left.invoke('none')).toBe(null)
    expect(await left.invoke('inside')).toStrictEqual({ a: undefined, b: [undefined] })
  })

  test(`C03: many at once, batches, streams, callbacks and properties alike (${medium})`, async () => {
    const { left } = await pairOver(medium, {}, { methods })
    const many = await Promise.all(Array.from({ length: 20 }, () => left.invoke('find')))
    expect(many).toEqual(Array(20).fill(undefined))
    expect(await left.batch((call) => [call('find'), call('none'), call('later')])).toStrictEqual([
      undefined,
      null,
      undefined,
    ])
    const items: unknown[] = []
    for await (const item of left.remote<typeof methods>().items()) items.push(item)
    expect(items).toStrictEqual([undefined, 1, undefined])
    expect(await left.invoke('call', [() => undefined])).toStrictEqual([true, undefined])
    expect(await left.invoke('call', [() => null])).toStrictEqual([false, null])
    expect(await get((await left.invoke<object>('box')) as never, 'content')).toBe(undefined)
  })
}

for (const text of [false, true]) {
  const wire = async (right: object, left?: object): Promise<unknown> => {
    const link = linkedPair({ text })
    const posted: { id?: unknown; result?: unknown }[] = []
    const server = new RPC({ ...right, transport: link.right, methods })
    link.tap((_, message) => posted.push(message as object))
    const client = new RPC({ ...left, transport: link.left })
    onTestFinished(() => {
      server.destroy()
      client.destroy()
    })
    await client.invoke('find', null, { id: 'asked' })
    return posted.find((message) => message.id === 'asked' && 'result' in message)
  }

  test(`C03: how it crosses to a portcall peer (${text ? 'text' : 'clone'})`, async () => {
    const message = await wire({})
    expect(message).toStrictEqual(
      text
        ? { jsonrpc: '2.0', id: 'asked', result: null, values: [[[], 'undefined']] }
        : { jsonrpc: '2.0', id: 'asked', result: undefined },
    )
  })

  test(`C03: null to a plain peer, and to one that nobody knows yet (${text ? 'text' : 'clone'})`, async () => {
    const isNull = { jsonrpc: '2.0', id: 'asked', result: null }
    expect(await wire({ plain: true }, { plain: true })).toStrictEqual(isNull)
    expect(await wire({}, { plain: true })).toStrictEqual(isNull)
  })

  test(`C03: portcall 0.1.0 reads it (${text ? 'text' : 'clone'})`, async () => {
    const link = linkedPair({ text })
    const server = new RPC({ transport: link.right, methods })
    const client = new OLD.RPC({ transport: link.left })
    await client.connect()
    expect(await client.invoke('find')).toBe(undefined)
    expect(await Promise.all([1, 2, 3].map(() => client.invoke('later')))).toEqual(Array(3).fill(undefined))
    expect(await client.invoke('none')).toBe(null)
    client.destroy()
    server.destroy()
  })

  for (const [name, use, other] of [
    ['core', [], []],
    ['core towards all', [], [all]],
    ['all towards core', [all], []],
    ['core with all', [all], [all]],
  ] as [string, Use, Use][])
    test(`C03: a call of a void function settles, whatever the sides have: ${name} (${text ? 'text' : 'clone'})`, async () => {
      const link = linkedPair({ text })
      const server = new CoreRPC({ transport: link.right, methods: { find: methods.find }, use })
      const client = new CoreRPC({ transport: link.left, use: other })
      onTestFinished(() => {
        server.destroy()
        client.destroy()
      })
      await client.connect()
      const marks = !text || (use.length > 0 && other.length > 0)
      expect(await client.invoke('find')).toBe(marks ? undefined : null)
    })
}

let scripts: Scripts<'server' | 'child'>
beforeAll(async () => {
  scripts = await bundleScripts(fileURLToPath(new URL('./scripts/', import.meta.url)), ['server', 'child'])
})
afterAll(() => scripts.remove())

test('C03: from a Node thread', async () => {
  const worker = new Worker(scripts.path('server'))
  onTestFinished(async () => void (await worker.terminate()))
  const rpc = new RPC({ transport: worker })
  onTestFinished(() => rpc.destroy())
  expect(await rpc.invoke('index', [0, () => {}])).toBe(undefined)
})

for (const serialization of ['json', 'advanced'] as const)
  test(`C03: from a forked process (${serialization})`, async () => {
    const child = fork(scripts.path('child'), { serialization })
    onTestFinished(() => void child.kill('SIGKILL'))
    const rpc = new RPC({ transport: processTransport(child as never) })
    onTestFinished(() => rpc.destroy())
    expect(await rpc.invoke('find')).toBe(undefined)
    expect(await rpc.invoke('none')).toBe(null)
  })
