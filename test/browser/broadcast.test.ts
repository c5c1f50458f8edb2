import { afterAll, describe, expect, test, vi } from 'vitest'
import { type Bus, type BusPeer } from '../../src/entries/broadcast.ts'
import { ErrorCode } from '../../src/index.ts'
import { busAttacks } from '../adapters/broadcast/attacks.ts'
import { allJoined, buses, opening } from '../adapters/broadcast/buses.ts'
import { openEnd } from '../adapters/broadcast/ends.ts'
import { rejection, within } from '../contract/fixture.ts'
import { contract } from '../contract/suite.ts'
import { comeBack, eventually, leave, openPage, silence } from './pages.ts'

const MINUTE = 60_000

const worker = new Worker(new URL('./broadcast/contract-worker.ts', import.meta.url), { type: 'module' })
afterAll(() => worker.terminate())

contract(
  'one of a bus in a worker',
  async (kind) => {
    const name = crypto.randomUUID()
    const ready = new Promise((resolve) => worker.addEventListener('message', resolve, { once: true }))
    worker.postMessage({ name, kind })
    await ready
    const { transport, close } = openEnd(name, 'here', 'there')
    return { transport, close }
  },
  { trusted: true },
)

buses('a page')
busAttacks('a page')

describe('a bus of two pages', { timeout: 2 * MINUTE }, () => {
  const openFrame = async (
    name: string,
  ): Promise<{ readonly bus: Bus; readonly window: Window; readonly remove: () => void }> => {
    const { page, ...rest } = await openPage<{ readonly bus: Bus }>(
      new URL('./broadcast/page.html', import.meta.url),
      { name },
    )
    return { bus: page.bus, ...rest }
  }

  test('they call each other, and a broadcast reaches the other', async () => {
    const { name, open } = opening()
    const bus = open()
    const { bus: theirs } = await openFrame(name)
    await allJoined(bus, theirs)
    expect(await bus.peer(theirs.id).invoke('who')).toBe('the frame')
    bus.broadcast('note', ['hello'])
    expect(await bus.peer(theirs.id).invoke('noted')).toEqual(['hello'])
  })

  test.for([
    ['is closed', () => {}],
    ['ends without a goodbye', silence],
  ] as const)('S48: a page that %s is gone', async ([, before]) => {
    const { name, open } = opening()
    const bus = open()
    const { bus: theirs, remove, window } = await openFrame(name)
    await allJoined(bus, theirs)
    const { id } = theirs
    const left = new Promise<BusPeer>((resolve) => bus.onLeave(resolve))
    const pending = rejection(bus.peer(id).invoke('hang'))
    await bus.peer(id).invoke('who')
    before(window)
    remove()
    expect(await within(MINUTE, left)).toEqual({ id, name: 'the frame' })
    expect(await pending).toMatchObject({ code: ErrorCode.PEER_GONE })
  })

  test('S56: a page in the back/forward cache is gone, and back when it is shown again', async () => {
    const { name, open } = opening()
    const bus = open({ methods: { who: () => 'the test' } })
    const { bus: theirs, window } = await openFrame(name)
    await allJoined(bus, theirs)
    const told: string[] = []
    bus.onLeave(() => told.push('left'))
    const pending = rejection(bus.peer(theirs.id).invoke('hang'))
    await bus.peer(theirs.id).invoke('who')
    leave(window)
    expect(await within(MINUTE, pending)).toMatchObject({ code: ErrorCode.PEER_GONE })
    bus.onJoin(() => told.push('joined'))
    comeBack(window)
    await allJoined(bus, theirs)
    expect(told).toEqual(['left', 'joined'])
    expect(await bus.peer(theirs.id).invoke('who')).toBe('the frame')
    expect(await theirs.peer(bus.id).invoke('who')).toBe('the test')
  })

  test('who is shown without having been away hears everything once', async () => {
    const { name, open } = opening()
    const bus = open()
    const { bus: theirs, window } = await openFrame(name)
    await allJoined(bus, theirs)
    const anew = new Promise((resolve) => bus.onLeave(resolve))
    comeBack(window)
    await within(MINUTE, anew)
    await allJoined(bus, theirs)
    bus.broadcast('note', ['to all'])
    await bus.peer(theirs.id).invoke('note', ['to one'])
    expect(await bus.peer(theirs.id).invoke('noted')).toEqual(['to all', 'to one'])
  })

  test('what a page says when it leaves is heard, and no channel is left open', async () => {
    const { name, open } = opening()
    const noted: unknown[] = []
    const bus = open({ methods: { note: (entry: unknown) => noted.push(entry) } })
    const { bus: theirs, window } = await openFrame(name)
    await allJoined(bus, theirs)
    const close = vi.spyOn((window as unknown as typeof globalThis).BroadcastChannel.prototype, 'close')
    leave(window)
    expect(close).toHaveBeenCalledTimes(1)
    theirs.broadcast('note', ['bye'])
    expect(() => theirs.broadcast('note', [document.body])).toThrow('cannot be sent')
    // What is refused is tried as a copy, too.
    expect(close).toHaveBeenCalledTimes(4)
    await eventually(
      () => noted.length,
      (count) => count === 1,
    )
  })

  const locksOf = async (...buses: Bus[]): Promise<number> => {
    const { held = [], pending = [] } = await navigator.locks.query()
    return [...held, ...pending].filter(({ name }) => buses.some(({ id }) => name === `portcall:${id}`))
      .length
  }

  test('S56: members that have nothing to do hold no lock and wait for none, and stay known', async () => {
    const { name, open } = opening()
    const bus = open()
    const { bus: theirs } = await openFrame(name)
    await allJoined(bus, theirs)
    const left: BusPeer[] = []
    // Who has joined has held a lock.
    for (const each of [bus, theirs]) each.onLeave((peer) => left.push(peer))
    await eventually(
      () => locksOf(bus, theirs),
      (count) => count === 0,
    )
    const late = open()
    late.onLeave((peer) => left.push(peer))
    await allJoined(bus, theirs, late)
    await eventually(
      () => locksOf(bus, theirs, late),
      (count) => count === 0,
    )
    for (const each of [bus, late]) expect(await each.peer(theirs.id).invoke('who')).toBe('the frame')
    expect(left).toEqual([])
  })

  test('S48: a page that wakes and ends without a goodbye is gone', async () => {
    const { name, open } = opening()
    const bus = open()
    const { bus: theirs, remove, window } = await openFrame(name)
    await allJoined(bus, theirs)
    await eventually(
      () => locksOf(bus, theirs),
      (count) => count === 0,
    )
    const pending = rejection(bus.peer(theirs.id).invoke('hang'))
    await eventually(
      () => locksOf(bus, theirs),
      (count) => count === 4,
    )
    silence(window)
    remove()
    expect(await within(MINUTE, pending)).toMatchObject({ code: ErrorCode.PEER_GONE })
    expect(bus.peers()).toEqual([])
  })
})
