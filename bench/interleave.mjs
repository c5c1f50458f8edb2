/**
 * Measure in turn, so that whatever slows the machine down slows everybody: raw, A, raw, B, raw … Each sample counts
 * against the mean of the raw samples right before and after it. The order rotates from round to round.
 * @param calls a Map of peer names to functions that make one call; has `raw`.
 * @returns a list per peer, one `[milliseconds, milliseconds of raw beside it]` per round.
 */
export async function interleave(calls, row, rounds = row.rounds) {
  const raw = calls.get('raw')
  const names = [...calls.keys()].filter((name) => name !== 'raw')
  const samples = Object.fromEntries(names.map((name) => [name, []]))
  for (const call of calls.values()) await warmUp(call, row)

  for (let round = 0; round < rounds; round++) {
    let before = await time(raw, row)
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(turn + round) % names.length]
      const own = await time(calls.get(name), row)
      const after = await time(raw, row)
      samples[name].push([own, (before + after) / 2])
      before = after
    }
  }
  return samples
}

async function warmUp(call, row) {
  const end = performance.now() + 250
  do await row.sample(call)
  while (performance.now() < end)
}

async function time(call, row) {
  const start = performance.now()
  await row.sample(call)
  return performance.now() - start
}
