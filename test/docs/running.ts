/** Runs bundled examples in Chromium and in Node, and collects what they print. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { delimiter, join } from 'node:path'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright'
import { expect } from 'vitest'
import { findBrowsers, launchOptions } from '../../scripts/browsers.mjs'
import { entryOf, expectedOf, type Example, root } from './fences.ts'
import { ended } from './project.ts'

const patience = 45_000

/** What says only that this machine is slow, or what Chromium says of messages to an iframe that has not loaded yet. */
const isNoise = (line: string): boolean =>
  /^portcall: The peer has not answered the handshake within 3 s|^Failed to execute 'postMessage' on 'DOMWindow'/.test(
    line,
  )

/** A server whose host names are the examples: `http://docs-types-1.localhost`, and `widget.` before it. */
export interface Site {
  readonly port: number
  /** Serve this folder: a file of the example, or else one that all share. */
  serve(folder: string): void
  close(): void
}

export async function startSite(): Promise<Site> {
  let folder = ''
  const server: Server = createServer(({ url = '', headers }, response) => {
    const [example = ''] = headers.host?.replace(/^widget\./, '').split('.') ?? []
    const { pathname } = new URL(url, 'http://localhost')
    const path = pathname === '/' ? 'index.html' : pathname
    const file = [join(folder, example, path), join(folder, path)].find((name) => existsSync(name))
    response.statusCode = file !== undefined ? 200 : pathname === '/favicon.ico' ? 204 : 404
    // As servers do it that know nothing of TypeScript.
    const types = { html: 'text/html', js: 'text/javascript', ts: 'video/mp2t' } as const
    const type = types[(/\w+$/.exec(path)?.[0] ?? '') as keyof typeof types] ?? 'text/plain'
    response.setHeader('content-type', type)
    response.end(file === undefined ? '' : readFileSync(file))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    serve: (from) => void (folder = from),
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

export const startBrowser = async (): Promise<Browser> =>
  chromium.launch(launchOptions(await findBrowsers()).chromium)

/** What an example has printed so far, by whichever of its pages or processes. */
export class Output {
  readonly lines: string[] = []
  readonly failures: string[] = []
  /** How many of its files have run to their end. */
  ends = 0

  add(text: string): void {
    if (text === ended) this.ends++
    else if (text !== '') this.lines.push(text)
  }

  /** The words in it, as they are compared. */
  words({ settings }: Example): string[] {
    return comparable(
      this.lines.flatMap((line) => line.split(/\s+/)),
      settings.has('any-order'),
    )
  }
}

/** Words without how long something took. */
function comparable(words: readonly string[], isSorted: boolean): string[] {
  const steady = words.map((word, i) => (words[i + 1] === 'ms' ? 'N' : word))
  return isSorted ? steady.toSorted() : steady
}

/** The words that an example says that it prints. */
export const promised = (example: Example): string[] =>
  comparable(expectedOf(example), example.settings.has('any-order'))

/** Wait until it is done or has failed. */
export async function until(output: Output, isDone: () => boolean): Promise<void> {
  const state = (): string => {
    if (output.failures.length > 0) return output.failures.join('\n')
    return isDone() ? 'done' : `not yet at its end; it printed: ${output.lines.join(' | ')}`
  }
  await expect
    .poll(() => state().startsWith('not yet'), { timeout: patience })
    .toBe(false)
    .catch(() => {})
  expect(state()).toBe('done')
}

/** Run an example in a browser, with its server and its tab. @returns the words that it prints. */
export async function runInBrowser(
  browser: Browser,
  example: Example,
  folder: string,
  origin: string,
): Promise<string[]> {
  const output = new Output()
  const context = await browser.newContext()
  const server = example.settings.get('server')
  const child = server === undefined ? undefined : start(folder, example, server, output)
  try {
    if (child) await until(output, () => output.ends > 0)
    const tab = example.settings.get('tab')
    if (tab !== undefined) await open(context, `${origin}/${tab.replace(/\.\w+$/, '.html')}`, output)
    if (tab !== undefined) await until(output, () => output.ends > 0)
    const before = output.ends
    await open(context, `${origin}/`, output)
    const count = promised(example).length
    await until(output, () => output.ends > before && output.words(example).length >= count)
    return output.words(example)
  } finally {
    child?.kill('SIGKILL')
    await context.close()
  }
}

const open = async (context: BrowserContext, url: string, output: Output): Promise<unknown> =>
  watch(await context.newPage(), output).goto(url)

/** Collect what a page prints, before it is opened. */
export function watch(page: Page, output: Output): Page {
  page.on('console', (message) => {
    const text = message.text()
    if (isNoise(text)) return
    if (/error|warning/.test(message.type())) output.failures.push(text)
    else output.add(text)
  })
  page.on('pageerror', (error) => output.failures.push(String(error)))
  return page
}

/** Run an example in Node, with its server; it must end by itself. @returns the words that it prints. */
export async function runInNode(example: Example, folder: string): Promise<string[]> {
  const output = new Output()
  const server = example.settings.get('server')
  const child = server === undefined ? undefined : start(folder, example, server, output)
  try {
    if (child) await until(output, () => output.ends > 0)
    const program = start(folder, example, entryOf(example), output)
    const timer = setTimeout(() => {
      output.failures.push('it did not end by itself')
      program.kill('SIGKILL')
    }, patience)
    const [code] = (await once(program, 'close')) as [number | null]
    clearTimeout(timer)
    expect([code, output.failures]).toEqual([0, []])
    return output.words(example)
  } finally {
    child?.kill('SIGKILL')
  }
}

function start(folder: string, example: Example, file: string, output: Output): ChildProcess {
  const path = [join(root, 'node_modules/.bin'), process.env['PATH']].join(delimiter)
  const child = spawn(process.execPath, [file.replace(/ts$/, 'js')], {
    cwd: join(folder, 'node', example.name),
    env: { ...process.env, PATH: path },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let rest = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const lines = `${rest}${text}`.split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) output.add(line)
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output.failures.push(...text.split('\n').filter((line) => line !== '' && !isNoise(line)))
  })
  return child
}
