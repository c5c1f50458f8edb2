/** Pages of the test's own origin in iframes, which put what the test may use on their window as `page`. */
import { onTestFinished } from 'vitest'
import { within } from '../contract/fixture.ts'

export interface OpenedPage<P> {
  readonly page: P
  readonly window: Window
  readonly remove: () => void
}

/** Open one until the test ends, and wait until it is ready. `query` tells it what to do. */
export async function openPage<P>(page: URL, query: Record<string, string>): Promise<OpenedPage<P>> {
  const opening = addPage<P>(page, query)
  onTestFinished(async () => (await opening).remove())
  return opening
}

/** The same, for longer than the test. */
export async function addPage<P>(url: URL, query: Record<string, string>): Promise<OpenedPage<P>> {
  const frame = document.createElement('iframe')
  frame.src = `${url.pathname}?${new URLSearchParams(query)}`
  document.body.append(frame)
  const ready = async (): Promise<P> => {
    for (;;) {
      const { page } = frame.contentWindow as unknown as { readonly page?: P }
      if (page) return page
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
  const page = await within(60_000, ready())
  return { page, window: frame.contentWindow as Window, remove: () => frame.remove() }
}

/** Ask again and again, at most a minute, until it `is` what is waited for. */
export async function eventually<T>(ask: () => T | Promise<T>, is: (value: T) => boolean): Promise<T> {
  const end = performance.now() + 60_000
  for (;;) {
    const value = await ask()
    if (is(value)) return value
    if (performance.now() > end) throw new Error(`It is still ${JSON.stringify(value)}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** What a page is told that goes into the back/forward cache: an iframe is not put there alone. */
export const leave = (page: Window): boolean =>
  page.dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))

export const comeBack = (page: Window): boolean =>
  page.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))

/** Let a page that imports silent.ts end without the goodbye that its listeners say. */
export const silence = (page: Window): boolean => Reflect.set(page, 'isSilent', true)
