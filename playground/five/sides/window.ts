// The other side in an iframe.
import { expose, windowTransport, wrap } from 'portcall'
import { origins } from '../../origins.ts'
import { byId } from '../../ui/dom.ts'
import type { PageSide } from '../page-side.ts'
import { createSide } from '../side.mjs'

/** Numbers that are looked at in one go. */
const SLICE = 20_000

const transport = windowTransport(parent, { origin: origins.page })
const page = wrap<PageSide>(transport)

const side = createSide('an iframe', () => page.viewport())

expose(
  {
    ...side,
    /** In slices: it may share its thread with the page, which would not hear the others meanwhile. */
    async primes(from: number, to: number) {
      let count = 0
      for (let at = from; at < to; at += SLICE) {
        count += side.primes(at, Math.min(at + SLICE, to))
        await new Promise((resolve) => setTimeout(resolve))
      }
      return count
    },
    paint(hue: number) {
      document.documentElement.style.setProperty('--hue', String(hue))
      return `hue ${hue}°`
    },
  },
  transport,
)

byId('origin', HTMLElement).textContent = location.origin
byId('paint', HTMLButtonElement).addEventListener('click', () => {
  void page
    .paint(Math.floor(Math.random() * 360))
    .then((answer) => (byId('said', HTMLElement).textContent = answer))
})
