/** Hosts that are `file:` pages or sandboxed themselves, with iframes of any kind, in real browsers. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Browser, Page } from 'playwright'
import { rolldown } from 'rolldown'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launch, names, serve, type Site, watchConsole } from '../../events/browsers.ts'

let site: Site
let folder: string
let library: string

beforeAll(async () => {
  const input = fileURLToPath(new URL('../../../src/index.ts', import.meta.url))
  const build = await rolldown({ input, platform: 'browser' })
  const { output } = await build.generate({ format: 'iife', name: 'portcall', minify: true })
  await build.close()
  library = output[0].code.replaceAll('</script', '<\\/script')
  folder = await mkdtemp(join(tmpdir(), 'portcall-opaque-'))
  const pages: Record<string, string> = {}
  for (const [name, script] of Object.entries(children)) pages[`/${name}.html`] = pageOf(script)
  for (const [name, script] of Object.entries(hosts)) pages[`/${name}.html`] = pageOf(script)
  pages['/outer.html'] = pageOf(
    "const frame = document.createElement('iframe'); frame.sandbox = 'allow-scripts'; frame.src = '/' + location.hash.slice(1); document.body.append(frame)",
  )
  for (const [path, page] of Object.entries(pages)) await writeFile(join(folder, path), page)
  site = await serve('127.0.0.1', pages)
}, 60_000)

afterAll(async () => {
  await site.close()
  await rm(folder, { recursive: true })
})

/** Its results are told to the uppermost page. */
const pageOf = (script: string): string =>
  `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><body><script>${library}</script><script>
  const { RPC, windowTransport } = portcall
  window.results = []
  addEventListener('message', ({ data }) => { if (data && data.result !== undefined) results.push(data.result) })
  const tell = (result) => top.postMessage({ result }, '*')
  const options = JSON.parse(new URLSearchParams(location.search).get('options') || 'null') || { allowOpaque: true }
  ${script}
  </script>`

const SERVES = `
  const start = () => {
    const rpc = new RPC({ transport: windowTransport(parent, options), methods: { add: (a, b) => a + b, ask: () => rpc.invoke('name') } })
  }
  try { start() } catch (error) { tell(String(error)) }`

const children = {
  child: SERVES,
  // It greets as if it were the lesser side, and says nothing over the port that it gets.
  stranger: `
  addEventListener('message', ({ data }) => {
    const { method, params } = data
    if (method !== 'rpc.connect') return
    if (!params.port) return parent.postMessage({ jsonrpc: '2.0', method, params: { session: '0', re: params.session } }, '*')
    const heard = []
    params.port.onmessage = ({ data }) => heard.push(data)
    setTimeout(() => params.port.postMessage({ jsonrpc: '2.0', id: 1, method: 'name' }), 200)
    setTimeout(() => params.port.postMessage({ jsonrpc: '2.0', method, params: { session: '0', re: params.session } }), 300)
    setTimeout(() => tell(['stranger', heard]), 500)
  })
  parent.postMessage({ jsonrpc: '2.0', method: 'rpc.connect', params: { session: '0' } }, '*')`,
}

const CALLS = `
  const frame = document.createElement('iframe')
  const { src, sandbox, srcdoc } = JSON.parse(decodeURIComponent(location.hash.slice(1)))
  if (sandbox) frame.sandbox = sandbox
  if (srcdoc) frame.srcdoc = srcdoc
  else if (src) frame.src = src
  document.body.append(frame)
  const call = async () => {
    const rpc = new RPC({ transport: windowTransport(frame, options), methods: { name: () => 'host' }, connectTimeout: 3_000 })
    const calls = [rpc.invoke('add', [1, 2]), rpc.invoke('ask')]
    tell(await Promise.all(calls))
  }
  call().catch((error) => tell(String(error)))`

const hosts = { host: CALLS }

interface Child {
  readonly src?: string
  readonly sandbox?: string
  readonly srcdoc?: string
}

type Where = 'a file: page' | 'a sandboxed page'

/** Open a host with a child. @returns what the two tell, once there are `count` results. */
async function open(browser: Browser, where: Where, child: Child, query = '', count = 1): Promise<unknown[]> {
  const page: Page = await browser.newPage()
  const seen = watchConsole(page)
  const hash = encodeURIComponent(JSON.stringify(child))
  const url =
    where === 'a file: page'
      ? `${pathToFileURL(join(folder, 'host.html')).href}${query}#${hash}`
      : `${site.origin}/outer.html#host.html${query}#${hash}`
  await page.goto(url)
  await page.waitForFunction((least) => Reflect.get(window, 'results').length >= least, count, {
    timeout: 45_000,
  })
  const results = await page.evaluate(() => Reflect.get(window, 'results') as unknown[])
  await page.close()
  expect(seen.filter((line) => line.startsWith('uncaught') || line.includes('postMessage'))).toEqual([])
  return results
}

const optionsOf = (options: object): string => `?options=${encodeURIComponent(JSON.stringify(options))}`

describe.for(names)('%s', { timeout: 60_000 }, (name) => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launch(name)
  }, 60_000)
  afterAll(() => browser.close())

  describe.for<Where>(['a file: page', 'a sandboxed page'])('C42: the host is %s', (where) => {
    const kinds: Record<string, () => Child> = {
      'a sandboxed page': () => ({ src: `${site.origin}/child.html`, sandbox: 'allow-scripts' }),
      'a page of an origin': () => ({ src: `${site.origin}/child.html` }),
      'a sandboxed srcdoc': () => ({ srcdoc: pageOf(SERVES), sandbox: 'allow-scripts' }),
      'a srcdoc': () => ({ srcdoc: pageOf(SERVES) }),
      'a data: page': () => ({ src: `data:text/html,${encodeURIComponent(pageOf(SERVES))}` }),
      ...(where === 'a file: page' && {
        'a file: page': () => ({ src: 'child.html' }),
        'a sandboxed file: page': () => ({ src: 'child.html', sandbox: 'allow-scripts' }),
      }),
    }
    test.for(Object.keys(kinds))(
      'and the iframe %s: both wrote allowOpaque, and speak both ways',
      async (kind) => {
        const child = (kinds[kind] as () => Child)()
        // A page of an origin in a sandboxed one is sandboxed, too.
        const options = { allowOpaque: true, ...(kind === 'a page of an origin' && { origin: site.origin }) }
        const results = await open(browser, where, child, optionsOf(options))
        expect(results).toEqual([[3, 'host']])
      },
    )

    test('without allowOpaque and an origin it throws at once, and says what to write', async () => {
      const results = await open(
        browser,
        where,
        { src: `${site.origin}/child.html` },
        optionsOf({ raw: false }),
      )
      expect(results[0]).toMatch(
        /^TypeError: This page's own origin is opaque: say which origin.*allowOpaque: true/,
      )
    })

    test('an iframe without allowOpaque throws at once, and the host rejects', async () => {
      const child = { src: `${site.origin}/child.html${optionsOf({ raw: false })}`, sandbox: 'allow-scripts' }
      const results = await open(browser, where, child, '', 2)
      expect(results[0]).toMatch(/^TypeError: This page's own origin is opaque/)
      expect(results[1]).toMatch(/was not sent/)
    })

    test('an iframe that never loads anything rejects by the deadline alone', async () => {
      expect((await open(browser, where, {}))[0]).toMatch(/was not sent/)
    })

    test('a document that does not name both sessions over the port gets no call and no hello', async () => {
      const child = { src: `${site.origin}/stranger.html`, sandbox: 'allow-scripts' }
      const results = await open(browser, where, child, '', 2)
      expect(results[0]).toEqual(['stranger', []])
      expect(results[1]).toMatch(/was not sent/)
    })
  })
})
