// What `npm start` serves, in Chromium: everything that the page shows ends as it should.
import type { Page } from 'playwright'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { clipped, openSite, sideways, type Site } from './site.ts'

let site: Site
/** At a desk. Each test finds it as the one before left it: connected, but for the popup. */
let page: Page

beforeAll(async () => {
  site = await openSite()
  page = await visit({ viewport: { width: 1280, height: 800 }, colorScheme: 'light' })
  // On a machine without browsers they are installed first.
}, 300_000)

afterEach(() => site.complain())

afterAll(() => site?.close())

async function visit(options: Parameters<Site['visit']>[0]): Promise<Page> {
  const page = await site.visit(options)
  for (const id of ['worker', 'same', 'other']) await state(page, id, 'connected')
  return page
}

const state = (page: Page, id: string, state: string): Promise<void> =>
  page.locator(`#connection-${id} .state[data-state=${state}]`).waitFor()

const press = (name: string): Promise<void> =>
  page.locator('#panels').getByRole('button', { name, exact: true }).click()

async function runAll(page: Page): Promise<string> {
  await page.getByRole('button', { name: 'Run all' }).click()
  const summary = page.locator('#summary:is([data-state=ok], [data-state=bad])')
  await summary.waitFor({ timeout: 45_000 })
  return (await summary.textContent()) ?? ''
}

async function openPopup(): Promise<Page> {
  const [popup] = await Promise.all([page.context().waitForEvent('page'), press('Open: Popup')])
  await state(page, 'popup', 'connected')
  return popup
}

/** Write a call into the form and send it. @returns its row. */
async function callOwn(own: {
  readonly connection: string
  readonly door: string
  readonly method: string
  readonly params: string
}) {
  const form = page.locator('#own')
  await form.getByLabel('Connection').selectOption({ label: own.connection })
  await form.getByLabel('Door').selectOption({ label: own.door })
  await form.getByLabel('Method or event').fill(own.method)
  await form.getByLabel('Params, as JSON').fill(own.params)
  const timeout = form.getByLabel('Timeout (ms)')
  if (await timeout.isEnabled()) await timeout.fill('0')
  const rows = form.locator('.row.from-page')
  const before = await rows.count()
  await form.getByRole('button', { name: 'Call', exact: true }).click()
  return rows.nth(before)
}

test(
  'every call over every connection by every way to call ends as it should',
  { timeout: 90_000 },
  async () => {
    const popup = await openPopup()
    const summary = await runAll(page)

    const strange = page.locator('.row[data-intended=false], .card .problem:not(:empty)')
    expect(await strange.allInnerTexts()).toEqual([])
    expect(summary).toMatch(
      /^\d+ calls in [\d.]+ s · \d+ answered · \d+ failed as they should · \d+ calls back/,
    )
    const cards = page.locator('.scenes .card')
    expect(await cards.count()).toBe(await page.locator('.scenes .card[data-state=ok]').count())
    const cells = page.locator('.matrix .cell')
    expect(await cells.evaluateAll((all) => all.map((cell) => cell.dataset['state']))).toEqual(
      Array.from({ length: 15 }, () => 'ok'),
    )
    // Each connection has called the page back, by each of its doors.
    for (const [id, doors] of Object.entries({ worker: 3, same: 4, other: 4, popup: 4 })) {
      const back = page.locator(`#panel-${id} .door:has(.row.from-peer)`)
      expect([id, await back.count()]).toEqual([id, doors])
    }
    await popup.close()
    await state(page, 'popup', 'gone')
  },
)

test('the frames of a call are shown when its row is opened', async () => {
  await page.getByRole('tab', { name: 'Iframe, other origin' }).click()
  await page.getByRole('button', { name: 'Run: Its error is your error' }).locator('visible=true').click()
  const row = page.locator('#panel-other .row').filter({ hasText: '402 ' })
  await row.locator('summary').click()

  expect(await row.locator('.outcome').innerText()).toBe('402 Not enough money { missing: 5 }')
  expect(await row.locator('.via').innerText()).toBe('wrap · foreign iframe')
  expect(await row.locator('.rung .kind').allInnerTexts()).toEqual([
    expect.stringMatching(/^request \d+$/),
    expect.stringMatching(/^error \d+$/),
  ])
})

test('an iframe that is removed is gone with what waited for it, and another takes its place', async () => {
  const own = { connection: 'Iframe, other origin', door: 'RPC', method: 'sleep', params: '[60000]' }
  const row = await callOwn(own)
  await press('Remove: Iframe, other origin')
  await state(page, 'other', 'gone')
  await row.and(page.locator('[data-state=gone]')).waitFor()
  expect(await row.locator('.outcome').innerText()).toMatch(/^-32050 /)

  await press('Add: Iframe, other origin')
  await state(page, 'other', 'connected')
  const next = await callOwn({ ...own, method: 'math.max', params: '[1, 7]' })
  await next.and(page.locator('[data-state=answered]')).waitFor()
  expect(await next.locator('.outcome').innerText()).toBe('7')
})

test('a popup that is closed is gone with what waited for it', async () => {
  const popup = await openPopup()
  const own = { connection: 'Popup', door: 'createConnection', method: 'sleep', params: '[60000]' }
  const row = await callOwn(own)
  await popup.close()
  await state(page, 'popup', 'gone')
  await row.and(page.locator('[data-state=gone]')).waitFor()
  expect(await row.locator('.outcome').innerText()).toMatch(/^-32050 /)
})

test('the other side calls the page when it likes, by each door', async () => {
  for (const id of ['same', 'other']) {
    const panel = page.locator(`#connection-${id}`)
    const peer = panel.frameLocator('iframe')
    for (const [name, door, said] of [
      ['wrap', 'wrap', 'page.viewport() → { width: 1280, height: 800 }'],
      ['RPC', 'RPC', `rpc.invoke('Page.title') → "portcall playground"`],
      ['event', 'RPCMessageEvent', "event.emit('pong', 'hi') → sent"],
      ['createConnection', 'createConnection', '"42, whatever \\"How are you?\\" means"'],
    ] as const) {
      await peer.getByRole('button', { name, exact: true }).click()
      await expect.poll(() => peer.locator('#said').innerText()).toContain(said)
      await expect.poll(() => panel.locator('.row .via').first().innerText()).toContain(door)
    }
  }
  await press('Let it call the page')
  await page.locator('#connection-worker .row').filter({ hasText: 'viewport()' }).waitFor()
})

test('what is no call is explained, and an unknown method is answered by the specification', async () => {
  const own = { connection: 'Worker', door: 'expose and wrap', method: 'launch', params: '"now"' }
  await callOwn(own)
  const problem = page.locator('#own-problem')
  expect(await problem.innerText()).toBe('Params are an array or an object: write ["now"]')
  const row = await callOwn({ ...own, params: '["now"]' })
  await row.and(page.locator('[data-state=rejected]')).waitFor()
  expect(await row.locator('.outcome').innerText()).toBe('-32601 Method not found: launch')
})

test('the colours that are chosen reach a peer of another origin as an event', async () => {
  await page.getByRole('button', { name: 'Switch to dark colours' }).click()
  const peer = page.frameLocator('#connection-other iframe')
  await expect.poll(() => peer.locator('html').getAttribute('data-theme')).toBe('dark')
})

test('the page can be used without a pointer', async () => {
  await page.locator('.skip').focus()
  await page.keyboard.press('Enter')
  expect(await page.locator(':focus').getAttribute('id')).toBe('calls')
  await page.getByRole('tab', { name: 'Worker' }).focus()
  await page.keyboard.press('ArrowRight')
  expect(await page.locator(':focus').innerText()).toBe('Iframe, same origin')
  expect(await page.locator('[role=tabpanel]:visible').getAttribute('id')).toBe('panel-same')
  const run = page.locator('#panel-same .run').first()
  await run.focus()
  await page.keyboard.press('Enter')
  await page.locator('#panel-same .row').first().waitFor()
})

test('on a phone nothing is cut off at the side', { timeout: 90_000 }, async () => {
  const phone = await visit({ viewport: { width: 390, height: 700 }, isMobile: true, hasTouch: true })
  await runAll(phone)
  for (const width of [390, 320]) {
    await phone.setViewportSize({ width, height: 700 })
    for (const id of ['worker', 'same', 'other', 'popup']) {
      await phone.locator(`#tab-${id}`).click()
      await phone.evaluate(() => document.querySelectorAll('details').forEach((row) => (row.open = true)))
      expect([width, id, await sideways(phone), await clipped(phone)]).toEqual([width, id, 0, []])
    }
  }
  await phone.context().close()
})
