/** The adversaries of a test, and the honest connection that they attack. */
import { expect, onTestFinished } from 'vitest'
import { address, openFrame, openPopup, origins } from '../events/frames.ts'
import type { Page } from '../windows/frames.ts'
import type { Seen } from '../windows/protocol.ts'
import { until } from '../windows/stage.ts'
import { type Known, NOTHING } from './attacks.ts'
import { give, type Order, type Path, type Shot } from './orders.ts'
import type { Report } from './victim.ts'

/** The address of a page of this folder. */
export const page = (name: string, origin: string, query: Record<string, string> = {}): string =>
  address(`${name}.html`, origin, query, import.meta.url)

const pause = (ms: number): Promise<'late'> => new Promise((resolve) => setTimeout(resolve, ms, 'late'))

/** Give an order until it is obeyed: a page that is not loaded does not hear it. */
export async function obeyed<T>(target: Parameters<typeof give>[0], order: Order): Promise<T> {
  for (let tries = 0; tries < 50; tries++) {
    const answer = await Promise.race([give<T>(target, order), pause(300)])
    if (answer !== 'late') return answer
  }
  throw new Error(`Nobody obeys ${order.do}`)
}

export interface Hostile {
  readonly target: Window
  /** Where from it the test page is. */
  readonly here: Path
}

/** Open a hostile page until the test ends. */
export async function openHostile(as: 'frame' | 'popup'): Promise<Hostile> {
  const src = page('hostile', origins.other)
  const { target, close } = as === 'frame' ? openFrame(src) : openPopup(src)
  onTestFinished(close)
  await obeyed(target, { do: 'loot' })
  return { target, here: [as === 'frame' ? 'parent' : 'opener'] }
}

const indexOf = (target: unknown): number =>
  Array.from({ length: window.length }, (_, i) => window[i] as unknown).indexOf(target)

/** Let all of them do and say all of it to this page and to a child of it, and wait until both have got it. */
export async function assault(
  hostiles: readonly Hostile[],
  child: Page,
  shots: readonly Shot[],
): Promise<void> {
  const seen = async (): Promise<Seen[]> => child.ask<Seen[]>({ do: 'seen' })
  await Promise.all(
    hostiles.map(async ({ target, here }) => {
      const at = [here, [...here, 'frames', indexOf(child.window)]]
      const last = crypto.randomUUID()
      await give(target, { do: 'meddle', at })
      await give(target, { do: 'shoot', at, shots: [...shots, { message: { last } }] })
      await until(async () => (await seen()).some(({ data }) => data.includes(last)))
    }),
  )
}

/** The sessions and ids that this page said to a child in the open; an adversary is assumed to know them. */
export async function learn(child: Page): Promise<Known> {
  const known = { sessions: new Set<string>(), ids: new Set<string | number>(NOTHING.ids) }
  for (const { origin, data } of await child.ask<Seen[]>({ do: 'seen' })) {
    if (origin !== origins.own || data === 'undefined') continue
    const { id, params } = Object(JSON.parse(data)) as {
      id?: string | number
      params?: Record<string, unknown>
    }
    if (id !== undefined) known.ids.add(id)
    for (const session of [params?.['session'], params?.['re']])
      if (typeof session === 'string') known.sessions.add(session)
  }
  return { sessions: [...known.sessions], ids: [...known.ids] }
}

export const lootOf = (target: Window): Promise<string[]> => give(target, { do: 'loot' })

/** Nothing hostile was run, and the calls went on: some were answered since. */
export async function expectAlive(report: () => Report | Promise<Report>): Promise<void> {
  const { answered } = await report()
  await until(async () => (await report()).answered > answered + 1)
  const { called, wrong, rate } = await report()
  expect({ called, wrong }).toEqual({ called: [], wrong: [] })
  // At most 100 in each second of the clock.
  expect(rate).toBeLessThanOrEqual(200)
}
