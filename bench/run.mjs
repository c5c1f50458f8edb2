// Measure portcall against raw postMessage and others:
//   node bench/run.mjs [--quick] [--node | --browser] [--write] [NAME…]
// Each name is an environment, a row, a peer or a study, and leaves out the others of its kind. A complete run (or --write)
// writes results/latest.json, and from it docs/benchmarks.md, docs/benchmarks.svg and the block in the README.
import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { environments } from './environments/all.mjs'
import { machine, versions } from './facts.mjs'
import { peers } from './peers/all.mjs'
import { modeOf, plansFor, runsOf } from './plan.mjs'
import { processorsFor, startOn } from './processors.mjs'
import { summarize } from './report/figures.mjs'
import { printFailures, printFigures, printStudy } from './report/terminal.mjs'
import { writeDocuments } from './report/write.mjs'
import { rowOf, rows } from './rows.mjs'
import { takeSnapshot } from './snapshot.mjs'
import { studies } from './studies/all.mjs'

const latest = new URL('results/latest.json', import.meta.url)
/** For one child: longer than any should need. */
const deadline = 240_000

const words = process.argv.slice(2)
const flags = words.filter((word) => word.startsWith('--'))
const names = words.filter((word) => !word.startsWith('--'))
const strange = [
  ...flags.filter((flag) => !['--quick', '--node', '--browser', '--write'].includes(flag)),
  ...names.filter(
    (name) => ![...environments, ...rows, ...peers, ...studies].some((one) => one.name === name),
  ),
]
if (strange.length > 0) {
  const known = [environments, rows, peers, studies].map((all) => all.map(({ name }) => name).join(' '))
  console.error(`bench: there is no ${strange.join(', ')}; there are\n  ${known.join('\n  ')}`)
  process.exit(1)
}

const chosen = (all) => all.filter(({ name }) => names.includes(name)).map(({ name }) => name)
const isQuick = flags.includes('--quick')
const mode = modeOf(isQuick)
const rowNames = chosen(rows).length > 0 ? chosen(rows) : undefined
const peerNames = chosen(peers).length > 0 ? ['raw', ...chosen(peers)] : undefined
const side = (one) =>
  flags.includes('--node') ? !one.browser : flags.includes('--browser') ? Boolean(one.browser) : true
const isNarrowed = names.length > 0
const chosenEnvironments = environments.filter((one) =>
  chosen(environments).length > 0
    ? names.includes(one.name)
    : side(one) && !(isNarrowed && chosen(studies).length > 0 && !rowNames),
)
const chosenStudies = studies.filter((one) => (isNarrowed ? names.includes(one.name) : side(one)))

const folder = takeSnapshot()
const running = new Set()
for (const signal of ['SIGINT', 'SIGTERM'])
  process.once(signal, () => {
    for (const child of running) child.kill()
    process.exit(1)
  })

/** By environment and row: the samples of each run, and why peers failed. */
const measured = new Map()
const seen = { ...versions }
const problems = []

const began = Date.now()
console.log(
  `portcall ${versions.portcall}, Node ${versions.node}, ${machine.processors} × ${machine.processor}`,
)
if (machine.load > machine.processors / 2)
  console.log(`The machine is busy (load ${machine.load.toFixed(1)}): expect noise`)
if (!machine.pinned) console.log('No taskset here: no row is pinned to one processor')

for (let run = 0; run < runsOf(mode); run++) {
  for (const environment of chosenEnvironments) {
    const plans = plansFor(environment, run, mode, { rowNames, peerNames })
    for (const plan of plans) plan.processors = await processorsFor(plan.isPinned)
    const take = ({ plan, result }) => note(environment, plan, result)
    // A browser takes all rows after each other, Node each in a process of its own.
    if (environment.browser && plans.length > 0) await start([], environment.name, plans, take)
    else for (const plan of plans) await start(startOn(plan.processors), environment.name, [plan], take)
    if (plans.length > 0) console.error(`  ${seconds()} s: run ${run + 1}, ${environment.title}`)
  }
}
const results = [...measured.values()].map(summarize)
for (const result of results) printFigures(result)

const studied = {}
for (const { name, title } of chosenStudies) {
  await start([], name, [{ quick: isQuick }], ({ result }) => (studied[name] = result))
  if (studied[name]) printStudy(name, title, studied[name])
}
printFailures(results, problems)
console.log(`\n${seconds()} s`)

const isComplete = !isQuick && !isNarrowed && !flags.includes('--node') && !flags.includes('--browser')
if (isComplete || flags.includes('--write')) {
  write()
  writeDocuments()
}
if (problems.length > 0) process.exitCode = 1

function note(environment, plan, result) {
  if (result.error) return void problems.push(`${environment.name}, ${plan.row}: ${result.error}`)
  Object.assign(seen, result.versions)
  const key = `${environment.name} ${plan.row}`
  const one = measured.get(key) ?? { environment, row: rowOf(plan.row), plan, runs: [], failures: {} }
  measured.set(key, one)
  one.runs.push(result.samples)
  Object.assign(one.failures, result.failures)
}

/** Run a child to its end. What goes wrong is a problem of its own, not the end of the whole. */
function start(prefix, name, plans, take) {
  const [command, ...args] = [
    ...prefix,
    process.execPath,
    '--expose-gc',
    join(folder, 'bench', 'child.mjs'),
    name,
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
      if (code !== 0 || heard < plans.length)
        problems.push(
          `${name}: ended with ${signal ?? code} after ${heard} of ${plans.length}; ${errors.trim()}`,
        )
      resolve()
    })
  })
}

/** One line for each run, so that the file can be read and compared. */
function write() {
  const date = new Date().toISOString().slice(0, 10)
  const facts = JSON.stringify({ date, quick: isQuick, versions: seen, machine, studies: studied }, shorten)
  const lines = results.map(({ runs, ...head }) => {
    const own = runs.map((run) => `    ${JSON.stringify(run, shorten)}`)
    return `  ${JSON.stringify(head, shorten).slice(0, -1)}, "runs": [\n${own.join(',\n')}\n  ]}`
  })
  mkdirSync(new URL('.', latest), { recursive: true })
  writeFileSync(latest, `${facts.slice(0, -1)}, "results": [\n${lines.join(',\n')}\n]}\n`)
  console.log('Written to bench/results/latest.json')
}

/** Samples are nanoseconds. */
function shorten(_, value) {
  return typeof value === 'number' ? Number(value.toPrecision(4)) : value
}

function seconds() {
  return Math.round((Date.now() - began) / 1_000)
}
