import { measureInBrowser } from '../hosts/browser.mjs'

/** An iframe of the page's origin: the same thread. */
export const chromiumIframeSame = {
  name: 'chromium-iframe-same',
  title: 'Chromium iframe, same origin',
  kind: 'window',
  rows: 'main',
  slices: 'main',
  cores: 'by row',
  browser: 'chromium',
  measure: (plans, report) => measureInBrowser('chromium', { kind: 'window', where: 'same' }, plans, report),
}
