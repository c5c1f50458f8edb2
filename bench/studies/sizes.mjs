import { fileURLToPath } from 'node:url'
import { brotliCompressSync } from 'node:zlib'
import { rolldown } from 'rolldown'
import { peers } from '../peers/all.mjs'

const here = fileURLToPath(new URL('entry.mjs', import.meta.url))

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
        const minified = Buffer.from(await bundle(size))
        rows.push({ peer: name, minified: minified.length, brotli: brotliCompressSync(minified).length })
      } catch (error) {
        rows.push({ peer: name, error: error.message })
      }
    }
    return { rows: rows.toSorted((a, b) => a.brotli - b.brotli) }
  },
}

async function bundle(code) {
  const build = await rolldown({
    input: 'entry',
    platform: 'browser',
    logLevel: 'silent',
    plugins: [
      {
        name: 'entry',
        resolveId(id, importer) {
          if (importer === undefined) return '\0entry'
          return importer === '\0entry' ? this.resolve(id, here) : null
        },
        load: (id) => (id === '\0entry' ? code : null),
      },
    ],
  })
  const { output } = await build.generate({ format: 'es', topLevelVar: true, comments: false, minify: true })
  await build.close()
  return output[0].code
}
