import { measureInBrowser } from '../hosts/browser.mjs'

/** An iframe of the page's origin: the same thread. */
export const firefoxIframeSame = {
  name: 'firefox-iframe-same',
  title: 'Firefox iframe, same origin',
  kind: 'window',
  rows: 'first',
  slices: 'main',
  cores: 'by row',
  browser: 'firefox',
  measure: (plans, report) => measureInBrowser('firefox', { kind: 'window', where: 'same' }, plans, report),
}
