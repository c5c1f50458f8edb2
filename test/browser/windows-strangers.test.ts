import { describe, expect, test } from 'vitest'
import { hanging } from '../contract/fixture.ts'
import { A, addressOf, B, C, HERE, openFrame, type Page, pageIn } from './windows/frames.ts'
import type { Noted, Posted, Seen } from './windows/protocol.ts'
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

const blind = attacks([], [1, 2, 3])

/** Strangers by what they are: each is a frame beside the child. */
const strangers: Record<string, () => Page> = {
  'S01, S09: a frame of a third origin': () => openFrame(C),
  "S01, S09: a frame of a third origin and the child's site": () => openFrame(A),
  "S02: a frame of the child's own origin that is not the child": () => openFrame(B),
  'S06: a frame of an opaque origin': () => openFrame(B, { sandbox: 'allow-scripts' }),
}

describe.for(Object.entries(strangers))('%s', ([, open]) => {
  test('that speaks before, between and after the greetings is never heard and never answered', async () => {
    const child = openChild({})
    const stranger = open()
    await Promise.all([child.loaded(), stranger.loaded()])
    await attack(stranger, child, blind)
    const victim = connectTo(child)
    await attack(stranger, child, blind)
    await child.ask({ do: 'start', start: service })
    await attack(stranger, child, blind)
    await victim.rpc.connect()
    const { sessions, ids } = await secretsOf(child)
    expect(sessions.length).toBeGreaterThan(0)
    await attack(stranger, child, attacks(sessions, ids))
    await expectUntouched(victim, child, stranger)
  })

  test('S03: that answers, cancels and closes calls which are pending changes nothing', async () => {
    const child = openChild()
    const stranger = open()
    await Promise.all([child.loaded(), stranger.loaded()])
    const victim = connectTo(child)
    const { reasons } = hanging(victim.rpc, 3)
    const met = Array.from({ length: 5 }, (_, i) => victim.rpc.invoke('meet', [i, 6]))
    expect(await victim.rpc.invoke('started')).toHaveLength(3)
    const { sessions, ids } = await secretsOf(child)
    await attack(stranger, child, attacks(sessions, [...ids, 4, 5, 6, 7, 8, 9, 10]))
    await victim.rpc.invoke('meet', [5, 6])
    expect(await Promise.all(met)).toEqual([0, 2, 4, 6, 8])
    expect(reasons).toEqual([])
    await expectUntouched(victim, child, stranger)
  })
})

test('S01: a stranger is a diagnostic that names its origin, at most 100 times a second', async () => {
  const child = openChild()
  const stranger = openFrame(C)
  await Promise.all([child.loaded(), stranger.loaded()])
  const victim = connectTo(child)
  await victim.rpc.connect()
  const before = performance.now()
  const flood = Array.from({ length: 1_000 }, () => ({
    message: { jsonrpc: '2.0', method: 'add', params: [1, 1] },
  }))
  await attack(stranger, child, flood)
  const seconds = Math.ceil((performance.now() - before) / 1_000)
  const about = victim.diagnostics.filter(({ kind }) => kind === 'refused').map((event) => event.about)
  expect([...new Set(about)]).toEqual([C])
  expect(about.length).toBeLessThanOrEqual(100 * (seconds + 1))
  expect((await child.ask<Noted[]>({ do: 'noted' })).length).toBeGreaterThan(0)
  await expectUntouched(victim, child, stranger)
})

test('S09: a hostile page that embeds the child gets no byte of it, and cannot call it', async () => {
  const host = openFrame(C)
  await host.loaded()
  await host.ask({ do: 'embed', src: addressOf(B, { starts: [{ ...service, spy: true }] }) })
  const got = async (): Promise<Seen[]> => host.ask<Seen[]>({ do: 'seen' })
  const saysThatItRuns = ({ data }: Seen): boolean => data.includes('"ready"')
  await until(async () => (await got()).some(saysThatItRuns))
  const child = pageIn(host.window[0] ?? null)
  const said = await child.ask<Posted[]>({ do: 'posted' })
  const session = (JSON.parse(said[0]?.message ?? '') as { params: { session: string } }).params.session
  for (const one of attacks([session], [1, 2, 3]))
    await host.ask({ ...one, do: 'post', at: ['frames', 0], to: '*' })
  await until(
    async () => (await child.ask<Noted[]>({ do: 'noted' })).length >= attacks([session], [1, 2, 3]).length,
  )
  expect(new Set((await child.ask<Posted[]>({ do: 'posted' })).map(({ to }) => to))).toEqual(new Set([HERE]))
  expect(
    (await child.ask<Noted[]>({ do: 'noted' })).every((one) => 'refused' in one && one.refused === C),
  ).toBe(true)
  expect((await got()).filter((one) => !saysThatItRuns(one))).toEqual([])
  expect(await host.ask({ do: 'heard' })).toEqual([])
})

test('promise 9: what other libraries post on the window is ignored without a word', async () => {
  const child = openChild()
  const stranger = openFrame(C)
  await Promise.all([child.loaded(), stranger.loaded()])
  const victim = connectTo(child)
  const others = [
    null,
    0,
    '',
    'text',
    [],
    {},
    { id: 1, method: 'add' },
    { type: 'webpackOk' },
    '{"jsonrpc":"2.0"}',
  ]
  const messages = others.map((message) => ({ message }))
  await attack(stranger, child, messages)
  for (const message of others) await child.ask({ do: 'post', at: ['parent'], to: '*', message })
  await expectUntouched(victim, child, stranger)
  expect(victim.diagnostics).toEqual([])
})

test('two children of one page do not disturb each other, and neither is told of the other', async () => {
  const pages = [openChild({}), openChild({})]
  await Promise.all(pages.map((page) => page.loaded()))
  const victims = pages.map((page) => connectTo(page))
  for (const page of pages) await page.ask({ do: 'start', start: service })
  const ids = await Promise.all(victims.map(({ rpc }) => rpc.invoke('whoami')))
  expect(new Set(ids).size).toBe(2)
  expect(victims.flatMap(({ diagnostics }) => diagnostics)).toEqual([])
})
