/** Starts the browsers that `npm test` finds, with options that one test needs. */
import { type Browser, chromium, firefox, type LaunchOptions } from 'playwright'

const types = { chromium, firefox } as const

export async function launchWith(name: keyof typeof types, options: LaunchOptions): Promise<Browser> {
  const script = new URL('../../../scripts/browsers.mjs', import.meta.url)
  const { findBrowsers, launchOptions } = (await import(script.href)) as {
    readonly findBrowsers: () => Promise<object>
    readonly launchOptions: (found: object) => Record<keyof typeof types, LaunchOptions>
  }
  return types[name].launch({ ...launchOptions(await findBrowsers())[name], ...options })
}
