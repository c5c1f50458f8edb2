import { measureInBrowser } from '../hosts/browser.mjs'

/** Another origin of the same site (127.0.0.1 with another port). */
export const chromiumIframeOther = {
  name: 'chromium-iframe-other',
  title: 'Chromium iframe, other origin',
  kind: 'window',
  rows: 'first',
  cores: 'by row',
  browser: 'chromium',
  measure: (plans, report) => measureInBrowser('chromium', { kind: 'window', where: 'other' }, plans, report),
}
