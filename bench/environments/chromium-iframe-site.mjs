import { measureInBrowser } from '../hosts/browser.mjs'

/** Another site (localhost and 127.0.0.1): a process of its own. */
export const chromiumIframeSite = {
  name: 'chromium-iframe-site',
  title: 'Chromium iframe, other site',
  kind: 'window',
  rows: 'first',
  slices: 'main',
  cores: 'by row',
  browser: 'chromium',
  measure: (plans, report) => measureInBrowser('chromium', { kind: 'window', where: 'site' }, plans, report),
}
