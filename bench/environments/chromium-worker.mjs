import { measureInBrowser } from '../hosts/browser.mjs'

/** A dedicated worker: its own thread in the page's process. */
export const chromiumWorker = {
  name: 'chromium-worker',
  title: 'Chromium worker',
  kind: 'worker',
  rows: 'all',
  slices: 'all',
  cores: 'by row',
  browser: 'chromium',
  measure: (plans, report) => measureInBrowser('chromium', { kind: 'worker' }, plans, report),
}
