// The part of the page that hashes files: a callback, an AbortSignal and an async generator cross to a worker.
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Locator, Page } from 'playwright'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { sampleFiles, samplePiece } from '../../playground/sample.ts'
import { misfits, openSite, type Site } from './site.ts'

let site: Site
let page: Page
let hasher: Locator
let folder: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'portcall-page-'))
  site = await openSite()
  page = await site.visit({ viewport: { width: 1280, height: 800 } })
  hasher = page.locator('#hasher')
}, 300_000)

afterEach(() => site.complain())

afterAll(async () => {
  await site?.close()
  rmSync(folder, { recursive: true })
})

const button = (name: string): Locator => hasher.getByRole('button', { name, exact: true })

/** @returns what it says when it has ended so. */
async function status(place: Locator, state: 'ok' | 'aborted'): Promise<string> {
  const status = place.getByRole('status')
  await status.and(place.locator('[data-state=ok], [data-state=aborted], [data-state=bad]')).waitFor({
    timeout: 60_000,
  })
  expect(await status.getAttribute('data-state')).toBe(state)
  return status.innerText()
}

/** Names, sizes and hashes, as they are shown. */
async function results(): Promise<(readonly string[])[]> {
  const list = hasher.getByRole('list', { name: 'SHA-256 of each file' }).getByRole('listitem')
  const texts = await list.allInnerTexts()
  return texts.map((text) => {
    const [name = '', facts = '', hash = ''] = text.split('\n')
    return [name, facts.replace(/ · .*/, ''), hash]
  })
}

function sampleHashes(): (readonly string[])[] {
  const piece = samplePiece()
  return sampleFiles.map(([name, pieces]) => {
    const hash = createHash('sha256')
    for (let i = 0; i < pieces; i++) hash.update(piece)
    return [name, `${pieces}.0 MB`, hash.digest('hex')]
  })
}

/** Gather what the bar shows from now on. @returns what ends it, and gives it. */
const watchBar = async (): Promise<() => Promise<number[]>> => {
  const handle = await hasher.getByRole('progressbar', { name: 'Hashed so far' }).evaluateHandle((bar) => {
    if (!(bar instanceof HTMLProgressElement)) throw new TypeError('This is no progress bar')
    const seen: number[] = []
    const observer = new MutationObserver(() => seen.push(bar.value))
    observer.observe(bar, { attributes: true })
    return { seen, observer }
  })
  return () =>
    handle.evaluate(({ seen, observer }) => {
      observer.disconnect()
      return seen
    })
}

test('the sample is hashed: progress moves, and each hash is right', { timeout: 90_000 }, async () => {
  const bar = await watchBar()
  await button('Hash').click()
  expect(await status(hasher, 'ok')).toBe('4 files hashed. The worker’s finally ran.')

  expect(await results()).toEqual(sampleHashes())
  const seen = await bar()
  // One for each chunk of 1 MiB at the most; some are painted together.
  expect(seen.length).toBeGreaterThan(10)
  expect(seen).toEqual(seen.toSorted((a, b) => a - b))
  expect(seen[0]).toBeLessThan(0.1)
  expect(seen.at(-1)).toBe(1)
})

test('the frames of the call show the callback, the signal and the stream', async () => {
  const row = hasher.locator('.row.from-page')
  await row.locator('summary').click()
  // They are written when the row is opened.
  await row.locator('.rung pre').first().waitFor()
  const frames = await row.locator('.rung pre').allInnerTexts()
  expect(frames[0]).toMatch(/"hash".*sample-1\.bin.*\[\[1\], "function", \d+\], \[\[2\], "signal", \d+\]/s)
  expect(frames[1]).toContain('"stream"')
  expect(frames[2]).toContain('rpc.pull')
  expect(frames[3]).toContain('rpc.call')
  expect(frames.at(-1)).toContain('rpc.end')
})

test('files that are chosen are hashed', { timeout: 90_000 }, async () => {
  const odd = Buffer.alloc(2 * 1_048_576 + 55, 'odd')
  await hasher.getByLabel('Files').setInputFiles([
    { name: 'abc.txt', mimeType: 'text/plain', buffer: Buffer.from('abc') },
    { name: 'empty.txt', mimeType: 'text/plain', buffer: Buffer.alloc(0) },
    { name: 'odd.bin', mimeType: 'application/octet-stream', buffer: odd },
  ])
  expect(await hasher.locator('.hint').innerText()).toBe('Chosen: 2.1 MB in all. They stay in this browser.')
  await button('Hash').click()
  expect(await status(hasher, 'ok')).toMatch(/^3 files hashed/)
  expect(await results()).toEqual([
    ['abc.txt', '3 bytes', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    ['empty.txt', '0 bytes', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['odd.bin', '2.1 MB', createHash('sha256').update(odd).digest('hex')],
  ])
  await button('Take the sample').click()
  expect(await hasher.locator('.hint').innerText()).toMatch(/^None chosen/)
})

test('Cancel stops the worker, without a pointer too', { timeout: 90_000 }, async () => {
  // So large that no machine has hashed it before it is cancelled.
  const huge = join(folder, 'huge.bin')
  writeFileSync(huge, '')
  truncateSync(huge, 8 * 2 ** 30)
  await hasher.getByLabel('Files').setInputFiles(huge)
  await button('Hash').focus()
  await page.keyboard.press('Enter')
  await expect
    .poll(() => hasher.locator('progress').evaluate((bar) => bar.getAttribute('value')))
    .not.toBe('0')
  await page.keyboard.press('Tab')
  expect(await page.locator(':focus').innerText()).toBe('Cancel')
  await page.keyboard.press('Enter')

  expect(await status(hasher, 'aborted')).toMatch(
    /^Cancelled\. The worker’s finally ran after [\d.]+ [kM]B of 8589\.9 MB: it has stopped\.$/,
  )
  expect(await page.locator(':focus').innerText()).toBe('Cancel')
  expect(await results()).toEqual([])
  const [call, abort, report] = await hasher.locator('.row').all()
  expect(await call?.locator('.outcome').innerText()).toBe('AbortError: Cancelled by the button')
  await abort?.locator('summary').click()
  await abort?.locator('.rung pre').first().waitFor()
  expect(await abort?.locator('.rung pre').allInnerTexts()).toEqual([expect.stringContaining('rpc.abort')])
  expect(await report?.innerText()).toMatch(/report\(.*ended: true.*its finally ran/s)

  // The worker has nothing else to do: it hashes the next one at once.
  const bar = await watchBar()
  await button('Take the sample').click()
  await button('Hash').click()
  await status(hasher, 'ok')
  expect(await results()).toEqual(sampleHashes())
  const seen = await bar()
  expect(seen).toEqual(seen.toSorted((a, b) => a - b))
})

test('on a phone nothing of it is cut off at the side', { timeout: 90_000 }, async () => {
  const phone = await site.visit({ viewport: { width: 390, height: 700 }, isMobile: true, hasTouch: true })
  const place = phone.locator('#hasher')
  await place.getByRole('button', { name: 'Hash', exact: true }).tap()
  await status(place, 'ok')
  await phone.evaluate(() => document.querySelectorAll('details').forEach((row) => (row.open = true)))
  expect(await misfits(phone)).toEqual([])
  await phone.context().close()
})
