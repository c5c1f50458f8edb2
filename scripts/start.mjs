// Show portcall at work: calls between two Node threads, then the playground in the browser. `--once` (or CI=true) ends
// when both have been seen to work. PORT is where the page is served; default: the first free one from 5173.
import { spawnSync } from 'node:child_process'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import './setup.mjs'

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
  const [{ createServer }, { startFive }] = await Promise.all([import('vite'), import('./five-server.mjs')])
  let home
  const five = await startFive((origin) => origin === home)
  const server = await createServer({
    configFile: join(root, 'playground/vite.config.mjs'),
    server: { port: Number(process.env.PORT ?? 5173), strictPort: false },
    plugins: [addressOf(five.url)],
    clearScreen: false,
    logLevel: 'warn',
  })
  await server.listen()
  const [url] = server.resolvedUrls.local
  home = new URL(url).origin
  console.log(`\n  The same with a worker, two iframes and a popup, in the browser: ${url}`)
  console.log(`  Five environments at once: ${url}five/`)
  console.log(`  The benchmark, in your browser: ${url}bench/\n`)
  if (once) {
    await checkPage(url)
    await five.check(home)
    console.log('  The pages and the server answer.\n')
    five.close()
    await server.close()
    process.exit(0)
  }
  console.log('  Ctrl+C ends it.\n')
  const stop = () => {
    five.close()
    void server.close().finally(() => process.exit(0))
  }
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
}

/** Tell every page where the WebSocket server is. */
function addressOf(content) {
  return {
    name: 'socket',
    transformIndexHtml: () => [{ tag: 'meta', attrs: { name: 'socket', content }, injectTo: 'head' }],
  }
}

/** The pages are there, what they load at the other origin too, and their scripts, which Vite compiles when asked for. */
async function checkPage(url) {
  const page = await read(url)
  const [, other] = /name="origins" content="\S+ ([^"]+)"/.exec(page)
  const here = [
    'main.ts',
    'bench/',
    'bench/main.ts',
    'bench/host.ts',
    'bench/worker.ts',
    'five/',
    'five/main.ts',
  ]
  const there = ['peer.html', 'peers/window.ts', 'bench/frame.html', 'bench/frame.ts', 'five/side.html']
  await Promise.all([
    ...here.map((path) => read(new URL(path, url))),
    ...there.map((path) => read(new URL(path, other))),
  ])
}

async function read(url) {
  const response = await fetch(url)
  if (!response.ok) throw new Error(`${url} answered ${response.status}`)
  return response.text()
}
