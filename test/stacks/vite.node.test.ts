/** Vite: a registered error class in minified bundles of a page and its worker (C15). */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium, firefox } from 'playwright'
import { build, preview, type PreviewServer } from 'vite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findBrowsers, launchOptions } from '../../scripts/browsers.mjs'

const outDir = mkdtempSync(join(tmpdir(), 'portcall-vite-'))
const root = fileURLToPath(new URL('./app/', import.meta.url))
let server: PreviewServer

beforeAll(async () => {
  const common = { root, configFile: false, logLevel: 'error' } as const
  await build({
    ...common,
    build: { outDir, emptyOutDir: true, target: 'esnext', minify: true },
    worker: { format: 'es' },
  })
  server = await preview({ ...common, build: { outDir }, preview: { host: '127.0.0.1', port: 0 } })
}, 120_000)

afterAll(async () => {
  await server?.close()
  rmSync(outDir, { recursive: true, force: true })
})

test('the bundles are minified: the class has another name in both', () => {
  const assets = join(outDir, 'assets')
  const scripts = readdirSync(assets).filter((file) => file.endsWith('.js'))
  expect(scripts).toHaveLength(2)
  for (const file of scripts)
    expect(readFileSync(join(assets, file), 'utf8')).not.toContain('class NotFoundError')
})

for (const [name, type] of Object.entries({ chromium, firefox }))
  test(`C15: errors of registered classes are of their classes in ${name}`, async () => {
    const options = launchOptions(await findBrowsers())[name as 'chromium']
    const browser = await type.launch(options)
    try {
      const page = await browser.newPage()
      await page.goto(server.resolvedUrls?.local[0] ?? '')
      await page.waitForFunction(() => 'outcome' in globalThis)
      const outcome = await page.evaluate(() => (globalThis as never as { outcome: unknown }).outcome)
      const found = { isNotFound: true, isDeeply: false }
      expect(outcome).toMatchObject({
        className: expect.not.stringMatching(/^NotFoundError$/),
        found: { ...found, message: 'nothing at /a', path: '/a' },
        deeply: { isNotFound: true, isDeeply: true, message: 'nothing below /b', path: '/b' },
        settled: { ...found, message: 'one of them', path: '/c' },
      })
    } finally {
      await browser.close()
    }
  }, 60_000)
