/** An adversary that shares a page with an honest connection, and one that the page has opened. */
import { describe, expect, onTestFinished, test } from 'vitest'
import { ErrorCode, RPCMessageEvent, type Transport, windowTransport } from '../../src/index.ts'
import { flood, NOTHING, shots } from './adversary/attacks.ts'
import { give, type Order, type Path, type Shot } from './adversary/orders.ts'
import { assault, expectAlive, learn, lootOf, obeyed, openHostile, page } from './adversary/stage.ts'
import { createVictim, type FramedReport, type Victim } from './adversary/victim.ts'
import { watch } from './adversary/watch.ts'
import { origins } from './events/frames.ts'
import { addressOf, B } from './windows/frames.ts'
import type { Start } from './windows/protocol.ts'
import { openChild, service } from './windows/stage.ts'

test(
  'S01, S02, S03, S09, S16, S18, S22: an adversary beside the peer and one in a popup change nothing, at any stage',
  { timeout: 60_000 },
  async () => {
    const watched = watch()
    onTestFinished(watched.stop)
    const hostiles = [await openHostile('frame'), await openHostile('popup')]
    const child = openChild({})
    await child.loaded()
    const victims: Victim[] = []
    onTestFinished(() => victims.forEach(({ end }) => end()))
    const connect = (): Victim => {
      // Theirs is let in, too: they are not the peer, as that is another window.
      const origin = [B, origins.other]
      const made = createVictim(windowTransport(child.element, { origin }))
      victims.push(made)
      return made
    }

    await assault(hostiles, child, shots(NOTHING))
    const victim = connect()
    await assault(hostiles, child, shots(await learn(child)))
    expect(victim.report().states).toEqual(['waiting'])
    await child.ask({ do: 'start', start: service })
    await assault(hostiles, child, shots(await learn(child)))
    await expectAlive(victim.report)
    await assault(hostiles, child, flood())
    await expectAlive(victim.report)
    expect(victim.report().rejected).toEqual([])
    expect(victim.report().states).toEqual(['waiting', 'connected'])

    const known = await learn(child)
    child.tell({ do: 'reload' })
    await Promise.all([
      child.loaded(),
      ...hostiles.map(({ target, here }) => give(target, { do: 'shoot', at: [here], shots: shots(known) })),
    ])
    await child.ask({ do: 'start', start: service })
    await assault(hostiles, child, shots(await learn(child)))
    await expectAlive(victim.report)
    expect(await victim.rpc.invoke('noted')).toEqual([])

    victim.end()
    await assault(hostiles, child, shots(await learn(child)))
    await child.ask({ do: 'stop' })
    await child.ask({ do: 'start', start: service })
    const next = connect()
    await assault(hostiles, child, shots(await learn(child)))
    await expectAlive(next.report)
    expect(await next.rpc.invoke('noted')).toEqual([])

    expect(victims.flatMap(({ report }) => report().called)).toEqual([])
    const about = new Set(victims.flatMap(({ report }) => report().diagnostics))
    expect(about).toEqual(new Set([`refused ${origins.other}`]))
    expect(await Promise.all(hostiles.map(({ target }) => lootOf(target)))).toEqual([[], []])
    expect(watched.uncaught).toEqual([])
    expect(watched.changed()).toEqual([])
  },
)

/** This page, connected to its child, and what is done to it. */
async function openVictim(): Promise<{
  readonly watched: ReturnType<typeof watch>
  readonly child: ReturnType<typeof openChild>
  readonly victim: ReturnType<typeof createVictim>
}> {
  const watched = watch()
  onTestFinished(watched.stop)
  const child = openChild()
  await child.loaded()
  const victim = createVictim(windowTransport(child.element, { origin: B }))
  onTestFinished(victim.end)
  await expectAlive(victim.report)
  return { watched, child, victim }
}

test('S07, S09: an adversary in the very window of the peer gets nothing and is not heard; the peer that follows it is', async () => {
  const { watched, child, victim } = await openVictim()
  const known = await learn(child)

  child.element.src = page('hostile', origins.other)
  await obeyed(child.window, { do: 'loot' })
  for (const one of [shots(known), shots(NOTHING), flood()]) {
    await give(child.window, { do: 'meddle', at: [['parent']] })
    await give(child.window, { do: 'shoot', at: [['parent']], shots: one })
  }
  const loot = await lootOf(child.window)
  const { answered, states } = victim.report()
  expect(states).toEqual(['waiting', 'connected', 'gone', 'waiting'])

  child.element.src = addressOf(B, { starts: [service] })
  await child.loaded()
  await expectAlive(victim.report)
  const report = victim.report()
  expect(loot).toEqual([])
  expect(report.answered).toBeGreaterThan(answered)
  // Or none, where nothing was under way just then.
  expect([[], [ErrorCode.PEER_GONE]]).toContainEqual(report.rejected)
  expect(report.states).toEqual(['waiting', 'connected', 'gone', 'waiting', 'connected'])
  expect(await victim.rpc.invoke('noted')).toEqual([])
  expect(report.diagnostics.filter((one) => one !== `refused ${origins.other}`)).toEqual([])
  expect(watched.uncaught).toEqual([])
  expect(watched.changed()).toEqual([])
})

test('S08, S09: an adversary in the window when the victim connects gets no greeting and no port; the peer after it does', async () => {
  const child = openChild({})
  await child.loaded()
  child.element.src = page('hostile', origins.other)
  await obeyed(child.window, { do: 'loot' })
  const victim = createVictim(windowTransport(child.element, { origin: B }))
  onTestFinished(victim.end)
  await give(child.window, { do: 'shoot', at: [['parent']], shots: shots(NOTHING) })
  expect(await lootOf(child.window)).toEqual([])
  expect(victim.report().states).toEqual(['waiting'])
  child.element.src = addressOf(B, { starts: [service] })
  await child.loaded()
  await expectAlive(victim.report)
})

test('S12: events that a script of the page itself makes up are no messages, whoever they say they are from', async () => {
  const { watched, child, victim } = await openVictim()
  const all = shots(await learn(child))
  for (const { message } of all) {
    const { port1 } = new MessageChannel()
    const forged = { data: message, origin: B, source: child.window, ports: [port1] }
    dispatchEvent(new MessageEvent('message', forged))
    dispatchEvent(new MessageEvent('messageerror', forged))
  }
  await expectAlive(victim.report)
  const { diagnostics, rejected, states } = victim.report()
  expect({ diagnostics, rejected, states }).toEqual({
    diagnostics: [],
    rejected: [],
    states: ['waiting', 'connected'],
  })
  expect(watched.uncaught).toEqual([])
  expect(watched.changed()).toEqual([])
})

describe.for(['a raw window', 'an RPCMessageEvent'] as const)('S01, S03, S09: over %s', (what) => {
  test('strangers are not heard, although all is said in the open', { timeout: 60_000 }, async () => {
    const watched = watch()
    onTestFinished(watched.stop)
    const hostiles = [await openHostile('frame')]
    const child = openChild({ starts: [{ ...service, raw: true }] })
    await child.loaded()
    await assault(hostiles, child, shots(NOTHING))
    const errors: unknown[] = []
    const event = (): Transport => {
      const made = new RPCMessageEvent({
        currentEndpoint: window,
        targetEndpoint: child.window,
        config: { targetOrigin: B },
        // Theirs is let in, too, but not their windows.
        origin: [B, origins.other],
      })
      made.onerror = (error) => errors.push(error)
      return made
    }
    const raw = what === 'a raw window'
    const victim = createVictim(raw ? windowTransport(child.element, { origin: B, raw }) : event())
    onTestFinished(victim.end)
    await expectAlive(victim.report)
    await assault(hostiles, child, [...shots(await learn(child)), ...flood()])
    await expectAlive(victim.report)
    const { diagnostics, rejected, states } = victim.report()
    expect(await victim.rpc.invoke('noted')).toEqual([])
    expect({ rejected, states }).toEqual({ rejected: [], states: ['waiting', 'connected'] })
    expect(diagnostics).toEqual(raw ? [`refused ${origins.other}`] : [])
    expect(errors).toEqual([])
    victim.end()
    await assault(hostiles, child, shots(await learn(child)))
    expect(victim.report().called).toEqual([])
    expect(await Promise.all(hostiles.map(({ target }) => lootOf(target)))).toEqual([[]])
    expect(watched.uncaught).toEqual([])
    expect(watched.changed()).toEqual([])
  })
})

/** A page of a third origin and its peer, in the frame or the popup of an adversary that has tried all it can say. */
async function captured(as: 'embed' | 'open'): Promise<{
  readonly report: () => Promise<FramedReport>
  readonly shoot: () => Promise<unknown>
  /** Load something else where the victim's peer is. */
  readonly navigate: (to: string) => Promise<void>
  /** Give an order to whoever is where the victim's peer was. */
  readonly inside: <T>(order: Order) => Promise<T>
  readonly loot: () => Promise<string[]>
}> {
  const { target: hostile } = await openHostile('frame')
  const start: Start = { ...service, origin: origins.third }
  const src = page('victim', origins.third, { peer: addressOf(B, { starts: [start] }) })
  await give(hostile, { do: as, src })
  const victim: Path = as === 'embed' ? ['frames', 0] : ['popup']
  const peer = [...victim, 'frames', 0]
  const pass = <T>(at: Path, order: Order): Promise<T> => give<T>(hostile, { do: 'pass', at, order })
  const report = (): Promise<FramedReport> => pass(victim, { do: 'report' })
  const attack = async (all: readonly Shot[]): Promise<void> => {
    await give(hostile, { do: 'meddle', at: [victim, peer] })
    await give(hostile, { do: 'shoot', at: [victim, peer], shots: all })
  }
  await obeyed(hostile, { do: 'pass', at: victim, order: { do: 'report' } })
  await attack(shots(NOTHING))
  await pass(victim, { do: 'connect' })
  await attack(shots(NOTHING))
  await expectAlive(report)
  await attack([...shots(NOTHING), ...flood()])
  await expectAlive(report)
  return {
    report,
    shoot: () => give(hostile, { do: 'shoot', at: [victim], shots: shots(NOTHING) }),
    navigate: async (to) => {
      await give(hostile, { do: 'navigate', at: peer, to })
      await obeyed(hostile, { do: 'pass', at: peer, order: { do: 'loot' } })
    },
    inside: (order) => pass(peer, order),
    loot: () => lootOf(hostile),
  }
}

/** What a report says where nobody else was heard. */
const unharmed = {
  called: [],
  wrong: [],
  diagnostics: [`refused ${origins.other}`],
  uncaught: [],
  changed: [],
}

test('S01, S22: an adversary that opens the victim in a popup gets nothing, and may not look into it', async () => {
  const { report, navigate, loot } = await captured('open')
  await expect(navigate(page('hostile', origins.other))).rejects.toThrow(/SecurityError|denied|permission/i)
  await expectAlive(report)
  const states = ['waiting', 'connected']
  expect(await report()).toMatchObject({ ...unharmed, states, rejected: [] })
  expect(await loot()).toEqual([])
})

test('S01, S07, S22: an adversary that frames the victim gets nothing, also when it navigates the peer to itself', async () => {
  const { report, navigate, shoot, inside, loot } = await captured('embed')
  expect(await report()).toMatchObject({ ...unharmed, states: ['waiting', 'connected'], rejected: [] })
  // A page may navigate all that it frames, however deep.
  await navigate(page('hostile', origins.other, { as: 'peer' }))
  await inside({ do: 'shoot', at: [['parent']], shots: shots(NOTHING) })
  await shoot()
  const states = ['waiting', 'connected', 'gone', 'waiting']
  expect(await report()).toMatchObject({ ...unharmed, states })
  expect(await inside({ do: 'loot' })).toEqual([])
  expect(await loot()).toEqual([])
})
