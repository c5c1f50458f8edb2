// Build, then run the tests in Node, in the browsers, and with frameworks of others (test/stacks). Arguments filter test
// files by path. The last line is the sum of all: `N passed, N failed`. `--part NAME` runs one part: fast (without a build), cost,
// places, rest, browser, windows (parts.mjs) or stacks.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import './setup.mjs'
import { printEnvironments } from './environments.mjs'
import { browserParts, parts } from './parts.mjs'
import { writeSecurityTable } from './security-table.mjs'
import { listTests, prepareStacks } from './stacks.mjs'

const root = fileURLToPath(new URL('../', import.meta.url))
const vitest = join(root, 'node_modules/vitest/vitest.mjs')
const tsc = join(root, 'node_modules/typescript/bin/tsc')
const { values, positionals: filters } = parseArgs({
  options: { part: { type: 'string' }, table: { type: 'boolean' } },
  allowPositionals: true,
})
const { part, table: wantsTable = false } = values
const names = [...Object.keys(parts), ...Object.keys(browserParts), 'stacks']
if (part !== undefined && !names.includes(part))
  throw new TypeError(`There is no part ${part}: ${names.join(', ')}`)
const isFast = part === 'fast'
/** Of one part. Split what takes longer. */
const deadline = 15 * 60_000
const isWindows = process.platform === 'win32'
let running

const total = { passed: 0, failed: 0, skipped: 0 }
const failures = []
const results = []
const reports = mkdtempSync(join(tmpdir(), 'portcall-test-'))
process.once('SIGINT', interrupt)
process.once('SIGTERM', interrupt)
try {
  if (!isFast) await build()
  // First, as tests of the Node run drive browsers, too.
  const found = !isFast && (await prepareBrowsers())
  await runNode()
  if (found) await runBrowsers()
  if (found && isWanted('stacks') && hasStackTests()) await runStacks()
} finally {
  rmSync(reports, { recursive: true, force: true })
}
if (total.passed + total.failed === 0) report('no test ran')
printEnvironments(results, wantsTable)
if (wantsTable) writeSecurityTable(results)
for (const failure of failures) console.log(`FAILED ${failure}`)
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : ''
console.log(`${total.passed} passed, ${total.failed} failed${skipped}`)
process.exitCode = total.failed > 0 ? 1 : 0

async function build() {
  const code = await run('npm', ['run', '--silent', 'build'])
  if (code !== 0) report('the build failed')
}

async function prepareBrowsers() {
  try {
    // It imports what the set-up has brought.
    const { findBrowsers } = await import('./browsers.mjs')
    const { chromium, firefox } = await findBrowsers()
    if (chromium) process.env.CHROMIUM = chromium
    if (firefox) process.env.FIREFOX = firefox
    return true
  } catch {
    // It has said why.
    report('the browser tests did not run')
    return false
  }
}

function isWanted(name) {
  return part === undefined || part === name
}

async function runNode() {
  if (part === undefined && filters.length > 0) return runVitest('node', ['--passWithNoTests'])
  for (const [name, { folders, workers }] of Object.entries(parts))
    if (isWanted(name)) await runVitest(name, [`--maxWorkers=${workers}`], folders)
}

async function runBrowsers() {
  const options = ['--config', 'vitest.browser.config.mts']
  if (part === undefined && filters.length > 0) {
    if (hasBrowserTests()) await runVitest('browser', options)
    return
  }
  for (const [name, files] of Object.entries(browserParts))
    if (isWanted(name)) await runVitest(name, options, files)
}

async function runStacks() {
  const { files, isComplete } = prepareStacks()
  total.skipped += files.length
  // Those of what is not there are not there either.
  if (isComplete && (await run(process.execPath, [tsc, '-p', 'test/stacks', '--noEmit'])) !== 0)
    report('the types of test/stacks are wrong')
  process.env.PORTCALL_STACKS_WITHOUT = files.join(',')
  const options = ['--config', 'vitest.stacks.config.mts', '--passWithNoTests']
  await runVitest('stacks', options, stackFilters(), 'test/stacks/')
}

/** @param folder where its files are, if their names do not say it. */
async function runVitest(name, options, only = filters, folder = '') {
  const started = performance.now()
  const run = await runOnce(name, options, only)
  if (!run) return
  results.push(...run.tests)
  const failed = run.tests.filter(({ state }) => state === 'failed')
  if (failed.length === 0 && run.code !== 0)
    report(`the ${name} tests ended with ${run.code}, though no test failed`)
  for (const { state } of run.tests) total[state]++
  for (const { engine, file, titles, error } of failed)
    failures.push(`${engine} ${folder}${file}: ${titles.join(' > ')}: ${error}`)
  console.log(`test: ${name}: ${Math.round((performance.now() - started) / 1_000)} s`)
}

/** One run, written into a file. @returns undefined where it ended without a result, which is reported. */
async function runOnce(name, options, files) {
  const file = join(reports, `${name}.json`)
  process.env.PORTCALL_REPORT = file
  const reporters = ['--reporter=default', `--reporter=${join(root, 'scripts/reporter.mjs')}`]
  const code = await run(process.execPath, [vitest, 'run', ...options, ...reporters, ...files])
  if (existsSync(file)) return { code, tests: JSON.parse(readFileSync(file, 'utf8')) }
  report(`the ${name} tests ended without a result (${code})`)
  return undefined
}

function hasBrowserTests() {
  const files = Object.values(browserParts).flat()
  return files.some((file) => filters.some((filter) => file.includes(filter)))
}

/** The words that choose some of them; none: all. */
function stackFilters() {
  const isFolder = (word) => 'test/stacks/'.includes(word)
  return filters.some(isFolder) ? [] : filters.map((word) => word.replace(/^(test\/)?stacks\//, ''))
}

function hasStackTests() {
  const words = stackFilters()
  return words.length === 0 || listTests().some((file) => words.some((word) => file.includes(word)))
}

/** Resolves to the exit code, or to the name of the signal that ended the process. */
function run(command, args) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      detached: !isWindows,
      shell: isWindows && command === 'npm',
    })
    const timer = setTimeout(() => {
      console.error(`test: stopped after ${deadline / 60_000} minutes`)
      kill(child, 'SIGTERM')
    }, deadline)
    running = child
    child.on('error', (error) => end(error.message))
    child.on('exit', (code, signal) => end(code ?? signal))
    function end(result) {
      clearTimeout(timer)
      running = undefined
      // A test that spins outlives vitest.
      kill(child, 'SIGKILL')
      resolve(result)
    }
  })
}

/** End a process and its children: `detached` made it the leader of a group. Browsers are in groups of their own. */
function kill(child, signal) {
  try {
    if (isWindows) child.kill(signal)
    else if (child.pid) process.kill(-child.pid, signal)
  } catch (error) {
    if (error.code !== 'ESRCH') throw error
  }
}

function interrupt() {
  if (running) kill(running, 'SIGTERM')
  rmSync(reports, { recursive: true, force: true })
  process.exit(130)
}

function report(problem) {
  total.failed += 1
  console.error(`test: ${problem}`)
}
