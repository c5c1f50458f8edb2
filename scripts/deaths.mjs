// Let each kind of peer die 20 times, in Node, Chromium and Firefox, and write docs/deaths.md: how many milliseconds it
// takes until everything has settled. `node scripts/deaths.mjs [rounds]`; it takes some twenty minutes.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findBrowsers } from './browsers.mjs'

const root = fileURLToPath(new URL('../', import.meta.url))
const vitest = join(root, 'node_modules/vitest/vitest.mjs')
const rounds = Number(process.argv[2] ?? 20)
if (!(rounds > 0)) throw new Error('Usage: node scripts/deaths.mjs [rounds]')
const folder = mkdtempSync(join(tmpdir(), 'portcall-deaths-'))

try {
  const { chromium, firefox } = await findBrowsers()
  const env = {
    ...process.env,
    VITE_PORTCALL_DEATHS: String(rounds),
    ...(chromium && { CHROMIUM: chromium }),
    ...(firefox && { FIREFOX: firefox }),
  }
  const node = await measure('test/deaths/', [], env)
  const browsers = []
  // One after the other: they would measure each other.
  for (const browser of ['chromium', 'firefox']) {
    const args = ['--config', 'vitest.browser.config.mts', '--project', browser]
    for (const place of ['workers', 'windows', 'media'])
      browsers.push(...(await measure(`test/browser/deaths-${place}`, args, env)))
  }
  writeFileSync(new URL('../docs/deaths.md', import.meta.url), pageOf(node, browsers))
  console.log(`docs/deaths.md: ${node.length + browsers.length} deaths, ${rounds} times each`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

/** @returns the rows that the tests of `files` noted. What fails is done once more, and that is said. */
async function measure(files, args, env) {
  const file = join(folder, 'rows.json')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
  const command = [vitest, 'run', '--no-file-parallelism', ...reporters, ...args, files]
  let code = await run(command, env)
  if (code !== 0) {
    console.error(`deaths: AGAIN, as ${files} ended with ${code}: ${args.at(-1) ?? 'node'}`)
    code = await run(command, env)
  }
  if (code !== 0) throw new Error(`${files} ended with ${code}: docs/deaths.md was not written`)
  const { testResults } = JSON.parse(readFileSync(file, 'utf8'))
  return testResults.flatMap(({ assertionResults }) =>
    assertionResults.flatMap(({ meta }) => (meta?.death ? [meta.death] : [])),
  )
}

function run(args, env) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit'] })
    child.once('error', reject)
    child.once('exit', (code, signal) => resolve(code ?? signal))
  })
}

function pageOf(node, browsers) {
  return `# Deaths

What happens to everything that is alive when the other side dies. Written by \`node scripts/deaths.mjs\` from the tests in \`test/deaths\` and \`test/browser/deaths-*.test.ts\`; \`npm test\` dies each death once or twice and looks only at how it ends.

Alive are 10 calls, a further call that reads a stream of this side, a call of a function of the other side, a wait for the next item of a stream of the other side, and 3 references: its function, its object, a callback of this side that it keeps. In every row:

* the calls, the wait and the references reject PEER_GONE; the iterator of this side's stream gets its \`return\`, once;
* nothing is kept: no reference, signal or stream on either side that can be looked into, after \`destroy()\` no listener on the host's object and no Web Lock;
* where a successor can come, new calls reach it; elsewhere they reject PEER_GONE.

The numbers are milliseconds from the call that ends the other side (for what it does itself: from the message that tells it to) until the last of all that has settled: the median of ${rounds}, the least and the most. Firefox's clock counts whole milliseconds. The machine had ${cpus().length} cores and other work; what counts is that nothing waits for a deadline.

## Browsers

${tableOf(browsers)}

## Node

${tableOf(node)}

## What cannot be found out

* **A MessagePort that the other side closes, in browsers**: neither Chromium nor Firefox tells. \`destroy()\` over there does, or the option \`heartbeat\`.
* **Another document in a popup of another origin, or in a frame of another page, whose peer is not portcall**: no event tells. A \`timeout\` does. In an iframe of this page its \`load\` event does, in a window of this page's own origin its document. The first \`load\` after the RPC was made may belong to the document that is there: calls that stay unanswered for 3 s after it reject.
* **A thread that ends, for the other members of its bus in Node**: Node 20 has no Web Locks, and Node 24 does not give back those of a thread that was terminated. \`heartbeat\` finds it.
* **A worker that was idle when it was terminated behind the back of its Worker object** (not by \`worker.terminate()\`): it held no lock then, as a lock keeps a page out of Firefox's back/forward cache. A call that is made afterwards waits: give it a \`timeout\`, or the RPC a \`heartbeat\`.
* **A page that crashes, without the goodbye that every page says, while nothing is open** between it and its SharedWorker or bus: it rests then, and holds no lock for the same reason. What is called afterwards waits, too.
* **An endless loop, a frozen page**: \`timeout\` or \`heartbeat\`.
`
}

function tableOf(rows) {
  const engines = [...new Set(rows.map(({ engine }) => engine))].toSorted((a, b) => a.localeCompare(b))
  const groups = new Map()
  for (const row of rows) {
    const key = `${row.environment}\n${row.death}`
    groups.set(key, { ...row, ...groups.get(key), [row.engine]: row.ms })
  }
  const head = ['the other side', 'how it dies', ...engines, 'found out by', 'a call says', 'reconnects']
  let last = ''
  const lines = [...groups.values()].map((row) => {
    const { environment, death, found, reason, reconnects } = row
    const first = environment === last ? '' : `**${environment}**`
    last = environment
    const figures = engines.map((engine) => figureOf(row[engine]))
    return [first, death, ...figures, found, causeOf(reason), reconnects ? 'yes' : '–']
  })
  const aligned = head.map((name) => (engines.includes(name) ? '--:' : '---'))
  return [head, aligned, ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

/** The part of a message that says why. */
function causeOf(reason) {
  return reason.replace(/^Request `[^`]*` (failed: )?/, '').replaceAll('|', '\\|')
}

function figureOf(all) {
  if (!all) return ''
  const sorted = all.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const median = sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  return `${short(median)} (${short(sorted[0])}–${short(sorted.at(-1))})`
}

function short(ms) {
  return ms < 9.95 ? ms.toFixed(1) : String(Math.round(ms))
}
