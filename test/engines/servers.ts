/** Bun, Deno, and a Node that is newer than the one that runs the tests. */
import { type EngineName, findEngine, versionOf } from '../../scripts/engines.mjs'
import { bundleInto } from './bundling.ts'
import type { Orders } from './inside/running.ts'
import { type Deviation, report, reportMissing, reportVersion } from './reporting.ts'
import { fatal, runProgram } from './running.ts'
import { ofServers, scripts } from './suites.ts'

const harness = 'test/engines/inside/process.ts'

// A process for each item, of code that runs over WebSockets, too. With ENGINES=all they run.
const costly = ['callbacks and objects', 'signals', 'streams', 'values'].map(
  (group) => `stdio of a child, newline › ${group}`,
)

export interface ServerOptions {
  readonly name: string
  readonly engine: EngineName
  /** What stands between the program and the script. */
  readonly args: readonly string[]
  /** Default: all that servers have in common. */
  readonly files?: readonly string[]
  /** Not run, by the beginning of the place: it costs too much time beside its like. */
  readonly without: readonly string[]
  readonly deviations: readonly Deviation[]
}

/** Run all that there is in the engine, and report it. */
export async function runServer({
  name,
  engine,
  args,
  files = ofServers,
  without,
  deviations,
}: ServerOptions): Promise<void> {
  const path = pathOf(engine)
  if (!path) return reportMissing(name)
  const orders: Orders = {
    without: process.env['ENGINES'] === 'all' ? without : [...without, ...costly],
    skip: fatal(deviations),
  }
  const folder = await bundleInto([harness, ...scripts], { platform: 'node', tests: files })
  try {
    const outcomes = await runProgram(path, [...args, folder.path(harness), JSON.stringify(orders)])
    report(name, outcomes, deviations)
  } finally {
    folder.remove()
  }
  reportVersion(name, versionOf(path))
}

/** @returns undefined where it cannot be had, which has been said loudly. */
export function pathOf(engine: EngineName): string | undefined {
  try {
    return findEngine(engine)
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('NO ')) return undefined
    throw error
  }
}
