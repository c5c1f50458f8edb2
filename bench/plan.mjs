// How often what is measured, so that a full run takes about 40 minutes on a quiet machine, and a quick one some four.
import { peers } from './peers/all.mjs'
import { rowOf, rows } from './rows.mjs'

/** The best of the peers, with which all rows are measured. */
const few = ['raw', 'portcall-wrap', 'comlink', 'penpal', 'birpc', 'post-me']
/** The rows of an environment: all, or fewer where it differs in little from another one. */
const rowsOf = {
  all: rows.map(({ name }) => name),
  main: ['sequential', 'burst-1000', 'burst-object', 'notifications', 'object-1kB'],
  first: ['sequential', 'burst-1000'],
}
const slicedRowsOf = {
  all: rows.filter(({ slices }) => slices).map(({ name }) => name),
  main: ['sequential-object', 'burst-object', 'notifications', 'object-1kB', 'buffer-transferred'],
}

const full = {
  runs: 2,
  rounds: 5,
  target: 10,
  warmUp: 200,
  items: 1_000_000,
  sliced: 2,
  sliceRounds: 3,
  slices: 10,
}
const quick = {
  runs: 1,
  rounds: 3,
  target: 4,
  warmUp: 50,
  items: 100_000,
  sliced: 1,
  sliceRounds: 1,
  slices: 3,
}
/** Milliseconds. */
const SLICE = 20
/** The environments that are measured with all rows in a quick run, too. */
const quickly = ['node-two-cores', 'chromium-worker']
/** Where one call waits for the other, few rounds say little; in Node they cost least. */
const steady = { 'node-one-core sequential': { runs: 5, rounds: 7 } }

export const modeOf = (isQuick) => ({ quick: isQuick, ...(isQuick ? quick : full) })

/** The plans of one run in an environment: one for each row. */
export function plansFor(environment, run, mode, { rowNames, peerNames }) {
  const isShort = mode.quick && environment.rows === 'all' && !quickly.includes(environment.name)
  const own = rowNames ?? rowsOf[isShort ? 'main' : environment.rows]
  const plans = []
  for (const row of rows) {
    if (!row.among || !own.includes(row.name)) continue
    const special = mode.quick ? {} : steady[`${environment.name} ${row.name}`]
    const { runs, rounds, target, warmUp, items } = { ...mode, ...special }
    if (run >= runs) continue
    const among = peerNames ?? { all: peers.map(({ name }) => name), few }[row.among] ?? row.among
    const measured = peers.filter(
      ({ name, over, only }) =>
        over[environment.kind] && among.includes(name) && (only?.includes(row.name) ?? true),
    )
    plans.push({
      row: row.name,
      run,
      isPinned: isPinned(environment, row),
      peers: measured.map(({ name }) => name),
      // A sample of such a row is long enough by itself.
      rounds: row.longest ? Math.min(rounds, 3) : rounds,
      target,
      warmUp,
      items,
    })
  }
  return plans
}

/** The plans of short slices: one for each row and peer, each for a fresh process or page, in which it has all its rounds. */
export function slicePlansFor(environment, run, mode, { rowNames, peerNames }) {
  if (!environment.slices || run >= mode.sliced) return []
  return rows.flatMap((row) => {
    if (!row.slices || !(rowNames ?? slicedRowsOf[environment.slices]).includes(row.name)) return []
    const measured = row.slices.filter((name) => !peerNames || peerNames.includes(name))
    return measured.map((name) => ({
      row: row.name,
      run,
      isPinned: isPinned(environment, row),
      peers: ['raw', name],
      rounds: mode.slices,
      slices: { length: SLICE, count: mode.slices, rounds: mode.sliceRounds },
    }))
  })
}

/** The 12 rows with which two builds are compared. */
const guarded = {
  'node-one-core': [
    'sequential-object',
    'object-1kB',
    'object-100kB',
    'buffer-transferred',
    'burst-object',
    'burst-map',
    'notifications',
  ],
  'node-two-cores': ['burst-object'],
  'chromium-worker': ['sequential-object', 'object-1kB', 'burst-object', 'notifications'],
}

/** The plans of one round of two builds, each for a fresh process or page. A browser starts slowly, so it has each row twice. */
export const guardPlansFor = (environment) =>
  Array.from({ length: environment.browser ? 2 : 1 }, () => guarded[environment.name] ?? [])
    .flat()
    .map((row) => ({
      row,
      isPinned: isPinned(environment, rowOf(row)),
      peers: ['raw', 'portcall-wrap'],
      slices: { length: 8, count: 24, isSingle: true },
      // On one core both are the same, if the machine does nothing else.
      clock: environment.cores === 'one' ? 'processor' : 'wall',
    }))

const isPinned = ({ cores }, row) => cores === 'one' || (cores === 'by row' && Boolean(row.pinned))

/** The most runs that anything has. */
export const runsOf = (mode) =>
  mode.quick ? 1 : Math.max(mode.runs, mode.sliced, ...Object.values(steady).map(({ runs }) => runs))
