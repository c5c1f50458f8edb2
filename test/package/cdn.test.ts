/** The file for <script> use, on plain pages of two origins in real browsers. */
import { execFile } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type * as api from '../../src/index.ts'
import { launch, names, pageWith, serve, type Site, watchConsole } from '../events/browsers.ts'
import { freshDist, root } from './dist.ts'

declare global {
  var portcall: typeof api
}

const script = join(root, 'dist/portcall.min.js')
const entry = join(root, 'dist/index.js')

async function freshScript(): Promise<string> {
  await freshDist()
  if (!existsSync(script) || statSync(script).mtimeMs < statSync(entry).mtimeMs)
    await promisify(execFile)(process.execPath, [join(root, 'scripts/cdn.mjs')], { cwd: root })
  return readFileSync(script, 'utf8')
}

// What a widget of another origin has in its page.
const widget = `
  const origin = new URLSearchParams(location.search).get('origin')
  portcall.expose({ add: (a, b) => a + b }, portcall.windowTransport(parent, { origin }))
`

let sites: readonly Site[] = []

beforeAll(async () => {
  const tag = '<script src="/portcall.min.js"></script>'
  const files = {
    '/portcall.min.js': await freshScript(),
    '/widget.js': widget,
    '/empty': pageWith(''),
    '/page': pageWith(tag),
    '/widget': pageWith(`${tag}<script src="/widget.js"></script>`),
  }
  // Nothing inline and no eval: what careful pages allow.
  const headers = { 'content-security-policy': "default-src 'self'; frame-src http:; img-src data:" }
  sites = await Promise.all(['127.0.0.1', 'localhost'].map((host) => serve(host, files, headers)))
}, 120_000)
afterAll(() => Promise.all(sites.map(({ close }) => close())))

describe.each(names)('portcall.min.js in %s', (name) => {
  let browser: Awaited<ReturnType<typeof launch>>
  beforeAll(async () => {
    browser = await launch(name)
  }, 120_000)
  afterAll(() => browser.close())

  test('adds one global, `portcall`, with every public name', async () => {
    const page = await browser.newPage()
    const printed = watchConsole(page)
    const globals = async (path: string): Promise<string[]> => {
      await page.goto(`${sites[0]?.origin}${path}`)
      return page.evaluate(() => Object.getOwnPropertyNames(globalThis))
    }
    const before = new Set(await globals('/empty'))
    const added = (await globals('/page')).filter((key) => !before.has(key))
    expect(added).toEqual(['portcall'])
    const exported = await page.evaluate(() => Object.keys(portcall))
    expect(exported.toSorted()).toEqual(Object.keys(await import(entry)).toSorted())
    const doors = await page.evaluate(() =>
      [
        portcall.expose,
        portcall.wrap,
        portcall.RPC,
        portcall.RPCMessageEvent,
        portcall.createConnection,
        portcall.createRequest,
        portcall.windowTransport,
      ].map((door) => typeof door),
    )
    expect(new Set(doors)).toEqual(new Set(['function']))
    expect(printed).toEqual([])
  })

  test('S62: calls a widget of another origin, on pages that allow no eval and nothing inline', async () => {
    const page = await browser.newPage()
    const printed = watchConsole(page)
    const [own, other] = sites as [Site, Site]
    await page.goto(`${own.origin}/page`)
    const url = `${other.origin}/widget?origin=${own.origin}`
    const sum = await page.evaluate((src) => {
      const frame = document.createElement('iframe')
      frame.src = src
      document.body.append(frame)
      const transport = portcall.windowTransport(frame, { origin: new URL(src).origin })
      interface Widget {
        add(a: number, b: number): number
      }
      return portcall.wrap<Widget>(transport).add(1, 2)
    }, url)
    expect(sum).toBe(3)
    expect(printed).toEqual([])
  })
})
