import { measureInBrowser } from '../hosts/browser.mjs'

/** Another site (localhost and 127.0.0.1): a process of its own. */
export const firefoxIframeSite = {
  name: 'firefox-iframe-site',
  title: 'Firefox iframe, other site',
  kind: 'window',
  rows: 'first',
  cores: 'by row',
  browser: 'firefox',
  measure: (plans, report) => measureInBrowser('firefox', { kind: 'window', where: 'site' }, plans, report),
}
