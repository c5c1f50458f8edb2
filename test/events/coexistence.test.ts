/** Penpal, Comlink, rpc-shooter and portcall between the same two windows at the same time. */
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { bundle, launch, names, pageWith, serve, type Site, watchConsole } from './browsers.ts'

const COUNT = 25

let sites: readonly Site[] = []

beforeAll(async () => {
  const file = (name: string): string => fileURLToPath(new URL(`./pages/${name}.ts`, import.meta.url))
  const files = {
    '/host': pageWith('<script type="module" src="/host.js"></script>'),
    '/host.js': await bundle(file('host')),
    '/frame': pageWith('<script type="module" src="/frame.js"></script>'),
    '/frame.js': await bundle(file('frame')),
  }
  sites = await Promise.all(['127.0.0.1', 'localhost'].map((host) => serve(host, files)))
}, 60_000)
afterAll(() => Promise.all(sites.map(({ close }) => close())))

const ways = ['penpal', 'comlink', 'rpc-shooter', 'portcall', 'portcall over raw events']
const each = <T>(value: T): Record<string, T> => Object.fromEntries(ways.map((way) => [way, value]))

describe.each(names)('four libraries on one window in %s', (name) => {
  test('all of them call both ways, undisturbed, and nothing is printed', { timeout: 60_000 }, async () => {
    const browser = await launch(name)
    onTestFinished(() => browser.close())
    const page = await browser.newPage()
    const printed = watchConsole(page)
    const [own, other] = sites as [Site, Site]
    await page.goto(`${own.origin}/host`)
    const frameUrl = `${other.origin}/frame?origin=${own.origin}`
    const report = await page.evaluate(([url, count]) => globalThis.run(url, count), [
      frameUrl,
      COUNT,
    ] as const)

    const numbers = Array.from({ length: COUNT }, (_, i) => i)
    const sums = numbers.map((n) => n + n)
    expect(report).toEqual({
      results: each({ sums, back: sums }),
      calls: each(COUNT),
      events: numbers,
      told: [],
      frame: { calls: each(COUNT), told: [] },
    })
    expect(printed).toEqual([])
  })
})
