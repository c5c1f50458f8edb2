/** The number in the middle; the mean of the two in the middle of an even count. */
export function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b)
  const half = sorted.length >> 1
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
}

/**
 * Between which two samples the true median lies, by the sign test: nothing is assumed of how samples are spread.
 * @param wanted the confidence; fewer than 8 samples reach less than 0.99.
 */
export function intervalOf(numbers, wanted) {
  const sorted = numbers.toSorted((a, b) => a - b)
  const count = sorted.length
  // How likely fewer than `skip` of all samples are below the median, doubled for both sides.
  const outside = (skip) => {
    let chance = 2 ** -count
    let all = 0
    for (let i = 0; i < skip; i++) {
      all += chance
      chance = (chance * (count - i)) / (i + 1)
    }
    return 2 * all
  }
  let skip = 1
  while (skip < count / 2 && 1 - outside(skip + 1) >= wanted) skip++
  return { low: sorted[skip - 1], high: sorted[count - skip], confidence: 1 - outside(skip) }
}

/**
 * Sum up what was measured of one row in one environment.
 * @returns for each peer its ratio to raw: the median of all rounds, the lowest and highest median of a run; and how many
 * calls it makes in a second. Raw has a ratio of 1.
 */
export function summarize({ environment, row, plan, runs, failures }) {
  const { compare } = row
  const ratio = ([own, raw]) => (compare === 'time' ? own / raw : raw / own)
  const perSecond = (ns) => Math.round(1e9 / ns)
  const rawTimes = runs.flatMap((run) => Object.values(run).flatMap((pairs) => pairs.map(([, raw]) => raw)))
  const figures = { raw: { ratio: 1, low: 1, high: 1, perSecond: perSecond(median(rawTimes)) } }
  for (const name of new Set(runs.flatMap((run) => Object.keys(run)))) {
    const own = runs.flatMap((run) => (run[name]?.length ? [run[name]] : []))
    if (own.length === 0) continue
    const medians = own.map((pairs) => median(pairs.map(ratio)))
    figures[name] = {
      ratio: median(own.flat().map(ratio)),
      low: Math.min(...medians),
      high: Math.max(...medians),
      perSecond: perSecond(median(own.flat().map(([time]) => time))),
      ...(plan.slices?.rounds > 1 && { first: firstOf(runs, name, plan.slices.rounds, ratio) }),
    }
  }
  const { isPinned, rounds, slices } = plan
  return {
    environment: environment.name,
    row: row.name,
    compare,
    isPinned,
    ...(slices && { slices }),
    rounds,
    figures,
    failures,
    runs,
  }
}

/** The median of the first rounds: of code that has just been loaded. */
function firstOf(runs, name, rounds, ratio) {
  const pairs = runs.flatMap((run, i) => (i % rounds === 0 ? (run[name] ?? []) : []))
  return pairs.length > 0 ? median(pairs.map(ratio)) : undefined
}

/**
 * A peer over the one by hand: the ratio of their medians in the same run, the lowest and the highest of a run.
 * @returns undefined where one of them was not measured.
 */
export function overMinimal({ compare, figures, runs }, name) {
  if (!figures[name] || !figures.minimal) return undefined
  const ratio = ([own, raw]) => (compare === 'time' ? own / raw : raw / own)
  const ofRuns = runs
    .filter((run) => run[name]?.length && run.minimal?.length)
    .map((run) => median(run[name].map(ratio)) / median(run.minimal.map(ratio)))
  if (ofRuns.length === 0) return undefined
  return { ratio: median(ofRuns), low: Math.min(...ofRuns), high: Math.max(...ofRuns) }
}

/** Whether a ratio is better than another one. */
export const isBetter = (compare, one, other) => (compare === 'time' ? one < other : one > other)

export const isOurs = (name) => name.startsWith('portcall')

/** Whether all of a spread is better than all of another one: a smaller difference counts as none. */
export const isWhollyBetter = (compare, one, other) =>
  compare === 'time' ? one.high < other.low : one.low > other.high

/** Three significant digits. */
export const show = (ratio) =>
  ratio >= 100 ? ratio.toFixed(0) : ratio >= 10 ? ratio.toFixed(1) : ratio.toFixed(2)

export const showSpread = ({ ratio, low, high }) => `${show(ratio)} (${show(low)} – ${show(high)})`

export const capital = (text) => text[0].toUpperCase() + text.slice(1)
