/** C05: objects of the platform stay what they are, whatever stands beside them. */
import { createHistogram } from 'node:perf_hooks'
import { createSecretKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { EventEmitter } from 'node:events'
import { type FileHandle, open } from 'node:fs/promises'
import { BlockList, SocketAddress } from 'node:net'
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { type RPC, transfer } from '../../src/index.ts'
import { pairOver, rejection, texts } from './media.ts'

const nameOf = (value: unknown): string => (value as object).constructor.name

const cloned: Readonly<Record<string, () => unknown>> = {
  'a BlockList': () => {
    const list = new BlockList()
    list.addAddress('123.123.123.123')
    return list
  },
  'a SocketAddress': () => new SocketAddress({ address: '1.2.3.4', port: 80 }),
  'a Histogram': () => createHistogram(),
  'a secret key': () => createSecretKey(Buffer.from('abc')),
  'a public key': (): KeyObject => generateKeyPairSync('ed25519').publicKey,
  'a Blob': () => new Blob(['x']),
  'a Date': () => new Date(1),
  'an Error': () => new RangeError('far'),
}

for (const [what, make] of Object.entries(cloned))
  for (const beside of [false, true])
    test(`C05: ${what} stays what it is${beside ? ', beside a callback' : ''}`, async () => {
      const seen: unknown[] = []
      const { left } = await pairOver(
        'channel',
        {},
        {
          methods: {
            take: (...values: unknown[]) => void seen.push(...values),
            give: () => [make(), beside && (() => 1)],
          },
        },
      )
      const value = make()
      await left.invoke('take', beside ? [value, { in: [value] }, () => 1] : [value, { in: [value] }])
      expect(nameOf(seen[0])).toBe(nameOf(value))
      expect(nameOf((seen[1] as { in: unknown[] }).in[0])).toBe(nameOf(value))
      expect(nameOf(((await left.invoke('give')) as unknown[])[0])).toBe(nameOf(value))
      const checks = [value, seen[0]].map((one) => one instanceof BlockList && one.check('123.123.123.123'))
      expect(checks[1]).toBe(checks[0])
    })

for (const beside of [false, true]) {
  const rig = async (): Promise<{ left: RPC; file: FileHandle; seen: unknown[] }> => {
    const seen: unknown[] = []
    const { left } = await pairOver(
      'channel',
      {},
      {
        methods: {
          take: async (given: FileHandle | { file: FileHandle }) => {
            const file = 'file' in given ? given.file : given
            seen.push(nameOf(file))
            const { size } = await file.stat()
            await file.close()
            return size > 0
          },
        },
      },
    )
    const file = await open(fileURLToPath(import.meta.url))
    onTestFinished(() => file.close().catch(() => {}))
    return { left, file, seen }
  }
  const more = beside ? [() => 1] : []

  test(`C05: a FileHandle moves by transfer()${beside ? ', beside a callback' : ''}`, async () => {
    const { left, file, seen } = await rig()
    expect(await left.invoke('take', [transfer(file, [file]), ...more])).toBe(true)
    expect(seen).toEqual(['FileHandle'])
    expect(file.fd).toBe(-1)
  })

  test(`C05: deep in params, and by the option transfer${beside ? ', beside a callback' : ''}`, async () => {
    const first = await rig()
    expect(await first.left.invoke('take', [{ file: transfer(first.file, [first.file]) }, ...more])).toBe(
      true,
    )
    const second = await rig()
    const params = [{ file: second.file }, ...more]
    expect(await second.left.invoke('take', params, { transfer: [second.file] })).toBe(true)
  })

  test(`C05: a FileHandle that is not transferred is refused, and stays${beside ? ', beside a callback' : ''}`, async () => {
    const { left, file } = await rig()
    expect((await rejection(left.invoke('take', [{ file }, ...more]))).message).toContain('params[0].file')
    expect((await file.stat()).size).toBeGreaterThan(0)
  })
}

for (const medium of [...texts, 'fork advanced'] as const)
  test(`C05: what text cannot carry is refused with its path and class (${medium})`, async () => {
    const { left } = await pairOver(medium, {}, { methods: { take: () => 1 } })
    for (const make of [
      () => new BlockList(),
      () => createSecretKey(Buffer.from('abc')),
      () => createHistogram(),
    ]) {
      const value = make()
      const { message } = await rejection(left.invoke('take', [{ value }]))
      expect(message).toContain('params[0].value is a')
    }
    expect(await left.invoke('take', [1])).toBe(1)
  })

test('C02: iterables of Node and of yours stream, whatever their prototype is', async () => {
  const { left } = await pairOver('channel', {}, { methods: { echo: (value: unknown) => value } })
  async function* one(): AsyncGenerator<number> {
    yield 1
  }
  const bare = Object.assign(Object.create(null) as object, { [Symbol.asyncIterator]: one })
  for (const source of [
    one(),
    bare,
    Readable.from([1]),
    new (class {
      [Symbol.asyncIterator] = one
    })(),
  ]) {
    const items: unknown[] = []
    for await (const item of await left.invoke<AsyncIterable<unknown>>('echo', [source])) items.push(item)
    expect(items).toEqual([1])
  }
})

test('C05: a class of yours that extends one of Node arrives as plain data, as before', async () => {
  class Model extends EventEmitter {
    title = 'x'
  }
  for (const medium of ['channel', 'websocket'] as const) {
    const { left } = await pairOver(medium, {}, { methods: { take: ({ title }: Model) => title } })
    expect(await left.invoke('take', [new Model()])).toBe('x')
    expect(await left.invoke('take', [new Model(), () => 1])).toBe('x')
  }
})
