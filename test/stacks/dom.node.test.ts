/** Unit tests of users: portcall in realms of jsdom and happy-dom, which lack much of what browsers have (C63). */
import { rolldown } from 'rolldown'
import { fileURLToPath } from 'node:url'
import { MessageChannel } from 'node:worker_threads'
import { Window as HappyWindow } from 'happy-dom'
import { JSDOM } from 'jsdom'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import type * as portcall from '../../src/index.ts'
import type * as core from '../../src/core.ts'
import type { linkedPair } from '../../src/testing.ts'

type Portcall = typeof portcall & { core: typeof core; linkedPair: typeof linkedPair }
type Page = Window & typeof globalThis & { portcall: Portcall; eval(code: string): unknown }

let code = ''
beforeAll(async () => {
  const build = await rolldown({
    input: fileURLToPath(new URL('dom/realm.ts', import.meta.url)),
    platform: 'browser',
    logLevel: 'silent',
  })
  const { output } = await build.generate({ format: 'iife', name: 'made', codeSplitting: false })
  code = output[0].code
})

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const step of closing.splice(0).reverse()) await step()
})

const url = 'http://localhost/'

/** A page that portcall was loaded in, and what loads it in the realm of an iframe. */
const doms: { readonly [name: string]: () => Page | Promise<Page> } = {
  jsdom: () => {
    const { window } = new JSDOM('<iframe></iframe>', { url, runScripts: 'outside-only' })
    closing.push(() => window.close())
    return window as unknown as Page
  },
  'happy-dom': async () => {
    const window = new HappyWindow({
      url,
      settings: { enableJavaScriptEvaluation: true, suppressInsecureJavaScriptEnvironmentWarning: true },
    })
    window.document.body.innerHTML = '<iframe srcdoc="<p>x</p>"></iframe>'
    await window.happyDOM.waitUntilComplete()
    closing.push(() => window.happyDOM.close())
    return window as unknown as Page
  },
}

function load(page: Page): Portcall {
  page.eval(code)
  return page.portcall
}

/** Messages between windows as browsers tell of them: neither knows who has posted. */
function join(page: Page, frame: Page): void {
  const post = (to: Page, from: Page) => (data: unknown) =>
    setTimeout(() =>
      to.dispatchEvent(new to.MessageEvent('message', { data, origin: 'http://localhost', source: from })),
    )
  frame.postMessage = post(frame, page)
  page.postMessage = post(page, frame)
}

describe.for(Object.entries(doms))('C63: in %s', ([, open]) => {
  test('a window says what it needs where there is no MessageChannel', async () => {
    const page = await open()
    const { RPC, windowTransport } = load(page)
    const iframe = page.document.querySelector('iframe')
    expect(page.eval('typeof MessageChannel + typeof structuredClone')).toBe('undefinedundefined')
    expect(() => new RPC({ transport: windowTransport(iframe as never) })).toThrow(
      'set globalThis.MessageChannel',
    )
  })

  for (const entry of ['portcall', 'portcall/core'] as const)
    test(`calls, errors, aborts and deadlines work (${entry})`, async () => {
      const page = await open()
      const all = load(page)
      const { expose, rpcOf, wrap } = entry === 'portcall' ? all : (all.core as unknown as Portcall)
      const { left, right } = all.linkedPair()
      const given = { list: [1, { a: 2 }] }
      const remote = wrap<{ echo(value: unknown): unknown; fail(): void; never(): void }>(left)
      const early = remote.echo(given)
      given.list.push(3)
      expose(
        {
          echo: (value: unknown) => value,
          fail: () => {
            throw new RangeError('boom')
          },
          never: () => new Promise(() => {}),
        },
        right,
      )
      expect(await early).toEqual({ list: [1, { a: 2 }] })
      expect(await remote.echo([null, 'x', given])).toEqual([null, 'x', given])
      await expect(remote.fail()).rejects.toThrow('boom')
      await expect(all.withOptions(remote, { timeout: 20 }).never()).rejects.toMatchObject({ code: -32300 })
      const controller = new page.AbortController()
      const call = all.withOptions(remote, { signal: controller.signal }).never()
      controller.abort()
      await expect(call).rejects.toMatchObject({ name: 'AbortError' })
      rpcOf(remote).destroy()
    })

  test('callbacks, proxies, streams and signals work', async () => {
    const page = await open()
    const { expose, wrap, linkedPair, proxy, rpcOf } = load(page)
    const { left, right } = linkedPair()
    expose(
      {
        run: (callback: (n: number) => unknown) => callback(1),
        object: () => proxy({ hi: () => 'hi' }),
        each: async function* () {
          yield 1
          yield 2
        },
        isAborted: (signal: AbortSignal) =>
          new Promise((resolve) => signal.addEventListener('abort', () => resolve(true))),
      },
      right,
    )
    const remote = wrap<{
      run(callback: (n: number) => Promise<number>): number
      object(): { hi(): Promise<string> }
      each(): AsyncIterable<number>
      isAborted(signal: AbortSignal): boolean
    }>(left)
    expect(await remote.run(async (n) => n + 1)).toBe(2)
    const object = await (remote.object() as unknown as Promise<{ hi(): Promise<string> }>)
    expect(await object.hi()).toBe('hi')
    const items: number[] = []
    for await (const item of remote.each()) items.push(item)
    expect(items).toEqual([1, 2])
    const controller = new page.AbortController()
    const aborted = remote.isAborted(controller.signal as never)
    setTimeout(() => controller.abort(), 10)
    expect(await aborted).toBe(true)
    rpcOf(remote).destroy()
  })

  test.for([true, false])(
    'a page and its iframe call each other with acceptUntrusted (raw: %s)',
    async (raw) => {
      const page = await open()
      const iframe = page.document.querySelector('iframe') as HTMLIFrameElement
      // Neither loads a page of the same origin into an iframe by itself.
      if (!raw) Object.defineProperty(iframe, 'contentWindow', { value: await open() })
      const frame = iframe.contentWindow as unknown as Page
      const here = load(page)
      if (!raw) page.MessageChannel = frame.MessageChannel = MessageChannel as never
      join(page, frame)
      const options = { origin: 'http://localhost', acceptUntrusted: true, raw } as const
      const rpc = new here.RPC({
        transport: here.windowTransport(iframe as never, options),
        connectTimeout: 5_000,
      })
      closing.push(() => rpc.destroy())
      const early = rpc.invoke('add', [1, 2])
      const there = typeof frame.eval === 'function' ? load(frame) : here
      const inner = new there.RPC({
        transport: there.windowTransport(page as never, options),
        methods: {
          add: (a: number, b: number) => a + b,
          run: (callback: (n: number) => unknown) => callback(1),
        },
      })
      closing.push(() => inner.destroy())
      expect(await early).toBe(3)
      expect(raw || (await rpc.invoke('run', [(n: number) => n + 1])) === 2).toBe(true)
      rpc.registerMethod('hello', (name: string) => `hello ${name}`)
      expect(await inner.invoke('hello', ['you'])).toBe('hello you')
    },
  )

  test('without acceptUntrusted nobody is heard', async () => {
    const page = await open()
    const iframe = page.document.querySelector('iframe') as HTMLIFrameElement
    const frame = iframe.contentWindow as unknown as Page
    const here = load(page)
    join(page, frame)
    let heard = 0
    const rpc = new here.RPC({
      transport: here.windowTransport(iframe as never, { origin: 'http://localhost', raw: true }),
      methods: { note: () => void heard++ },
    })
    closing.push(() => rpc.destroy())
    page.postMessage({ jsonrpc: '2.0', method: 'note' }, '*')
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(heard).toBe(0)
  })
})
