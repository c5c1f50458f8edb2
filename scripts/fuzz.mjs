// A million frames: recorded ones of each layer that are changed, and random messages to each side.
// What each frame costs is measured (test/fuzz/costs.ts): the run fails if one costs too much, and lists the worst ten.
// `npm run fuzz -- --frames 1000000 --seed 1 --layer streams`; the same seed gives the same frames.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const { values } = parseArgs({
  options: { frames: { type: 'string' }, seed: { type: 'string' }, layer: { type: 'string' } },
})
const { frames = '1000000', seed = String(Date.now() % 1_000_000_000), layer } = values
for (const number of [frames, seed])
  if (!/^\d+$/.test(number)) throw new TypeError(`${number} is not a count: --frames N --seed N`)

console.log(`fuzz: --seed ${seed} --frames ${frames}${layer ? ` --layer ${layer}` : ''}`)
const vitest = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url))
const files = ['test/fuzz/fuzz.test.ts', ...(layer ? [] : ['test/fuzz/fuzz-random.test.ts'])]
const env = {
  ...process.env,
  FUZZ: frames,
  FUZZ_SEED: seed,
  FUZZ_COSTS: '1',
  ...(layer && { FUZZ_LAYER: layer }),
}
const { status } = spawnSync(
  process.execPath,
  [vitest, 'run', '--no-file-parallelism', ...files, '--testTimeout=1800000'],
  {
    stdio: 'inherit',
    env,
  },
)
process.exitCode = status ?? 1
