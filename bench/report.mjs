import { peerOf } from './peers/all.mjs'

/** The number in the middle; the mean of the two in the middle of an even count. */
export function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b)
  const half = sorted.length >> 1
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
}

/**
 * Sum up what was measured of one row in one environment.
 * @param runs the samples of each run, as `interleave` returns them.
 * @returns for each peer its ratio to raw: the median of all rounds, the lowest and highest median of a run; and how
 * many calls it makes in a second. Raw has a ratio of 1.
 */
export function summarize(row, runs) {
  const figures = {}
  const rawTimes = runs.flatMap((run) => Object.values(run).flatMap((pairs) => pairs.map(([, raw]) => raw)))
  const perSecond = (milliseconds) => Math.round(row.calls / (milliseconds / 1_000))
  figures.raw = { ratio: 1, low: 1, high: 1, callsPerSecond: perSecond(median(rawTimes)) }
  const ratio = ([own, raw]) => (row.compare === 'time' ? own / raw : raw / own)
  for (const name of Object.keys(runs[0])) {
    const medians = runs.map((run) => median(run[name].map(ratio)))
    figures[name] = {
      ratio: round(median(runs.flatMap((run) => run[name].map(ratio)))),
      low: round(Math.min(...medians)),
      high: round(Math.max(...medians)),
      callsPerSecond: perSecond(median(runs.flatMap((run) => run[name].map(([own]) => own)))),
    }
  }
  return figures
}

/** A table for the terminal. */
export function printFigures(row, figures) {
  const better =
    row.compare === 'time' ? 'time against raw, lower is better' : 'rate against raw, higher is better'
  print(row.title, better, 'over the runs', 'calls/s')
  for (const [name, { ratio, low, high, callsPerSecond }] of Object.entries(figures)) {
    const spread = name === 'raw' ? '' : `${low.toFixed(2)} – ${high.toFixed(2)}`
    print(`  ${peerOf(name).title}`, ratio.toFixed(2), spread, callsPerSecond.toLocaleString('en'))
  }
}

function print(title, ratio, spread, rate) {
  console.log(title.padEnd(26) + ratio.padStart(36) + spread.padStart(16) + rate.padStart(12))
}

const round = (number) => Math.round(number * 1_000) / 1_000
