import { chromiumIframeOther } from './chromium-iframe-other.mjs'
import { chromiumIframeSame } from './chromium-iframe-same.mjs'
import { chromiumIframeSite } from './chromium-iframe-site.mjs'
import { chromiumWorker } from './chromium-worker.mjs'
import { firefoxIframeOther } from './firefox-iframe-other.mjs'
import { firefoxIframeSame } from './firefox-iframe-same.mjs'
import { firefoxIframeSite } from './firefox-iframe-site.mjs'
import { firefoxWorker } from './firefox-worker.mjs'
import { nodeOneCore } from './node-one-core.mjs'
import { nodeTwoCores } from './node-two-cores.mjs'

/**
 * Every environment. One has `name` and `title`; `kind`, a thread, worker or window; `rows`, all, the main or the first ones;
 * `slices`, if short slices are measured there, too: those of all rows, or of the main ones; `cores`, one, all, or as each row says; `browser`, if it is one; and
 * `measure`, which returns or reports `{ samples, failures }`.
 */
export const environments = [
  nodeOneCore,
  nodeTwoCores,
  chromiumWorker,
  firefoxWorker,
  chromiumIframeSame,
  chromiumIframeOther,
  chromiumIframeSite,
  firefoxIframeSame,
  firefoxIframeOther,
  firefoxIframeSite,
]
