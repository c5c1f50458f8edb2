/** Lists of the peer that only claim a length: where a handler returns them, and in errors. */
import { expect, test } from 'vitest'
import { ErrorCode } from '../../../src/index.ts'
import { alone, request } from '../../peer/pair.ts'
import { attacked } from './attacked.ts'

const LISTS = 50
const ROUNDS = 15

/** The least that an answer to lists which claim that many items has taken, in milliseconds. */
function costOf(length: number): number {
  using peer = alone({ methods: { echo: (...values: unknown[]) => values } })
  let least = Infinity
  for (let n = 0; n < ROUNDS; n++) {
    const lists = Array.from({ length: LISTS }, () => Object.assign([n], { length }))
    const start = performance.now()
    peer.receive(request(n, 'echo', lists))
    least = Math.min(least, performance.now() - start)
  }
  expect(peer.posted).toHaveLength(ROUNDS)
  return least
}

test('R1: lists that claim four billion items cost a handler that returns them no more than ten times what short ones cost', () => {
  costOf(20)
  expect(costOf(2 ** 32 - 1)).toBeLessThan(10 * costOf(20))
})

test('A01: an error that claims four billion errors has none', async () => {
  using it = await attacked()
  const errors = Object.assign([], { length: 2 ** 32 - 1 })
  await it.ask('take', [{ name: 'AggregateError', message: 'm', errors }], [[[0], 'Error']])
  const [error] = it.taken.flat()
  expect(error).toBeInstanceOf(AggregateError)
  expect(Reflect.get(Object(error), 'errors')).toEqual([])
})

test('A04: an error that is marked again and again is refused, and so is one that is made of a list', async () => {
  using it = await attacked()
  const mark = [[0], 'Error']
  for (const [parts, marks] of [
    [{ message: 'm' }, [mark, mark]],
    [[], [mark]],
  ])
    expect(await it.ask('take', [parts], marks)).toMatchObject({ error: { code: ErrorCode.INVALID_PARAMS } })
  expect(it.taken).toEqual([])
})
