import { windowTransport } from '../../src/index.ts'
import { countOnTarget } from '../contract/listeners.ts'
import { type Death, matrix, type Scene } from '../deaths/matrix.ts'
import { addFrame, addPopup, addressOf, B, C, type FramePage, HERE, type Page } from './windows/frames.ts'

interface ToPage extends Scene {
  readonly page: Page
}

interface ToFrame extends ToPage {
  readonly page: FramePage
}

const ofThis = countOnTarget(window)
const starts = [{ kind: 'service', at: 'parent', origin: HERE }] as const
const first = starts[0]
// Another hash would be the same document.
const elsewhere = (origin: string): string => addressOf(origin, { starts }).replace('#', '?elsewhere#')

const bye = 'its goodbye on `pagehide`'
const seen = '`WindowProxy.closed`, or its goodbye on `pagehide`'
const restart = ({ page }: ToPage): Promise<unknown> => page.ask({ do: 'start', start: first })

const inFrame = (to: string): Record<string, Death<ToFrame>> => ({
  'it is removed': { die: ({ page }) => page.element.remove(), found: seen },
  'it is reloaded': { die: ({ page }) => page.tell({ do: 'reload' }), found: bye, reconnects: true },
  'it goes elsewhere': {
    die: ({ page }) => page.tell({ do: 'go', to: elsewhere(to) }),
    found: bye,
    reconnects: true,
  },
  'its `src` is set': {
    die: ({ page }) => {
      page.element.src = elsewhere(to)
    },
    found: bye,
    reconnects: true,
  },
  '`destroy()` over there': {
    die: ({ page }) => page.tell({ do: 'stop' }),
    found: 'its goodbye',
    reconnects: restart,
  },
})

const places: Record<string, [origin: string, to: string, sandbox?: string]> = {
  'an iframe of the same origin': [HERE, HERE],
  'an iframe of another origin': [B, C],
  'an iframe of an opaque origin': [B, C, 'allow-scripts'],
}

for (const [name, [origin, to, sandbox]] of Object.entries(places))
  matrix(
    name,
    async (): Promise<ToFrame> => {
      const before = ofThis()
      const page = addFrame(origin, { starts, ...(sandbox !== undefined && { sandbox }) })
      await page.loaded()
      const at = windowTransport(page.element, {
        origin: [origin, to],
        allowOpaque: sandbox !== undefined,
      })
      return { page, at, listeners: () => ofThis() - before, end: () => page.element.remove() }
    },
    inFrame(to),
  )

const ofOpener = [{ ...first, at: 'opener' }] as const

for (const [name, origin] of [
  ['a popup of the same origin', HERE],
  ['a popup of another origin', B],
] as const)
  matrix(
    name,
    async (): Promise<ToPage> => {
      const before = ofThis()
      const page = addPopup(origin, { starts: ofOpener })
      await page.loaded()
      const at = windowTransport(page.window, { origin })
      return { page, at, listeners: () => ofThis() - before, end: () => page.window.close() }
    },
    {
      'it closes itself': { die: ({ page }) => page.tell({ do: 'close' }), found: seen },
      'its opener closes it': { die: ({ page }) => page.window.close(), found: seen },
      'it is reloaded': { die: ({ page }) => page.tell({ do: 'reload' }), found: bye, reconnects: true },
      '`destroy()` over there': {
        die: ({ page }) => page.tell({ do: 'stop' }),
        found: 'its goodbye',
        reconnects: ({ page }) => page.ask({ do: 'start', start: ofOpener[0] }),
      },
    },
  )
