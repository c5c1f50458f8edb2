// Two and three copies of the library over one window, with reloads, in Chromium and Firefox: each is connected or told.
// `npm run copies -- --schedules 2000 --seed 1 --browser chromium`; a failure names its seed.
import { spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'

const { values } = parseArgs({
  options: { schedules: { type: 'string' }, seed: { type: 'string' }, browser: { type: 'string' } },
})
const { schedules = '2000', seed = '0', browser } = values
for (const number of [schedules, seed])
  if (!/^\d+$/.test(number)) throw new TypeError(`${number} is not a number: --schedules N --seed N`)

const only = browser === undefined ? [] : [`--browser.name=${browser}`]
const args = ['vitest', 'run', '--config', 'vitest.browser.config.mts', ...only]
const { status } = spawnSync('npx', [...args, 'test/browser/copies-schedules.test.ts'], {
  stdio: 'inherit',
  env: { ...process.env, COPIES_SCHEDULES: schedules, COPIES_SEED: seed },
})
process.exitCode = status ?? 1
