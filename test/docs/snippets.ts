/** Runs the code blocks of README and docs, in a page or in Node, and collects what they print. */
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer as createHttpServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type Browser, chromium } from 'playwright'
import { rolldown } from 'rolldown'
import { afterAll, beforeAll, expect } from 'vitest'
import { findBrowsers, launchOptions } from '../../scripts/browsers.mjs'

export const root: string = fileURLToPath(new URL('../../', import.meta.url))

/** The entries of this package, as its source is now. The longer names come first. */
const alias = Object.fromEntries(
  ['core', 'testing', 'index'].map((name) => [
    name === 'index' ? 'portcall' : `portcall/${name}`,
    `${root}src/${name}.ts`,
  ]),
)

export const textOf = (page: string): string => readFileSync(`${root}${page}`, 'utf8')

/** The code blocks that follow a line `<!-- run: name -->`. */
export function blocks(page: string, name: string): string[] {
  const found = textOf(page).matchAll(
    new RegExp(`<!-- run: ${name} -->\\n\\n\`\`\`\\w+\\n([^]*?)\`\`\``, 'g'),
  )
  return Array.from(found, ([, code = '']) => code)
}

/** A code block as files: the text after each `// file.ext` line. */
export function filesOf(code: string): Map<string, string> {
  const files = new Map<string, string>()
  for (const [, file = 'main.ts', body = ''] of `// main.ts\n${code}`.matchAll(
    /^\/\/ ([\w.]+\.[cm]?[tj]s)\b.*\n([^]*?)(?=^\/\/ [\w.]+\.[cm]?[tj]s\b|(?![^]))/gm,
  ))
    if (body.trim()) files.set(file, body)
  return files
}

/** What comments behind `console.log(…)` say that it prints. */
export const expected = (files: ReadonlyMap<string, string>): string[] =>
  Array.from(files.values())
    .join('\n')
    .split('\n')
    .flatMap((line) => /console\.log\(.*\/\/ (.+)$/.exec(line)?.[1] ?? [])

let browser: Browser
let folder: string
let servers: Server[]
const served = new Map<string, string>()

/** Two servers and a browser, for the tests of a file. */
export function usePages(): void {
  beforeAll(async () => {
    browser = await chromium.launch(launchOptions(await findBrowsers()).chromium)
    servers = [1, 2].map(() =>
      createHttpServer((request, response) => {
        const body = served.get(request.url ?? '') ?? ''
        response.setHeader('content-type', request.url?.endsWith('.js') ? 'text/javascript' : 'text/html')
        response.end(body)
      }).listen(0, '127.0.0.1'),
    )
    await Promise.all(servers.map((server) => new Promise((resolve) => server.once('listening', resolve))))
  }, 300_000)

  afterAll(async () => {
    await browser?.close()
    for (const server of servers ?? []) {
      server.close()
      server.closeAllConnections()
    }
  })
}

/** A folder for the files of a test file, inside the package, so that `portcall` means this package. */
export function useFolder(): void {
  beforeAll(() => {
    folder = mkdtempSync(`${root}.snippets-`)
  })
  afterAll(() => {
    if (folder) rmSync(folder, { recursive: true })
  })
}

async function bundle(code: string, name: string, platform: 'browser' | 'node' = 'browser'): Promise<string> {
  const file = `${folder}/${name}.ts`
  writeFileSync(file, code)
  const build = await rolldown({
    input: file,
    platform,
    resolve: { alias },
  })
  const { output } = await build.generate({ format: 'es' })
  await build.close()
  return output[0].code
}

const portOf = (index: number): number => (servers[index]!.address() as AddressInfo).port

/** Open a page with these scripts, and collect what it prints until that is as much as expected. */
export async function printed(
  scripts: ReadonlyMap<string, string>,
  html: string,
  count: number,
): Promise<string[]> {
  served.clear()
  for (const [name, code] of scripts) {
    served.set(`/${name}.js`, await bundle(code, name))
    served.set(`/${name}.html`, `<!doctype html><script type="module" src="/${name}.js"></script>`)
  }
  served.set('/', `<!doctype html><title>README</title>${html}`)
  const page = await browser.newPage()
  const lines: string[] = []
  const failures: string[] = []
  page.on('console', (message) => (message.type() === 'error' ? failures : lines).push(message.text()))
  page.on('pageerror', (error) => failures.push(String(error)))
  await page.goto(`http://127.0.0.1:${portOf(0)}/`)
  await expect.poll(() => [lines.length >= count, failures]).toEqual([true, []])
  await page.close()
  return lines
}

/** What a program of one file prints in Node, which must end by itself. */
export async function printedInNode(code: string, name: string): Promise<string[]> {
  const file = `${folder}/${name}.mjs`
  writeFileSync(file, await bundle(code, name, 'node'))
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [file], { timeout: 60_000 })
  expect(stderr).toBe('')
  return stdout.trimEnd().split('\n')
}

export const origins = (): string =>
  `const HOST_ORIGIN = 'http://127.0.0.1:${portOf(0)}', WIDGET_ORIGIN = 'http://localhost:${portOf(1)}';\n`

export const iframe = (): string => `<iframe src="http://localhost:${portOf(1)}/widget.html"></iframe>`

export const script = (name: string): string => `<script type="module" src="/${name}.js"></script>`

/** What the two files of an iframe example print. */
export const printedWithIframe = (files: ReadonlyMap<string, string>): Promise<string[]> =>
  printed(
    new Map([
      ['widget', origins() + files.get('widget.ts')],
      ['host', origins() + files.get('host.ts')],
    ]),
    iframe() + script('host'),
    expected(files).length,
  )

/** What the two files of a worker example print. */
export function printedWithWorker(files: ReadonlyMap<string, string>, count: number): Promise<string[]> {
  const main = files.get('main.ts')?.replace("new URL('./worker.ts', import.meta.url)", "'/worker.js'")
  const scripts = new Map([
    ['worker', files.get('worker.ts') ?? ''],
    ['main', main ?? ''],
  ])
  return printed(scripts, script('main'), count)
}

/** Run test files by vitest, in its pool of threads or of processes. @returns their names, and how each ended. */
export async function testedByVitest(
  files: ReadonlyMap<string, string>,
  pool: 'threads' | 'forks',
): Promise<readonly string[]> {
  const at = `${folder}/${pool}`
  mkdirSync(at)
  for (const [name, code] of files) writeFileSync(`${at}/${name}`, code)
  writeFileSync(
    `${at}/vitest.config.mjs`,
    `export default ${JSON.stringify({ resolve: { alias }, test: { pool, watch: false } })}`,
  )
  const vitest = `${root}node_modules/vitest/vitest.mjs`
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [vitest, 'run', '--root', at, '--reporter=json'],
    { timeout: 60_000, cwd: at },
  )
  const { testResults } = JSON.parse(stdout) as {
    readonly testResults: readonly {
      readonly assertionResults: readonly Record<'title' | 'status', string>[]
    }[]
  }
  return testResults.flatMap(({ assertionResults }) =>
    assertionResults.map(({ title, status }) => `${title}: ${status}`),
  )
}
