/** The built package, as it is, on pages and in workers that allow no eval, nothing inline and no untrusted sink. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launch, names, pageWith, serve, type Site, watchConsole } from '../../events/browsers.ts'
import { freshDist, root } from '../../package/dist.ts'

// The page's own policy `app` makes addresses of workers, which is the page's affair; nobody else may make one.
const POLICY = [
  "default-src 'self'",
  "script-src 'self'",
  'frame-src http:',
  'img-src data:',
  "require-trusted-types-for 'script'",
  'trusted-types app',
].join('; ')

/** Everything in dist that a browser can load, as it was built. */
const built = (): [string, string][] =>
  readdirSync(join(root, 'dist'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.js') && !name.endsWith('.min.js') && !/^cjs[\\/]/.test(name))
    .map((name) => [`/dist/${name}`, readFileSync(join(root, 'dist', name), 'utf8')])

const api = `
  const violations = []
  addEventListener('securitypolicyviolation', ({ violatedDirective, sample }) => violations.push(violatedDirective + ' ' + sample))
  class Odd extends RangeError {}
  export const api = {
    add: (a, b) => a + b,
    async *count(to) { for (let i = 1; i <= to; i++) yield i },
    twice: async (f, n) => [await f(n), await f(n)],
    counter: () => { let n = 0; return proxy({ up: () => ++n }) },
    size: (buffer) => buffer.byteLength,
    wait: (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    fail() { throw Object.assign(new Odd('odd'), { code: 7, data: { at: 1 } }) },
    violations: () => violations,
  }
`
const worker = `import { expose, proxy } from '/dist/index.js'\n${api}\nexpose(api)`
const widget = `
  import { expose, proxy, windowTransport } from '/dist/index.js'
  ${api}
  expose(api, windowTransport(parent, { origin: new URLSearchParams(location.search).get('origin') }))
`
const main = `
  import { release, rpcOf, transfer, windowTransport, wrap } from '/dist/index.js'
  const violations = []
  addEventListener('securitypolicyviolation', ({ violatedDirective, sample }) => violations.push(violatedDirective + ' ' + sample))
  const policy = globalThis.trustedTypes?.createPolicy('app', { createScriptURL: (url) => url })

  async function use(remote) {
    const counted = []
    for await (const n of await remote.count(3)) counted.push(n)
    const counter = await remote.counter()
    const abort = new AbortController()
    const waits = remote.wait(abort.signal).catch((reason) => String(reason))
    const results = [
      await remote.add(1, 2),
      counted.join(),
      (await remote.twice((n) => n * 2, 4)).join(),
      await counter.up(),
      await remote.size(transfer(new ArrayBuffer(8), [])),
      await remote.fail().catch(({ code, name, message, data }) => [code, name, message, data.at].join()),
      await rpcOf(remote).batch((call) => [call('add', [1, 1]), call('add', [2, 2])]).then(String),
      (abort.abort('enough'), await waits),
      (await remote.violations()).join(),
    ]
    release(counter)
    rpcOf(remote).destroy()
    return results
  }

  globalThis.inWorker = () => {
    const url = policy ? policy.createScriptURL('/worker.js') : '/worker.js'
    return use(wrap(new Worker(url, { type: 'module' })))
  }
  globalThis.inFrame = (src) => {
    const frame = document.createElement('iframe')
    frame.src = src
    document.body.append(frame)
    return use(wrap(windowTransport(frame, { origin: new URL(src).origin })))
  }
  globalThis.load = (paths) => Promise.all(paths.map((path) => import(path).then(() => path, String)))
  // By a timer: what a debugger evaluates may.
  globalThis.evaluateCode = () => new Promise((resolve) => setTimeout(() => {
    const seen = []
    for (const make of [() => new Function('return 1'), () => (0, eval)('1'), () => document.body.innerHTML = '<b>x</b>'])
      try { make(); seen.push('done') } catch ({ name }) { seen.push(name) }
    resolve(seen)
  }))
  globalThis.violations = violations
`

declare global {
  var inWorker: () => Promise<unknown[]>
  var inFrame: (src: string) => Promise<unknown[]>
  var load: (paths: readonly string[]) => Promise<string[]>
  var evaluateCode: () => Promise<string[]>
  var violations: string[]
}

const RESULTS = [3, '1,2,3', '8,8', 1, 8, '7,RangeError,odd,1', '2,4', 'RPCError: enough', '']

let sites: readonly Site[] = []

beforeAll(async () => {
  await freshDist()
  const tag = (name: string): string => `<script type="module" src="/${name}.js"></script>`
  const files = {
    ...Object.fromEntries(built()),
    '/main.js': main,
    '/worker.js': worker,
    '/widget.js': widget,
    '/page': pageWith(tag('main')),
    '/widget': pageWith(tag('widget')),
  }
  const headers = { 'content-security-policy': POLICY }
  sites = await Promise.all(['127.0.0.1', 'localhost'].map((host) => serve(host, files, headers)))
}, 120_000)
afterAll(() => Promise.all(sites.map(({ close }) => close())))

describe.each(names)('S62: a page whose policy allows no eval, in %s', { timeout: 60_000 }, (name) => {
  let browser: Awaited<ReturnType<typeof launch>>
  beforeAll(async () => {
    browser = await launch(name)
  }, 120_000)
  afterAll(() => browser.close())

  test('calls its worker and a widget of another origin, with values of all kinds, and violates nothing', async () => {
    const page = await browser.newPage()
    const printed = watchConsole(page)
    const [own, other] = sites as [Site, Site]
    await page.goto(`${own.origin}/page`)
    await page.waitForFunction(() => 'violations' in globalThis)
    const src = `${other.origin}/widget?origin=${own.origin}`
    expect(await page.evaluate(() => inWorker())).toEqual(RESULTS)
    expect(await page.evaluate((url) => inFrame(url), src)).toEqual(RESULTS)
    expect(await page.evaluate(() => violations)).toEqual([])
    expect(printed).toEqual([])
  })

  test('can load every file of the package that a browser has all imports for', async () => {
    const page = await browser.newPage()
    const [own] = sites as [Site, Site]
    await page.goto(`${own.origin}/page`)
    await page.waitForFunction(() => 'violations' in globalThis)
    const paths = built().map(([path]) => path)
    expect(paths.length).toBeGreaterThan(50)
    expect(await page.evaluate((all) => load(all), paths)).toEqual(paths)
    expect(await page.evaluate(() => violations)).toEqual([])
  })

  test('does forbid what it says: that page cannot make code or markup of text', async () => {
    const page = await browser.newPage()
    const [own] = sites as [Site, Site]
    await page.goto(`${own.origin}/page`)
    await page.waitForFunction(() => 'violations' in globalThis)
    const seen = await page.evaluate(() => evaluateCode())
    expect(seen).toEqual(['EvalError', 'EvalError', 'TypeError'])
    await page.waitForFunction(() => violations.length > 0)
  })
})
