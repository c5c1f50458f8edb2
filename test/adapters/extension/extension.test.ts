/** What an extension's ports are and do besides the contract, in Chromium. */
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { Frame, Page } from 'playwright'
import type { Sender } from '../../../src/entries/extension.ts'
import { ErrorCode } from '../../../src/index.ts'
import { watchConsole } from '../../events/browsers.ts'
import { type Failure, type Rig, startRig, tell } from './rig.ts'

const MINUTE = 60_000

let rig: Rig
beforeAll(async () => {
  rig = await startRig({ ignoreDefaultArgs: ['--disable-back-forward-cache'] })
}, MINUTE)
afterAll(() => rig.close(), MINUTE)

const open = async (url: string): Promise<Page> => {
  const page = await rig.open(url)
  onTestFinished(() => page.close())
  return page
}
const openSite = (path = '/page'): Promise<Page> => open(`${rig.site.origin}${path}`)
const openOwn = (): Promise<Page> => open(`chrome-extension://${rig.id}/page.html`)

interface Seen {
  readonly origin: string
  readonly given: Sender
  readonly sender: Sender
}
const who = (at: Page | Frame, client: string): Promise<Seen> =>
  tell<Seen>(at, client, 'invoke', 'app', 'who')

interface State {
  readonly states: readonly string[]
  readonly fates: readonly (Failure & { readonly cause: string })[]
}
const stateOf = (at: Page, client: string): Promise<State> => tell<State>(at, client, 'state', 'app')

const seen = (
  own: Page,
): Promise<{ readonly came: readonly Sender[]; readonly refused: readonly unknown[] }> =>
  tell(own, 'page', 'invoke', 'admin', 'seen')

const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    (value) => expect.unreachable(`it resolved with ${JSON.stringify(value)}`),
    (error: unknown) => error,
  )

describe('S13: the context of a handler tells who calls', { timeout: MINUTE }, () => {
  test('a content script: extension, page, tab and frame; other frames and tabs are others', async () => {
    const [one, two] = [await openSite('/framed'), await openSite()]
    const inner = await one.waitForSelector('iframe').then((element) => element.contentFrame())
    const top = await who(one, 'content')
    expect(top).toEqual({ origin: rig.site.origin, given: top.sender, sender: top.sender })
    expect(top.sender).toEqual({
      id: rig.id,
      origin: rig.site.origin,
      tabId: expect.any(Number),
      frameId: 0,
      url: `${rig.site.origin}/framed`,
    })
    const framed = await who(inner ?? one, 'content')
    expect(framed.sender).toMatchObject({ tabId: top.sender.tabId, url: `${rig.site.origin}/inner` })
    expect(framed.sender.frameId).toBeGreaterThan(0)
    const other = await who(two, 'content')
    expect(other.sender.tabId).not.toBe(top.sender.tabId)
  })

  test('a web page has an origin and no id', async () => {
    const { sender, origin } = await who(await openSite(), 'web')
    expect(origin).toBe(rig.site.origin)
    expect(sender).toEqual({
      origin,
      tabId: expect.any(Number),
      frameId: 0,
      url: `${rig.site.origin}/page`,
    })
  })

  test('a page of the extension, and a listed other extension', async () => {
    const [listed] = rig.others
    expect((await who(await openOwn(), 'page')).sender).toMatchObject({ id: rig.id })
    const other = await open(`chrome-extension://${listed}/page.html`)
    expect((await who(other, 'page')).sender).toMatchObject({ id: listed })
  })

  test('a popup has no tab', async () => {
    const own = await openOwn()
    await own.bringToFront()
    await tell(own, 'page', 'popup')
    const origin = `chrome-extension://${rig.id}`
    const url = `${origin}/popup.html`
    const popup = async (): Promise<unknown> => (await seen(own)).came.find((one) => one.url === url)
    await expect.poll(popup).toEqual({ id: rig.id, origin, url })
  })
})

describe('S13: refused, before any method is reached, is', { timeout: MINUTE }, () => {
  const unlisted = (): string => rig.others[1] ?? ''

  test.for([
    [
      'another extension that is not listed',
      () => open(`chrome-extension://${unlisted()}/page.html`),
      'page',
      unlisted,
    ],
    ['its content script, although its page is of a listed origin', openSite, 'foreign', unlisted],
    [
      'a web page of an origin that is not listed',
      () => open(`${rig.stranger}/page`),
      'web',
      () => rig.stranger,
    ],
    ['whom `accept` refuses', () => openSite('/refuse-me'), 'content', () => rig.id],
  ] as const)('%s', async ([, opened, client, about]) => {
    const [page, own] = [await opened(), await openOwn()]
    const count = async (): Promise<number> =>
      (await seen(own)).refused.filter((one) => one === about()).length
    const before = await count()
    expect(await failure(tell(page, client, 'once', 'app', 'note', ['by a stranger']))).toMatchObject({
      code: ErrorCode.PEER_GONE,
      message: expect.stringContaining('the extension port was disconnected'),
    })
    expect(await tell(own, 'page', 'invoke', 'app', 'ran')).not.toContain('by a stranger')
    expect(await count()).toBe(before + 1)
  })

  test('everybody outside, where nothing is listed', async () => {
    const page = await openSite()
    await who(page, 'web')
    expect(await failure(tell(page, 'web', 'once', 'admin', 'secret'))).toMatchObject({
      code: ErrorCode.TIMEOUT,
    })
  })

  test('who comes when the function that gives the methods throws', async () => {
    const own = await openOwn()
    expect(await failure(tell(own, 'page', 'once', 'broken', 'secret'))).toMatchObject({
      code: ErrorCode.PEER_GONE,
    })
  })
})

test('two channels are two connections, and ports of no name are somebody else’s', async () => {
  const own = await openOwn()
  const both = [
    tell(own, 'page', 'invoke', 'admin', 'secret'),
    tell(own, 'page', 'invoke', 'app', 'note', 'in its channel'),
  ]
  expect(await Promise.all(both)).toEqual(['of the inside', expect.any(Number)])
  expect(await tell(own, 'page', 'fails', 'app', 'secret')).toMatchObject({
    code: ErrorCode.METHOD_NOT_FOUND,
  })
  expect(await tell(own, 'page', 'raw', 1)).toEqual({ else: { what: 1 } })
})

test('an error keeps its cause for a page of the extension, and not for a content script', async () => {
  const [own, site] = [await openOwn(), await openSite()]
  const told = { name: 'RangeError', message: 'too far' }
  expect(await tell(own, 'page', 'fails', 'app', 'throws')).toEqual({
    ...told,
    code: -32500,
    cause: 'the map',
  })
  expect(await tell(site, 'content', 'fails', 'app', 'throws')).toEqual({ ...told, code: -32500 })
})

test('a call to a content script that serves late is answered when it does, in the frame that was meant', async () => {
  const page = await openSite('/framed')
  const inner = await page.waitForSelector('iframe').then((element) => element.contentFrame())
  const asked = tell(page, 'content', 'invoke', 'app', 'askTab', 'where', 0)
  // Another call: the first attempts have failed by then.
  await tell(page, 'content', 'invoke', 'app', 'instance')
  await tell(inner ?? page, 'content', 'serve')
  await tell(page, 'content', 'serve')
  expect(await asked).toBe('/framed')
  const { sender } = await who(inner ?? page, 'content')
  expect(await tell(page, 'content', 'invoke', 'app', 'askTab', 'where', sender.frameId)).toBe('/inner')
})

test('a broadcast reaches every client, and those that are gone are clients no more', async () => {
  const [one, two] = [await openSite(), await openOwn()]
  await Promise.all([who(one, 'content'), who(one, 'web'), who(two, 'page')])
  const clients = (): Promise<unknown> => tell(two, 'page', 'invoke', 'app', 'clients')
  // Pages of tests before may still be about to leave.
  await expect.poll(clients).toBe(3)
  await tell(two, 'page', 'invoke', 'app', 'broadcast', 'tell', 'news')
  for (const [page, client] of [
    [one, 'content'],
    [one, 'web'],
    [two, 'page'],
  ] as const)
    await expect.poll(() => tell(page, client, 'told')).toEqual(['news'])
  await tell(one, 'web', 'destroy', 'app')
  await expect.poll(clients).toBe(2)
  await one.goto('about:blank')
  await expect.poll(clients).toBe(1)
})

test('S49: close() ends every connection', async () => {
  const own = await openOwn()
  const hang = failure(tell(own, 'page', 'invoke', 'closing', 'hang'))
  await tell(own, 'page', 'fails', 'closing', 'end')
  expect(await hang).toMatchObject({ code: ErrorCode.PEER_GONE })
})

test('S60: a message that the browser refuses as too large rejects with its words, and the connection lives', async () => {
  const own = await openOwn()
  const before = await tell<unknown[]>(own, 'page', 'invoke', 'app', 'ran')
  expect(await failure(tell(own, 'page', 'size', 'app', 70_000_000))).toMatchObject({
    code: ErrorCode.TOO_LARGE,
    message: expect.stringContaining('64MiB'),
  })
  expect(await tell(own, 'page', 'invoke', 'app', 'ran')).toEqual(before)
})

describe('S57: a port that is disconnected', { timeout: 2 * MINUTE }, () => {
  test('because the worker was stopped, three times: pending rejects PEER_GONE, the next call wakes a new one, nothing comes again', async () => {
    const page = await openSite()
    const instances = new Set<unknown>()
    for (let i = 0; i < 3; i++) {
      instances.add(await tell(page, 'content', 'invoke', 'app', 'instance'))
      await tell(page, 'content', 'hang', 'app', `hang ${i}`)
      await rig.stopWorker()
      await expect.poll(async () => (await stateOf(page, 'content')).fates.length).toBe(i + 1)
      expect(await tell(page, 'content', 'invoke', 'app', 'ran')).toEqual([])
    }
    expect(instances.size).toBe(3)
    const { fates, states } = await stateOf(page, 'content')
    const lost = {
      code: ErrorCode.PEER_GONE,
      message: 'Request `hang` failed: the extension port was disconnected',
    }
    expect(fates).toMatchObject([lost, lost, lost])
    const again = ['gone', 'waiting', 'connected']
    expect(states).toEqual(['waiting', 'connected', ...again, ...again, ...again])
    // The new worker can call the page, too.
    await tell(page, 'content', 'invoke', 'app', 'broadcast', 'tell', 'after the stops')
    await expect.poll(() => tell(page, 'content', 'told')).toEqual(['after the stops'])
  })

  test('because its page went into the back/forward cache: PEER_GONE when it is back, and it works again', async () => {
    const page = await openSite()
    await page.evaluate(() =>
      addEventListener('pageshow', ({ persisted }) => (document.title = String(persisted))),
    )
    for (const client of ['content', 'web']) await tell(page, client, 'hang', 'app', 'before')
    await page.goto(`${rig.site.origin}/elsewhere`)
    await page.goBack({ waitUntil: 'commit' })
    await page.waitForFunction(() => document.title === 'true')
    for (const client of ['content', 'web']) {
      await expect.poll(async () => (await stateOf(page, client)).fates.length).toBe(1)
      expect((await who(page, client)).sender.url).toBe(`${rig.site.origin}/page`)
      const { fates, states } = await stateOf(page, client)
      expect(fates).toMatchObject([
        { code: ErrorCode.PEER_GONE, cause: 'the page was in the back/forward cache' },
      ])
      expect(states).toEqual(['waiting', 'connected', 'gone', 'waiting', 'connected'])
    }
  })

  test('because nobody is there: its lastError is the reason, and the browser prints nothing', async () => {
    const page = await openOwn()
    const printed = watchConsole(page)
    const nobody = 'a'.repeat(32)
    expect(await failure(tell(page, 'page', 'once', 'app', 'who', [], nobody))).toMatchObject({
      code: ErrorCode.PEER_GONE,
      message: 'Request `who` failed: Could not establish connection. Receiving end does not exist.',
    })
    await page.evaluate(() => new Promise(requestAnimationFrame))
    expect(printed).toEqual([])
  })

  test('is connected again later and later, while nobody lets it in', async () => {
    const page = await open(`${rig.stranger}/page`)
    void failure(tell(page, 'web', 'invoke', 'app', 'who'))
    const attempts = (): Promise<number[]> => tell(page, 'web', 'attempts')
    await expect.poll(async () => (await attempts()).length).toBeGreaterThan(6)
    const times = await attempts()
    const gaps = times.slice(1, 7).map((time, i) => time - (times[i] ?? 0))
    // At least half of each step; timers fire a little early.
    expect(gaps.map((gap, i) => gap > Math.min(20 * 2 ** i, 300) / 2 - 2)).toEqual(gaps.map(() => true))
  })
})

describe('S57: when the extension is reloaded', () => {
  test('its content scripts are cut off: PEER_GONE for good', { timeout: 2 * MINUTE }, async () => {
    const own = await startRig()
    onTestFinished(() => own.close())
    const page = await own.open(`${own.site.origin}/page`)
    await tell(page, 'content', 'hang', 'app', 'before')
    const inside = await own.open(`chrome-extension://${own.id}/page.html`)
    await tell(inside, 'page', 'reload')
    const gone = async (): Promise<unknown> => (await stateOf(page, 'content')).states.at(-1)
    await expect.poll(gone).toBe('gone')
    expect((await stateOf(page, 'content')).fates).toMatchObject([{ code: ErrorCode.PEER_GONE }])
    expect(await failure(tell(page, 'content', 'invoke', 'app', 'who'))).toMatchObject({
      code: ErrorCode.PEER_GONE,
      message: expect.stringMatching(/Extension context invalidated|the extension was reloaded or removed/),
    })
  })
})
