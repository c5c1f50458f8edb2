// Pack the package, install it as its users do, and run programs that README tells how to write: in bundlers, frameworks, test
// runners and engines. Each is a folder of test/consumers. Words choose some of them; `--write` writes the table of
// docs/loading.md. The last line is `N passed, N failed`.
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { linesOfPage, runCommand, serveFolder, startServer, stopAll } from './consumers/programs.mjs'
import { writeRecipe } from './consumers/recipe.mjs'
import { findEngine, versionOf } from './engines.mjs'
import { installInto, packInto } from './npm.mjs'

const root = fileURLToPath(new URL('../', import.meta.url))
const consumers = join(root, 'test/consumers')
const page = join(root, 'docs/loading.md')
const block = /(?<=<!-- consumers -->\n)[^]*?(?=<!-- \/consumers -->)/

// The quick ones first.
const names = [
  'node-esm',
  'node-require',
  'jest',
  'jest-esm',
  'vitest',
  'esbuild',
  'rollup',
  'webpack',
  'metro',
  'parcel',
  'vite-react',
  'script-tag',
  'bun',
  'deno',
  'next',
]
const words = process.argv.slice(2).filter((word) => !word.startsWith('--'))
const chosen = names.filter((name) => words.length === 0 || words.some((word) => name.includes(word)))
const engines = {}

const folder = mkdtempSync(join(tmpdir(), 'portcall-consumers-'))
process.once('SIGINT', () => void stopAll().finally(() => process.exit(130)))
process.once('SIGTERM', () => void stopAll().finally(() => process.exit(143)))

const rows = []
try {
  const npm = process.platform === 'win32' ? { shell: true } : {}
  const build = spawnSync('npm', ['run', '--silent', 'build'], { cwd: root, stdio: ['ignore', 2, 2], ...npm })
  if (build.status !== 0) throw new Error('the build failed')
  const tarball = join(folder, packInto(root, folder))
  for (const name of chosen) rows.push(...(await consume(name, tarball)))
} finally {
  await stopAll()
  rmSync(folder, { recursive: true, force: true })
}

const table = markdownTable()
console.log(`\n${table}`)
if (process.argv.includes('--write')) write()
const passed = rows.filter(({ result }) => result === 'works').length
const skipped = rows.filter(({ isLost }) => isLost).length
const failed = rows.length - passed - skipped
for (const { tool, what, result, isLost } of rows)
  if (result !== 'works')
    console.log(`${isLost ? 'NOT RUN' : 'FAILED'} ${tool}: ${what}: ${result.split('\n')[0]}`)
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
process.exitCode = failed > 0 || passed === 0 ? 1 : 0

/** Install and run one. @returns its rows of the table. */
async function consume(name, tarball) {
  const { tool, version, programs = [], recipe, runs } = readJSON(join(consumers, name, 'consumer.json'))
  const place = join(folder, name)
  const begin = performance.now()
  cpSync(join(consumers, name), place, { recursive: true, filter: (path) => !path.endsWith('node_modules') })
  for (const program of programs) cpSync(join(consumers, 'programs', program), place, { recursive: true })
  if (recipe) writeRecipe(recipe, place)
  const lost = await prepare(name, place, version, tarball)
  const why = lost?.why
  const shown = why ? '' : shownVersion(version, place)
  const installed = performance.now()
  const results = []
  for (const run of runs) {
    const started = performance.now()
    const result = why ?? (await runOne(run, place))
    results.push({ tool, version: shown, what: run.what, result, isLost: lost?.isTool ?? false })
    console.log(`${result === 'works' ? 'ok' : 'NOT OK'} ${tool}: ${run.what} (${seconds(started)})`)
    if (result !== 'works') console.error(result)
  }
  console.log(`   ${name}: ${seconds(begin)}, of them ${seconds(begin, installed)} for its install`)
  rmSync(place, { recursive: true, force: true })
  return results
}

/** Install what a consumer needs. @returns why that cannot be, which a loud line has said: for want of a tool, or of portcall. */
async function prepare(name, place, version, tarball) {
  const file = join(place, 'package.json')
  const manifest = existsSync(file) ? readJSON(file) : { private: true }
  manifest.dependencies = { ...manifest.dependencies, portcall: `file:${tarball}` }
  writeFileSync(file, JSON.stringify(manifest, null, 2))
  try {
    if (['bun', 'deno'].includes(version)) engines[version] = findEngine(version)
  } catch (error) {
    return { why: error.message, isTool: true }
  }
  if (installInto(place)) return undefined
  const pins = Object.entries(manifest.dependencies).filter(([dependency]) => dependency !== 'portcall')
  const what = pins.map(([dependency, pin]) => `${dependency}@${pin}`).join(', ') || 'the tarball'
  console.error(`NO CONSUMER: ${name}: npm could not install ${what}`)
  return { why: `npm could not install ${what}`, isTool: pins.length > 0 }
}

function shownVersion(version, place) {
  if (version === 'node') return process.versions.node
  if (version in engines)
    return versionOf(engines[version])
      .replace(/^[a-z ]+/i, '')
      .split(' ')[0]
  return version ? readJSON(join(place, 'node_modules', version, 'package.json')).version : ''
}

/** @returns `works`, or what is wrong. */
async function runOne({ commands = [], serve, open, prints, shows = [] }, place) {
  const lines = prints
    ? readFileSync(join(consumers, 'programs', prints, 'prints.txt'), 'utf8')
        .trim()
        .split('\n')
    : []
  let server
  try {
    let last = { stdout: '', all: '' }
    for (const command of commands) last = await runCommand(command, place, engines)
    let printed = last.stdout.trim().split('\n')
    if (serve !== undefined || open !== undefined) {
      server = serve ? await startServer(serve, place, engines) : await serveFolder(place)
      printed = await linesOfPage(`${server.origin}/${open ?? ''}`, lines.length)
    }
    if (prints && printed.join('\n') !== lines.join('\n'))
      return `printed other lines:\n${printed.join('\n')}`
    const missing = shows.find((text) => !last.all.includes(text))
    return missing === undefined ? 'works' : `does not show "${missing}":\n${last.all.slice(-4_000)}`
  } catch (error) {
    return error.message
  } finally {
    server?.stop()
  }
}

function markdownTable() {
  const cells = rows.map(({ tool, version, what, result }) => {
    const short = result.split('\n')[0].replaceAll('|', '\\|')
    return `| ${tool} | ${version} | ${what} | ${short} |\n`
  })
  return `| tool | version | what ran | result |\n|---|---|---|---|\n${cells.join('')}`
}

function write() {
  if (words.length > 0) throw new Error('--write writes the whole table: name no consumers')
  const text = readFileSync(page, 'utf8')
  writeFileSync(
    page,
    text.replace(block, () => `${table}`),
  )
}

function seconds(from, to = performance.now()) {
  return `${((to - from) / 1000).toFixed(1)} s`
}

function readJSON(path) {
  return JSON.parse(readFileSync(path, 'utf8'))
}
