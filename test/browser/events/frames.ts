/** Real windows for the event tests: pages of three loopback origins, as iframes and popups. */
import { onTestFinished } from 'vitest'

const { hostname, port, protocol } = location
const at = (host: string): string => `${protocol}//${host}:${port}`

/** The origin of the test, and two others that reach the same server. */
export const origins = {
  own: location.origin,
  other: at(hostname === 'localhost' ? '127.0.0.1' : 'localhost'),
  third: at('third.localhost'),
} as const

/** The address of a page, by default of this folder, served under `origin`; `query` tells it what to do. */
export function address(
  page: string,
  origin: string,
  query: Record<string, string> = {},
  base: string = import.meta.url,
): string {
  const url = new URL(page, base)
  return `${origin}${url.pathname}?${new URLSearchParams(query)}`
}

export interface Opened {
  readonly target: Window
  readonly close: () => void
}

export interface Frame extends Opened {
  readonly frame: HTMLIFrameElement
}

/** An iframe that begins to load `url`. */
export function openFrame(url: string): Frame {
  const frame = document.createElement('iframe')
  frame.src = url
  document.body.append(frame)
  const target = frame.contentWindow
  if (!target) throw new Error('The iframe has no window')
  return { frame, target, close: () => frame.remove() }
}

/** A popup that begins to load `url`. */
export function openPopup(url: string): Opened {
  const target = window.open(url, '_blank', 'popup,width=300,height=200')
  if (!target) throw new Error('The popup was blocked')
  return { target, close: () => target.close() }
}

/** The same, closed at the test's end. */
export function forThisTest<O extends Opened>(opened: O): O {
  onTestFinished(opened.close)
  return opened
}

/** The next message of `source` that `is` what is waited for. */
export const nextMessage = (
  source: unknown,
  is: (data: unknown) => boolean = () => true,
): Promise<MessageEvent> =>
  new Promise((resolve) => {
    const listener = (event: MessageEvent): void => {
      if (event.source !== source || !is(event.data)) return
      removeEventListener('message', listener)
      resolve(event)
    }
    addEventListener('message', listener)
  })
