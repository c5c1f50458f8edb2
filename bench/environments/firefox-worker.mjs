import { measureInBrowser } from '../hosts/browser.mjs'

/** A dedicated worker: its own thread in the page's process. */
export const firefoxWorker = {
  name: 'firefox-worker',
  title: 'Firefox worker',
  kind: 'worker',
  rows: 'main',
  slices: 'all',
  cores: 'by row',
  browser: 'firefox',
  measure: (plans, report) => measureInBrowser('firefox', { kind: 'worker' }, plans, report),
}
