/** Serves the script of a worker as one file. By itself each of hundreds of workers would ask for a hundred modules. */
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'
import type { Plugin } from 'vitest/config'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** Vite marks such scripts in their address. */
export function bundleWorkers(): Plugin {
  const bundles = new Map<string, Promise<string>>()
  return {
    name: 'portcall:workers',
    configureServer: ({ middlewares, watcher }) => {
      watcher.on('all', () => bundles.clear())
      middlewares.use(async ({ url = '' }, response, next) => {
        const { pathname, searchParams } = new URL(url, 'http://localhost')
        if (!searchParams.has('worker_file')) return next()
        const code = bundles.get(pathname) ?? bundle(pathname)
        bundles.set(pathname, code)
        try {
          const text = await code
          response.writeHead(200, { 'content-type': 'text/javascript' }).end(text)
        } catch (error) {
          next(error)
        }
      })
    },
  }
}

async function bundle(pathname: string): Promise<string> {
  const build = await rolldown({ input: `${root}${pathname.slice(1)}`, platform: 'browser' })
  const { output } = await build.generate({ format: 'esm', codeSplitting: false })
  await build.close()
  return output[0].code
}
