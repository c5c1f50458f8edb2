/** Makes an extension of the parts in parts/, and starts Chromium with it. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type BrowserContext, chromium, type LaunchOptions, type Page, type Worker } from 'playwright'
import { rolldown } from 'rolldown'
import { pageWith, serve, type Site } from '../../events/browsers.ts'

const part = (name: string): string => fileURLToPath(new URL(`./parts/${name}.ts`, import.meta.url))

/** One file each, as content scripts cannot be modules. */
export async function bundlePart(name: string): Promise<string> {
  const build = await rolldown({ input: part(name), platform: 'browser', logLevel: 'silent' })
  const { output } = await build.generate({ format: 'iife', name: 'part', codeSplitting: false })
  await build.close()
  return output[0].code
}

export interface Launched {
  readonly context: BrowserContext
  /** Of the extension. */
  readonly id: string
  readonly site: Site
  /** The background worker that runs now. */
  readonly worker: () => Promise<Worker>
  readonly open: (url: string) => Promise<Page>
  readonly close: () => Promise<void>
}

/** A page with at most one script. */
export const pageOf = (script?: string): string =>
  pageWith(script === undefined ? '' : `<script src="${script}"></script>`)

export interface Parts {
  /** Files by name, in the folder of the extension, that may know where the site is. */
  readonly files: (origin: string) => Readonly<Record<string, string>>
  readonly manifest?: object
}

/** Start Chromium with these extensions; the first one is the one that is asked about. */
export async function launchExtensions(
  parts: readonly Parts[],
  pages: Readonly<Record<string, string>>,
  options: LaunchOptions = {},
): Promise<Launched> {
  const site = await serve('127.0.0.1', pages)
  const folder = await mkdtemp(join(tmpdir(), 'portcall-extension-'))
  const folders = await Promise.all(
    parts.map(async ({ files, manifest }, i) => {
      const own = join(folder, `extension-${i}`)
      await mkdir(own)
      const all = {
        ...files(site.origin),
        'manifest.json': JSON.stringify({
          manifest_version: 3,
          name: `portcall ${i}`,
          version: '1',
          ...manifest,
        }),
      }
      await Promise.all(Object.entries(all).map(([name, text]) => writeFile(join(own, name), text)))
      return own
    }),
  )
  const script = new URL('../../../scripts/browsers.mjs', import.meta.url)
  const { findBrowsers, launchOptions } = (await import(script.href)) as {
    readonly findBrowsers: () => Promise<object>
    readonly launchOptions: (found: object) => { readonly chromium: LaunchOptions }
  }
  const found = launchOptions(await findBrowsers()).chromium
  const list = folders.join(',')
  const context = await chromium.launchPersistentContext(join(folder, 'profile'), {
    ...found,
    // Playwright's own way of running headless has no extensions.
    headless: false,
    ...options,
    ignoreDefaultArgs: [
      '--disable-extensions',
      ...((options.ignoreDefaultArgs as string[] | undefined) ?? []),
    ],
    args: [
      ...(found.args ?? []),
      '--headless=new',
      `--disable-extensions-except=${list}`,
      `--load-extension=${list}`,
    ],
  })
  const worker = async (): Promise<Worker> =>
    context.serviceWorkers().find((one) => one.url().endsWith('/background.js')) ??
    (await context.waitForEvent('serviceworker', (one) => one.url().endsWith('/background.js')))
  const { host } = new URL((await worker()).url())
  return {
    context,
    id: host,
    site,
    worker,
    open: async (url) => {
      const page = await context.newPage()
      await page.goto(url)
      return page
    },
    close: async () => {
      await context.close()
      await site.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
