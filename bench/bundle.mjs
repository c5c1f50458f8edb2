import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

/** Imports in code are as if it lay beside the peers. */
const here = fileURLToPath(new URL('peers/entry.mjs', import.meta.url))

/**
 * Bundle code as an application would, minified.
 * @param output further options of the output.
 * @param hasWindows whether it speaks with windows: an application that does not has no code for them.
 */
export async function bundleCode(code, platform = 'browser', output = {}, hasWindows = true) {
  return bundle('entry', platform, output, hasWindows, {
    name: 'entry',
    resolveId(id, importer) {
      if (importer === undefined) return '\0entry'
      return importer === '\0entry' ? this.resolve(id, here) : null
    },
    load: (id) => (id === '\0entry' ? code : null),
  })
}

/** The same with the file of a URL. */
export const bundleFile = (url) => bundle(fileURLToPath(url), 'browser', {}, true)

async function bundle(input, platform, options, hasWindows, plugin) {
  const build = await rolldown({
    input,
    platform,
    logLevel: 'silent',
    ...(!hasWindows && { transform: { define: { 'globalThis.hasWindows': 'false' } } }),
    resolve: { alias: { 'vscode-jsonrpc/node': 'vscode-jsonrpc/browser' } },
    plugins: [plugin],
  })
  const { output } = await build.generate({ format: 'es', minify: true, ...options })
  await build.close()
  return output[0].code
}
