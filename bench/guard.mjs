// Is this build slower than that of a commit? `npm run bench -- --guard COMMIT` measures both in turn in the same processes and
// pages, in short slices: the other build takes the place that raw postMessage has elsewhere, and every second round they change
// places. What slows the machine down meets both, and what comes of the place meets each as often. On one core processor time
// counts, so waiting for other programs does not; delays are seen by the other rows.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { bundleFile } from './bundle.mjs'
import { runPlans } from './children.mjs'
import { environments } from './environments/all.mjs'
import { guardPlansFor } from './plan.mjs'
import { assignProcessors } from './processors.mjs'
import { intervalOf, median } from './report/figures.mjs'
import { rowOf } from './rows.mjs'
import { takeSnapshot } from './snapshot.mjs'

const root = fileURLToPath(new URL('../', import.meta.url))
/** From the start to the end of the last round. */
const SECONDS = 210
/** What an interval has to lie beyond as a whole. */
const MARGIN = 1.03
/** With 12 rows, one run of equal builds in 80 is wrong at most. It takes 10 rounds. */
const CONFIDENCE = 0.998

/** @param seconds more of them help on a busy machine. @returns the exit code: 1 where a row is slower or was not measured. */
export async function guard(commit, seconds = SECONDS) {
  if (!commit) return fail('name a commit: npm run bench -- --guard main')
  const began = Date.now()
  const other = buildOf(commit)
  if (!other) return 1
  const builds = [await oneFile(join(root, 'dist')), await oneFile(other)]
  const sides = [sideOf(...builds), sideOf(...builds.toReversed())]

  /** By environment and row: time of this build over that of the commit, one for each process or page. */
  const ratios = new Map()
  const keyOf = (environment, row) => `${environment.title}: ${rowOf(row).title}`
  const wanted = environments.flatMap((one) => guardPlansFor(one).map(({ row }) => keyOf(one, row)))
  let longest = 0
  let rounds = 0
  while (rounds < 2 || Date.now() - began + longest < seconds * 1_000) {
    const start = Date.now()
    const isSwapped = rounds % 2 === 1
    for (const environment of environments) {
      const plans = guardPlansFor(environment)
      if (plans.length === 0) continue
      await assignProcessors(plans)
      const problems = await runPlans(sides[rounds % 2], environment, plans, ({ plan, result }) => {
        const pairs = result.samples?.['portcall-wrap']
        if (!pairs) return fail(`${environment.name}, ${plan.row}: ${JSON.stringify(result)}`)
        const ratio = undisturbed(pairs.map(([own]) => own)) / undisturbed(pairs.map(([, base]) => base))
        const key = keyOf(environment, plan.row)
        ratios.set(key, [...(ratios.get(key) ?? []), isSwapped ? 1 / ratio : ratio])
      })
      for (const problem of problems.filter(Boolean)) fail(problem)
    }
    rounds++
    longest = Math.max(longest, Date.now() - start)
    console.error(`  ${Math.round((Date.now() - began) / 1_000)} s: round ${rounds}`)
  }
  const isSlower = print(commit, ratios)
  const missing = new Set(wanted.filter((key) => !ratios.has(key)))
  for (const key of missing) fail(`not measured: ${key}`)
  return isSlower || missing.size > 0 ? 1 : 0
}

/** The lower quartile: other programs only add to a time. */
const undisturbed = (times) => times.toSorted((a, b) => a - b)[times.length >> 2]

function print(commit, ratios) {
  console.log(`\nTime of a call of this build / of ${commit}, with the interval of the median`)
  let isSlower = false
  let isSure = true
  for (const [title, list] of ratios) {
    const { low, high, confidence } = intervalOf(list, CONFIDENCE)
    const seen = low > MARGIN ? 'SLOWER' : high < 1 / MARGIN ? 'faster' : 'same'
    const verdict = seen !== 'same' && confidence < CONFIDENCE ? 'unsure' : seen
    isSlower ||= verdict === 'SLOWER'
    isSure &&= verdict !== 'unsure'
    const interval = `${low.toFixed(3)} – ${high.toFixed(3)}`
    const percent = `${(100 * confidence).toFixed(1)} % of ${list.length}`
    console.log(`${verdict.padEnd(7)} ${median(list).toFixed(3)}  ${interval}  (${percent})  ${title}`)
  }
  console.log(`SLOWER: the whole interval is above ${MARGIN}; faster: below ${(1 / MARGIN).toFixed(3)}.`)
  if (!isSure)
    console.log(
      'unsure: too few rounds in the time. Let the machine do nothing else meanwhile, or add --seconds 600.',
    )
  return isSlower
}

/** Build a commit in a folder of its own. @returns its `dist`; all of it is removed when the process exits. */
function buildOf(commit) {
  const folder = join(mkdtempSync(join(tmpdir(), 'portcall-guard-')), 'tree')
  const git = (...words) => spawnSync('git', words, { cwd: root, encoding: 'utf8' })
  process.on('exit', () => {
    git('worktree', 'remove', '--force', folder)
    rmSync(join(folder, '..'), { recursive: true, force: true })
  })
  const added = git('worktree', 'add', '--detach', folder, commit)
  if (added.status !== 0) {
    fail(added.stderr.trim())
    return undefined
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  const built = spawnSync('npm', ['run', '--silent', 'build'], { cwd: folder, encoding: 'utf8' })
  if (built.status !== 0) {
    fail(`${built.stdout}${built.stderr}`.trim())
    return undefined
  }
  return join(folder, 'dist')
}

/** A build as one file: a process starts sooner, so there are more of them. @returns the folder in which it is `index.js`. */
async function oneFile(dist) {
  const code = await bundleFile(pathToFileURL(join(dist, 'index.js')))
  const folder = mkdtempSync(join(tmpdir(), 'portcall-guard-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, 'index.js'), code)
  // Another peer imports it, which is not measured here.
  writeFileSync(join(folder, 'core.js'), "export * from './index.js'\n")
  return folder
}

/** A snapshot with one build as portcall and another one in the place of raw postMessage. @returns its folder. */
function sideOf(dist, other) {
  const folder = takeSnapshot(dist)
  cpSync(join(folder, 'bench'), join(folder, 'other', 'bench'), { recursive: true })
  cpSync(other, join(folder, 'other', 'dist'), { recursive: true })
  writeFileSync(
    join(folder, 'bench', 'peers', 'raw.mjs'),
    `import { portcallWrap } from '../../other/bench/peers/portcall-wrap.mjs'
export const raw = { ...portcallWrap, name: 'raw' }
`,
  )
  return folder
}

function fail(why) {
  console.error(`bench --guard: ${why}`)
  return 1
}
