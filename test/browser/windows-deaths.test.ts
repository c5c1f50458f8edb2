import { describe, expect, test } from 'vitest'
import { ErrorCode, type WindowOptions, windowTransport } from '../../src/index.ts'
import { hanging, rejection, start, within } from '../contract/fixture.ts'
import {
  addressOf,
  B,
  C,
  type FrameOptions,
  type FramePage,
  HERE,
  openFrame,
  openPopup,
} from './windows/frames.ts'
import { callTheDead, callTwice, GONE, type Living, quickly } from './windows/dying.ts'
import { statesOf } from './windows/states.ts'

const toParent = { starts: [{ kind: 'service', at: 'parent', origin: HERE }] } as const
const toOpener = { starts: [{ kind: 'service', at: 'opener', origin: HERE }] } as const

const inFrame =
  (origin: string, options: WindowOptions & FrameOptions = {}) =>
  (): Living & { page: FramePage } => {
    const page = openFrame(origin, { ...toParent, ...options })
    const rpc = start({ transport: windowTransport(page.element, { origin, ...options }) })
    return { rpc, page, states: statesOf(rpc) }
  }

const inPopup = (origin: string) => (): Living => {
  const page = openPopup(origin, toOpener)
  const rpc = start({ transport: windowTransport(page.window, { origin }) })
  return { rpc, page, states: statesOf(rpc) }
}

// Nobody can come any more: what is called waits for nothing.
const theEnd = { first: GONE, atOnce: [GONE, GONE, GONE, GONE] }
// Its goodbye may come before the end of its window is seen.
const endings = ['waiting connected gone', 'waiting connected gone waiting gone']

describe('S46: when an iframe is removed, 5 pending calls reject PEER_GONE within 100 ms, and later ones at once', () => {
  const remove = ({ page }: Living & { page: FramePage }): void => page.element.remove()
  const children = {
    'of the same origin': inFrame(HERE),
    'of another origin': inFrame(B),
    'of an opaque origin': inFrame(B, { sandbox: 'allow-scripts', allowOpaque: true }),
  }
  test.for(Object.entries(children))('%s', async ([, live], context) => {
    const living = await quickly(context, live, remove)
    expect(await callTheDead(living)).toEqual(theEnd)
    expect(endings).toContain(living.states.join(' '))
  })

  test('of another origin, whose window was passed and not its element', async (context) => {
    const byWindow = (): Living & { page: FramePage } => {
      const page = openFrame(B, toParent)
      const rpc = start({ transport: windowTransport(page.window, { origin: B }) })
      return { rpc, page, states: statesOf(rpc) }
    }
    const living = await quickly(context, byWindow, remove)
    expect(await callTheDead(living)).toEqual(theEnd)
    expect(endings).toContain(living.states.join(' '))
  })

  test('of another origin, with two channels', async () => {
    const channels = ['files', 'events'].map((channel) => ({ ...toParent.starts[0], channel }))
    const page = openFrame(B, { starts: channels })
    const rpcs = channels.map(({ channel }) =>
      start({ transport: windowTransport(page.element, { origin: B }), channel }),
    )
    const calls = rpcs.map((rpc) => hanging(rpc, 5))
    for (const rpc of rpcs) expect(await rpc.invoke('started')).toHaveLength(5)
    page.element.remove()
    for (const { all, reasons } of calls) {
      await within(45_000, all)
      expect(reasons).toEqual(Array(5).fill(GONE))
    }
  })

  test('before its page has ever spoken: what waits rejects too', async () => {
    const { rpc, page, states } = inFrame(B, { starts: [] })()
    await page.loaded()
    const waits = [rpc.invoke('add', [1, 2]), rpc.connect()].map(rejection)
    page.element.remove()
    expect(await within(45_000, Promise.all(waits))).toEqual([GONE, GONE])
    expect(states).toEqual(['waiting', 'gone'])
  })
})

describe('S46: when a popup is closed, 5 pending calls reject PEER_GONE within 100 ms, and later ones at once', () => {
  const byIt = ({ page }: Living): void => page.tell({ do: 'close' })
  const byOpener = ({ page }: Living): void => page.window.close()
  test.for([
    ['of the same origin, by itself', HERE, byIt],
    ['of another origin, by itself', B, byIt],
    ['of the same origin, by its opener', HERE, byOpener],
    ['of another origin, by its opener', B, byOpener],
  ] as const)('%s', async ([, origin, close], context) => {
    const living = await quickly(context, inPopup(origin), close)
    expect(await callTheDead(living)).toEqual(theEnd)
    expect(endings).toContain(living.states.join(' '))
  })
})

describe('S47: when an iframe is reloaded, 5 pending calls reject PEER_GONE, and new ones reach the new document', () => {
  const reload = ({ page }: Living): void => page.tell({ do: 'reload' })
  const live = {
    'of the same origin': inFrame(HERE),
    'of another origin': inFrame(B),
    'of an opaque origin': inFrame(B, { sandbox: 'allow-scripts', allowOpaque: true }),
    'a popup of another origin': inPopup(B),
  }
  test.for(Object.entries(live))('%s', async ([, living], context) => {
    const { rpc, page, states } = await quickly(context, living, reload)
    const id = await within(45_000, rpc.invoke('whoami'))
    expect(id).toBe(await page.loaded())
    expect(await rpc.invoke('started')).toEqual([])
    expect(states).toEqual(['waiting', 'connected', 'gone', 'waiting', 'connected'])
  })

  test('an answer of the old epoch settles nothing', async () => {
    const { rpc, page } = inFrame(B)()
    const { all } = hanging(rpc, 5)
    await rpc.invoke('started')
    await page.loaded()
    page.tell({ do: 'reload' })
    await within(45_000, all)
    await page.loaded()
    const calls = Array.from({ length: 5 }, (_, i) => rpc.invoke('meet', [i, 6]))
    await rpc.connect()
    // The ids of the old epoch, in every form that they may have had.
    for (let id = 0; id <= 6; id++)
      for (const old of [id, String(id)])
        await page.ask({ do: 'say', message: { jsonrpc: '2.0', id: old, result: 'stale' } })
    await rpc.invoke('meet', [5, 6])
    expect(await Promise.all(calls)).toEqual([0, 2, 4, 6, 8])
  })

  test('twice in a row, and the calls made in between are handled once', async () => {
    const { rpc, page } = inFrame(B)()
    await page.loaded()
    await rpc.connect()
    page.tell({ do: 'reload' })
    await page.loaded()
    page.tell({ do: 'reload' })
    const last = await page.loaded()
    await callTwice(rpc, 'note', ['once'])
    expect(await rpc.invoke('whoami')).toBe(last)
    expect(await rpc.invoke('noted')).toEqual(['once'])
  })
})

describe('when an iframe is navigated', () => {
  test('S07: to an origin that is not allowed, 5 pending calls reject PEER_GONE, and a later one waits in vain', async (context) => {
    const live = (): Living & { page: FramePage } => {
      const page = openFrame(B, toParent)
      const rpc = start({ transport: windowTransport(page.element, { origin: B }), connectTimeout: 300 })
      return { rpc, page, states: statesOf(rpc) }
    }
    const leave = ({ page }: Living & { page: FramePage }): void => {
      page.element.src = addressOf(C, toParent)
    }
    const { rpc, page, states } = await quickly(context, live, leave)
    const secret = rejection(rpc.invoke('note', ['a secret']))
    await page.loaded()
    expect(await within(45_000, secret)).toMatchObject({ code: ErrorCode.TIMEOUT, data: { timeout: 300 } })
    expect(await page.ask({ do: 'seen' })).toEqual([])
    expect(states).toEqual(['waiting', 'connected', 'gone', 'waiting'])
  })

  test('to another origin that is allowed, 5 pending calls reject PEER_GONE, and new ones reach it', async (context) => {
    const live = inFrame(B, { origin: [B, C] })
    const move = ({ page }: Living): void => page.tell({ do: 'go', to: addressOf(C, toParent) })
    const { rpc, page } = await quickly(context, live, move)
    expect(await within(45_000, rpc.invoke('whoami'))).toBe(await page.loaded())
  })

  test('an iframe that is moved in the document loads anew, and new calls reach it', async () => {
    const { rpc, page } = inFrame(B)()
    await page.loaded()
    const { all } = hanging(rpc, 5)
    await rpc.invoke('started')
    const box = document.body.appendChild(document.createElement('div'))
    box.append(page.element)
    await within(45_000, all)
    const again = async (): Promise<unknown> => {
      try {
        return await rpc.invoke('count')
      } catch {
        return await again()
      }
    }
    expect(await within(45_000, again())).toBe(0)
    page.element.remove()
    box.remove()
  })
})

test('S56: a page that comes back from the back-forward cache is a new epoch, and new calls reach it', async () => {
  const { rpc, page, states } = inFrame(HERE)()
  await page.loaded()
  const { all, reasons } = hanging(rpc, 5)
  await rpc.invoke('started')
  // As the browser does: it hides, and the very same document is shown again.
  const there = page.window as Window & typeof globalThis
  there.dispatchEvent(new there.PageTransitionEvent('pagehide', { persisted: true }))
  await within(45_000, all)
  expect(reasons).toEqual(Array(5).fill(GONE))
  const held = rpc.invoke('add', [1, 2])
  there.dispatchEvent(new there.PageTransitionEvent('pageshow', { persisted: true }))
  expect(await within(45_000, held)).toBe(3)
  expect(states).toEqual(['waiting', 'connected', 'gone', 'waiting', 'connected'])
})
