// The benchmark page that `npm start` serves, in Chromium: it measures every row, and tells how far it is.
import type { Locator, Page } from 'playwright'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { misfits, openSite, type Site } from './site.ts'

const places = ['worker', 'same', 'other']
const rows = [
  'invoke',
  'wrap',
  'burst-1000',
  'burst-10000',
  'notifications',
  'object-1kB',
  'object-100kB',
  'buffer-cloned',
  'buffer-transferred',
  'stream',
]
/** What comlink cannot do. */
const oursAlone = ['notifications', 'stream']

let site: Site
let page: Page

beforeAll(async () => {
  site = await openSite()
  page = await site.visit({ viewport: { width: 1280, height: 800 } }, 'bench/?length=short&rounds=1')
}, 300_000)

afterEach(() => site.complain())

afterAll(() => site?.close())

const button = (page: Page, name: string): Locator => page.getByRole('button', { name, exact: true })

const place = (page: Page, name: string): Locator => page.getByRole('checkbox', { name, exact: true })

/** @returns what it says when it has ended so. */
async function status(page: Page, state: 'ok' | 'aborted'): Promise<string> {
  const status = page.locator('.status:is([data-state=ok], [data-state=aborted], [data-state=bad])')
  await status.waitFor({ timeout: 170_000 })
  expect([await status.getAttribute('data-state'), await status.innerText()]).toEqual([
    state,
    expect.any(String),
  ])
  return status.innerText()
}

const figures = (page: Page, id: string): Promise<(readonly [string, string, number])[]> =>
  page.locator(`#${id} .figures td[data-who]`).evaluateAll((cells) =>
    cells.map((cell) => {
      const row = cell.closest('tr')?.dataset['line'] ?? ''
      const rate = cell.querySelector('[data-per-second]')?.getAttribute('data-per-second')
      return [row, cell.getAttribute('data-who') ?? '', Number(rate ?? NaN)] as const
    }),
  )

test('a short run measures every row at every place', { timeout: 200_000 }, async () => {
  await button(page, 'Measure').click()
  expect(await status(page, 'ok')).toMatch(/^30 rows measured in [\d.]+ s\.$/)

  for (const id of places) {
    const all = await figures(page, id)
    expect(all.map(([row, who]) => `${row} ${who}`)).toEqual(
      rows.flatMap((row) => ['portcall', 'comlink', 'raw'].map((who) => `${row} ${who}`)),
    )
    const measured = all.filter(([, , rate]) => rate > 0).map(([row, who]) => `${row} ${who}`)
    const missing = all.map(([row, who]) => `${row} ${who}`).filter((name) => !measured.includes(name))
    expect([id, missing]).toEqual([id, oursAlone.map((row) => `${row} comlink`)])
    const bars = page.locator(`#${id} .length:visible`)
    expect([id, await bars.count()]).toEqual([id, rows.length * 3 - oursAlone.length])
  }
  const bar = page.getByRole('progressbar', { name: 'Measured so far' })
  expect(await bar.getAttribute('value')).toBe('1')
  // What was opened for it is gone.
  expect(await page.locator('iframe').count()).toBe(0)
})

test('the page says what a ratio means, and which versions are measured', async () => {
  expect(await page.locator('.means').innerText()).toMatch(
    /^A ratio is speed against postMessage code written by hand: 4 × makes four times as many calls/,
  )
  expect(await page.locator('#versions').innerText()).toMatch(/^portcall \d+\.\d+\.\d+ and comlink \d+\./)
})

test('Stop ends a run, without a pointer too', { timeout: 90_000 }, async () => {
  for (const name of ['Iframe, same origin', 'Iframe, other origin']) await place(page, name).uncheck()
  await page.getByLabel('How thorough').selectOption('thorough')
  await button(page, 'Measure').focus()
  await page.keyboard.press('Enter')
  const bar = page.getByRole('progressbar', { name: 'Measured so far' })
  await expect.poll(async () => Number(await bar.getAttribute('value'))).toBeGreaterThan(0.01)
  await page.keyboard.press('Tab')
  expect(await page.locator(':focus').innerText()).toBe('Stop')
  await page.keyboard.press('Enter')
  expect(await status(page, 'aborted')).toMatch(/^Stopped after \d of 10 rows\.$/)
  expect(await page.locator('#results > section:visible').count()).toBe(1)
})

test('a run without a place is explained', async () => {
  await place(page, 'Worker').uncheck()
  await button(page, 'Measure').click()
  expect(await page.getByRole('alert').innerText()).toBe('Choose a place to measure at.')
})

test('on a phone nothing is cut off at the side', { timeout: 120_000 }, async () => {
  const phone = await site.visit(
    { viewport: { width: 390, height: 700 }, isMobile: true, hasTouch: true, colorScheme: 'dark' },
    'bench/?length=short&rounds=1',
  )
  for (const name of ['Iframe, same origin', 'Iframe, other origin']) await place(phone, name).uncheck()
  await button(phone, 'Measure').click()
  await status(phone, 'ok')
  expect(await misfits(phone)).toEqual([])
  await phone.context().close()
})

test('it is found from the front page, and without the slash at its end', { timeout: 120_000 }, async () => {
  const front = await site.visit({ viewport: { width: 1280, height: 800 } })
  await front.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Benchmark' }).click()
  await front.waitForURL(`${site.url}bench/`)
  await front.getByRole('link', { name: 'portcall playground' }).click()
  await front.waitForURL(site.url)
  await front.getByRole('link', { name: 'benchmark in your own browser' }).click()
  await front.waitForURL(`${site.url}bench/`)
  expect((await fetch(`${site.url}bench?length=short`)).url).toBe(`${site.url}bench/?length=short`)
  await front.context().close()
})
