/** Runs the example of extensions: three parts, each bundled by Vite into a file of its own. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'vite'
import { launchExtensions } from '../adapters/extension/launching.ts'
import { keyAndId } from '../adapters/extension/rig.ts'
import type { Example } from './fences.ts'
import { Output, promised, until, watch } from './running.ts'

async function bundle(folder: string, part: string): Promise<string> {
  await build({
    root: folder,
    configFile: false,
    logLevel: 'warn',
    build: {
      outDir: `built/${part}`,
      // Content scripts cannot be modules.
      rollupOptions: {
        input: join(folder, `${part}.ts`),
        output: { format: part === 'page' ? 'es' : 'iife', name: part, entryFileNames: '[name].js' },
      },
    },
  })
  return readFileSync(join(folder, 'built', part, `${part}.js`), 'utf8')
}

/** Load it in Chromium and open a web page beside it. @returns the words that they print. */
export async function runAsExtension(example: Example, folder: string): Promise<string[]> {
  const [background = '', content = '', page = ''] = await Promise.all(
    ['background', 'content', 'page'].map((part) => bundle(join(folder, example.name), part)),
  )
  const { key, id } = keyAndId()
  const matches = ['http://127.0.0.1/*']
  const launched = await launchExtensions(
    [
      {
        files: (origin) => ({
          'background.js': background.replaceAll('https://app.example.com', origin),
          'content.js': content,
        }),
        manifest: {
          key,
          background: { service_worker: 'background.js' },
          permissions: ['storage', 'alarms'],
          externally_connectable: { matches },
          content_scripts: [{ matches, js: ['content.js'] }],
        },
      },
    ],
    {
      '/': '<!doctype html><title>A page</title><script type="module" src="/page.js"></script>',
      '/favicon.ico': '',
      '/page.js': `const EXTENSION_ID = '${id}';\n${page}`,
    },
  )
  try {
    const output = new Output()
    const opened = watch(await launched.context.newPage(), output)
    await opened.goto(`${launched.site.origin}/`)
    await until(output, () => output.words(example).length >= promised(example).length)
    return output.words(example)
  } finally {
    await launched.close()
  }
}
