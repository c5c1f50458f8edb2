// Measure portcall against raw postMessage and others: `node bench/run.mjs [--quick] [NAME…]`, where each name is one of
// an environment, a row or a peer and leaves out the others of its kind. A full run is written to results/latest.json.
import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { environments } from './environments/all.mjs'
import { machine, pinned, versions } from './facts.mjs'
import { peers } from './peers/all.mjs'
import { printFigures, summarize } from './report.mjs'
import { rows } from './rows.mjs'

const child = fileURLToPath(new URL('child.mjs', import.meta.url))
const latest = new URL('results/latest.json', import.meta.url)
const deadline = 60_000

const names = process.argv.slice(2).filter((word) => !word.startsWith('--'))
const quick = process.argv.includes('--quick')
const chosen = (all) => {
  const some = all.filter(({ name }) => names.includes(name))
  return some.length > 0 ? some : all
}
const known = [...environments, ...rows, ...peers].map(({ name }) => name)
const strange = names.filter((name) => !known.includes(name))
if (strange.length > 0) fail(`nothing is called ${strange.join(', ')}; there are ${known.join(', ')}`)

const pin = await pinned()
const chosenPeers = [...new Set(['raw', ...chosen(peers).map(({ name }) => name)])]
const results = []
const seen = { ...versions }

console.log(`portcall ${versions.portcall}, comlink ${versions.comlink}, Node ${versions.node}`)
console.log(`${machine.processors} processors (${machine.processor}), ${machine.platform} ${machine.arch}`)
if (machine.load > machine.processors / 2)
  console.log(`The machine is busy (load ${machine.load.toFixed(1)}): expect noise`)
if (pin.length === 0) console.log('No taskset here: sequential rows are not pinned to one processor')
for (const environment of chosen(environments)) {
  for (const row of chosen(rows)) await measure(environment, row)
}
if (names.length === 0 && !quick) write()

async function measure(environment, row) {
  const runs = []
  const rounds = quick ? 4 : row.rounds
  for (let run = 0; run < (quick ? 1 : row.runs); run++) {
    const words = row.pinned ? await pinned() : []
    const result = await start(words, environment.name, { row: row.name, rounds, peers: chosenPeers })
    Object.assign(seen, result.versions)
    runs.push(result.samples)
  }
  const figures = summarize(row, runs)
  const where = `${environment.title}${row.pinned && pin.length > 0 ? ', on one processor' : ''}`
  console.log(`\n${where}: ${runs.length} × ${rounds} rounds of ${row.calls.toLocaleString('en')} calls`)
  printFigures(row, figures)
  results.push({ environment: environment.name, row, figures, runs })
}

/** One run in a process of its own. */
function start(words, environment, plan) {
  const [command, ...args] = [...words, process.execPath, child, environment, JSON.stringify(plan)]
  return new Promise((resolve) => {
    const running = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    const timer = setTimeout(() => running.kill(), deadline)
    let result
    running.on('message', (message) => (result = message))
    running.on('error', (error) => fail(`${environment}: ${error.message}`))
    running.on('exit', (code, signal) => {
      clearTimeout(timer)
      if (code === 0 && result) resolve(result)
      else fail(`${environment}, ${plan.row}: the run ended with ${signal ?? code}`)
    })
  })
}

/** One line for each run, so that the file can be read and compared. */
function write() {
  const date = new Date().toISOString().slice(0, 10)
  const facts = { date, versions: seen, machine: { ...machine, pinned: pin.length > 0 } }
  const measured = results.map(({ environment, row, figures, runs }) => {
    const { name, compare, calls } = row
    const head = JSON.stringify({ environment, row: name, compare, calls, figures })
    const lines = runs.map((run) => `    ${JSON.stringify(run, shorten)}`)
    return `  ${head.slice(0, -1)}, "runs": [\n${lines.join(',\n')}\n  ]}`
  })
  const text = `${JSON.stringify(facts, shorten).slice(0, -1)}, "results": [\n${measured.join(',\n')}\n]}\n`
  mkdirSync(new URL('.', latest), { recursive: true })
  writeFileSync(latest, text)
  console.log('\nWritten to bench/results/latest.json')
}

function shorten(_, value) {
  return typeof value === 'number' ? Math.round(value * 1_000) / 1_000 : value
}

function fail(reason) {
  console.error(`bench: ${reason}`)
  process.exit(1)
}
