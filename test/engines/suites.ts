/** Which test files run in engines that are not the Node that runs the tests. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './bundling.ts'

/** What asks Node itself: its flags, hooks, processes or files. The fuzzers run for themselves. */
const ofNode =
  /features\/(encoding\/(?!values\.)|pairs|order|use|differences)|\/(budgets|exit|transcript)\.test\.ts$/

const folders = ['protocol', 'peer', 'features', 'api', 'spec']

const all = folders
  .map((name) => `test/${name}`)
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .map((file) => `${folder}/${file}`)
      .filter((file) => file.endsWith('.test.ts') && !ofNode.test(file)),
  )

/** The tests of the core and of the specification. */
export const core: readonly string[] = all.toSorted()

/** Those of them that take nothing of Node, for pages. */
export const portable: readonly string[] = core.filter((file) => {
  const text = readFileSync(join(root, file), 'utf8')
  return !/from '(node:|\.{1,2}\/([^']*\/)?(malformed|framing)\.ts)|\bprocess\b/.test(text)
})

export const memory = 'test/contract/memory.test.ts'
export const channel = 'test/engines/inside/channel.contract.ts'

const workers = ['service', 'ports', 'late', 'behind-await', 'plain', 'silent', 'throws', 'finishes']
const children = ['service', 'plain', 'silent', 'late', 'behind-await', 'throws']

/** What the tests of threads, workers and processes start. */
export const scripts: readonly string[] = [
  ...[...workers, 'throws-then-serves'].map((name) => `test/contract/workers/${name}.ts`),
  'test/adapters/process/children/finishes.ts',
  ...children.flatMap((name) =>
    ['process', 'stdio'].map((folder) => `test/adapters/${folder}/children/${name}.ts`),
  ),
]

/** What Bun and Deno run: all that they have in common with Node and with browsers. */
export const ofServers: readonly string[] = [
  memory,
  channel,
  'test/contract/channel.test.ts',
  'test/contract/thread.test.ts',
  'test/browser/contract.test.ts',
  'test/adapters/process/process.test.ts',
  'test/adapters/stdio/stdio.test.ts',
  'test/engines/inside/broadcast.contract.ts',
  'test/engines/inside/sockets.contract.ts',
  ...core,
]
