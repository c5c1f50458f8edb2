import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url))
const host = '127.0.0.1'

export default defineConfig({
  root: path('.'),
  base: './',
  // The library as it stands in src, without a build.
  resolve: { alias: { portcall: path('../src/index.ts') } },
  worker: { format: 'es' },
  // A test's page is not loaded anew in its middle when somebody saves a file.
  server: { host, fs: { allow: [path('..')] }, ...(process.env.VITEST && { hmr: false, watch: null }) },
  build: { target: 'es2022', rolldownOptions: { input: [path('index.html'), path('peer.html')] } },
  plugins: [twoOrigins()],
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
        const isPage = /^\/(index\.html)?(\?|$)/.test(request.url)
        // Its peers let in this origin only: neither `localhost` nor the other port.
        if (!isPage || `http://${request.headers.host}` === page) return next()
        response.writeHead(302, { location: page }).end()
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
