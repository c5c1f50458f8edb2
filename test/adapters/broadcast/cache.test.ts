/** The back/forward cache itself, which Playwright switches off by default. In Chromium; Firefox was not tried. */
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import type { Page } from 'playwright'
import { bundle, pageWith, serve } from '../../events/browsers.ts'
import { launchWith } from '../service-worker/launching.ts'

const MINUTE = 60_000

const file = (name: string): string => fileURLToPath(new URL(`./pages/${name}.ts`, import.meta.url))

const look = (page: Page): Promise<unknown> => page.evaluate(() => globalThis.there.look())

test(
  'S56: a page that comes back from the back/forward cache is at its shared worker and on its bus again',
  { timeout: 4 * MINUTE },
  async () => {
    const site = await serve('127.0.0.1', {
      '/': pageWith('<script type="module" src="/page.js"></script>'),
      '/page.js': await bundle(file('page')),
      '/worker.js': await bundle(file('worker')),
      '/elsewhere': pageWith(''),
    })
    onTestFinished(() => site.close())
    const browser = await launchWith('chromium', { ignoreDefaultArgs: ['--disable-back-forward-cache'] })
    onTestFinished(() => browser.close())
    const context = await browser.newContext()
    const open = async (): Promise<Page> => {
      const page = await context.newPage()
      await page.goto(site.origin)
      await page.waitForFunction(() => 'there' in globalThis, undefined, { timeout: MINUTE })
      return page
    }
    const bornOf = (page: Page): Promise<string> => page.evaluate(() => globalThis.there.born)

    const [staying, leaving] = [await open(), await open()]
    const [stays, leaves] = [await bornOf(staying), await bornOf(leaving)]
    await expect.poll(() => look(staying), { timeout: MINUTE }).toEqual({ clients: 2, others: [leaves] })
    await leaving.goto(`${site.origin}/elsewhere`)
    await expect.poll(() => look(staying), { timeout: MINUTE }).toEqual({ clients: 1, others: [] })
    await leaving.goBack({ waitUntil: 'commit' })
    await leaving.waitForFunction(() => 'there' in globalThis, undefined, { timeout: MINUTE })
    expect(await bornOf(leaving)).toBe(leaves)
    await expect.poll(() => look(staying), { timeout: MINUTE }).toEqual({ clients: 2, others: [leaves] })
    await expect.poll(() => look(leaving), { timeout: MINUTE }).toEqual({ clients: 2, others: [stays] })
  },
)
