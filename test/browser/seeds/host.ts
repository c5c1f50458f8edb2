/** The host's side of the published example of createConnection. */
import { onTestFinished } from 'vitest'
import { type Connection, createConnection, createRequest, type Response } from '../../../src/index.ts'
import { within } from '../../contract/fixture.ts'
import { address, forThisTest, type Frame, nextMessage, openFrame, origins } from '../events/frames.ts'

/** Send, and wait for the response. */
export const ask = (connection: Connection, method: string, ...args: unknown[]): Promise<Response> =>
  within(45_000, new Promise((resolve) => connection.send(createRequest(method, ...args), resolve)))

export interface Widget extends Frame {
  /** What the widget prints when its ping is answered. */
  readonly prints: Promise<unknown>
  /** Resolves when the script of the widget has run. */
  readonly loaded: Promise<unknown>
  /** Resolves when all that was posted to its window, and all that it has posted to this one, has arrived. */
  readonly barrier: () => Promise<void>
}

/** The widget, which begins to load. */
export function loadWidget(origin: string = origins.other, query: Record<string, string> = {}): Widget {
  const { frame, target, close } = openFrame(address('widget.html', origin, query, import.meta.url))
  const has = (name: string) => (data: unknown) => name in Object(data)
  const prints = within(
    45_000,
    nextMessage(target, has('prints')).then(({ data }) => Reflect.get(Object(data), 'prints')),
  )
  const loaded = within(45_000, nextMessage(target, has('loaded')))
  // Who does not wait for them need not handle their rejection.
  for (const promise of [prints, loaded]) promise.catch(() => {})
  return {
    frame,
    target,
    close,
    prints,
    loaded,
    async barrier() {
      const barrier = crypto.randomUUID()
      const passed = nextMessage(target, (data) => Reflect.get(Object(data), 'passed') === barrier)
      target.postMessage({ barrier }, '*')
      await within(45_000, passed)
    },
  }
}

/** The same, removed at the test's end. */
export const openWidget: typeof loadWidget = (origin, query) => forThisTest(loadWidget(origin, query))

/** A connection that the test's end destroys. */
export function connectTo(target: Window, targetOrigin?: string): Connection {
  const connection = createConnection(target, targetOrigin)
  onTestFinished(connection.destroy)
  return connection
}

export interface Example {
  readonly widget: Widget
  readonly host: Connection
  readonly close: () => void
}

/** The published example: a widget of another origin, and its host, which knows that origin. */
export function loadExample(): Example {
  const widget = loadWidget()
  const host = createConnection(widget.target, origins.other)
  host.handle('ping', (respond) => respond('pong'))
  const close = (): void => {
    host.destroy()
    widget.close()
  }
  return { widget, host, close }
}

/** The same, closed at the test's end. */
export function example(): Example {
  const opened = loadExample()
  onTestFinished(opened.close)
  return opened
}
