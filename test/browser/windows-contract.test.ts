import { afterAll } from 'vitest'
import { channelTransport, type Transport, type WindowOptions, windowTransport } from '../../src/index.ts'
import type { Connect, Connection, Kind } from '../contract/fixture.ts'
import { countOnTarget } from '../contract/listeners.ts'
import { contract } from '../contract/suite.ts'
import { bare, run } from '../windows/medium.ts'
import {
  addFrame,
  addPopup,
  B,
  type FrameOptions,
  type FramePage,
  HERE,
  type Page,
} from './windows/frames.ts'
import type { Start } from './windows/protocol.ts'

const listeners = countOnTarget(window)

/** A connection, and how many listeners this page's window has since it was made. */
interface Opened extends Connection {
  readonly listeners: () => number
}

const opened = (transport: Transport, close: () => unknown): Opened => {
  const before = listeners()
  return { transport: bare(transport), listeners: () => listeners() - before, close }
}

/** One page for all tests, that runs what each of them wants. */
function pageOf<P extends Page>(open: () => P, remove: (page: P) => void): () => Promise<P> {
  let page: Promise<P> | undefined
  const load = async (): Promise<P> => {
    const one = open()
    afterClose.push(() => remove(one))
    await one.loaded()
    return one
  }
  return () => (page ??= load())
}
const afterClose: (() => void)[] = []
afterAll(() => afterClose.forEach((step) => step()))

const frame = (origin: string, options?: FrameOptions): (() => Promise<FramePage>) =>
  pageOf(
    () => addFrame(origin, options),
    ({ element }) => element.remove(),
  )
const popup = (origin: string): (() => Promise<Page>) =>
  pageOf(
    () => addPopup(origin),
    (page) => page.window.close(),
  )

/** This page is the parent or opener, and speaks with the page by `transport`. */
function from<P extends Page>(
  pageFor: () => Promise<P>,
  transport: (page: P) => Transport,
  start: Omit<Start, 'kind'>,
): Connect<Kind, Opened> {
  return async (kind) => {
    const page = await pageFor()
    await page.ask({ do: 'stop' })
    // Asked first, and answered after this side has begun: either may be the first to greet.
    page.tell({ do: 'start', start: { ...start, kind } })
    return opened(transport(page), () => {})
  }
}

/** This page is on the other side, and the transport that is looked at is the other page's own. */
function within<P extends Page>(
  pageFor: () => Promise<P>,
  windowOf: (page: P) => Window,
  transport: (page: P) => Transport,
): Connect<Kind, Connection> {
  return async (kind) => {
    const page = await pageFor()
    // Answered when all that the one before this said has arrived.
    await page.ask({ do: 'stop' })
    const there = page.window as Window & { readonly windowTransport: typeof windowTransport }
    return {
      transport: ours(bare(there.windowTransport(windowOf(page), { origin: HERE }))),
      close: run(kind, bare(transport(page))).stop,
    }
  }
}

/** What arrives over there is made of that page's objects: take it over here; what has moved to there moves on. */
const ours = (transport: Transport): Transport => ({
  ...transport,
  listen: (to) =>
    transport.listen({
      ...to,
      message: (data) => to.message(structuredClone(data, { transfer: movedIn(data) })),
    }),
})

function movedIn(value: unknown, found = new Set<unknown>()): Transferable[] {
  if (typeof value !== 'object' || value === null || found.has(value)) return []
  found.add(value)
  if (/(Port|Stream)]$/.test(Object.prototype.toString.call(value))) return [value as Transferable]
  return Object.values(value).flatMap((inner) => movedIn(inner, found))
}

const inFrame =
  (options: WindowOptions) =>
  ({ element }: FramePage): Transport =>
    windowTransport(element, options)
const inPopup =
  (options: WindowOptions) =>
  (page: Page): Transport =>
    windowTransport(page.window, options)

const counted = { transfer: true, listeners: (connection: Opened) => connection.listeners() }
const toParent = { at: 'parent', origin: HERE } as const
const toOpener = { at: 'opener', origin: HERE } as const

contract('an iframe of the same origin', from(frame(HERE), inFrame({}), toParent), counted)

contract(
  'the parent of an iframe, as that iframe sees it',
  within(frame(HERE), (page) => page.window.parent, inFrame({})),
  { transfer: true },
)

contract('an iframe of another origin', from(frame(B), inFrame({ origin: B }), toParent), counted)

contract(
  'a sandboxed iframe of an opaque origin',
  from(frame(B, { sandbox: 'allow-scripts' }), inFrame({ allowOpaque: true }), toParent),
  counted,
)

contract('a popup of another origin', from(popup(B), inPopup({ origin: B }), toOpener), counted)

contract(
  'the opener of a popup, as that popup sees it',
  within(popup(HERE), (page) => page.window.opener as Window, inPopup({})),
  { transfer: true },
)

contract(
  'a channel over an iframe of another origin',
  from(frame(B), (page) => inFrame({ origin: B })(page).openChannel?.('files') ?? inFrame({})(page), {
    ...toParent,
    channel: 'files',
  }),
  counted,
)

const worker = new Worker(new URL('./windows/channel-worker.ts', import.meta.url), { type: 'module' })
afterAll(() => worker.terminate())

/** What the one before had posted on the worker has arrived then: a greeting is no answer. */
const stopped = (): Promise<void> =>
  new Promise((resolve) => {
    const hear = ({ data }: MessageEvent): void => {
      if (data !== 'stopped') return
      worker.removeEventListener('message', hear)
      resolve()
    }
    worker.addEventListener('message', hear)
    worker.postMessage({ do: 'stop' })
  })

contract(
  'a channel over a worker',
  async (kind) => {
    await stopped()
    worker.postMessage({ do: 'start', kind })
    return { transport: bare(channelTransport(worker, 'files')), close() {} }
  },
  { transfer: true, trusted: true },
)
