// Which processors a process may run on. Only where there are `taskset` and /proc; elsewhere nothing is pinned.
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'

/** All that this process may run on, such as [0, 1]; empty where that cannot be told. */
export const allowed = allowedProcessors()

/** The one that has least to do, as a list; all of them if not `pinned`. */
export async function processorsFor(pinned) {
  if (!pinned || allowed.length === 0) return allowed
  const before = cpus()
  await sleep(200)
  const after = cpus()
  const idle = (i) => (after[i]?.times.idle ?? 0) - (before[i]?.times.idle ?? 0)
  return [allowed.toSorted((a, b) => idle(b) - idle(a))[0]]
}

/** Tell each plan which processors it has: all, or for all that are pinned the one with least to do now. */
export async function assignProcessors(plans) {
  const pinned = plans.some(({ isPinned }) => isPinned) ? await processorsFor(true) : allowed
  for (const plan of plans) plan.processors = plan.isPinned ? pinned : allowed
}

/** The words that start a command on these processors. */
export const startOn = (processors) => (processors.length > 0 ? ['taskset', '-c', processors.join(',')] : [])

/** Move a process, with all its threads and all that it has started, to these processors. */
export function pinTree(pid, processors) {
  if (processors.length === 0) return
  const parents = new Map()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
      // The name of the command, in brackets, may hold anything.
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]))
    } catch {
      // It has ended meanwhile.
    }
  }
  const tree = new Set([pid])
  for (let size = 0; size !== tree.size;) {
    size = tree.size
    for (const [child, parent] of parents) if (tree.has(parent)) tree.add(child)
  }
  for (const one of tree) spawnSync('taskset', ['-acp', processors.join(','), String(one)])
}

/** The threads of this process. */
export const threads = () => (allowed.length > 1 ? readdirSync('/proc/self/task') : [])

/** Keep the main thread on one processor, and the threads that were made since `known` was asked on another. */
export function spreadThreads(known, [first, other]) {
  const made = threads().filter((id) => !known.includes(id))
  for (const [processor, ids] of [
    [first, [String(process.pid)]],
    [other, made],
  ])
    for (const id of ids) spawnSync('taskset', ['-cp', String(processor), id])
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
