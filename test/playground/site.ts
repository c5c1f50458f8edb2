/** The page that `npm start` serves, in Chromium. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright'
import { findBrowsers, launchOptions } from '../../scripts/browsers.mjs'
import { isLate } from '../late.ts'
import { freshDist } from '../package/dist.ts'

export interface Site {
  readonly url: string
  /** @param path of the page there. Default: the front page. */
  readonly visit: (options: BrowserContextOptions, path?: string) => Promise<Page>
  /** @throws what nobody wants to see: console errors, exceptions, requests to elsewhere. */
  readonly complain: () => void
  readonly close: () => Promise<void>
}

const script = fileURLToPath(new URL('../../scripts/start.mjs', import.meta.url))

export async function openSite(): Promise<Site> {
  // The script builds what is stale: several of them at once would be in each other's way.
  await freshDist()
  const env: NodeJS.ProcessEnv = { ...process.env, PORT: '0' }
  delete env['CI']
  const server = spawn(process.execPath, [script], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  const close = async (): Promise<void> => {
    if (server.exitCode === null && server.kill('SIGTERM')) await once(server, 'exit')
  }
  try {
    const [url, options] = await Promise.all([addressOf(server), findBrowsers().then(launchOptions)])
    const browser = await chromium.launch(options.chromium)
    const complaints: string[] = []
    return {
      url,
      async visit(options, path = '') {
        const context = await browser.newContext({ ...options, reducedMotion: 'reduce' })
        context.setDefaultTimeout(45_000)
        watch(context, complaints)
        const page = await context.newPage()
        await page.goto(url + path)
        return page
      },
      complain() {
        if (complaints.length > 0) throw new Error(complaints.splice(0).join('\n'))
      },
      async close() {
        await browser.close()
        await close()
      },
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** Resolves to the address that it prints; rejects if it ends before. */
async function addressOf({ stdout }: ChildProcess): Promise<string> {
  if (!stdout) throw new Error('The server has no output')
  const lines = createInterface(stdout)
  for await (const line of lines) {
    const [address] = /http:\/\/127\.0\.0\.1:\d+\//.exec(line) ?? []
    if (!address) continue
    // Nobody reads what comes after; it must not block.
    stdout.resume()
    return address
  }
  throw new Error('The server ended without an address')
}

function watch(context: BrowserContext, complaints: string[]): void {
  context.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()) && !isLate(message.text()))
      complaints.push(`${message.type()}: ${message.text()}`)
  })
  context.on('weberror', (error) => complaints.push(String(error.error())))
  context.on('request', (request) => {
    const { hostname, protocol } = new URL(request.url())
    if (hostname !== '127.0.0.1' && protocol !== 'data:') complaints.push(`request to ${request.url()}`)
  })
  context.on('response', (response) => {
    if (!response.ok() && response.status() !== 304) complaints.push(`${response.status()} ${response.url()}`)
  })
}

/** Pixels that the page is wider than the window. A phone's window grows with it. */
export const sideways = async (page: Page): Promise<number> =>
  (await page.evaluate(() => document.documentElement.scrollWidth)) - (page.viewportSize()?.width ?? 0)

/** What has more in it than can be seen of it. */
export const clipped = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll('body *:not(.visually-hidden, input, textarea)')]
      .filter((element) => getComputedStyle(element).overflowX !== 'visible')
      .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
      .map(({ tagName, className }) => `${tagName}.${className}`),
  )

/** What sticks out at the side, or cuts the button of the theme, at 390 and 320 pixels. */
export async function misfits(phone: Page): Promise<string[]> {
  const found: string[] = []
  for (const width of [390, 320]) {
    await phone.setViewportSize({ width, height: 700 })
    const theme = await phone.locator('#theme').boundingBox()
    const isWhole = theme !== null && theme.x + theme.width <= width - 16
    const all = [...(await clipped(phone)), ...(isWhole ? [] : ['the button of the theme'])]
    const over = await sideways(phone)
    if (over !== 0) all.push(`the page, by ${over} pixels`)
    found.push(...all.map((what) => `at ${width}: ${what}`))
  }
  return found
}
