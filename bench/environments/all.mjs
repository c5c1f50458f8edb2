import { chromiumWorker } from './chromium-worker.mjs'
import { nodeThread } from './node-thread.mjs'

/**
 * Every environment. One has `name`, `title` and `measure({ row, rounds, peers })`, which returns `{ samples, versions }`:
 * what `interleave` returned there, and the versions of what it ran in.
 */
export const environments = [nodeThread, chromiumWorker]
