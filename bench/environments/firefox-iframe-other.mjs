import { measureInBrowser } from '../hosts/browser.mjs'

/** Another origin of the same site (127.0.0.1 with another port). */
export const firefoxIframeOther = {
  name: 'firefox-iframe-other',
  title: 'Firefox iframe, other origin',
  kind: 'window',
  rows: 'first',
  cores: 'by row',
  browser: 'firefox',
  measure: (plans, report) => measureInBrowser('firefox', { kind: 'window', where: 'other' }, plans, report),
}
