import { expect, type TestContext } from 'vitest'
import { ErrorCode, type RPC } from '../../../src/index.ts'
import { hanging, rejection, within } from '../../contract/fixture.ts'
import type { Page } from './frames.ts'

export const GONE: unknown = expect.objectContaining({ code: ErrorCode.PEER_GONE })

/** An RPC and the page at its other end. */
export interface Living {
  readonly rpc: RPC
  readonly states: string[]
  readonly page: Page
}

/** Let it die with 5 calls pending. @returns the milliseconds until the last of them had rejected. */
async function dieWith5<L extends Living>(living: L, die: (living: L) => unknown): Promise<number> {
  await living.page.loaded()
  const { all, reasons } = hanging(living.rpc, 5)
  expect(await living.rpc.invoke('started')).toHaveLength(5)
  const before = performance.now()
  void die(living)
  await within(45_000, all)
  const ms = performance.now() - before
  expect(reasons).toEqual(Array(5).fill(GONE))
  return ms
}

/** A machine that is busy can be late: the quickest of at most 5 tries counts. */
export async function quickly<L extends Living>(
  { annotate, task }: TestContext,
  live: () => L,
  die: (living: L) => unknown,
): Promise<L> {
  for (const took: number[] = []; ;) {
    const living = live()
    took.push(await dieWith5(living, die))
    const best = Math.min(...took)
    if (best > 100 && took.length < 5) continue
    await annotate(`${best.toFixed(0)} ms to PEER_GONE: ${task.name}`, 'figure')
    expect(best).toBeLessThanOrEqual(100)
    return living
  }
}

/**
 * Call again and again until one call is rejected without a turn of the event loop.
 * @returns the first rejection, and what every other way to call says then.
 */
export async function callTheDead({ rpc }: Living): Promise<{ first: unknown; atOnce: unknown[] }> {
  const first = await within(45_000, rejection(rpc.invoke('add', [1, 2])))
  const atOnce: unknown[] = []
  const calls = [rpc.invoke('add', [1, 2]), rpc.connect(), rpc.batch((call) => [call('count')])]
  for (const call of calls) void rejection(call).then((reason) => atOnce.push(reason))
  // Promises only: no timer and no message could make a difference.
  for (let turn = 0; turn < 20; turn++) await Promise.resolve()
  try {
    rpc.notify('note')
  } catch (error) {
    atOnce.push(error)
  }
  return { first, atOnce }
}

/** Call, and call again if the document that was there goes meanwhile. */
export const callTwice = (rpc: RPC, method: string, params: unknown[] = []): Promise<unknown> =>
  within(
    45_000,
    rpc.invoke(method, params).catch(() => rpc.invoke(method, params)),
  )
