/** The limits of what crosses by reference, and the defaults of all. */
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test, vi } from 'vitest'
import { ErrorCode, proxy, type RPC } from '../../../src/index.ts'
import { alone, codeOf, connectedPair, notification, type Pair, request, turn } from '../../peer/pair.ts'
import { hello } from '../../peer/peer.ts'

const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8')

test('every limit has a default, says what it bounds, and stands in SECURITY.md with that default', () => {
  const files = readdirSync(new URL('../../../src', import.meta.url), { recursive: true, encoding: 'utf8' })
  const source = files
    .filter((file) => file.endsWith('.ts'))
    .map((file) => read(`src/${file}`))
    .join('\n')
  const defaults = [...source.matchAll(/limitOf\(peer, '(\w+)', ([\d_]+)/g)].map(([, name, value]) => [
    name,
    Number(value?.replaceAll('_', '')),
  ])
  const table = [...read('SECURITY.md').matchAll(/^\| `(\w+)` +\| ([\d,]+) +\| \S/gm)]
  const documented = table.map(([, name, value]) => [name, Number(value?.replaceAll(',', ''))])
  expect(new Set(defaults.map(String)).size).toBe(7)
  expect(Object.fromEntries(documented)).toEqual(Object.fromEntries(defaults))
  for (const [name] of defaults)
    expect(source).toMatch(new RegExp(`/\\*\\* [^/]*Bounds [^/]*\\*/\\s+readonly ${name}: number`))
})

const echo = { echo: (value: unknown) => value }

test('S61: the default limit of own calls without an answer is 65,536', async () => {
  using client = alone()
  for (let i = 0; i < 65_536; i++) client.rpc.invoke('x').catch(() => {})
  expect(client.posted).toHaveLength(65_536)
  expect(await codeOf(client.rpc.invoke('x'))).toBe(ErrorCode.BUSY)
  expect(client.posted).toHaveLength(65_536)
})

test('S60: the default limit of calls that run is 16,384, and 50,000 in one turn do no more', async () => {
  let ran = 0
  using server = alone({ methods: { wait: () => (ran++, new Promise(() => {})) } })
  for (let id = 1; id <= 50_000; id++) server.receive(request(id, 'wait'))
  expect(ran).toBe(16_384)
  expect(server.posted).toHaveLength(50_000 - 16_384)
  expect(
    new Set(server.posted.map((one) => Reflect.get(Object(Reflect.get(Object(one), 'error')), 'code'))),
  ).toEqual(new Set([ErrorCode.BUSY]))
})

test('the default limit of messages that wait for the other side is 10,000', async () => {
  using client = alone({ plain: false })
  for (let i = 0; i < 9_999; i++) client.rpc.notify('x')
  client.rpc.invoke('x').catch(() => {})
  expect(await codeOf(client.rpc.invoke('x'))).toBe(ErrorCode.BUSY)
  expect(client.posted).toHaveLength(1)
})

test('the default limit of references is 262,144: one more rejects BUSY, and nothing of its message is sent', async () => {
  using client = alone({ plain: false })
  client.receive(hello('there', { capabilities: ['values'] }))
  const functions = (count: number): (() => number)[] => Array.from({ length: count }, (_, i) => () => i)
  const before = client.posted.length
  client.rpc.invoke('x', [functions(262_143)]).catch(() => {})
  client.rpc.invoke('x', functions(1)).catch(() => {})
  expect(client.posted).toHaveLength(before + 2)
  expect(await codeOf(client.rpc.invoke('x', functions(1)))).toBe(ErrorCode.BUSY)
  expect(client.posted).toHaveLength(before + 2)
})

const LIMIT = 4
const passed: Record<string, () => unknown> = {
  functions: () => () => 1,
  'objects passed by proxy()': () => proxy({ run: () => 1 }),
  'abort signals': () => new AbortController().signal,
  streams: () => ({ async *[Symbol.asyncIterator]() {} }),
}

/** A pair whose left side is limited, or its right side; `take` keeps what it gets. */
async function limited(which: 'left' | 'right'): Promise<Pair & { readonly kept: unknown[] }> {
  const kept: unknown[] = []
  const methods = { ...echo, take: (...values: unknown[]) => kept.push(...values) }
  const limits = { maxReferences: LIMIT }
  const pair = await connectedPair({
    ...(which === 'left' && { left: { limits } }),
    right: { methods, ...(which === 'right' && { limits }) },
  })
  return { ...pair, kept, [Symbol.dispose]: pair[Symbol.dispose] }
}

const pass = (rpc: RPC, make: () => unknown, count: number): Promise<unknown> =>
  rpc.invoke('take', Array.from({ length: count }, make))

for (const [what, make] of Object.entries(passed)) {
  test(`as many ${what} as maxReferences can be passed; one more rejects BUSY and is not sent`, async () => {
    using pair = await limited('left')
    await pass(pair.left, make, LIMIT - 1)
    await pass(pair.left, make, 1)
    pair.wire.length = 0
    expect(await codeOf(pass(pair.left, make, 1))).toBe(ErrorCode.BUSY)
    expect(pair.wire).toEqual([])
    expect(pair.kept).toHaveLength(LIMIT)
    expect(await pair.left.invoke('echo', [1])).toBe(1)
  })

  test(`of ${what} no more than maxReferences are taken; a call with one more is refused and not run`, async () => {
    using pair = await limited('right')
    await pass(pair.left, make, LIMIT - 1)
    await pass(pair.left, make, 1)
    expect(await codeOf(pass(pair.left, make, 1))).toBe(ErrorCode.INVALID_PARAMS)
    expect(pair.kept).toHaveLength(LIMIT)
    expect(await pair.left.invoke('echo', [1])).toBe(1)
  })
}

for (const [what, make] of Object.entries(passed))
  test(`a call with more ${what} than maxReferences takes no room`, async () => {
    using pair = await limited('left')
    expect(await codeOf(pass(pair.left, make, LIMIT + 1))).toBe(ErrorCode.BUSY)
    expect(pair.kept).toHaveLength(0)
    await pass(pair.left, make, LIMIT)
    expect(pair.kept).toHaveLength(LIMIT)
  })

test('a signal that could not be passed is not listened to any more, and one that was passed before is', async () => {
  using pair = await limited('left')
  const [mine, other] = [new AbortController(), new AbortController()]
  await pair.left.invoke('take', [other.signal])
  const removed = vi.spyOn(mine.signal, 'removeEventListener')
  const tooMany = Array.from({ length: LIMIT + 1 }, () => () => 1)
  expect(await codeOf(pair.left.invoke('take', [mine.signal, other.signal, ...tooMany]))).toBe(ErrorCode.BUSY)
  expect(removed).toHaveBeenCalledTimes(1)
  other.abort('enough')
  await turn()
  expect((pair.kept[0] as AbortSignal).aborted).toBe(true)
})

for (const [name, value] of [
  ['streamCredit', 0],
  ['maxPending', -1],
  ['maxDepth', Number.NaN],
  ['maxBatch', '1000'],
] as const)
  test(`${name} of ${value} throws, naming it`, () => {
    expect(() => alone({ limits: { [name]: value } })).toThrow(
      new TypeError(`limits.${name} must be a number, ${name === 'streamCredit' ? 1 : 0} at least`),
    )
  })

/** A stream of the left side that the right one reads: how many items were made, and the reader. */
async function stream(
  streamCredit: number,
  item: (i: number) => unknown,
): Promise<{ readonly pair: Pair; readonly made: () => number; readonly reader: AsyncIterator<unknown> }> {
  let made = 0
  const pair = await connectedPair({
    left: {
      methods: {
        async *count() {
          for (;;) yield item(++made)
        },
      },
    },
    right: { limits: { streamCredit } },
  })
  const reader = await pair.right.invoke<AsyncIterator<unknown>>('count')
  return { pair, made: () => made, reader }
}

for (const credit of [1, 2, 63, 64, 65, 1_024])
  test(`a stream of numbers runs at most its streamCredit of ${credit} ahead of who reads, and comes that far`, async () => {
    const { pair, made, reader } = await stream(credit, (i) => i)
    using both = pair
    for (let taken = 1; taken <= 1_000; taken++)
      expect(await reader.next()).toEqual({ value: taken, done: false })
    // It pauses now and then, so how many turns it takes depends on the machine.
    await vi.waitUntil(() => made() >= 1_000 + Math.floor(credit / 2), 10_000)
    for (let i = 0; i < 10; i++) await turn()
    expect(made()).toBeLessThanOrEqual(1_000 + credit)
    void both
  })

test('a stream of objects runs at most 64 ahead, whatever its streamCredit', async () => {
  const { pair, made, reader } = await stream(1_024, (i) => ({ i }))
  using both = pair
  for (let taken = 0; taken < 300; taken++) await reader.next()
  for (let i = 0; i < 10; i++) await turn()
  expect(made()).toBeLessThanOrEqual(300 + 64)
  void both
})

for (const credit of [65_536, 65_537, 1_000_000, Infinity])
  test(`a streamCredit of ${credit} is at most 65,536, and the stream goes on`, async () => {
    const { pair, made, reader } = await stream(credit, (i) => i)
    using both = pair
    let value: unknown
    for (let taken = 0; taken < 150_000; taken++) ({ value } = await reader.next())
    expect(value).toBe(150_000)
    for (let i = 0; i < 10; i++) await turn()
    expect(made()).toBeLessThanOrEqual(150_000 + 65_536)
    void both
  })

test('a peer that asks for more items than 65,536 gets no more before it asks again', async () => {
  let made = 0
  using server = alone({
    plain: false,
    methods: {
      async *count() {
        for (;;) yield ++made
      },
    },
  })
  server.receive(hello('there', { capabilities: ['values'] }), request(1, 'count'))
  await turn()
  const [[, , id]] = (server.posted.at(-1) as { values: [[unknown, string, number]] }).values
  server.receive(notification('rpc.pull', [id, 65_535]), notification('rpc.pull', [id, 1_000_000]))
  await vi.waitFor(() => expect(made).toBeGreaterThanOrEqual(65_535), 20_000)
  for (let i = 0; i < 20; i++) await turn()
  expect(made).toBeGreaterThanOrEqual(65_535)
  expect(made).toBeLessThanOrEqual(65_537)
  server.receive(notification('rpc.stop', [id]))
})
