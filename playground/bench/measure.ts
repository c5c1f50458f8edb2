// Measures every line at every place, in turn with raw and comlink.
import { type Line, lines } from './lines.ts'
import type { Place, Side } from './places.ts'
import {
  type Figure,
  interleave,
  type Pair,
  peerNames,
  type PeerName,
  type Plan,
  rowOf,
  type Sampler,
  summarize,
  within,
} from './suite.mjs'

/** What came of one line at one place. */
export interface Result {
  readonly figures: Readonly<Record<string, Figure>>
  /** Why of who could not be measured. */
  readonly failures: Readonly<Record<string, string>>
}

export interface Watcher {
  readonly signal: AbortSignal
  /** From 0 to 1. */
  /** Without a line while both sides are opened. */
  readonly progress: (share: number, place: Place, line?: Line) => void
  readonly result: (place: Place, line: Line, result: Result) => void
}

/** Samples that finding out how much to measure takes, for each peer; a guess. */
const CALIBRATION = 4
const PATIENCE = 20_000

/** Rejects with the signal's reason if it is stopped. */
export async function measure(places: readonly Place[], plan: Plan, watcher: Watcher): Promise<void> {
  const all = places.length * lines.length
  const stopped = new Promise<never>((_, reject) =>
    watcher.signal.addEventListener('abort', () => reject(watcher.signal.reason), { once: true }),
  )
  let done = 0
  for (const place of places) {
    const stops: (() => void)[] = []
    try {
      watcher.progress(done / all, place)
      const { sides, failures } = await Promise.race([openSides(place, stops), stopped])
      for (const line of lines) {
        const progress = (share: number): void => watcher.progress((done + share) / all, place, line)
        progress(0)
        const result = await measureLine(line, sides, plan, { ...watcher, progress, failures })
        watcher.result(place, line, result)
        done++
      }
    } finally {
      for (const stop of stops) stop()
    }
  }
}

async function openSides(place: Place, stops: (() => void)[]) {
  const sides = new Map<PeerName, Side>()
  const failures: Record<string, string> = {}
  await Promise.all(
    peerNames.map(async (name) => {
      try {
        sides.set(name, await within(PATIENCE, place.open(name, stops), 'connecting'))
      } catch (error) {
        failures[name] = String(error)
      }
    }),
  )
  return { sides, failures }
}

interface LineWatcher {
  readonly signal: AbortSignal
  readonly progress: (share: number) => void
  readonly failures: Readonly<Record<string, string>>
}

async function measureLine(
  line: Line,
  sides: ReadonlyMap<PeerName, Side>,
  given: Plan,
  watcher: LineWatcher,
): Promise<Result> {
  const { signal, progress } = watcher
  const names = ['raw', line.ours, 'comlink'] as const
  // A sample of a stream is long enough by itself.
  const plan = line.row === 'stream' ? { ...given, rounds: Math.min(given.rounds, 3) } : given
  const failures: Record<string, string> = {}
  const samplers = new Map<string, Sampler>()
  const expected = names.length * CALIBRATION + plan.rounds * (2 * names.length - 1)
  let taken = 0
  for (const name of names) {
    const failure = watcher.failures[name]
    if (failure !== undefined) failures[name] = failure
    const sampler = sides.get(name)?.(line.row, plan)
    if (sampler)
      samplers.set(name, (units) => {
        signal.throwIfAborted()
        progress(Math.min(taken++ / expected, 1))
        return sampler(units)
      })
  }
  let samples: Record<string, Pair[]>
  try {
    samples = await interleave(samplers, plan, failures)
  } catch (error) {
    signal.throwIfAborted()
    return { figures: {}, failures: { ...failures, raw: String(error) } }
  }
  signal.throwIfAborted()
  // Each round counts as a run, so that the lowest and the highest are those of the rounds.
  const runs = Array.from({ length: plan.rounds }, (_, round) =>
    Object.fromEntries(Object.entries(samples).map(([name, pairs]) => [name, pairs.slice(round, round + 1)])),
  )
  // All as rates: longer bars are better.
  const row = { ...rowOf(line.row), compare: 'rate' } as const
  return { figures: summarize({ environment: { name: 'here' }, row, plan, runs }).figures, failures }
}
