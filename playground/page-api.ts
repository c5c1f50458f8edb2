// What the page answers when the other side calls it back, by each door.
import { callContext, type Connection as Callbacks } from 'portcall'

/** How the other side can be reached, and can reach the page. */
export type Door = 'wrap' | 'rpc' | 'event' | 'callback'

/** What the page exposes. */
export interface PageApi {
  viewport(): Viewport
  progress(share: number): void
}

export interface Viewport {
  readonly width: number
  readonly height: number
}

/** Told of what arrives. */
export interface PageHooks {
  /** Runs `answer` inside a handler, and returns what it returned. */
  readonly called: <R>(door: Door, answer: () => R) => R
  /** An event was heard. */
  readonly heard: (event: string, args: readonly unknown[]) => void
  readonly progress: (share: number) => void
}

const viewport = (): Viewport => ({ width: innerWidth, height: innerHeight })

export const createPageApi = ({ called, progress }: PageHooks): PageApi => ({
  viewport: () => called('wrap', viewport),
  progress,
})

/** What the page registers at the RPC of its own channel. */
export const createPageMethods = ({ called }: PageHooks): object => ({
  Page: {
    viewport: () => called('rpc', viewport),
    title: () => called('rpc', () => document.title),
    sleep: (milliseconds: number) => called('rpc', () => sleep(milliseconds)),
  },
})

function sleep(milliseconds: number): Promise<string> {
  const { signal } = callContext()
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(`slept ${milliseconds} ms`), milliseconds)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      reject(signal.reason)
    })
  })
}

/** What the page handles at a connection of callbacks. */
export function handleCallbacks({ handle }: Callbacks, { called }: PageHooks): void {
  handle('page.answer', (respond, question: string) =>
    respond(called('callback', () => `42, whatever "${question}" means`)),
  )
}

/** What the other side calls as a part of calls of the page. */
export const pageMethodNames = [
  'viewport',
  'progress',
  'Page.viewport',
  'Page.title',
  'Page.sleep',
  'page.answer',
]
