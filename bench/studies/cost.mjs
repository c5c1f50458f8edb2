import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { bundleCode } from '../bundle.mjs'
import { processorsFor, startOn } from '../processors.mjs'

const run = promisify(execFile)
const path = (relative) => fileURLToPath(new URL(relative, import.meta.url))

/** What portcall itself costs, over a minimal JSON-RPC peer in memory. */
export const cost = {
  name: 'cost',
  title: 'Cost of a call (Node, one core): ratios, lower is better',
  node: true,

  async measure({ quick }) {
    const rounds = quick ? 3 : 9
    return {
      rows: [
        ...(await inMemory(rounds)),
        ...(await start(rounds)),
        await look(quick ? 1 : 3),
        ...(await mixed(quick ? 1 : 3)),
      ],
    }
  },
}

/** Run a script in a process of its own, on one processor. @returns what it prints. */
async function child(script, ...args) {
  const [command, ...words] = [
    ...startOn(await processorsFor(true)),
    process.execPath,
    path(`cost/${script}.mjs`),
    ...args.map(String),
  ]
  const { stdout } = await run(command, words, { timeout: 120_000 })
  return JSON.parse(stdout)
}

const median = (list) => list.toSorted((a, b) => a - b)[list.length >> 1]

/** The median of the ratios of each round, and the lowest and the highest. */
function rowOf(what, subject, ratios, goal) {
  return {
    what,
    subject,
    ratio: median(ratios),
    low: Math.min(...ratios),
    high: Math.max(...ratios),
    ...(goal && { goal }),
  }
}

const goals = {
  hot: { all: 3, core: 1.9 },
  cold: { all: 6.5, core: 3 },
  start: { all: 11.8, core: 8 },
}

async function inMemory(rounds) {
  const samples = { minimal: [], core: [], references: [], values: [], all: [] }
  for (let round = 0; round < rounds; round++)
    for (const subject of Object.keys(samples)) samples[subject].push(await child('in-memory', subject))
  const rows = []
  for (const [key, what] of [
    ['hot', 'a call in memory, hot, over a minimal peer'],
    ['cold', 'a call among the first 200 of a process, over a minimal peer'],
  ]) {
    const base = median(samples.minimal.map((sample) => sample[key]))
    for (const [subject, all] of Object.entries(samples))
      if (subject !== 'minimal')
        rows.push(
          rowOf(
            what,
            subject,
            all.map((sample) => sample[key] / base),
            goals[key][subject],
          ),
        )
  }
  return rows
}

async function start(rounds) {
  const samples = { minimal: [], core: [], all: [] }
  const bundles = {
    minimal: path('cost/minimal.mjs'),
    core: await bundle('core'),
    all: await bundle('index'),
  }
  for (let round = 0; round < rounds; round++)
    for (const [subject, file] of Object.entries(bundles))
      samples[subject].push((await child('start', subject, file)).ms)
  const base = median(samples.minimal)
  return ['core', 'all'].map((subject) =>
    rowOf(
      'from import to the first answer, over a minimal peer',
      subject,
      samples[subject].map((ms) => ms / base),
      goals.start[subject],
    ),
  )
}

/** One minified file with an RPC, as an application ships it. */
async function bundle(entry) {
  const file = path(`cost/bundle-${entry}.mjs`)
  writeFileSync(file, await bundleCode(`export { RPC } from '../../dist/${entry}.js'`))
  return file
}

async function look(rounds) {
  const ratios = []
  for (let round = 0; round < rounds; round++) ratios.push((await child('look')).ratio)
  return rowOf('one look at 8 items of 5 fields, over their structuredClone', 'all', ratios, 0.08)
}

/** A process with four connections of four sets of features, against processes with four connections of one. */
async function mixed(rounds) {
  const subjects = ['core', 'references', 'frames', 'all']
  const ratios = Object.fromEntries(subjects.map((subject) => [subject, []]))
  for (let round = 0; round < rounds; round++) {
    const together = await child('mixed', ...subjects)
    for (const [i, subject] of subjects.entries()) {
      const alike = await child('mixed', ...subjects.map(() => subject))
      ratios[subject].push(together[i] / median(alike))
    }
  }
  return subjects.map((subject) =>
    rowOf(
      'a call in a process with four connections of four sets of features, over one with four of one set',
      subject,
      ratios[subject],
      1.4,
    ),
  )
}
