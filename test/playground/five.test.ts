// The page that calls five environments at once, served by `npm start`, in Chromium.
import type { Locator, Page } from 'playwright'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { misfits, openSite, type Site } from './site.ts'

const titles = {
  worker: 'Worker',
  iframe: 'Iframe',
  shared: 'SharedWorker',
  bus: 'BroadcastChannel',
  socket: 'WebSocket',
} as const
type Id = keyof typeof titles
const ids = Object.keys(titles) as Id[]

let site: Site
let page: Page

beforeAll(async () => {
  site = await openSite()
  page = await visit({ viewport: { width: 1280, height: 800 } })
}, 300_000)

afterEach(() => site.complain())

afterAll(() => site?.close())

async function visit(options: Parameters<Site['visit']>[0]): Promise<Page> {
  const page = await site.visit(options, 'five/')
  for (const id of ids) await state(page, id, 'connected')
  return page
}

const state = (page: Page, id: Id, state: string): Promise<void> =>
  page.locator(`#card-${id} .state[data-state=${state}]`).waitFor({ timeout: 45_000 })

const press = (page: Page, id: Id, name: string): Promise<void> =>
  page.getByRole('button', { name: `${name}: ${titles[id]}`, exact: true }).click()

/** The last calls of a card that hold this text, the latest first. */
const log = (page: Page, id: Id, text: string): Locator =>
  page.locator(`#card-${id} .log li`).filter({ hasText: text })

const answer = (page: Page, id: Id, code: string): Locator =>
  log(page, id, code).and(page.locator('[data-state=answered]')).first().locator('.answer')

async function callAll(page: Page): Promise<string[]> {
  await page.getByRole('button', { name: 'Call all five' }).click()
  await expect.poll(() => page.locator('#all .sum').innerText()).toMatch(/ of 5 answers/)
  return page.locator('#all .primes').allInnerTexts()
}

/** By another way than the page's own: a sieve. */
function primesByFifths(): string[] {
  const size = 1_000_000
  const isComposite = new Uint8Array(size)
  const counts = [0, 0, 0, 0, 0]
  for (let number = 2; number < size; number++) {
    if (isComposite[number]) continue
    const fifth = Math.floor(number / (size / 5))
    counts[fifth] = (counts[fifth] ?? 0) + 1
    for (let multiple = number * number; multiple < size; multiple += number) isComposite[multiple] = 1
  }
  return counts.map((count) => count.toLocaleString('en'))
}

test('all five are called at once, and their answers are right', { timeout: 120_000 }, async () => {
  expect(await callAll(page)).toEqual(primesByFifths())
  expect(await page.locator('#all .sum').innerText()).toMatch(
    /^78,498 primes,\s+5 of 5 answers in [\d.]+ m?s$/,
  )
  const times = await page.locator('#all td.took').allInnerTexts()
  for (const time of times) expect(time).toMatch(/^[\d.]+ m?s$/)
})

test('each answers what only it can, and calls the page back', { timeout: 120_000 }, async () => {
  const own = [
    ['worker', 'Sort a million', 'sort(1_000_000)', /^1,000,000 numbers, the middle one is 0\.[45]\d\d$/],
    ['iframe', 'Paint it', 'paint(hue)', /^hue \d+°$/],
    ['shared', 'Count one', 'count()', /^\d+, by this tab$/],
    ['bus', 'Who is there?', "gather('where')", /^1 × a worker on the bus$/],
    [
      'socket',
      'Hash a text',
      "hash('portcall')",
      /^7fc237670b4828936e0dc2a7fb91c50679c969c439c279affd01c29142e24a03$/,
    ],
  ] as const
  for (const [id, name, code, expected] of own) {
    await press(page, id, name)
    await expect.poll(() => answer(page, id, code).innerText()).toMatch(expected)
    await press(page, id, 'Let it call back')
    await expect.poll(() => answer(page, id, 'askPage()').innerText()).toBe('this page is 1280 × 800')
    await log(page, id, 'it calls viewport()').first().waitFor()
  }
})

test('the iframe calls by its own button', async () => {
  await page.frameLocator('#card-iframe iframe').getByRole('button', { name: 'Paint the card' }).click()
  await log(page, 'iframe', 'it calls paint(').first().waitFor()
  expect(await page.locator('#card-iframe').getAttribute('style')).toMatch(/--hue: ?\d+/)
})

test('calls for a second are counted', { timeout: 120_000 }, async () => {
  for (const id of ids) {
    await press(page, id, '1 s of calls')
    const rate = page.locator(`#card-${id} .rate strong`)
    await rate.waitFor()
    expect(Number((await rate.innerText()).replaceAll(',', ''))).toBeGreaterThan(0)
  }
})

test('one that is killed is gone with what waited for it, and comes back', { timeout: 90_000 }, async () => {
  for (const id of ids) {
    await press(page, id, 'Kill it')
    const failed = log(page, id, 'wait()').and(page.locator('[data-state=failed]')).first()
    await failed.waitFor()
    expect([id, await failed.locator('.answer').innerText()]).toEqual([
      id,
      expect.stringMatching(/^PEER_GONE -32050: Request `wait` failed: /),
    ])
    await page.locator(`#card-${id} .history [data-state=gone]`).first().waitFor()
    // The others have not noticed.
    for (const other of ids) if (other !== id) await state(page, other, 'connected')
    await press(page, id, 'Bring it back')
    await state(page, id, 'connected')
  }
  expect(await callAll(page)).toEqual(primesByFifths())
})

test('the WebSocket comes back by itself', { timeout: 120_000 }, async () => {
  await press(page, 'socket', 'Kill it')
  await page.locator('#card-socket .state:not([data-state=connected])').waitFor()
  await state(page, 'socket', 'connected')
  expect(await callAll(page)).toEqual(primesByFifths())
})

test('with one missing, the others are still called', { timeout: 120_000 }, async () => {
  await press(page, 'worker', 'Kill it')
  await state(page, 'worker', 'gone')
  const [first, ...others] = await callAll(page)
  expect(first).toMatch(/^PEER_GONE -32050/)
  expect(others).toEqual(primesByFifths().slice(1))
  await press(page, 'worker', 'Bring it back')
  await state(page, 'worker', 'connected')
})

test('two tabs share the SharedWorker and the bus', { timeout: 120_000 }, async () => {
  const tab = await page.context().newPage()
  await tab.goto(page.url())
  for (const id of ids) await state(tab, id, 'connected')
  await press(tab, 'shared', 'Count one')
  await expect.poll(() => answer(tab, 'shared', 'count()').innerText()).toMatch(/, by 2 tabs$/)
  // The other tab is told.
  await log(page, 'shared', ', 2)').first().waitFor()
  await expect
    .poll(async () => {
      await press(tab, 'bus', 'Who is there?')
      return answer(tab, 'bus', "gather('where')").innerText()
    })
    .toBe('1 × a tab, 2 × a worker on the bus')
  await tab.close()
})

test('the server lets in this page only, and no long messages', async () => {
  const url = (await page.locator('meta[name=socket]').getAttribute('content')) ?? ''
  const end = (socket: WebSocket): Promise<string> =>
    new Promise((resolve) => {
      socket.on('error', (error) => resolve(error.message))
      socket.on('close', (code) => resolve(`closed with ${code}`))
    })
  expect(await end(new WebSocket(url, { origin: 'http://127.0.0.1:1' }))).toBe(
    'Unexpected server response: 401',
  )
  expect(await end(new WebSocket(url))).toBe('Unexpected server response: 401')
  const socket = new WebSocket(url, { origin: new URL(site.url).origin })
  socket.on('open', () => socket.send(' '.repeat(400_000)))
  expect(await end(socket)).toBe('closed with 1009')
})

test('on a phone nothing is cut off at the side', { timeout: 120_000 }, async () => {
  const phone = await visit({
    viewport: { width: 390, height: 700 },
    isMobile: true,
    hasTouch: true,
    colorScheme: 'dark',
  })
  await callAll(phone)
  await press(phone, 'socket', 'Hash a text')
  await answer(phone, 'socket', 'hash(').waitFor()
  expect(await misfits(phone)).toEqual([])
  await phone.context().close()
})
