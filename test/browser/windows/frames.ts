/** Opens the pages of the window tests, in iframes and popups, and talks to them. */
import { inject, onTestFinished } from 'vitest'
import { within } from '../../contract/fixture.ts'
import type { Made } from '../servers.ts'
import type { Answer, Ask, Command, PageOptions, Ready, Start } from './protocol.ts'

/** The test page is of one origin, these of three others: two of its own site, between them one of another. */
export const [A, B, C] = inject('origins')

/** This page's own. */
export const HERE = location.origin

/** A page in an iframe or a popup. */
export interface Page {
  readonly window: Window
  /** Ask, and wait for the answer. */
  ask<T = unknown>(command: Command): Promise<T>
  /** Ask what may end the page before it can answer. */
  tell(command: Command): void
  /** Wait for the document after the one that is there, or for the first. @returns what it calls itself. */
  loaded(): Promise<string>
}

export interface FramePage extends Page {
  readonly element: HTMLIFrameElement
}

export interface FrameOptions {
  readonly starts?: readonly Start[]
  /** Milliseconds that the script waits when it is there. */
  readonly late?: number
  /** Milliseconds by which the server delays the script. */
  readonly slow?: number
  readonly sandbox?: string
}

const PATIENCE = 45_000
const replies = new Map<number, (answer: Partial<Answer>) => void>()
const loads = new Map<unknown, { readonly ids: string[]; wake: () => void }>()
let asked = 0

addEventListener('message', ({ data, source }) => {
  const { answers, value, error, ready } = Object(data) as Partial<Answer & Ready>
  if (answers !== undefined) replies.get(answers)?.({ value, ...(error && { error }) })
  if (ready === undefined) return
  const load = loadsOf(source)
  load.ids.push(ready)
  load.wake()
})

const loadsOf = (source: unknown): { readonly ids: string[]; wake: () => void } => {
  const known = loads.get(source) ?? { ids: [], wake() {} }
  loads.set(source, known)
  return known
}

/** The address of a page of `origin`; one of this page's own origin is served by vitest. */
export function addressOf(origin: string, { starts = [], late = 0, slow = 0 }: FrameOptions = {}): string {
  const at = origin === HERE ? '/test/browser/windows/page.xhtml' : '/page'
  const server = origin === HERE ? A : origin
  const options: PageOptions = { bundle: `${server}/page.js${slow ? `?late=${slow}` : ''}`, starts, late }
  return `${origin}${at}#${encodeURIComponent(JSON.stringify(options))}`
}

/** The address of a document that is served as it is said here. */
export const madeAddress = (origin: string, as: Made, late = 0): string =>
  `${origin}/made?${new URLSearchParams({ as: JSON.stringify(as), late: String(late) })}`

/** Put any document into an iframe, until the test ends. */
export function openAddress(src: string, sandbox?: string): HTMLIFrameElement {
  const element = document.createElement('iframe')
  if (sandbox !== undefined) element.setAttribute('sandbox', sandbox)
  element.src = src
  document.body.append(element)
  onTestFinished(() => element.remove())
  return element
}

/** Put a page into an iframe, until the test ends. */
export function openFrame(origin: string, options: FrameOptions = {}): FramePage {
  const page = addFrame(origin, options)
  onTestFinished(() => page.element.remove())
  return page
}

/** Open a page in a popup, until the test ends. */
export function openPopup(origin: string, options: FrameOptions = {}): Page {
  const page = addPopup(origin, options)
  onTestFinished(() => page.window.close())
  return page
}

/** Put a page into an iframe; whoever does removes it. */
export function addFrame(origin: string, options: FrameOptions = {}): FramePage {
  const element = document.createElement('iframe')
  if (options.sandbox !== undefined) element.setAttribute('sandbox', options.sandbox)
  element.src = addressOf(origin, options)
  document.body.append(element)
  return { element, ...pageIn(element.contentWindow) }
}

/** Open a page in a popup; whoever does closes it. */
export const addPopup = (origin: string, options: FrameOptions = {}): Page =>
  pageIn(window.open(addressOf(origin, options), '', 'width=300,height=200'))

/** What is in a window that is there already. */
export function pageIn(target: Window | null): Page {
  if (!target) throw new Error('The window was not opened')
  let next = 0
  return {
    window: target,
    ask: (command) => within(PATIENCE, request(target, command)),
    tell: (command) => void request(target, command),
    loaded: () => {
      const load = loadsOf(target)
      const wait = new Promise<void>((resolve) => {
        load.wake = () => {
          if (load.ids.length > next) resolve()
        }
        load.wake()
      })
      return within(PATIENCE, wait).then(() => load.ids[next++] ?? '')
    },
  }
}

const request = <T>(target: Window, command: Command): Promise<T> =>
  new Promise((resolve, reject) => {
    const question: Ask = { ask: ++asked, command }
    replies.set(question.ask, ({ value, error }) => (error ? reject(new Error(error)) : resolve(value as T)))
    target.postMessage(question, '*')
  })
