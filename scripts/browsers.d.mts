import type { LaunchOptions } from 'playwright'

/** The path of each browser; undefined for the one that Playwright keeps itself. */
export interface Browsers {
  readonly chromium: string | undefined
  readonly firefox: string | undefined
}

export function findBrowsers(): Promise<Browsers>
export function launchOptions(browsers: Browsers): {
  readonly chromium: LaunchOptions
  readonly firefox: LaunchOptions
}
