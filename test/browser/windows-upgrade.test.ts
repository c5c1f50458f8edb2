import { describe, expect, test } from 'vitest'
import { ErrorCode, RPC, type WindowOptions, windowTransport } from '../../src/index.ts'
import { rejection, start, within } from '../contract/fixture.ts'
import { callTwice } from './windows/dying.ts'
import { addressOf, B, C, type FramePage, HERE, openFrame, type Page } from './windows/frames.ts'
import type { Posted, Seen, Start } from './windows/protocol.ts'
import { attack, attacks, connectTo, openChild, secretsOf, service, shout, until } from './windows/stage.ts'
import { spyOn, standInForSources } from './windows/spy.ts'

standInForSources()

const fromHere = (seen: readonly Seen[]): Seen[] => seen.filter(({ origin }) => origin === HERE)

/** What this page's window got from another, as JSON-RPC. */
function listenTo(page: Page): { readonly params: Record<string, unknown>; readonly ports: number }[] {
  const heard: { params: Record<string, unknown>; ports: number }[] = []
  addEventListener('message', ({ source, data, ports }) => {
    const { jsonrpc, params } = Object(data) as { jsonrpc?: string; params?: Record<string, unknown> }
    if (source === page.window && jsonrpc && params) heard.push({ params, ports: ports.length })
  })
  return heard
}

describe('S07: when the child is replaced by a document of an origin that is not allowed', () => {
  test('that document gets no byte, cannot call and cannot become the peer; a child of the right origin can', async () => {
    const page = openChild()
    await page.loaded()
    const victim = connectTo(page, { origin: B })
    await victim.rpc.connect()
    const { sessions, ids } = await secretsOf(page)
    page.tell({ do: 'go', to: addressOf(C) })
    await page.loaded()
    const secret = rejection(victim.rpc.invoke('note', ['a secret'], { timeout: 200 }))
    for (const { message, port } of attacks(sessions, ids))
      await page.ask({ do: 'post', at: ['parent'], to: '*', message, ...(port && { port }) })
    expect(await within(45_000, secret)).toMatchObject({ code: ErrorCode.TIMEOUT })
    expect(victim.called).toEqual([])
    expect(victim.states).toEqual(['waiting', 'connected', 'gone', 'waiting'])
    expect(await page.ask({ do: 'seen' })).toEqual([])
    expect(await page.ask({ do: 'heard' })).toEqual([])
    expect(new Set(victim.diagnostics.map(({ kind, about }) => [kind, about].join(' ')))).toEqual(
      new Set([`refused ${C}`]),
    )

    page.tell({ do: 'go', to: addressOf(B, { starts: [service] }) })
    expect(await within(45_000, victim.rpc.invoke('noted'))).toEqual([])
    expect(await victim.rpc.invoke('whoami')).toBe(await page.loaded())
  })

  test('a document that never says goodbye cannot keep the channel: it died with its document', async () => {
    const page = openChild()
    await page.loaded()
    const victim = connectTo(page)
    await victim.rpc.connect()
    page.tell({ do: 'go', to: addressOf(C) })
    await page.loaded()
    await until(() => victim.states.at(-1) === 'waiting')
    await expect(victim.rpc.invoke('note', ['a secret'], { timeout: 50 })).rejects.toMatchObject({
      code: ErrorCode.TIMEOUT,
    })
    expect(await page.ask({ do: 'seen' })).toEqual([])
  })
})

describe('S08: what is posted to a window is addressed to an exact origin, and a port to nothing else', () => {
  const cases: Record<
    string,
    { here: WindowOptions; there: Partial<Start>; sandbox?: string; open: boolean }
  > = {
    'one exact origin': { here: { origin: B }, there: {}, open: false },
    'a list of exact origins': { here: { origin: [C, B] }, there: { origin: [HERE, C] }, open: false },
    'any origin': { here: { origin: '*' }, there: { origin: '*' }, open: true },
    'a function of the origin': { here: { origin: (it) => it === B }, there: { origin: 'any' }, open: true },
    'a pattern, beside an exact origin': {
      here: { origin: ['https://*.example.com', B] },
      there: { origin: ['https://*.example.com', HERE] },
      open: true,
    },
    'an opaque child': { here: { allowOpaque: true }, there: {}, sandbox: 'allow-scripts', open: true },
  }
  test.for(Object.entries(cases))('%s', async ([, { here, there, open, ...options }]) => {
    const start: Start = { ...service, spy: true, ...there }
    const page = openFrame(B, { ...options, starts: [start] })
    const spy = spyOn(page.window)
    const { rpc, states } = connectTo({ ...page, element: { contentWindow: spy.window } }, here)
    expect(await rpc.invoke('add', [1, 2])).toBe(3)
    const theirs = await page.ask<Posted[]>({ do: 'posted' })
    page.tell({ do: 'reload' })
    await page.loaded()
    await page.loaded()
    expect(await callTwice(rpc, 'add', [1, 2])).toBe(3)
    theirs.push(...(await page.ask<Posted[]>({ do: 'posted' })))
    rpc.destroy()
    expect(states.at(-1)).toBe('closed')

    const all = [...spy.posted, ...theirs].map(({ message, ...post }) => ({
      ...(JSON.parse(message) as { readonly params: object }),
      ...post,
    }))
    for (const { params, to: _to, ports: _ports, ...message } of all) {
      expect(message).toEqual({ jsonrpc: '2.0', method: 'rpc.connect' })
      expect(['session', 're', 'port']).toEqual(expect.arrayContaining(Object.keys(params)))
    }
    const withPort = all.filter(({ params, ports }) => ports > 0 || 'port' in params)
    expect(withPort).toHaveLength(2)
    expect([HERE, B]).toEqual(expect.arrayContaining(withPort.map(({ to }) => to)))
    expect([HERE, B, C, ...(open ? ['*'] : [])]).toEqual(expect.arrayContaining(all.map(({ to }) => to)))
    expect(all.some(({ to }) => to === '*')).toBe(open)
  })
})

describe('S10: a greeting that is repeated', () => {
  /** Load the child until this page is the one that makes the channel, or until the child is. */
  async function connectWith(maker: 'this page' | 'the child'): Promise<{
    readonly page: FramePage
    readonly rpc: RPC
    readonly states: string[]
    readonly heard: ReturnType<typeof listenTo>
  }> {
    const page = openChild()
    const heard = listenTo(page)
    const { rpc, states } = connectTo(page)
    for (;;) {
      await page.loaded()
      await within(45_000, rpc.connect())
      const offered = fromHere(await page.ask<Seen[]>({ do: 'seen' })).some(({ ports }) => ports > 0)
      if (offered === (maker === 'this page')) return { page, rpc, states, heard }
      heard.splice(0)
      const known = states.length
      page.tell({ do: 'reload' })
      // It may be connected again before one looks.
      await until(() => states.slice(known).includes('waiting'))
    }
  }
  const connect = { jsonrpc: '2.0', method: 'rpc.connect' }

  describe.for(['this page', 'the child'] as const)('where %s made the channel', (maker) => {
    test('by the same document does not swap the live channel, with a port or without', async () => {
      const { page, rpc, states, heard } = await connectWith(maker)
      const before = [...states]
      const met = rpc.invoke('meet', [1, 2])
      const greetings = heard.map(({ params }) => ({ ...params, port: undefined }))
      expect(greetings.length).toBeGreaterThan(0)
      const mine = fromHere(await page.ask<Seen[]>({ do: 'seen' })).map(
        ({ data }) => JSON.parse(data) as { params: { session: string } },
      )
      const re = mine[0]?.params.session
      for (const params of [...greetings, ...greetings.map((one) => ({ ...one, re }))])
        for (const port of ['params.port', undefined] as const)
          await page.ask({
            do: 'post',
            at: ['parent'],
            to: '*',
            message: { ...connect, params },
            ...(port && { port }),
          })
      await rpc.invoke('meet', [2, 2])
      expect(await met).toBe(2)
      expect(states).toEqual(before)
      expect(await page.ask({ do: 'heard' })).toEqual([])
    })

    test('of the document before does not swap the live channel', async () => {
      const { page, rpc, heard } = await connectWith(maker)
      const former = heard.map(({ params }) => params['session'])[0]
      page.tell({ do: 'reload' })
      await page.loaded()
      await callTwice(rpc, 'count')
      await page.ask({
        do: 'post',
        at: ['parent'],
        to: '*',
        message: { ...connect, params: { session: former } },
      })
      expect(await rpc.invoke('add', [1, 2], { timeout: 45_000 })).toBe(3)
    })
  })
})

test('what an allowed peer greets with may be no greeting and no port: nothing is thrown, and the channel lives', async () => {
  const page = openChild()
  await page.loaded()
  const { rpc, states } = connectTo(page)
  await rpc.connect()
  const [session] = (await secretsOf(page)).sessions
  const ports: unknown[] = [5, 'port', {}, [], null, true, { close: 1 }, { postMessage: 1 }]
  const params: unknown[] = [null, 0, 'x', [], {}, { session: 1 }, { session: null }, { session: {} }]
  for (const port of ports)
    for (const re of [undefined, session, 'z'])
      params.push({ session: 'x', re, port }, { session: 'z', port, re, name: 5 })
  const message = (one: unknown): unknown => ({ jsonrpc: '2.0', method: 'rpc.connect', params: one })
  const uncaught: unknown[] = []
  const note = (event: ErrorEvent): void => void uncaught.push(event.error)
  addEventListener('error', note)
  for (const one of params) await page.ask({ do: 'post', at: ['parent'], to: '*', message: message(one) })
  removeEventListener('error', note)
  expect(uncaught).toEqual([])
  expect(states).toEqual(['waiting', 'connected'])
  expect(await rpc.invoke('add', [1, 2], { timeout: 45_000 })).toBe(3)
})

test('one RPC for a window and a channel; a second throws until the first is destroyed', async () => {
  const page = openChild()
  const transport = (): ReturnType<typeof windowTransport> => windowTransport(page.element, { origin: B })
  const first = start({ transport: transport() })
  expect(() => new RPC({ transport: transport() })).toThrow(/has an RPC already/)
  start({ transport: transport(), channel: 'another channel' })
  first.destroy()
  expect(await start({ transport: transport() }).invoke('add', [1, 2])).toBe(3)
})

test('S09: a stranger that takes part in every reload never becomes the peer', async () => {
  const page = openChild()
  const stranger = openFrame(C)
  await Promise.all([page.loaded(), stranger.loaded()])
  const victim = connectTo(page)
  await victim.rpc.connect()
  for (let round = 0; round < 3; round++) {
    const { sessions, ids } = await secretsOf(page)
    const all = attacks(sessions, ids)
    const known = victim.states.length
    page.tell({ do: 'reload' })
    await until(() => victim.states.slice(known).includes('waiting'))
    await Promise.all([page.loaded(), shout(stranger, page, all)])
    await attack(stranger, page, all)
    expect(await callTwice(victim.rpc, 'noted')).toEqual([])
  }
  const { called, diagnostics } = victim
  expect(called).toEqual([])
  expect(diagnostics.filter(({ kind }) => kind !== 'refused')).toEqual([])
  expect(await stranger.ask({ do: 'seen' })).toEqual([])
  expect(await stranger.ask({ do: 'heard' })).toEqual([])
})
