/** A forked process and its parent, of which one reads slowly. */
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { processTransport } from '../../../src/adapters/process/process.ts'
import { ErrorCode, type RPC } from '../../../src/index.ts'
import { start, within } from '../../contract/fixture.ts'
import { allSettle, streamEnds } from '../slow-reader.ts'
import { bundleScripts, type Scripts } from './scripts.ts'

const MINUTE = 60_000

let scripts: Scripts<'large' | 'silent'>
beforeAll(async () => {
  scripts = await bundleScripts(fileURLToPath(new URL('./children/', import.meta.url)), ['large', 'silent'])
}, MINUTE)
afterAll(() => scripts.remove())

for (const serialization of ['json', 'advanced'] as const) {
  const run = (name: 'large' | 'silent', maxBuffered?: number): RPC => {
    const child = fork(scripts.path(name), { serialization, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
    onTestFinished(() => void child.kill('SIGKILL'))
    return start({ transport: processTransport(child, { serialization, maxBuffered }) })
  }

  test(
    `A13: ${serialization}: 40 results of 1 MB at once all settle where 1 MB may wait`,
    { timeout: MINUTE },
    async () => {
      const refused = await allSettle(run('large'))
      expect(refused).toBeLessThan(40)
    },
  )

  test(`A13: ${serialization}: streams of large items go on to their end`, { timeout: MINUTE }, async () => {
    const rpc = run('large')
    const streams = Array.from({ length: 6 }, () => streamEnds(rpc, 10))
    expect(await Promise.all(streams)).toEqual(streams.map(() => 10))
  })

  test(`A13: ${serialization}: what waits for a child is bounded in bytes`, { timeout: MINUTE }, async () => {
    const rpc = run('large', 4_000_000)
    await rpc.connect()
    const outcomes = await within(
      MINUTE,
      Promise.allSettled(Array.from({ length: 40 }, () => rpc.invoke('echo', ['x'.repeat(500_000)]))),
    )
    const codes = outcomes.map(
      (outcome) => Reflect.get(Object(Reflect.get(outcome, 'reason')), 'code') as unknown,
    )
    expect(new Set(codes)).toEqual(new Set([ErrorCode.BUSY, ErrorCode.METHOD_NOT_FOUND]))
    // Each counts 1 MB; the first is not measured, as nothing waited.
    expect(codes.filter((code) => code !== ErrorCode.BUSY).length).toBeLessThan(9)
    await expect.poll(() => rpc.invoke('add', [1, 2]).catch(() => 0), { timeout: MINUTE }).toBe(3)
  })
}
