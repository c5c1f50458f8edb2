/** What becomes of a page's calls when its service worker is stopped, started again and updated. */
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { Browser, Page } from 'playwright'
import { ErrorCode } from '../../../src/index.ts'
import { bundle, launch, names, pageWith, serve } from '../../events/browsers.ts'
import { launchWith } from './launching.ts'

const MINUTE = 60_000

const file = (name: string): string => fileURLToPath(new URL(`./pages/${name}.ts`, import.meta.url))

let scripts: readonly string[] = []
beforeAll(async () => {
  scripts = await Promise.all(['page', 'worker'].map((name) => bundle(file(name))))
}, MINUTE)

interface Opened {
  readonly page: Page
  /** Let the server give another worker from now on. */
  readonly release: (version: string) => void
}

async function open(starting: Promise<Browser>): Promise<Opened> {
  const [pageScript = '', worker = ''] = scripts
  const workerOf = (version: string): string => `const VERSION = '${version}';\n${worker}`
  const files: Record<string, string> = {
    '/': pageWith('<script type="module" src="/page.js"></script>'),
    '/page.js': pageScript,
    '/worker.js': workerOf('1'),
  }
  const site = await serve('127.0.0.1', files, { 'cache-control': 'no-store' })
  onTestFinished(() => site.close())
  const browser = await starting
  onTestFinished(() => browser.close())
  const context = await browser.newContext()
  const page = await visit(await context.newPage(), site.origin)
  return { page, release: (version) => (files['/worker.js'] = workerOf(version)) }
}

async function visit(page: Page, url: string): Promise<Page> {
  await page.goto(url)
  await page.waitForFunction(() => 'page' in globalThis, undefined, { timeout: MINUTE })
  return page
}

const openAnother = async (page: Page): Promise<Page> => visit(await page.context().newPage(), page.url())

const invoke = (page: Page, method: string, ...params: unknown[]): Promise<unknown> =>
  page.evaluate(([name, args]) => globalThis.page.invoke(name, ...args), [method, params] as const)

/** Wait until the hanging call has been rejected. @returns how. */
async function fateOf(page: Page): Promise<unknown> {
  await page.waitForFunction(() => globalThis.page.fates.length > 0, undefined, { timeout: MINUTE })
  return page.evaluate(() => globalThis.page.fates)
}

describe('a service worker that is stopped, in Chromium', { timeout: 4 * MINUTE }, () => {
  const stop = async (page: Page): Promise<void> => {
    const session = await page.context().newCDPSession(page)
    await session.send('ServiceWorker.enable')
    await session.send('ServiceWorker.stopAllWorkers')
    await session.detach()
  }

  test('what is pending rejects PEER_GONE, and the next call reaches a new instance', async () => {
    const { page } = await open(launch('chromium'))
    const first = await invoke(page, 'instance')
    expect(await invoke(page, 'count')).toBe(1)
    await page.evaluate(() => globalThis.page.hang())
    await stop(page)
    expect(await fateOf(page)).toEqual([
      { code: ErrorCode.PEER_GONE, message: expect.stringContaining('hang') },
    ])
    expect(await invoke(page, 'count')).toBe(1)
    expect(await invoke(page, 'instance')).not.toBe(first)
    const states = await page.evaluate(() => globalThis.page.states)
    expect(states).toEqual(['waiting', 'connected', 'gone', 'waiting', 'connected'])
  })

  test('the worker can call the page again after each of three stops', async () => {
    const { page } = await open(launch('chromium'))
    const seen = new Set<unknown>([await invoke(page, 'instance')])
    for (let i = 0; i < 3; i++) {
      await page.evaluate(() => globalThis.page.hang())
      await stop(page)
      await page.waitForFunction((count) => globalThis.page.fates.length > count, i, { timeout: MINUTE })
      expect(await invoke(page, 'askAll', 'who')).toEqual(['the page'])
      seen.add(await invoke(page, 'instance'))
    }
    expect(seen.size).toBe(4)
  })

  /** Wait until nobody waits for a lock, and only the worker holds any: one for each page. */
  const rests = (page: Page, pages = 1): Promise<void> =>
    expect
      .poll(() => page.evaluate(() => globalThis.page.locks()), { timeout: MINUTE })
      .toEqual({ held: pages, pending: 0 })

  test('a page that rests finds out, and its next call reaches a new instance', async () => {
    const { page } = await open(launch('chromium'))
    const first = await invoke(page, 'instance')
    await rests(page)
    await stop(page)
    await page.waitForFunction(() => globalThis.page.states.length === 5, undefined, { timeout: MINUTE })
    expect(await invoke(page, 'instance')).not.toBe(first)
    const states = await page.evaluate(() => globalThis.page.states)
    expect(states).toEqual(['waiting', 'connected', 'gone', 'waiting', 'connected'])
  })

  test('a call of a page that rests and has not found out yet settles at once, whatever it reaches', async () => {
    const { page } = await open(launch('chromium'))
    const seen = new Set<unknown>([await invoke(page, 'instance')])
    for (let i = 0; i < 4; i++) {
      await rests(page)
      await stop(page)
      const outcome = await page.evaluate(() =>
        globalThis.page.invoke('count').catch(({ code }: { readonly code: unknown }) => code),
      )
      expect([1, ErrorCode.PEER_GONE]).toContain(outcome)
      seen.add(await invoke(page, 'instance'))
    }
    expect(seen.size).toBe(5)
  })

  test('the worker calls a page that rests', async () => {
    const { page } = await open(launch('chromium'))
    const other = await openAnother(page)
    await Promise.all([page, other].map((one) => invoke(one, 'instance')))
    await rests(page, 2)
    expect(await invoke(page, 'askAll', 'who')).toEqual(['the page', 'the page'])
    const states = await other.evaluate(() => globalThis.page.states)
    expect(states).toEqual(['waiting', 'connected'])
  })

  test('pages that leave while the worker is stopped leave nothing there', async () => {
    const { page } = await open(launch('chromium'))
    const others = [await openAnother(page), await openAnother(page)]
    await rests(page, 3)
    await stop(page)
    await Promise.all(others.map((other) => other.close()))
    await page.waitForFunction(() => globalThis.page.states.length === 5, undefined, { timeout: MINUTE })
    await rests(page, 1)
    expect(await invoke(page, 'clients')).toBe(1)
  })

  test('after a stop all pages are its clients again', async () => {
    const { page } = await open(launch('chromium'))
    const other = await openAnother(page)
    expect(await invoke(page, 'clients')).toBe(2)
    await Promise.all([page, other].map((one) => one.evaluate(() => globalThis.page.hang())))
    await stop(page)
    await Promise.all([page, other].map(fateOf))
    await expect.poll(() => invoke(page, 'clients'), { timeout: MINUTE }).toBe(2)
    await other.close()
    await expect.poll(() => invoke(page, 'clients'), { timeout: MINUTE }).toBe(1)
  })
})

/** A Firefox that stops a service worker which has been idle for a second: it cannot be told to. */
const launchImpatientFirefox = (): Promise<Browser> =>
  launchWith('firefox', {
    firefoxUserPrefs: {
      'dom.serviceWorkers.idle_timeout': 1_000,
      'dom.serviceWorkers.idle_extended_timeout': 1_000,
    },
  })

describe('a service worker that is stopped when it is idle, in Firefox', { timeout: 4 * MINUTE }, () => {
  test('what is pending rejects PEER_GONE, and the next call reaches a new instance', async () => {
    const { page } = await open(launchImpatientFirefox())
    const first = await invoke(page, 'instance')
    await page.evaluate(() => globalThis.page.hang())
    expect(await fateOf(page)).toEqual([
      { code: ErrorCode.PEER_GONE, message: expect.stringContaining('hang') },
    ])
    expect(await invoke(page, 'instance')).not.toBe(first)
  })
})

describe.each(names)('a service worker that is updated, in %s', (name) => {
  test(
    'what is pending rejects PEER_GONE, and the next call reaches the new version',
    { timeout: 4 * MINUTE },
    async () => {
      const { page, release } = await open(launch(name))
      expect(await invoke(page, 'version')).toBe('1')
      await page.evaluate(() => globalThis.page.hang())
      release('2')
      await page.evaluate(() => globalThis.page.update())
      expect(await fateOf(page)).toEqual([
        { code: ErrorCode.PEER_GONE, message: expect.stringContaining('hang') },
      ])
      expect(await invoke(page, 'version')).toBe('2')
    },
  )
})
