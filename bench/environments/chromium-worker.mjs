import { chromium } from 'playwright'
import { findBrowsers, launchOptions } from '../../scripts/browsers.mjs'
import { serveSides } from '../sides/serve.mjs'

export const chromiumWorker = {
  name: 'chromium-worker',
  title: 'Chromium worker',

  async measure(plan) {
    const server = await serveSides()
    const browser = await chromium.launch(launchOptions(await findBrowsers()).chromium)
    try {
      const page = await browser.newPage()
      await page.goto(server.url)
      const samples = await page.evaluate((given) => globalThis.measure(given), plan)
      return { samples, versions: { chromium: browser.version() } }
    } finally {
      await browser.close()
      server.close()
    }
  },
}
