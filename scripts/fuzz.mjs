// A million random and mutated messages to each side, as objects and as text: `npm run fuzz`.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const vitest = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url))
const { status } = spawnSync(
  process.execPath,
  [vitest, 'run', 'test/core/fuzz.test.ts', '--testTimeout=600000'],
  { stdio: 'inherit', env: { ...process.env, FUZZ: '1000000' } },
)
process.exitCode = status ?? 1
