import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { bundleCode } from '../bundle.mjs'
import { startGoals } from '../goals.mjs'
import { measureInBrowser } from '../hosts/browser.mjs'
import { allowed } from '../processors.mjs'
import { median } from '../report/figures.mjs'
import { codeAlone } from '../sides/alone.mjs'

const run = promisify(execFile)
const path = (relative) => fileURLToPath(new URL(relative, import.meta.url))

const names = ['raw', 'minimal', 'portcall-core', 'portcall-wrap', 'comlink', 'penpal']
/** What acts measure. */
const figures = {
  first: {
    title: 'first call: from `new Worker` to the first answer, bundles fetched and parsed',
    unit: 'ms',
  },
  cold: { title: 'one of the first 200 calls', unit: 'µs' },
  made: { title: 'a connection made, called once and ended, both ends in one thread', unit: 'µs' },
  connections: { title: '100 connections made and called at once, both ends in one thread', unit: 'ms' },
  pool: { title: '2,000 tasks of 1 kB shared by 2 workers, 8 under way in each', unit: 'ms' },
  frames: { title: 'a page with 30 iframes, until each has answered', unit: 'ms' },
  connection: { title: 'memory of an idle connection, both ends', unit: 'bytes' },
  reference: { title: 'memory of a reference (of 10,000), both ends', unit: 'bytes' },
}

/** What users feel and no ratio of many calls shows. */
export const felt = {
  name: 'felt',
  title: 'What is felt: once, in a fresh process or page; lower is better',
  browser: 'chromium',
  node: true,

  async measure([plan], report) {
    const { quick } = plan
    const samples = new Map()
    const failures = []
    const note = (where, name, all) => {
      for (const [key, value] of Object.entries(all)) {
        const one = samples.get(`${key} ${where}`) ?? { key, where, peers: {} }
        samples.set(`${key} ${where}`, one)
        ;(one.peers[name] ??= []).push(value)
      }
    }
    const todo = (list) => inTurn(list, quick)
    await inNode(todo(['start', 'made', 'connections', 'pool']), (...of) => note('Node', ...of))
    await inChromium(
      todo(['start', 'made', 'connections', 'pool', 'frames']),
      (...of) => note('Chromium', ...of),
      failures,
    )
    for (const { name } of todo(['held'])) note('Node', name, await script('held', name))
    report(plan, { rows: [...samples.values()].map(rowOf), failures })
  },
}

/** Every peer once in each round. */
function inTurn(list, quick) {
  return list.flatMap((act) => {
    const rounds = quick ? 1 : act === 'start' ? 9 : 3
    return Array.from({ length: rounds }, () => names.map((name) => ({ act, name }))).flat()
  })
}

async function script(name, ...args) {
  const { stdout } = await run(process.execPath, ['--expose-gc', path(`felt/${name}.mjs`), ...args], {
    timeout: 60_000,
  })
  return JSON.parse(stdout)
}

async function inNode(todo, note) {
  const folder = mkdtempSync(join(tmpdir(), 'portcall-bench-'))
  try {
    const files = {}
    for (const name of names) {
      files[name] = []
      for (const side of ['near', 'thread']) {
        const file = join(folder, `${name}-${side}.mjs`)
        writeFileSync(file, await bundleCode(codeAlone[side](name), 'node', {}, false))
        files[name].push(file)
      }
    }
    for (const { act, name } of todo) note(name, await script('node', act, ...files[name]))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function inChromium(todo, note, failures) {
  // The first page of a browser is slower than all others.
  const plans = [{ act: 'made', name: 'raw', isFirst: true }, ...todo].map((one) => ({
    ...one,
    processors: allowed,
  }))
  const place = { kind: 'act', alone: names }
  await measureInBrowser('chromium', place, plans, ({ act, name, isFirst }, { error, figures: all }) => {
    if (error) failures.push(`Chromium, ${act} of ${name}: ${error}`)
    else if (!isFirst) note(name, all)
  })
}

/** The median of each peer, the lowest and the highest sample. Of the first call also what is not raw's, over comlink's. */
function rowOf({ key, where, peers }) {
  const values = Object.fromEntries(
    Object.entries(peers).map(([name, list]) => [
      name,
      { value: median(list), low: Math.min(...list), high: Math.max(...list) },
    ]),
  )
  const row = { name: key, ...figures[key], where, peers: values }
  if (key !== 'first' || !values.raw || !values.comlink) return row
  const part = (name) => values[name].value - values.raw.value
  // In a run with much noise it may be nothing.
  if (part('comlink') <= 0) return row
  const parts = Object.entries(startGoals).flatMap(([name, goal]) =>
    values[name] ? [[name, { ratio: part(name) / part('comlink'), goal }]] : [],
  )
  return { ...row, parts: Object.fromEntries(parts) }
}
