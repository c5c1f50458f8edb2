// Two minutes of everything at once in a real browser: calls to a worker, frames of this and of another origin and a port,
// while those are reloaded, terminated, removed and destroyed. Every call must come to an end, and nothing may stay behind.
// `npm run soak -- --seconds 120 --seed 1 --browser chromium`
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import playwright from 'playwright'
import { rolldown } from 'rolldown'
import { findBrowsers, launchOptions } from './browsers.mjs'

const { values } = parseArgs({
  options: { seconds: { type: 'string' }, seed: { type: 'string' }, browser: { type: 'string' } },
})
const { seconds = '120', seed = String(Date.now() % 1_000_000_000), browser: name = 'chromium' } = values
for (const number of [seconds, seed])
  if (!/^\d+$/.test(number)) throw new TypeError(`${number} is not a number: --seconds N --seed N`)

/** Of the whole time, after a start that is not counted. */
const SAMPLES = 16
/** Bytes that the last quarter may use more than the second. */
const SLACK = 2_000_000
/** Of the whole two minutes; a shorter run has to have begun. */
const LEAST = Number(seconds) < 120 ? { calls: 1, reloads: 1 } : { calls: 200_000, reloads: 500 }

const folder = fileURLToPath(new URL('../test/soak/', import.meta.url))
const html = (script) =>
  `<!doctype html><meta charset="utf-8"><title>soak</title><link rel="icon" href="data:,"><body><script type="module" src="/${script}.js"></script>`

async function bundle(script) {
  const build = await rolldown({ input: `${folder}${script}.ts`, platform: 'browser' })
  const { output } = await build.generate({ format: 'esm' })
  await build.close()
  return output[0].code
}

async function filesOf() {
  const scripts = ['page', 'worker', 'frame']
  const codes = await Promise.all(scripts.map(bundle))
  const files = new Map(scripts.map((script, i) => [`/${script}.js`, codes[i]]))
  return files.set('/', html('page')).set('/frame.html', html('frame'))
}

function serve(files) {
  const server = createServer(({ url = '' }, response) => {
    const { pathname } = new URL(url, 'http://localhost')
    const body = files.get(pathname)
    const type = pathname.endsWith('.js') ? 'text/javascript' : 'text/html'
    response.writeHead(body === undefined ? 404 : 200, { 'content-type': `${type}; charset=utf-8` })
    response.end(body)
  })
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => resolve(server))
  })
}

async function launch() {
  const options = launchOptions(await findBrowsers())[name]
  if (!options) throw new TypeError(`There is no browser ${name}: --browser chromium or firefox`)
  // So that workers can collect, too.
  const args = [...(options.args ?? []), ...(name === 'chromium' ? ['--js-flags=--expose-gc'] : [])]
  return playwright[name].launch({ ...options, args })
}

/** Bytes of the page's heap that are in use after a collection; undefined where that cannot be asked. */
async function heapOf(page) {
  if (name !== 'chromium') return async () => undefined
  const session = await page.context().newCDPSession(page)
  return async () => {
    await session.send('HeapProfiler.collectGarbage')
    return (await session.send('Runtime.getHeapUsage')).usedSize
  }
}

const median = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)]

/** How much more the last quarter uses than the second. */
const growth = (heaps) =>
  median(heaps.slice((SAMPLES * 3) / 4)) - median(heaps.slice(SAMPLES / 4, SAMPLES / 2))

const listed = (record) =>
  Object.entries(record)
    .map(([what, n]) => `${what} ${n.toLocaleString('en')}`)
    .join(', ')

const sum = (record) => Object.values(record).reduce((total, n) => total + n, 0)

async function run(browser, ports) {
  const page = await (await browser.newContext()).newPage()
  const told = []
  page.on('pageerror', (error) => told.push(`uncaught: ${error.message}`))
  page.on('crash', () => told.push('the page crashed'))
  page.on('console', (message) => {
    const [type, text] = [message.type(), message.text()]
    // A busy machine starts workers late.
    const isLate = text.startsWith('portcall: The peer has not answered the handshake within')
    if (['error', 'warning'].includes(type) && !isLate) told.push(`${type}: ${text}`)
  })
  await page.goto(`http://127.0.0.1:${ports[0]}/`)
  await page.waitForFunction(() => 'soak' in globalThis)
  const heap = await heapOf(page)
  await page.evaluate(
    ([n, other]) => globalThis.soak.start(n, other),
    [Number(seed), `http://localhost:${ports[1]}`],
  )
  const heaps = []
  for (let n = 0; n < SAMPLES; n++) {
    await new Promise((resolve) => setTimeout(resolve, (Number(seconds) * 1000) / SAMPLES))
    heaps.push(await heap())
    const { calls, restarts } = await page.evaluate(() => globalThis.soak.progress())
    if (Number(seconds) >= 60)
      console.log(`soak: ${calls} calls, ${restarts} peers ended, heap ${heaps.at(-1) ?? 'unknown'}`)
  }
  const report = await page.evaluate(() => globalThis.soak.finish())
  return { report, told, grown: name === 'chromium' ? growth(heaps) : undefined }
}

const grownText = (bytes) =>
  bytes === undefined ? 'unknown, as this browser does not tell' : `${bytes >= 0 ? '+' : ''}${bytes} bytes`

/** Of the ends of peers those that only destroyed a connection. */
const isDestroyed = (what) => /: destroyed/.test(what)
const destroyed = ({ restarts }) =>
  sum(Object.fromEntries(Object.entries(restarts).filter(([what]) => isDestroyed(what))))
const reloads = (report) => sum(report.restarts) - destroyed(report)

/** Every promise that was not kept. */
function broken({ report, told, grown }) {
  const { made, left } = report
  return [
    ...report.broken,
    ...told,
    ...Object.entries(left).flatMap(([what, n]) => (n ? [`${n} ${what}`] : [])),
    ...(made < LEAST.calls ? [`only ${made} calls`] : []),
    ...(reloads(report) < LEAST.reloads ? [`only ${reloads(report)} reloads and terminations`] : []),
    ...(grown > SLACK ? [`the heap has grown by ${grown} bytes`] : []),
  ]
}

console.log(`soak: --seed ${seed} --seconds ${seconds} --browser ${name}`)
const files = await filesOf()
const servers = [await serve(files), await serve(files)]
const browser = await launch()
try {
  const outcome = await run(
    browser,
    servers.map((server) => server.address().port),
  )
  const { report, grown } = outcome
  const faults = broken(outcome)
  console.log(`soak: kinds: ${listed(report.kinds)}`)
  console.log(`soak: ends of peers: ${listed(report.restarts)}`)
  for (const fault of faults) console.error(`soak: BROKEN: ${fault}`)
  console.log(
    `soak: ${report.made.toLocaleString('en')} calls = ${listed(report.ends)}; unsettled ${report.left['unsettled calls']}; ` +
      `${reloads(report)} reloads and terminations, ${destroyed(report)} destroyed connections; heap ${grownText(grown)}; ` +
      `${faults.length} broken promises`,
  )
  process.exitCode = faults.length ? 1 : 0
} finally {
  await browser.close()
  for (const server of servers) {
    server.close()
    server.closeAllConnections()
  }
}
