// Show portcall at work: calls between two Node threads, then the playground in the browser. `--once` (or CI=true) ends
// when both have been seen to work. PORT is where the page is served; default: the first free one from 5173.
import { spawnSync } from 'node:child_process'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../', import.meta.url))
const once = process.argv.includes('--once') || process.env.CI === 'true'

if (isStale()) build()
// Only now there is something to import.
const { runDemo } = await import('./demo/demo.mjs')
await runDemo()
await servePlayground()

function isStale() {
  const built = statSync(join(root, 'dist/index.js'), { throwIfNoEntry: false })
  const newest = (folder) =>
    Math.max(
      ...readdirSync(join(root, folder), { recursive: true }).map(
        (file) => statSync(join(root, folder, file)).mtimeMs,
      ),
    )
  return !built || newest('src') > newest('dist')
}

function build() {
  console.error('start: building')
  const isWindows = process.platform === 'win32'
  const { status } = spawnSync('npm', ['run', '--silent', 'build'], {
    cwd: root,
    stdio: 'inherit',
    shell: isWindows,
  })
  if (status !== 0) throw new Error('The build failed')
}

async function servePlayground() {
  const { createServer } = await import('vite')
  const server = await createServer({
    configFile: join(root, 'playground/vite.config.mjs'),
    server: { port: Number(process.env.PORT ?? 5173), strictPort: false },
    clearScreen: false,
    logLevel: 'warn',
  })
  await server.listen()
  const [url] = server.resolvedUrls.local
  console.log(`\n  The same with a worker, two iframes and a popup, in the browser: ${url}\n`)
  if (once) {
    await checkPage(url)
    await server.close()
    process.exit(0)
  }
  console.log('  Ctrl+C ends it.\n')
  const stop = () => void server.close().finally(() => process.exit(0))
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
}

/** The page is there, what it loads at the other origin too, and their scripts, which Vite compiles when asked for. */
async function checkPage(url) {
  const page = await read(url)
  const [, other] = /name="origins" content="\S+ ([^"]+)"/.exec(page)
  await Promise.all([
    read(new URL('main.ts', url)),
    read(new URL('peer.html', other)),
    read(new URL('peers/window.ts', other)),
  ])
  console.log('  The page answers.\n')
}

async function read(url) {
  const response = await fetch(url)
  if (!response.ok) throw new Error(`${url} answered ${response.status}`)
  return response.text()
}
