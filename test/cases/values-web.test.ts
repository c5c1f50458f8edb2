/** C21: URL, URLSearchParams and Headers cross; Request and Response are refused with what to do. */
import { readFileSync } from 'node:fs'
import { expect, onTestFinished, test } from 'vitest'
import { RPC } from '../../src/index.ts'
import { linkedPair } from '../../src/testing.ts'
// oxlint-disable-next-line typescript/ban-ts-comment
// @ts-ignore: what portcall 0.1.0 was, bundled
import * as published from '../fixtures/portcall-0.1.0.mjs'
import { type Medium, pairOver, rejection } from './media.ts'

const OLD = published as { readonly RPC: typeof RPC }

const url = new URL('https://a.example/b?c=d#e')
const search = new URLSearchParams([
  ['a', '1'],
  ['a', '2 3'],
])
const headers = new Headers([
  ['content-type', 'text/plain'],
  ['x-a', '1'],
  ['x-a', '2'],
])

for (const medium of ['channel', 'websocket', 'fork json', 'fork advanced'] as Medium[]) {
  test(`C21: as params, members, in Maps, in results, beside callbacks, before the hello (${medium})`, async () => {
    const { left } = await pairOver(
      medium,
      {},
      {
        methods: { echo: (value: unknown) => value, two: (value: unknown, f: unknown) => [value, typeof f] },
      },
      false,
    )
    for (const [value, textOf] of [
      [url, (got: unknown) => (got as URL).href],
      [search, (got: unknown) => String(got as URLSearchParams)],
      [headers, (got: unknown) => JSON.stringify([...(got as Headers)])],
    ] as const) {
      const same = (got: unknown): void => {
        expect((got as object).constructor).toBe(value.constructor)
        expect(textOf(got)).toBe(textOf(value))
      }
      same(await left.invoke('echo', [value]))
      same((await left.invoke<{ a: [unknown] }>('echo', [{ a: [value] }])).a[0])
      same((await left.invoke<Map<string, unknown>>('echo', [new Map([['k', value as unknown]])])).get('k'))
      const [got, type] = await left.invoke<[unknown, string]>('two', [value, () => 1])
      same(got)
      expect(type).toBe('function')
      const [one, other] = await left.invoke<[unknown, unknown]>('echo', [[value, value]])
      expect(one).toBe(other)
    }
  })

  test(`C21: Request and Response are refused, and the text names what to read (${medium})`, async () => {
    const { left } = await pairOver(medium, {}, { methods: { give: () => ({ r: new Response('x') }) } })
    const sent = await rejection(left.invoke('take', [{ r: new Request('https://a.example') }]))
    expect(sent.message).toMatch(/params\[0]\.r is a Request.*docs\/values\.md, "Requests and responses"/)
    expect((await rejection(left.invoke('give'))).message).toMatch(
      /result\.r is a Response.*docs\/values\.md/,
    )
  })
}

test('C21: the page that is named has that heading', () => {
  const page = readFileSync(new URL('../../docs/values.md', import.meta.url), 'utf8')
  expect(page).toMatch(/^## Requests and responses$/m)
})

test('C21: portcall 0.1.0, which does not know them, is sent none', async () => {
  const link = linkedPair()
  const left = new RPC({ transport: link.left })
  const right = new OLD.RPC({ transport: link.right, methods: { echo: (value: unknown) => value } })
  onTestFinished(() => {
    left.destroy()
    right.destroy()
  })
  await left.connect()
  expect((await rejection(left.invoke('echo', [url]))).message).toContain('params[0] is a URL')
  expect(await left.invoke('echo', [1])).toBe(1)
})

test('C21: what claims to be one and is not is refused, and the connection lives', async () => {
  const link = linkedPair()
  const seen: unknown[] = []
  const right = new RPC({
    transport: link.right,
    methods: { take: (value: unknown) => seen.push(typeof value) },
  })
  const left = new RPC({ transport: link.left })
  onTestFinished(() => {
    left.destroy()
    right.destroy()
  })
  await left.connect()
  const answers: Record<string, unknown>[] = []
  link.tap((from, message) => {
    if (from === 'right') answers.push(message as Record<string, unknown>)
  })
  const list: unknown[] = [1]
  list.push(list, list)
  const hostile: [string, unknown][] = [
    ['URL', 'no url'],
    ['URL', list],
    ['URL', { toString: 1 }],
    ['URLSearchParams', list],
    ['Headers', 'x'],
    ['Headers', [['a']]],
    ['Headers', [['a', list]]],
    ['Headers', [['bad name', 'x']]],
    ['Headers', Object.assign([], { length: 1e8 })],
  ]
  for (const [i, [kind, value]] of hostile.entries())
    link.inject('left', {
      jsonrpc: '2.0',
      id: `h${i}`,
      method: 'take',
      params: [value],
      values: [[[0], kind]],
    })
  await expect.poll(() => answers.length).toBe(hostile.length)
  expect(answers.map(({ error }) => (error as { code: number }).code)).toEqual(hostile.map(() => -32602))
  expect(seen).toEqual([])
  expect(await left.invoke('take', [1])).toBe(1)
})
