import { brotliCompressSync } from 'node:zlib'
import { bundleCode } from '../bundle.mjs'
import { peers } from '../peers/all.mjs'

/** What both sides of a peer add to an application: minified, and minified + brotli, by the method of scripts/size.mjs. */
export const sizes = {
  name: 'sizes',
  title: 'Size of both sides, in bytes',
  node: true,

  async measure() {
    const rows = []
    for (const { name, size } of peers) {
      if (!size) continue
      try {
        const minified = Buffer.from(
          await bundleCode(size, 'browser', { topLevelVar: true, comments: false }),
        )
        rows.push({ peer: name, minified: minified.length, brotli: brotliCompressSync(minified).length })
      } catch (error) {
        rows.push({ peer: name, error: error.message })
      }
    }
    return { rows: rows.toSorted((a, b) => a.brotli - b.brotli) }
  },
}
