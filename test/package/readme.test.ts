import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer as createHttpServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { type Browser, chromium } from 'playwright'
import { rolldown } from 'rolldown'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findBrowsers, launchOptions } from '../../scripts/browsers.mjs'

const root = fileURLToPath(new URL('../../', import.meta.url))
const readme = readFileSync(`${root}README.md`, 'utf8')

/** The code block that follows `<!-- run: name -->`, as files: the text after each `// file.ext` line. */
function snippet(name: string): Map<string, string> {
  const [, code = ''] = new RegExp(`<!-- run: ${name} -->\\n\\n\`\`\`\\w+\\n([^]*?)\`\`\``).exec(readme) ?? []
  expect(code).not.toBe('')
  const files = new Map<string, string>()
  for (const [, file = 'main.ts', body = ''] of `// main.ts\n${code}`.matchAll(
    /^\/\/ (\w+\.m?[tj]s)\b.*\n([^]*?)(?=^\/\/ \w+\.m?[tj]s\b|(?![^]))/gm,
  ))
    if (body.trim()) files.set(file, body)
  return files
}

/** What the snippet's comments behind `console.log(…)` say that it prints. */
const expected = (files: ReadonlyMap<string, string>): string[] =>
  [...files.values()]
    .join('\n')
    .split('\n')
    .flatMap((line) => /console\.log\(.*\/\/ (.+)$/.exec(line)?.[1] ?? [])

let browser: Browser
let folder: string
let servers: Server[]
const served = new Map<string, string>()

beforeAll(async () => {
  browser = await chromium.launch(launchOptions(await findBrowsers()).chromium)
  // Inside the package, so that `portcall` means this package.
  folder = mkdtempSync(`${root}.readme-`)
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
  if (folder) rmSync(folder, { recursive: true })
})

async function bundle(code: string, name: string): Promise<string> {
  const file = `${folder}/${name}.ts`
  writeFileSync(file, code)
  const build = await rolldown({
    input: file,
    platform: 'browser',
    resolve: { alias: { portcall: `${root}src/index.ts` } },
  })
  const { output } = await build.generate({ format: 'es' })
  await build.close()
  return output[0].code
}

const portOf = (index: number): number => (servers[index]!.address() as AddressInfo).port

/** Open a page with these scripts, and collect what it prints until that is as much as expected. */
async function printed(scripts: ReadonlyMap<string, string>, html: string, count: number): Promise<string[]> {
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
  await expect.poll(() => [lines.length >= count, failures], { timeout: 10_000 }).toEqual([true, []])
  await page.close()
  return lines
}

const origins = (): string =>
  `const HOST_ORIGIN = 'http://127.0.0.1:${portOf(0)}', WIDGET_ORIGIN = 'http://localhost:${portOf(1)}';\n`

const iframe = (): string => `<iframe src="http://localhost:${portOf(1)}/widget.html"></iframe>`

const script = (name: string): string => `<script type="module" src="/${name}.js"></script>`

test('the first example of the README prints what it says', async () => {
  const files = snippet('worker')
  const main = files.get('main.ts')!.replace("new URL('./worker.ts', import.meta.url)", "'/worker.js'")
  const scripts = new Map([
    ['worker', files.get('worker.ts')!],
    ['main', main],
  ])
  expect(await printed(scripts, script('main'), 1)).toEqual(expected(files))
})

test('its example of values prints what it says', async () => {
  const files = snippet('values')
  const main = files.get('main.ts')!.replace("new URL('./worker.ts', import.meta.url)", "'/worker.js'")
  const scripts = new Map([
    ['worker', files.get('worker.ts')!],
    ['main', main],
  ])
  // Of a stream, of progress, of an object by reference.
  expect(await printed(scripts, script('main'), 6)).toEqual(['1', '2', '3', '1', '2', '2 2'])
})

test('its iframe example prints what it says', async () => {
  const files = snippet('iframe')
  const scripts = new Map([
    ['widget', origins() + files.get('widget.ts')!],
    ['host', origins() + files.get('host.ts')!],
  ])
  expect(await printed(scripts, iframe() + script('host'), 1)).toEqual(expected(files))
})

test('its RPC example prints what it says', async () => {
  const files = snippet('rpc')
  const lines = await printed(new Map([['main', files.get('main.ts')!]]), script('main'), 4)
  expect(lines.map((line) => line.replace(/[[\] ]/g, ''))).toEqual(
    expected(files).map((line) => line.replace(/ /g, '')),
  )
})

test('its example of events and callbacks prints what it says', async () => {
  const files = snippet('events')
  const [, widget = ''] = /```ts\n\/\/ in the widget\n([^]*?)```/.exec(readme) ?? []
  const scripts = new Map([
    ['main', origins() + files.get('main.ts')!],
    ['widget', `import { createConnection } from 'portcall'\n${origins()}${widget}`],
  ])
  expect((await printed(scripts, iframe() + script('main'), 3)).toSorted()).toEqual(
    expected(files).toSorted(),
  )
})
