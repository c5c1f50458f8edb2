/**
 * Make a function that measures `units` of a row: how many milliseconds, and for how many calls. It runs where the calling
 * side is.
 */
export function createSampler(remote, row, plan) {
  const missing = row.needs.filter((name) => !remote[name])
  if (missing.length > 0) return undefined
  const state = row.prepare?.(plan, remote)
  const now = clocks[plan.clock ?? 'wall']
  return async (units) => {
    let calls = 0
    const start = now()
    for (let i = 0; i < units; i++) calls += await row.unit(remote, state)
    return { ms: now() - start, calls }
  }
}

/** In milliseconds: what passes, or what all threads of this process have used, whatever other programs do meanwhile. */
const clocks = {
  wall: () => performance.now(),
  processor() {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1_000
  },
}

/** Measure what a plan says: in short slices, or hot. */
export const measureInTurn = (samplers, plan, failures) =>
  plan.slices ? alternate(samplers, plan.slices, failures) : interleave(samplers, plan, failures)

/**
 * Short slices: about `length` ms of raw, of a peer, of raw … from the first call on, without a warm-up. It is what a program
 * feels whose code the optimiser has barely seen.
 * @returns what `interleave` does: `count` pairs of each peer for each of the `rounds`, one after the other. Where `isSingle`, the second of a pair is one slice of raw.
 */
async function alternate(samplers, { length, count, rounds = 1, isSingle }, failures) {
  const raw = samplers.get('raw')
  if (!raw) throw new Error(`raw failed: ${JSON.stringify(failures)}`)
  const samples = {}
  for (const [name, sampler] of samplers) {
    if (name === 'raw') continue
    const pairs = []
    try {
      let before = await slice(raw, length)
      for (let i = 0; i < count * rounds; i++) {
        const own = await slice(sampler, length)
        const after = await slice(raw, length)
        pairs.push([own, isSingle ? after : (before + after) / 2])
        before = after
      }
      samples[name] = pairs
    } catch (error) {
      failures[name] = String(error?.message ?? error)
    }
  }
  return samples
}

/** Nanoseconds per call. */
async function slice(sampler, length) {
  let ms = 0
  let calls = 0
  do {
    const one = await within(60_000, sampler(1))
    ms += one.ms
    calls += one.calls
  } while (ms < length)
  return (ms / calls) * 1e6
}

/**
 * Measure in turn, so that whatever slows the machine down slows everybody: raw, A, raw, B, raw … Each sample counts
 * against the mean of the raw samples right before and after it. The order rotates from round to round.
 * @param samplers a Map of peer names to what `createSampler` made; has `raw`.
 * @param plan `warmUp` ms for each peer at first; `rounds` samples of about `target` ms of each.
 * @param failures why of who failed already; the others are added.
 * @returns a list per peer, one `[ns, ns of raw beside it]` per call and round.
 */
export async function interleave(samplers, { rounds, target, warmUp }, failures = {}) {
  const runs = new Map()
  for (const [name, sampler] of samplers) {
    try {
      const units = await calibrate(sampler, target, warmUp)
      runs.set(name, async () => {
        const { ms, calls } = await within(60_000, sampler(units))
        return (ms / calls) * 1e6
      })
    } catch (error) {
      failures[name] = String(error?.message ?? error)
    }
  }
  const raw = runs.get('raw')
  if (!raw) throw new Error(`raw failed: ${JSON.stringify(failures)}`)
  const names = [...runs.keys()].filter((name) => name !== 'raw')
  const samples = Object.fromEntries(names.map((name) => [name, []]))

  for (let round = 0; round < rounds; round++) {
    let before = await raw()
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(turn + round) % names.length]
      if (failures[name]) continue
      try {
        const own = await runs.get(name)()
        const after = await raw()
        samples[name].push([own, (before + after) / 2])
        before = after
      } catch (error) {
        failures[name] = String(error?.message ?? error)
        delete samples[name]
      }
    }
  }
  return samples
}

/** Warm up, and find how many units take about `target` ms. */
async function calibrate(sampler, target, warmUp) {
  let units = 1
  let spent = 0
  for (;;) {
    const { ms } = await within(60_000, sampler(units))
    spent += ms
    const fitting = Math.max(1, Math.round((units * target) / Math.max(ms, 0.01)))
    if (spent >= warmUp) return Math.min(fitting, units * 4)
    units = Math.min(fitting, units * 4)
  }
}

export function within(ms, promise, what = 'it') {
  let timer
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took longer than ${ms} ms`)), ms)
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}
