// Start children that measure, and end them when this process is told to end.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { startOn } from './processors.mjs'

/** For one child: longer than any should need. */
const deadline = 400_000
const running = new Set()
for (const signal of ['SIGINT', 'SIGTERM'])
  process.once(signal, () => {
    for (const child of running) child.kill()
    process.exit(1)
  })

/**
 * Run a child to its end.
 * @param folder a snapshot; `file` is that of an environment or a study in it, without `.mjs`.
 * @param take is called with `{ plan, result }` for each plan.
 * @returns what went wrong, in words, or undefined: it is not the end of the whole.
 */
export function runChild(folder, file, plans, take, processors = []) {
  const [command, ...args] = [
    ...startOn(processors),
    process.execPath,
    '--expose-gc',
    join(folder, 'bench', 'child.mjs'),
    file,
    JSON.stringify(plans),
  ]
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
    running.add(child)
    const timer = setTimeout(() => child.kill(), deadline)
    let errors = ''
    let heard = 0
    child.stderr.on('data', (data) => (errors = `${errors}${data}`.slice(-2_000)))
    child.on('message', (message) => {
      heard++
      take(message)
    })
    child.once('error', (error) => (errors += error.message))
    child.once('close', (code, signal) => {
      running.delete(child)
      clearTimeout(timer)
      const isWhole = code === 0 && heard === plans.length
      resolve(
        isWhole
          ? undefined
          : `${file}: ended with ${signal ?? code} after ${heard} of ${plans.length}; ${errors.trim()}`,
      )
    })
  })
}

/** Measure plans in an environment: a browser takes all of them one after the other, Node each in a process of its own. */
export async function runPlans(folder, { name, browser }, plans, take) {
  const file = `environments/${name}`
  if (browser) return plans.length > 0 ? [await runChild(folder, file, plans, take)] : []
  const problems = []
  for (const plan of plans) problems.push(await runChild(folder, file, [plan], take, plan.processors))
  return problems
}
