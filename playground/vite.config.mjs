import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url))
const host = '127.0.0.1'
const documents = [
  'index.html',
  'peer.html',
  'bench/index.html',
  'bench/host.html',
  'bench/frame.html',
  'five/index.html',
  'five/side.html',
]

export default defineConfig({
  root: path('.'),
  base: './',
  // The library as it stands in src, without a build.
  resolve: {
    alias: [
      // The suite's peers take what was built.
      { find: /^(portcall|(\.\.\/)+dist\/index\.js)$/, replacement: path('../src/index.ts') },
      { find: /^portcall\/(broadcast|shared-worker)$/, replacement: path('../src/entries/$1.ts') },
      { find: /^portcall\/(.+)$/, replacement: path('../src/adapters/$1/$1.ts') },
    ],
  },
  // What comes from npm is modules already; bundling it when it is first met loads the page anew.
  optimizeDeps: { noDiscovery: true },
  worker: { format: 'es' },
  // A test's page is not loaded anew in its middle when somebody saves a file.
  server: { host, fs: { allow: [path('..')] }, ...(process.env.VITEST && { hmr: false, watch: null }) },
  build: { target: 'es2022', rolldownOptions: { input: documents.map(path) } },
  plugins: [twoOrigins(), versions()],
})

/** Serve the same files at a second port, another origin, and tell every page both. */
function twoOrigins() {
  let origins
  return {
    name: 'two-origins',
    apply: 'serve',
    configureServer({ httpServer, middlewares }) {
      const other = createServer(middlewares)
      // Where Vite tells the page that a file has changed.
      other.on('upgrade', (...upgrade) => httpServer.emit('upgrade', ...upgrade))
      origins = new Promise((resolve) => httpServer.once('listening', resolve)).then(async () => {
        const { port } = httpServer.address()
        await listen(other, port + 1).catch(() => listen(other, 0))
        return [port, other.address().port].map((port) => `http://${host}:${port}`)
      })
      httpServer.once('close', () => {
        other.close()
        other.closeAllConnections()
      })
      middlewares.use(async (request, response, next) => {
        const [page] = await origins
        const [pathname, query = ''] = request.url.split('?', 2)
        const isPage = /^\/((bench|five)(\/|$))?(index\.html)?$/.test(pathname)
        // Its peers let in this origin only: neither `localhost` nor the other port.
        const isAtHome =
          `http://${request.headers.host}` === page && pathname !== '/bench' && pathname !== '/five'
        if (!isPage || isAtHome) return next()
        const folder = pathname.endsWith('/') || pathname.endsWith('.html') ? pathname : `${pathname}/`
        response.writeHead(302, { location: `${page}${folder}${query && `?${query}`}` }).end()
      })
    },
    transformIndexHtml: async () => [
      { tag: 'meta', attrs: { name: 'origins', content: (await origins).join(' ') }, injectTo: 'head' },
    ],
  }
}

function listen(server, port) {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
}

/** Tell every page which versions it has. */
function versions() {
  const versionOf = (folder) => JSON.parse(readFileSync(path(`${folder}/package.json`), 'utf8')).version
  const content = `portcall ${versionOf('..')} and comlink ${versionOf('../node_modules/comlink')}`
  return {
    name: 'versions',
    transformIndexHtml: () => [{ tag: 'meta', attrs: { name: 'versions', content }, injectTo: 'head' }],
  }
}
