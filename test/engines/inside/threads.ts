/** Stands in for ../../contract/threads.ts, which bundles. */
import { fileURLToPath } from 'node:url'
import { bundleScripts as bundled } from './scripts.ts'

export const bundleScripts = (): ReturnType<typeof bundled> =>
  bundled(fileURLToPath(new URL('../../contract/workers/', import.meta.url)))
