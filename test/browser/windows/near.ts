/** A child of this page's own origin, and what both windows hear. */
import { onTestFinished } from 'vitest'
import { type RPC, type Transport, windowTransport } from '../../../src/index.ts'
import { start, within } from '../../contract/fixture.ts'
import { hearing } from '../../windows/medium.ts'
import { type FramePage, HERE, openFrame, type Page } from './frames.ts'
import { service } from './stage.ts'

export const isNear = navigator.userAgent.includes('Firefox')
export const PLACE = Symbol.for('portcall.near.1')

export type Realm = typeof globalThis & { readonly [PLACE]?: Map<unknown, unknown> }

export interface Heard {
  readonly method?: string
  readonly params: Readonly<Record<string, unknown>>
  readonly ports: number
}

/** Hear what both windows get as JSON-RPC, as any script of these pages can. */
export function listenTo(page: Page): Heard[] {
  const heard: Heard[] = []
  const on = ({ source, data, ports }: MessageEvent): void => {
    const { jsonrpc, ...message } = Object(data) as Heard & { readonly jsonrpc?: string }
    if (jsonrpc && (source === page.window || source === window))
      heard.push({ ...message, ports: ports.length })
  }
  for (const target of [window, page.window]) target.addEventListener('message', on)
  onTestFinished(() => removeEventListener('message', on))
  return heard
}

/** A child of this page's own origin, that runs the service from then on. */
export async function openNear(): Promise<{ readonly page: FramePage; readonly heard: Heard[] }> {
  const page = openFrame(HERE)
  await page.loaded()
  const heard = listenTo(page)
  await page.ask({ do: 'start', start: service })
  return { page, heard }
}

export const realmOf = (page: Page): Realm => page.window as unknown as Realm

export const waitingIn = (page: Page): number => realmOf(page)[PLACE]?.size ?? 0

export const connectTo = (page: FramePage): RPC => start({ transport: windowTransport(page.element) })

/** How the channel was made. */
export const madeBy = (heard: readonly Heard[]): object => ({
  posted: heard.reduce((sum, { ports }) => sum + ports, 0),
  near: heard.filter(({ params }) => typeof params['near'] === 'string').length,
})
const NEAR = { posted: 0, near: 1 }
export const POSTED = { posted: 1, near: 0 }
export const EXPECTED = isNear ? NEAR : POSTED

/** Make a transport of the child's own realm, and one to it, and wait until both can be used. */
export async function bothEnds(page: FramePage): Promise<{
  readonly here: Transport
  readonly there: Transport
  readonly heardHere: unknown[]
  readonly heardThere: unknown[]
}> {
  const inChild = page.window as Window & { readonly windowTransport: typeof windowTransport }
  const here = windowTransport(page.element)
  const there = inChild.windowTransport(page.window.parent, { origin: HERE })
  const [heardHere, heardThere]: unknown[][] = [[], []]
  const opened = [
    [here, heardHere],
    [there, heardThere],
  ].map(([transport, heard]) => {
    const end = transport as Transport
    onTestFinished(() => end.close())
    return new Promise<void>((opened) =>
      end.listen({ ...hearing((data) => (heard as unknown[]).push(data)), opened: () => opened() }),
    )
  })
  await within(45_000, Promise.all(opened))
  return { here, there, heardHere: heardHere as unknown[], heardThere: heardThere as unknown[] }
}
