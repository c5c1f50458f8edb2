/** The example, as Chromium loads it. */
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'
import { expect, onTestFinished, test } from 'vitest'
import { pageWith, watchConsole } from '../../events/browsers.ts'
import { launchExtensions } from './launching.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const file = (name: string): string => `${root}examples/extension/${name}`

async function part(name: string): Promise<string> {
  const build = await rolldown({
    input: file(`${name}.mjs`),
    platform: 'browser',
    resolve: {
      alias: { 'portcall/extension': `${root}src/entries/extension.ts`, portcall: `${root}src/index.ts` },
    },
  })
  const { output } = await build.generate({ format: 'iife' })
  await build.close()
  return output[0].code
}

test('the popup of the example lists the words of every page', { timeout: 60_000 }, async () => {
  const [background = '', content = '', popup = ''] = await Promise.all(
    ['background', 'content', 'popup'].map(part),
  )
  const html = await readFile(file('popup.html'), 'utf8')
  const files = { 'background.js': background, 'content.js': content, 'popup.js': popup, 'popup.html': html }
  const launched = await launchExtensions(
    [{ files: () => files, manifest: JSON.parse(await readFile(file('manifest.json'), 'utf8')) as object }],
    { '/one': pageWith('<p>one two three</p>'), '/two': pageWith('<p>four five</p>') },
  )
  onTestFinished(() => launched.close())
  for (const path of ['/one', '/two']) await launched.open(`${launched.site.origin}${path}`)
  const shown = await launched.context.newPage()
  const printed = watchConsole(shown)
  await shown.goto(`chrome-extension://${launched.id}/popup.html`)
  await shown.waitForFunction(() => document.querySelector('output')?.value, undefined, { timeout: 45_000 })
  expect(await shown.locator('li').allTextContents()).toEqual(['portcall: 3 words', 'portcall: 2 words'])
  expect(await shown.locator('output').textContent()).toMatch(/^[12] pages since the worker was started$/)
  expect(printed).toEqual([])
})
