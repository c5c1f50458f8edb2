// What a figure is worth without: versions and the machine. No names of hosts or paths.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'

const readJSON = (path) => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'))

export const versions = {
  portcall: readJSON('../package.json').version,
  comlink: readJSON('../node_modules/comlink/package.json').version,
  node: process.versions.node,
}

export const machine = {
  platform: process.platform,
  arch: process.arch,
  processor: cpus()[0]?.model ?? 'unknown',
  processors: availableParallelism(),
  /** Processes that wanted a processor in the minute before: figures from a busy machine are worth little. */
  load: loadavg()[0],
}

/** The words that start a command on one processor: the one that has least to do; none where that is not possible. */
export async function pinned() {
  const allowed = allowedProcessors()
  if (allowed.length === 0) return []
  const before = cpus()
  await sleep(250)
  const after = cpus()
  const idle = (i) => (after[i]?.times.idle ?? 0) - (before[i]?.times.idle ?? 0)
  const [best] = allowed.toSorted((a, b) => idle(b) - idle(a))
  return ['taskset', '-c', String(best)]
}

/** The list has forms like `0-3,8`. */
function allowedProcessors() {
  const { status, stdout } = spawnSync('taskset', ['-cp', String(process.pid)], { encoding: 'utf8' })
  if (status !== 0) return []
  const list = stdout.slice(stdout.lastIndexOf(':') + 1).trim()
  return list.split(',').flatMap((part) => {
    const [first, last = first] = part.split('-').map(Number)
    return Array.from({ length: last - first + 1 }, (_, i) => first + i)
  })
}
