/** The recipes of "Testing" that vitest runs; its other examples are run by snippets.test.ts. */
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { ErrorCode, wrap } from '../../src/index.ts'
import { asWorker } from '../../src/testing.ts'
import { allExamples, root } from './fences.ts'

/** The entries of this package, as its source is now. The longer name comes first. */
const alias = { 'portcall/testing': `${root}src/testing.ts`, portcall: `${root}src/index.ts` }

/** Run test files by vitest, in its pool of threads or of processes. @returns their names, and how each ended. */
async function testedByVitest(files: ReadonlyMap<string, string>, pool: string): Promise<readonly string[]> {
  const folder = mkdtempSync(`${root}.snippets-`)
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const [name, code] of files) writeFileSync(`${folder}/${name}`, code)
  const config = { resolve: { alias }, test: { pool, watch: false } }
  writeFileSync(`${folder}/vitest.config.mjs`, `export default ${JSON.stringify(config)}`)
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [`${root}node_modules/vitest/vitest.mjs`, 'run', '--root', folder, '--reporter=json'],
    { timeout: 60_000, cwd: folder },
  )
  const { testResults } = JSON.parse(stdout) as {
    readonly testResults: readonly {
      readonly assertionResults: readonly Record<'title' | 'status', string>[]
    }[]
  }
  return testResults.flatMap(({ assertionResults }) =>
    assertionResults.map(({ title, status }) => `${title}: ${status}`),
  )
}

const examples = allExamples.filter(({ mark }) => mark === 'vitest')
const runs = examples.flatMap((example) =>
  ['threads', 'forks'].map((pool) => ({ example, pool, ...example })),
)

test.for(runs)(
  'C65, C66: the tests of $page:$line pass in a pool of $pool',
  { timeout: 60_000 },
  async ({ example, pool }) => {
    const titles = Array.from(example.files.values()).flatMap((code) =>
      Array.from(code.matchAll(/^test\('([^']+)'/gm), ([, title]) => `${title}: passed`),
    )
    expect(titles).not.toEqual([])
    expect(await testedByVitest(example.files, pool)).toEqual(titles)
  },
)

test('C65: the file of a worker starts afresh, and what it exposes ends with terminate()', async () => {
  const file = './testing-worker.ts'
  for (const start of [1, 2]) {
    const port = asWorker()
    await import(`${file}?${start}`)
    const worker = wrap<{ next(): number }>(port)
    expect([await worker.next(), await worker.next()]).toEqual([1, 2])
    const pending = worker.next()
    port.terminate()
    await expect(pending).rejects.toMatchObject({ code: ErrorCode.PEER_GONE })
  }
  await expect(import(`${file}?3`)).rejects.toThrow(/^Without an endpoint/)
})
