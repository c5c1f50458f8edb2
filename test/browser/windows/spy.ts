import type { WindowLike } from '../../../src/index.ts'
import { asText, type Posted } from './protocol.ts'

interface Spy {
  readonly window: WindowLike
  /** What was posted to it, so far. */
  readonly posted: Posted[]
}

const standIns = new Map<unknown, WindowLike>()

/**
 * Make a stand-in for a window, of any origin, that notes what is posted to it: the one of another origin cannot be
 * changed. Messages that come from that window come from the stand-in.
 */
export function spyOn(real: Window): Spy {
  const posted: Posted[] = []
  standInForSources()
  const standIn = {
    get window(): unknown {
      return standIn
    },
    get closed(): boolean {
      return real.closed
    },
    get location(): Location {
      return real.location
    },
    postMessage(message: unknown, to: string, transfer: Transferable[] = []): void {
      posted.push({ message: asText(message), to, ports: transfer.length })
      real.postMessage(message, to, transfer)
    },
  }
  standIns.set(real, standIn)
  return { window: standIn, posted }
}

let isIn = false

/** To be called before the first transport of a page: all of them share one listener. */
export function standInForSources(): void {
  if (isIn) return
  isIn = true
  const wrapped = new Map<unknown, EventListener>()
  const add = window.addEventListener.bind(window)
  const remove = window.removeEventListener.bind(window)
  window.addEventListener = (type: string, listener: EventListenerOrEventListenerObject): void => {
    if (type !== 'message' || typeof listener !== 'function') return add(type, listener)
    const stand = (event: Event): void => {
      const { isTrusted, source, origin, data, ports } = event as MessageEvent
      const standIn = standIns.get(source)
      listener((standIn ? { type, isTrusted, source: standIn, origin, data, ports } : event) as MessageEvent)
    }
    wrapped.set(listener, stand)
    add(type, stand)
  }
  window.removeEventListener = (type: string, listener: EventListenerOrEventListenerObject): void => {
    remove(type, wrapped.get(listener) ?? listener)
    wrapped.delete(listener)
  }
}
