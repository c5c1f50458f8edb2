// Build, then run the tests in Node and in the browsers. Arguments filter test files by path. The last line is the
// sum of both: `N passed, N failed`. A few files that fail are run again, by themselves: what passes then is counted as
// passed, and named as `FLAKY`. With --unit: the tests of the core alone, without a build.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findBrowsers } from './browsers.mjs'
import { writeSecurityTable } from './security-table.mjs'

const root = fileURLToPath(new URL('../', import.meta.url))
const vitest = join(root, 'node_modules/vitest/vitest.mjs')
const filters = process.argv.slice(2).filter((word) => !word.startsWith('--'))
const isUnit = process.argv.includes('--unit')
if (isUnit) filters.push('test/core', 'test/spec')
/** More files than these do not fail by chance. */
const FEW = 3
const wantsTable = process.argv.includes('--table')
const deadline = 15 * 60_000
const isWindows = process.platform === 'win32'
let running

const total = { passed: 0, failed: 0, skipped: 0 }
const failures = []
const flaky = []
const results = {}
const reports = mkdtempSync(join(tmpdir(), 'portcall-test-'))
process.once('SIGINT', interrupt)
process.once('SIGTERM', interrupt)
try {
  if (!isUnit) await build()
  // First, as tests of the Node run drive browsers, too.
  const found = !isUnit && (await prepareBrowsers())
  await runVitest('node', filters.length > 0 ? ['--passWithNoTests'] : [])
  if (found && hasBrowserTests()) await runVitest('browser', ['--config', 'vitest.browser.config.mts'])
} finally {
  rmSync(reports, { recursive: true, force: true })
}
if (total.passed + total.failed === 0) report('no test ran')
if (wantsTable) writeSecurityTable(results)
for (const line of flaky) console.log(`FLAKY ${line}`)
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
    const { chromium, firefox } = await findBrowsers()
    if (chromium) process.env.CHROMIUM = chromium
    if (firefox) process.env.FIREFOX = firefox
    return true
  } catch {
    // findBrowsers has said why.
    report('the browser tests did not run')
    return false
  }
}

async function runVitest(name, options) {
  const first = await runOnce(name, options, filters)
  if (!first) return
  const { result, code } = first
  results[name] = result
  const broken = failedFiles(result)
  total.passed += result.numPassedTests
  total.skipped += result.numPendingTests + result.numTodoTests
  if (broken.length === 0) {
    if (code !== 0) report(`the ${name} tests ended with ${code}, though no test failed`)
    return
  }
  const again = broken.length <= FEW ? await runOnce(`${name}-again`, options, broken) : undefined
  for (const file of result.testResults) {
    // One for each browser.
    const second = again?.result.testResults.filter(({ name }) => name === file.name) ?? []
    for (const failure of failuresOf(file)) addFailure(file, failure, second)
  }
}

/** One run, written into a file. @returns undefined where it ended without a result, which is reported. */
async function runOnce(name, options, files) {
  const file = join(reports, `${name}.json`)
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
  const code = await run(process.execPath, [vitest, 'run', ...options, ...reporters, ...files])
  if (existsSync(file)) return { code, result: JSON.parse(readFileSync(file, 'utf8')) }
  report(`the ${name} tests ended without a result (${code})`)
  return undefined
}

function failedFiles({ testResults }) {
  const failed = testResults.filter((file) => failuresOf(file).length > 0)
  return [...new Set(failed.map(({ name }) => relative(root, name)))]
}

/** A file that fails outside of its tests (at import, in a hook) has no failed test: it is the failure itself. */
function failuresOf({ status, message, assertionResults }) {
  const failed = assertionResults.filter((one) => one.status === 'failed')
  return status === 'failed' && failed.length === 0
    ? [{ fullName: 'not one test of it', failureMessages: [message] }]
    : failed
}

function addFailure(file, { fullName, failureMessages }, second) {
  const why = String(failureMessages?.[0]).slice(0, 300).replaceAll('\n', ' ')
  const line = `${relative(root, file.name)}: ${fullName}: ${why}`
  const isFlaky = second.length > 0 && second.every((one) => failuresOf(one).length === 0)
  if (isFlaky) {
    total.passed += 1
    flaky.push(line)
  } else {
    total.failed += 1
    failures.push(line)
  }
}

function hasBrowserTests() {
  const folder = join(root, 'test/browser')
  if (!existsSync(folder)) return false
  const files = readdirSync(folder, { recursive: true })
    .map((file) => join('test/browser', file))
    .filter((file) => file.endsWith('.test.ts'))
  return filters.length === 0
    ? files.length > 0
    : files.some((file) => filters.some((filter) => file.includes(filter)))
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
