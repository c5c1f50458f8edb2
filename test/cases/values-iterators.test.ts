/** C06: generators and iterators that are not async. */
import { expect, test } from 'vitest'
import { pairOver } from './media.ts'

function* numbers(): Generator<number> {
  let ended = false
  try {
    for (let i = 1; i <= 300; i++) yield i
    ended = true
  } finally {
    if (!ended) closed.push(1)
  }
}
const closed: number[] = []

const iterators: Readonly<Record<string, () => object>> = {
  'a generator': numbers,
  'values() of a Map': () => new Map([[1, 2]]).values(),
  'entries() of an array': () => [5].entries(),
  'values() of a Set': () => new Set([1]).values(),
  'characters of a string': () => 'ab'[Symbol.iterator](),
}

for (const medium of ['channel', 'websocket', 'fork json', 'fork advanced'] as const) {
  for (const [what, make] of Object.entries(iterators))
    test(`C06: ${what} streams: as a result, a param and a member (${medium})`, async () => {
      const collect = async (source: AsyncIterable<unknown>): Promise<number> => {
        let count = 0
        for await (const item of source) count += item === undefined ? 0 : 1
        return count
      }
      const { left } = await pairOver(
        medium,
        {},
        { methods: { make, collect, member: () => ({ in: make() }) } },
      )
      const length = [...(make() as Iterable<unknown>)].length
      expect(await collect(await left.invoke<AsyncIterable<unknown>>('make'))).toBe(length)
      expect(await left.invoke('collect', [make()])).toBe(length)
      expect(await collect((await left.invoke<{ in: AsyncIterable<unknown> }>('member')).in)).toBe(length)
    })

  test(`C06: leaving the loop ends a generator (${medium})`, async () => {
    const { left } = await pairOver(medium, {}, { methods: { make: numbers } })
    closed.length = 0
    for await (const n of left.remote<{ make(): AsyncIterable<number> }>().make()) if (n === 2) break
    await expect.poll(() => closed).toEqual([1])
  })
}
