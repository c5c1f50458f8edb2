// Connections that are destroyed and made again in the same turn, over each kind of window and channel, in Firefox.
// `npm run again -- --times 2000 --browser chromium`.
import { spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'

const { values } = parseArgs({ options: { times: { type: 'string' }, browser: { type: 'string' } } })
const { times = '2000', browser = 'firefox' } = values
if (!/^\d+$/.test(times)) throw new TypeError(`${times} is not a number: --times N`)

const args = ['vitest', 'run', '--config', 'vitest.browser.config.mts', `--browser.name=${browser}`]
const file = 'test/browser/windows-contract.test.ts'
const { status } = spawnSync('npx', [...args, file, '-t', 'destroy'], {
  stdio: 'inherit',
  env: { ...process.env, VITE_AGAIN: times },
})
process.exitCode = status ?? 1
