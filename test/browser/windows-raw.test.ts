import { afterAll, describe, expect, test } from 'vitest'
import { ErrorCode, type FrameLike, RPC, type WindowLike, windowTransport } from '../../src/index.ts'
import { hanging, type Kind, rejection, start, within } from '../contract/fixture.ts'
import { contract } from '../contract/suite.ts'
import { bare } from '../windows/medium.ts'
import { GONE, type Living, quickly } from './windows/dying.ts'
import {
  A,
  addFrame,
  addressOf,
  B,
  C,
  type FramePage,
  HERE,
  openFrame,
  openPopup,
  type Page,
} from './windows/frames.ts'
import type { Posted, Seen } from './windows/protocol.ts'
import {
  attack,
  attacks,
  connectTo,
  expectUntouched,
  openChild,
  secretsOf,
  service,
  until,
} from './windows/stage.ts'
import { spyOn, standInForSources } from './windows/spy.ts'
import { statesOf } from './windows/states.ts'

standInForSources()

const rawService = { ...service, raw: true }
const rawPlain = { ...rawService, kind: 'plain' } as const

let shared: FramePage | undefined
afterAll(() => shared?.element.remove())

contract(
  'a raw window of another origin',
  async (kind: Kind) => {
    if (!shared) {
      shared = addFrame(B)
      await shared.loaded()
    }
    await shared.ask({ do: 'stop' })
    await shared.ask({ do: 'start', start: { ...rawService, kind } })
    return { transport: bare(windowTransport(shared.element, { origin: B, raw: true })), close() {} }
  },
  { transfer: true },
)

describe('a raw window and a JSON-RPC listener that somebody wrote by hand', () => {
  test('speak plain JSON-RPC, addressed to one exact origin', async () => {
    const page = openFrame(B, { starts: [rawPlain] })
    await page.loaded()
    const spy = spyOn(page.window)
    const { rpc } = connectTo({ element: { contentWindow: spy.window } }, { raw: true }, { plain: true })
    expect(await rpc.invoke('echo', ['x'])).toBe('x')
    expect(await rejection(rpc.invoke('other'))).toMatchObject({ code: ErrorCode.METHOD_NOT_FOUND })
    rpc.notify('echo', ['nobody answers'])
    rpc.destroy()
    expect(new Set(spy.posted.map(({ to, ports }) => `${to} ${ports}`))).toEqual(new Set([`${B} 0`]))
    expect(spy.posted.map(({ message }) => Object.keys(JSON.parse(message) as object))).toEqual([
      ['jsonrpc', 'id', 'method', 'params'],
      ['jsonrpc', 'id', 'method'],
      ['jsonrpc', 'method', 'params'],
    ])
  })

  test('without `plain` it is found out by its first answer', async () => {
    const page = openFrame(B, { starts: [rawPlain] })
    await page.loaded()
    const { rpc, states } = connectTo(page, { raw: true })
    expect(await rpc.invoke('echo', ['x'])).toBe('x')
    expect(states).toEqual(['waiting', 'connected'])
  })

  test('S05: ids of calls cannot be guessed, as others can post here too', async () => {
    const page = openFrame(B, { starts: [rawPlain] })
    await page.loaded()
    const { rpc } = connectTo(page, { raw: true }, { plain: true })
    await Promise.all([rpc.invoke('echo', [1]), rpc.invoke('echo', [2])])
    const { ids } = await secretsOf(page)
    const sent = ids.filter((id) => typeof id === 'string')
    expect(sent).toHaveLength(2)
    for (const id of sent) expect(id).toMatch(/^[\da-f]{8}-[\da-f-]{27}:\d+$/)
  })
})

describe('a raw window with an RPC on both sides', () => {
  test('whoever starts later reaches the other, and both call', async () => {
    const page = openFrame(B)
    await page.loaded()
    const { rpc, called } = connectTo(page, { raw: true })
    const early = rpc.invoke('add', [1, 2])
    await page.ask({ do: 'start', start: rawService })
    expect(await early).toBe(3)
    rpc.notify('startCall', ['note'])
    await until(() => called.length === 1)
    expect(await rpc.invoke('history')).toEqual({ states: ['waiting', 'connected'], ends: ['answered'] })
  })

  test('a reload is a new epoch: 5 pending calls reject PEER_GONE, and new ones reach the new document', async () => {
    const page = openFrame(B, { starts: [rawService] })
    await page.loaded()
    const { rpc, states } = connectTo(page, { raw: true })
    const { all, reasons } = hanging(rpc, 5)
    expect(await rpc.invoke('started')).toHaveLength(5)
    const { ids } = await secretsOf(page)
    page.tell({ do: 'reload' })
    const id = await page.loaded()
    await within(45_000, all)
    expect(reasons).toEqual(Array(5).fill(GONE))
    const met = rpc.invoke('meet', [1, 2])
    for (const old of ids)
      await page.ask({ do: 'say', message: { jsonrpc: '2.0', id: old, result: 'stale' } })
    await rpc.invoke('meet', [2, 2])
    expect([await met, await rpc.invoke('whoami')]).toEqual([2, id])
    expect(states).toEqual(['waiting', 'connected', 'gone', 'waiting', 'connected'])
  })
})

describe('S46: when a raw window is gone, which says no goodbye, 5 pending calls reject PEER_GONE within 100 ms', () => {
  const living = <P extends Page>(page: P, target: FrameLike | WindowLike): Living & { page: P } => {
    const rpc = start({ transport: windowTransport(target, { origin: B, raw: true }) })
    return { rpc, page, states: statesOf(rpc) }
  }

  test('an iframe is removed', async (context) => {
    const live = (): Living & { page: FramePage } => {
      const page = openFrame(B, { starts: [rawService] })
      return living(page, page.element)
    }
    const { rpc } = await quickly(context, live, ({ page }) => page.element.remove())
    expect(await rejection(rpc.invoke('count'))).toEqual(GONE)
  })

  test('a popup is closed', async (context) => {
    const live = (): Living => {
      const page = openPopup(B, { starts: [{ ...rawService, at: 'opener' }] })
      return living(page, page.window)
    }
    const { rpc } = await quickly(context, live, ({ page }) => page.window.close())
    expect(await rejection(rpc.invoke('count'))).toEqual(GONE)
  })
})

describe('strangers to a raw window', () => {
  const strangers: Record<string, () => FramePage> = {
    'S01: of a third origin': () => openFrame(C),
    "S01: of a third origin and the child's site": () => openFrame(A),
    "S02: of the child's own origin": () => openFrame(B),
    'S06: of an opaque origin': () => openFrame(B, { sandbox: 'allow-scripts' }),
  }
  test.for(Object.entries(strangers))(
    '%s, S03: are not heard, with calls pending whose ids they know',
    async ([, open]) => {
      const page = openChild({ starts: [rawService] })
      const stranger = open()
      await Promise.all([page.loaded(), stranger.loaded()])
      await attack(stranger, page, attacks([], [1, 2, 3]))
      const victim = connectTo(page, { raw: true })
      const met = victim.rpc.invoke('meet', [1, 2])
      await victim.rpc.invoke('count')
      const { sessions, ids } = await secretsOf(page)
      expect(ids.filter((id) => String(id).includes(':')).length).toBeGreaterThanOrEqual(2)
      await attack(stranger, page, attacks(sessions, ids))
      await victim.rpc.invoke('meet', [2, 2])
      expect(await met).toBe(2)
      await expectUntouched(victim, page, stranger)
    },
  )

  test('S07: a document of another origin in the very window gets no byte, and cannot call', async () => {
    const page = openChild({ starts: [rawService] })
    await page.loaded()
    const victim = connectTo(page, { raw: true })
    await victim.rpc.connect()
    const { sessions, ids } = await secretsOf(page)
    page.tell({ do: 'go', to: addressOf(C) })
    await page.loaded()
    const secret = rejection(victim.rpc.invoke('note', ['a secret'], { timeout: 200 }))
    for (const one of attacks(sessions, ids)) await page.ask({ ...one, do: 'post', at: ['parent'], to: '*' })
    expect(await secret).toMatchObject({ code: ErrorCode.TIMEOUT })
    expect(victim.called).toEqual([])
    expect(await page.ask<Seen[]>({ do: 'seen' })).toEqual([])
  })
})

describe('S08: a raw window must be addressed', () => {
  test.for<[string, unknown]>([
    ['a list of two', [B, C]],
    ['a pattern', 'https://*.example.com'],
    ['a list with a pattern', ['https://*.example.com']],
    ['a function', () => true],
  ])('so %s throws', ([, origin]) => {
    const { element } = openFrame(B)
    expect(() => windowTransport(element, { origin: origin as string, raw: true })).toThrow(TypeError)
    expect(() => windowTransport(element, { origin: origin as string, raw: true })).toThrow(
      /one exact origin/,
    )
  })

  test('to any origin only where that is written', async () => {
    const page = openFrame(B, { starts: [{ ...rawService, origin: HERE, spy: true }] })
    await page.loaded()
    const spy = spyOn(page.window)
    const { rpc } = connectTo({ element: { contentWindow: spy.window } }, { raw: true, origin: '*' })
    expect(await rpc.invoke('add', [1, 2])).toBe(3)
    expect(new Set(spy.posted.map(({ to }) => to))).toEqual(new Set(['*']))
    const theirs = await page.ask<Posted[]>({ do: 'posted' })
    expect(new Set(theirs.map(({ to }) => to))).toEqual(new Set([HERE]))
  })

  test('and has no channels', () => {
    const { element } = openFrame(B)
    const transport = windowTransport(element, { origin: B, raw: true })
    expect(() => new RPC({ transport, channel: 'files' })).toThrow(/no channels/)
  })
})
