import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { beforeAll, expect, test } from 'vitest'
import { freshDist } from '../package/dist.ts'

const run = promisify(execFile)
const script = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

beforeAll(freshDist, 70_000)

interface Outcome {
  readonly grew: number
  readonly room: number
}

const CHUNK = 1_000
const MB = 1_000_000

const scenarios: readonly { what: string; name: string; count: number; limit: number }[] = [
  { what: 'S52: 100,000 answered calls', name: 'answered', count: 100_000, limit: 2 * MB },
  { what: 'S52: 50,000 calls that time out', name: 'timedOut', count: 50_000, limit: 2 * MB },
  { what: 'S52: 50,000 aborted calls', name: 'aborted', count: 50_000, limit: 2 * MB },
  { what: 'S52, S37: 20,000 calls that cannot be sent', name: 'unclonable', count: 20_000, limit: 2 * MB },
  { what: 'S28: 100,000 answers to no call', name: 'strays', count: 100_000, limit: MB },
  { what: 'S51: 100,000 cancels of unknown calls', name: 'cancels', count: 100_000, limit: MB },
  { what: '50,000 calls in batches', name: 'batches', count: 50_000, limit: 2 * MB },
  { what: '50,000 calls with one signal', name: 'signals', count: 50_000, limit: 2 * MB },
]

for (const { what, name, count, limit } of scenarios)
  test(`${what} leave nothing in the tables of either side, and the heap as it was`, async () => {
    let grew = Infinity
    // Best of 3: what the engine itself keeps differs from run to run.
    for (let round = 0; round < 3 && grew >= limit; round++) {
      const { stdout } = await run(process.execPath, [
        '--expose-gc',
        script('calls.mjs'),
        name,
        String(count),
      ])
      const outcome = JSON.parse(stdout) as Outcome
      expect(outcome.room).toBe(CHUNK)
      grew = Math.min(grew, outcome.grew)
    }
    expect(grew).toBeLessThan(limit)
  }, 60_000)

const exits: readonly { what: string; name: string; prints: string }[] = [
  { what: 'every call was answered, whatever its deadline was', name: 'answered', prints: '3 7' },
  { what: 'it is connected and nothing is pending', name: 'connected', prints: 'connected' },
  { what: 'its only call was aborted', name: 'aborted', prints: 'enough' },
  { what: 'its only call timed out, and not before that', name: 'timedOut', prints: '-32300' },
  { what: 'it was destroyed while a call was waiting', name: 'destroyed', prints: '-32051' },
  { what: 'its MessagePorts are still open but its RPCs destroyed', name: 'ports', prints: '3' },
  { what: 'the other side closed the port', name: 'closedPort', prints: '-32050' },
]

for (const { what, name, prints } of exits)
  test(`S50: a Node process ends by itself when ${what}`, async () => {
    const { stdout, stderr } = await run(process.execPath, [script('exit.mjs'), name], { timeout: 45_000 })
    expect([stdout.trim(), stderr]).toEqual([prints, ''])
  })
