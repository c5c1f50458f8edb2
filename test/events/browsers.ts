/** Drives real browsers from Node, for what only their owner sees: the console, and pages without a test runner. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Browser, type BrowserType, chromium, firefox, type LaunchOptions, type Page } from 'playwright'
import { rolldown } from 'rolldown'
import { isLate } from '../late.ts'

export const names = ['chromium', 'firefox'] as const

type Name = (typeof names)[number]

interface Finder {
  readonly findBrowsers: () => Promise<object>
  readonly launchOptions: (found: object) => Record<Name, LaunchOptions>
}

const types: Record<Name, BrowserType> = { chromium, firefox }

/** Start the browser that `npm test` finds. */
export async function launch(name: Name): Promise<Browser> {
  const script = new URL('../../scripts/browsers.mjs', import.meta.url)
  const { findBrowsers, launchOptions } = (await import(script.href)) as Finder
  return types[name].launch(launchOptions(await findBrowsers())[name])
}

/** Note what the page and its frames print as an error or warning, and what they do not catch. */
export function watchConsole(page: Page): readonly string[] {
  const seen: string[] = []
  page.on('console', (message) => {
    const [type, text] = [message.type(), message.text()]
    if (['error', 'warning'].includes(type) && !isLate(text)) seen.push(`${type}: ${text}`)
  })
  page.on('pageerror', (error) => seen.push(`uncaught: ${error.message}`))
  return seen
}

/** Files by path. */
export type Files = Readonly<Record<string, string | undefined>>

export interface Site {
  readonly origin: string
  readonly close: () => Promise<void>
}

const contentType = (path: string): string => (path.endsWith('.js') ? 'text/javascript' : 'text/html')

/** Serve `files` at a free port of `host`, a loopback name; `headers` go with each. */
export async function serve(host: string, files: Files, headers: Files = {}): Promise<Site> {
  const answer = ({ url = '' }: IncomingMessage, response: ServerResponse): void => {
    const { pathname } = new URL(url, 'http://localhost')
    const body = files[pathname]
    response.writeHead(body === undefined ? 404 : 200, {
      'content-type': `${contentType(pathname)}; charset=utf-8`,
      ...headers,
    })
    response.end(body)
  }
  const server = createServer(answer)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    origin: `http://${host}:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Bundle a script for a browser, from `src` as it is now. */
export async function bundle(input: string): Promise<string> {
  const build = await rolldown({ input, platform: 'browser' })
  const { output } = await build.generate({ format: 'esm' })
  await build.close()
  return output[0].code
}

/** A page that runs `scripts`, which are tags. */
export const pageWith = (scripts: string): string =>
  `<!doctype html><meta charset="utf-8"><title>portcall</title><link rel="icon" href="data:,"><body>${scripts}`
