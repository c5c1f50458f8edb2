/** What holds where much is sent at once to one that reads slowly, in any environment whose transport knows what waits. */
import { expect } from 'vitest'
import { ErrorCode, type RPC } from '../../src/index.ts'
import { within } from '../contract/fixture.ts'

export { largeMethods } from './large-methods.ts'

const MINUTE = 60_000

/** A13: 40 results of 1 MB at once. @returns how many were refused. */
export async function allSettle(rpc: RPC): Promise<number> {
  const calls = Array.from({ length: 40 }, () => rpc.invoke<string>('large', [1_000_000]))
  const outcomes = await within(MINUTE, Promise.allSettled(calls))
  let refused = 0
  for (const outcome of outcomes) {
    if (outcome.status === 'fulfilled') expect(outcome.value.length).toBe(1_000_000)
    else {
      refused++
      expect(outcome.reason).toMatchObject({
        code: ErrorCode.INTERNAL_ERROR,
        message: expect.stringContaining('wait already'),
      })
    }
  }
  expect(await within(MINUTE, rpc.invoke('add', [1, 2]))).toBe(3)
  return refused
}

/** A13: a stream of large items, which goes on to its end. @returns how many came. */
export async function streamEnds(rpc: RPC, count = 30): Promise<number> {
  const items: string[] = []
  const read = async (): Promise<void> => {
    for await (const item of await rpc.invoke<AsyncIterable<string>>('many', [count, 400_000]))
      items.push(item)
  }
  await within(MINUTE, read())
  expect(items.map((item) => Number.parseInt(item, 10))).toEqual(Array.from({ length: count }, (_, i) => i))
  expect(await within(MINUTE, rpc.invoke('add', [1, 2]))).toBe(3)
  return items.length
}
