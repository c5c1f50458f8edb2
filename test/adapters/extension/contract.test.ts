/**
 * The contract, run by vitest's own runner inside the parts of a real extension in Chromium, before the tests here are
 * named: each of them tells what became of one over there.
 */
import { describe, expect, test } from 'vitest'
import { bundlePart, launchExtensions, pageOf } from './launching.ts'
import type { Outcome } from './outcome.ts'

const BOUND = 120_000

async function runAll(): Promise<readonly Outcome[]> {
  const [contract = '', there = ''] = await Promise.all(['contract', 'there'].map(bundlePart))
  const launched = await launchExtensions(
    [
      {
        files: () => ({
          'background.js': there,
          'there.js': there,
          'contract.js': contract,
          'page.html': pageOf('contract.js'),
        }),
        manifest: {
          background: { service_worker: 'background.js' },
          externally_connectable: { matches: ['http://127.0.0.1/*'] },
          host_permissions: ['http://127.0.0.1/*'],
          content_scripts: [
            { matches: ['http://127.0.0.1/content*'], js: ['contract.js'] },
            { matches: ['http://127.0.0.1/tab*'], js: ['there.js'] },
          ],
        },
      },
    ],
    { '/content': pageOf(), '/tab': pageOf(), '/web': pageOf('/contract.js'), '/contract.js': contract },
  )
  try {
    const { id, site, open } = launched
    await open(`${site.origin}/tab`)
    const run = async (name: string, address: string, way: string, where = ''): Promise<Outcome> => {
      const page = await open(`${address}#|${way}|${name}|${where}`)
      await page.waitForFunction(() => document.documentElement.dataset['outcome'], undefined, {
        timeout: BOUND,
      })
      const text = await page.evaluate(() => document.documentElement.dataset['outcome'])
      await page.close()
      const file = JSON.parse(text ?? '') as Outcome
      // Whose one task is the contract; a run that failed has none.
      return file.tasks?.[0] ?? file
    }
    const page = `chrome-extension://${id}/page.html`
    return [
      await run('extension page → background worker', page, 'runtime'),
      await run('content script → background worker', `${site.origin}/content`, 'runtime'),
      await run('web page → background worker', `${site.origin}/web`, 'external', id),
      await run('extension page → content script of a tab', page, 'tab', `${site.origin}/tab`),
      await run('background worker → extension page, which accepts', page, 'accepted'),
    ]
  } finally {
    await launched.close()
  }
}

/** The tests in a group, and the groups that failed as such, by their path. */
const flat = (outcome: Outcome, path: readonly string[] = []): [string, Outcome][] => {
  const own: [string, Outcome] = [path.join(' > ') || 'as a whole', outcome]
  const { tasks, errors } = outcome
  if (!tasks) return [own]
  return [...(errors.length ? [own] : []), ...tasks.flatMap((one) => flat(one, [...path, one.name]))]
}

const outcomes = await runAll()

describe.for(outcomes.map((one) => [one.name, one] as const))('in Chromium: %s', ([, outcome]) => {
  test.for(flat(outcome))('%s', ([, { state, errors }]) => {
    expect({ state, errors }).toEqual({ state: 'pass', errors: [] })
  })

  test('all of the contract was run', () => expect(flat(outcome).length).toBeGreaterThan(200))
})
