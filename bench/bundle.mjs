import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

/** Imports in code are as if it lay beside the peers. */
const here = fileURLToPath(new URL('peers/entry.mjs', import.meta.url))

/** Bundle code as an application would, minified. @param output further options of the output. */
export async function bundleCode(code, platform = 'browser', output = {}) {
  return bundle('entry', platform, output, {
    name: 'entry',
    resolveId(id, importer) {
      if (importer === undefined) return '\0entry'
      return importer === '\0entry' ? this.resolve(id, here) : null
    },
    load: (id) => (id === '\0entry' ? code : null),
  })
}

/** The same with the file of a URL. */
export const bundleFile = (url) => bundle(fileURLToPath(url), 'browser', {})

async function bundle(input, platform, options, plugin) {
  const build = await rolldown({
    input,
    platform,
    logLevel: 'silent',
    resolve: { alias: { 'vscode-jsonrpc/node': 'vscode-jsonrpc/browser' } },
    plugins: [plugin],
  })
  const { output } = await build.generate({ format: 'es', minify: true, ...options })
  await build.close()
  return output[0].code
}
