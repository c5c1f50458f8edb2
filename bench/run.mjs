// Measure portcall against raw postMessage and others:
//   node bench/run.mjs [--quick] [--node | --browser] [--slices | --hot] [--write] [NAME…]
//   node bench/run.mjs --guard COMMIT [--seconds N]
// With --guard it compares this build with that of a commit: see guard.mjs. `--slices` and `--hot` are the two ways of measuring.
// Each name is an environment, a row, a peer or a study, and leaves out the others of its kind. A complete run (or --write)
// writes results/latest.json, and from it docs/benchmarks.md, docs/benchmarks.svg and the block in the README.
import { mkdirSync, writeFileSync } from 'node:fs'
import { runChild, runPlans } from './children.mjs'
import { environments } from './environments/all.mjs'
import { machine, versions } from './facts.mjs'
import { peers } from './peers/all.mjs'
import { modeOf, plansFor, runsOf, slicePlansFor } from './plan.mjs'
import { assignProcessors } from './processors.mjs'
import { summarize } from './report/figures.mjs'
import { printFailures, printFigures, printStudy } from './report/terminal.mjs'
import { writeDocuments } from './report/write.mjs'
import { rowOf, rows } from './rows.mjs'
import { takeSnapshot } from './snapshot.mjs'
import { studies } from './studies/all.mjs'

const latest = new URL('results/latest.json', import.meta.url)

const words = process.argv.slice(2)
if (words[0] === '--guard') {
  const { guard } = await import('./guard.mjs')
  process.exit(await guard(words[1], words[2] === '--seconds' ? Number(words[3]) : undefined))
}
const flags = words.filter((word) => word.startsWith('--'))
const names = words.filter((word) => !word.startsWith('--'))
const knownFlags = ['--quick', '--node', '--browser', '--slices', '--hot', '--write']
const strange = [
  ...flags.filter((flag) => !knownFlags.includes(flag)),
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
const isOneWay = flags.includes('--slices') || flags.includes('--hot')
const chosenStudies = studies.filter((one) =>
  isNarrowed ? names.includes(one.name) : side(one) && !isOneWay,
)

const ways = [
  { title: 'short slices', flag: '--slices', plansOf: slicePlansFor },
  { title: 'hot', flag: '--hot', plansOf: plansFor },
].filter(({ flag }) => flags.includes(flag) || !isOneWay)

const folder = takeSnapshot()

/** By way of measuring, environment and row: the samples of each run, and why peers failed. */
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

for (const { title, plansOf } of ways)
  for (let run = 0; run < runsOf(mode); run++) {
    for (const environment of chosenEnvironments) {
      const plans = plansOf(environment, run, mode, { rowNames, peerNames })
      if (plans.length === 0) continue
      await assignProcessors(plans)
      const take = ({ plan, result }) => note(environment, plan, result)
      problems.push(...(await runPlans(folder, environment, plans, take)).filter(Boolean))
      console.error(`  ${seconds()} s: ${title}, run ${run + 1}, ${environment.title}`)
    }
  }
const results = [...measured.values()].map((one) => summarize({ ...one, runs: one.runs.filter(Boolean) }))
for (const result of results) printFigures(result)

const studied = {}
for (const { name, title } of chosenStudies) {
  const take = ({ result }) => (studied[name] = result)
  const problem = await runChild(folder, `studies/${name}`, [{ quick: isQuick }], take)
  if (problem) problems.push(problem)
  if (studied[name]) printStudy(name, title, studied[name])
  console.error(`  ${seconds()} s: ${title}`)
}
printFailures(results, problems)
console.log(`\n${seconds()} s`)

const isComplete = flags.every((flag) => flag === '--write') && !isNarrowed
if (isComplete || flags.includes('--write')) {
  write()
  writeDocuments()
}
if (problems.length > 0) process.exitCode = 1

function note(environment, plan, result) {
  if (result.error) return void problems.push(`${environment.name}, ${plan.row}: ${result.error}`)
  Object.assign(seen, result.versions)
  const key = `${plan.slices ? 'slices' : 'hot'} ${environment.name} ${plan.row}`
  const one = measured.get(key) ?? { environment, row: rowOf(plan.row), plan, runs: [], failures: {} }
  measured.set(key, one)
  for (const [run, samples] of runsIn(plan, result.samples)) one.runs[run] = { ...one.runs[run], ...samples }
  Object.assign(one.failures, result.failures)
}

/** Each round of short slices counts as a run: the first one of a process is of code that has just been loaded. */
function runsIn({ run, slices: { rounds = 1, count } = {} }, samples) {
  return Array.from({ length: rounds }, (_, round) => [
    run * rounds + round,
    Object.fromEntries(
      Object.entries(samples ?? {}).map(([name, pairs]) => [
        name,
        rounds > 1 ? pairs.slice(round * count, (round + 1) * count) : pairs,
      ]),
    ),
  ])
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
