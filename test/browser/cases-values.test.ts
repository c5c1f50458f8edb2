/** Values of browsers: handles of directories (C02) and ES proxies of plain data (C04). */
import { expect, onTestFinished, test } from 'vitest'
import { type Remote, RPC, wrap } from '../../src/index.ts'
import { linkedPair } from '../../src/testing.ts'
import type { api } from './cases/values-worker.ts'

function worker(): Remote<typeof api> {
  const made = new Worker(new URL('./cases/values-worker.ts', import.meta.url), { type: 'module' })
  onTestFinished(() => made.terminate())
  return wrap<typeof api>(made)
}

const folder = async (name: string): Promise<FileSystemDirectoryHandle> => {
  const root = await navigator.storage.getDirectory()
  onTestFinished(() => root.removeEntry(name, { recursive: true }).catch(() => {}))
  return root.getDirectoryHandle(name, { create: true })
}

test('C02: a directory handle arrives as one: as a param, as a member, beside a callback, as a result', async () => {
  const remote = worker()
  const directory = await folder('c02')
  expect(await remote.write(directory, 'a.txt')).toBe('[object FileSystemDirectoryHandle] a.txt')
  expect(await directory.getFileHandle('a.txt')).toBeInstanceOf(FileSystemFileHandle)
  const places = [
    directory,
    { directory },
    [directory, () => 1],
    new Map([['k', directory]]),
    new Map<string, unknown>([
      ['k', directory],
      ['f', () => 1],
    ]),
  ]
  for (const value of places) {
    const found = [...valuesIn(await remote.echo(value))].filter(
      (one) => one instanceof FileSystemDirectoryHandle,
    )
    expect([value, found.map(({ name }) => name)]).toEqual([value, ['c02']])
  }
  expect(await remote.root()).toBeInstanceOf(FileSystemDirectoryHandle)
})

function* valuesIn(value: unknown): Generator<unknown> {
  yield value
  if (value instanceof Map) for (const entry of value) yield* valuesIn(entry)
  else if (typeof value === 'object' && value !== null && !(value instanceof FileSystemHandle))
    for (const one of Object.values(value)) yield* valuesIn(one)
}

test('C02: it is a stream nowhere, and text refuses it with its path', async () => {
  const link = linkedPair({ text: true })
  const left = new RPC({ transport: link.left })
  const right = new RPC({ transport: link.right, methods: { echo: (value: unknown) => value } })
  onTestFinished(() => {
    left.destroy()
    right.destroy()
  })
  await left.connect()
  const refused = left.invoke('echo', [{ a: await folder('c02-text') }])
  await expect(refused).rejects.toMatchObject({
    code: -32052,
    message: expect.stringContaining('params[0].a is a FileSystemDirectoryHandle'),
  })
})

test('C02: what the platform cannot clone still streams', async () => {
  const remote = worker()
  const iterable = {
    async *[Symbol.asyncIterator]() {
      yield 1
    },
  }
  const items: unknown[] = []
  for await (const item of (await remote.echo(iterable)) as AsyncIterable<unknown>) items.push(item)
  const entries: unknown[] = []
  const directory = await folder('c02-entries')
  await directory.getFileHandle('x', { create: true })
  for await (const name of (await remote.echo(
    (directory as never as { keys(): unknown }).keys(),
  )) as AsyncIterable<unknown>)
    entries.push(name)
  expect([items, entries]).toEqual([[1], ['x']])
})

test('C04: proxies of plain data arrive as plain data, before the worker listens and later', async () => {
  const remote = worker()
  const deep = <T extends object>(target: T): T =>
    new Proxy(target, {
      get(_, key): unknown {
        const value: unknown = Reflect.get(target, key)
        return typeof value === 'object' && value !== null ? deep(value) : value
      },
    })
  const state = deep({ a: 1, list: [{ b: [1, 2] }] })
  const plain = { a: 1, list: [{ b: [1, 2] }] }
  const early = remote.echo(state)
  expect(await early).toEqual(plain)
  expect(await Promise.all([remote.echo(state), remote.echo([state]), remote.echo({ state, f: 1 })])).toEqual(
    [plain, [plain], { state: plain, f: 1 }],
  )
  const big = { list: Array.from({ length: 300 }, (_, i) => ({ i })) }
  expect(await remote.echo(deep(big))).toEqual(big)
  await expect(remote.echo({ no: deep({ w: new WeakMap() }) })).rejects.toMatchObject({
    code: -32052,
    message: expect.stringContaining('params[0].no.w'),
  })
})
