/** C21: Blobs and Files over media that carry text or bytes, between portcall peers. */
import { expect, onTestFinished, test } from 'vitest'
import { ErrorCode, proxy, RPC } from '../../src/index.ts'
// oxlint-disable-next-line typescript/ban-ts-comment
// @ts-ignore: what portcall 0.1.0 was, bundled
import * as published from '../fixtures/portcall-0.1.0.mjs'
import { linkedPair } from '../../src/testing.ts'
import { type Medium, pairOver, rejection } from './media.ts'

const OLD = published as { readonly RPC: typeof RPC }

const bytes = Uint8Array.from({ length: 1_000 }, (_, i) => i % 256)
const blob = new Blob([bytes], { type: 'image/png' })
const file = new File(['ä€'], 'a/ä.txt', { type: 'text/plain', lastModified: 86_400_000 })

const same = async (got: unknown, sent: Blob): Promise<void> => {
  expect(got).toBeInstanceOf(sent.constructor)
  const { type, size } = got as Blob
  expect([type, size]).toEqual([sent.type, sent.size])
  expect(new Uint8Array(await (got as Blob).arrayBuffer())).toEqual(new Uint8Array(await sent.arrayBuffer()))
  if (sent instanceof File)
    expect([(got as File).name, (got as File).lastModified]).toEqual([sent.name, sent.lastModified])
}

for (const medium of ['channel', 'websocket', 'stdio', 'fork json', 'fork advanced'] as Medium[]) {
  test(`C21: a Blob and a File as params, results, members, in Maps, before the hello (${medium})`, async () => {
    const { left } = await pairOver(medium, {}, { methods: { echo: (value: unknown) => value } }, false)
    for (const sent of medium === 'channel' ? [blob] : [blob, file, new Blob([])]) {
      // Node clones a File to a Blob.
      await same(await left.invoke('echo', [sent]), sent)
      await same((await left.invoke<{ a: [Blob] }>('echo', [{ a: [sent] }])).a[0], sent)
      await same((await left.invoke<Map<string, Blob>>('echo', [new Map([['k', sent]])])).get('k'), sent)
      const [one, other] = await left.invoke<[unknown, unknown]>('echo', [[sent, sent]])
      expect(one).toBe(other)
      await same(await left.invoke('echo', { sent }).then((got) => (got as { sent: unknown }).sent), sent)
    }
  })

  test(`C21: what follows a Blob arrives behind it, also notifications and answers (${medium})`, async () => {
    const seen: unknown[] = []
    const { left, right } = await pairOver(
      medium,
      {},
      {
        methods: {
          take: (value: unknown) => void seen.push(value instanceof Blob ? value.size : value),
          give: () => blob,
          next: () => 'next',
        },
      },
    )
    const order: unknown[] = []
    left.notify('take', [blob])
    left.notify('take', [1])
    await Promise.all([
      left.invoke('take', [file]).then(() => order.push('file')),
      left.invoke('take', [2]).then(() => order.push(2)),
      left.invoke('give').then(() => order.push('give')),
      left.invoke('next').then(() => order.push('next')),
    ])
    expect(seen).toEqual([blob.size, 1, file.size, 2])
    expect(order).toEqual(['file', 2, 'give', 'next'])
    right.destroy()
  })

  test(`C21: from streams, callbacks, properties and batches (${medium})`, async () => {
    const { left } = await pairOver(
      medium,
      {},
      {
        methods: {
          stream: async function* () {
            yield blob
            yield file
          },
          with: (callback: (value: Blob) => Promise<number>) => callback(blob),
          object: () => proxy({ blob, size: (value: Blob) => value.size }),
        },
      },
    )
    const items: unknown[] = []
    for await (const item of (await left.invoke('stream')) as AsyncIterable<unknown>) items.push(item)
    await same(items[0], blob)
    await same(items[1], medium === 'channel' ? new Blob([file], { type: file.type }) : file)
    expect(await left.invoke('with', [(value: Blob) => value.size])).toBe(blob.size)
    const remote = await left.invoke<{ size(value: Blob): Promise<number> }>('object')
    expect(await remote.size(file)).toBe(file.size)
  })

  test(`C21: a Blob that cannot be read rejects its call, and the next ones go (${medium})`, async () => {
    if (medium === 'channel') return
    const lost = new Blob(['x'])
    lost.arrayBuffer = () => Promise.reject(new DOMException('It has changed on disk', 'NotReadableError'))
    const { left } = await pairOver(
      medium,
      {},
      { methods: { take: () => 'took', give: () => lost, next: () => 'next' } },
    )
    const [taken, next, given] = [left.invoke('take', [lost]), left.invoke('next'), left.invoke('give')]
    expect(await rejection(taken)).toMatchObject({ code: ErrorCode.UNDELIVERABLE })
    expect((await rejection(taken)).message).toMatch(/changed on disk/)
    expect(await next).toBe('next')
    expect((await rejection(given)).message).toMatch(/changed on disk/)
    expect(await left.invoke('next')).toBe('next')
  })
}

test('C21: a call with a Blob that is cancelled or closed while it is read settles, and sends nothing later', async () => {
  const seen: unknown[] = []
  const { left } = await pairOver(
    'websocket',
    {},
    { methods: { take: (value: unknown) => seen.push(value), next: () => 'next' } },
  )
  const abort = new AbortController()
  const slow = new Blob(['x'])
  let read = (): void => {}
  slow.arrayBuffer = () => new Promise((resolve) => (read = () => resolve(new ArrayBuffer(1))))
  const call = left.invoke('take', [slow], { signal: abort.signal })
  abort.abort(new Error('enough'))
  await expect(call).rejects.toThrow('enough')
  read()
  expect(await left.invoke('next')).toBe('next')
  const last = left.invoke('take', [slow])
  const closed = rejection(last)
  left.destroy()
  read()
  expect(await closed).toMatchObject({ code: ErrorCode.CLOSED })
})

test('C21: portcall 0.1.0 is sent no Blob over text', async () => {
  const link = linkedPair({ text: true })
  const left = new RPC({ transport: link.left })
  const right = new OLD.RPC({ transport: link.right, methods: { take: () => 'took' } })
  onTestFinished(() => {
    left.destroy()
    right.destroy()
  })
  await left.connect()
  expect((await rejection(left.invoke('take', [blob]))).message).toContain('params[0] is a Blob')
  expect(await left.invoke('take', [1])).toBe('took')
})

test('C21: what claims to be a Blob and is none is refused, and the connection lives', async () => {
  const link = linkedPair({ text: true })
  const right = new RPC({ transport: link.right, methods: { take: () => 'took' } })
  const left = new RPC({ transport: link.left })
  onTestFinished(() => {
    left.destroy()
    right.destroy()
  })
  await left.connect()
  const answers: { readonly id: unknown; readonly error?: { readonly code: number } }[] = []
  link.tap((from, message) => {
    if (from === 'right') answers.push(message as (typeof answers)[number])
  })
  const hostile: readonly (readonly [value: unknown, ...details: unknown[]])[] = [
    ['not base64!', 'text/plain'],
    [1, 'text/plain'],
    [null, 'text/plain'],
    [{ byteLength: 1e9 }, 'text/plain'],
    [['AA=='], 'text/plain'],
    ['AA==', 1],
    ['AA=='],
    ['AA==', { toString: 1 }],
  ]
  hostile.forEach(([value, ...details], i) =>
    link.left.post({
      jsonrpc: '2.0',
      id: `hostile ${i}`,
      method: 'take',
      params: [value],
      values: [[[0], 'Blob', ...details]],
    }),
  )
  expect(await left.invoke('take', [1])).toBe('took')
  for (const i of hostile.keys())
    expect([i, answers.find(({ id }) => id === `hostile ${i}`)?.error?.code]).toEqual([
      i,
      ErrorCode.INVALID_PARAMS,
    ])
})
