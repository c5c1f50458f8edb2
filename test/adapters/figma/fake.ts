/**
 * A FAKE of a Figma plugin: no Figma runs here. Written from @figma/plugin-typings 1.142.0 and its documentation. What it
 * imitates: the main thread has `figma.ui` and no browser's API, the UI is a window below others whose messages are wrapped
 * as `pluginMessage`; between them go objects, arrays, strings, numbers, booleans, null, undefined, Date and Uint8Array,
 * functions and all other objects lose what they are; all in a later task and in order.
 */

type Handler = (pluginMessage: unknown, props: { readonly origin: string }) => void

const later = (step: () => void): void => void setImmediate(step)

/** What its documentation says that crosses; of anything else only the plain own values do. */
function carry(value: unknown): unknown {
  if (typeof value === 'function' || typeof value === 'symbol' || typeof value === 'bigint') return undefined
  if (typeof value !== 'object' || value === null) return value
  const tag = Object.prototype.toString.call(value)
  if (tag === '[object Date]') return new Date(value as Date)
  if (tag === '[object Uint8Array]') return new Uint8Array(value as Uint8Array)
  if (Array.isArray(value)) return Array.from(value, carry)
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, one]) => typeof one !== 'function')
      .map(([key, one]) => [key, carry(one)]),
  )
}

/** The window of a UI, and those above it. */
export interface FakeWindow extends EventTarget {
  readonly window: FakeWindow
  parent: { postMessage(message: unknown, targetOrigin: string): void; readonly parent: unknown }
}

export interface FakePlugin {
  readonly ui: {
    postMessage(pluginMessage: unknown, options?: { readonly origin?: string }): void
    on(type: 'message', handler: Handler): void
    off(type: 'message', handler: Handler): void
    onmessage: Handler | undefined
    close(): void
  }
  /** The handlers that `figma.ui` has. */
  readonly handlers: Set<Handler>
  /** Show a UI whose document is of `origin`; `null`: the plugin's own file. @returns its window. */
  readonly showUI: (origin?: string) => FakeWindow
  /** What was posted from the UI to the window above it, with the origin that it was addressed to. */
  readonly posted: { readonly data: unknown; readonly to: string }[]
}

export function fakePlugin(): FakePlugin {
  const handlers = new Set<Handler>()
  const posted: FakePlugin['posted'] = []
  let shown: { readonly window: FakeWindow; readonly origin: string } | undefined

  const ui: FakePlugin['ui'] = {
    onmessage: undefined,
    postMessage: (pluginMessage, { origin = '*' } = {}) => {
      if (!shown) throw new Error('in postMessage: there is no UI, call figma.showUI first')
      const to = shown
      const data = carry(pluginMessage)
      later(() => {
        if (to !== shown || (origin !== '*' && origin !== to.origin)) return
        const { parent } = to.window
        const event = new Event('message')
        to.window.dispatchEvent(
          Object.assign(event, {
            data: { pluginMessage: data, pluginId: '737805260747778092' },
            origin: 'https://www.figma.com',
            source: parent,
          }),
        )
      })
    },
    on: (_, handler) => void handlers.add(handler),
    off: (_, handler) => void handlers.delete(handler),
    close: () => {
      shown?.window.dispatchEvent(new Event('pagehide'))
      shown = undefined
    },
  }

  const showUI = (origin = 'null'): FakeWindow => {
    ui.close()
    const target = new EventTarget()
    const top: { parent?: unknown; postMessage(): void } = { postMessage() {} }
    top.parent = top
    const parent: FakeWindow['parent'] = {
      parent: top,
      postMessage: (message, to) => {
        posted.push({ data: message, to })
        const { pluginMessage } = carry(message) as { readonly pluginMessage?: unknown }
        // What it posts while it is closed still arrives: so it is with windows; of Figma it is not known.
        if (shown?.window !== window || pluginMessage === undefined) return
        later(() => {
          const props = { origin }
          ui.onmessage?.(pluginMessage, props)
          for (const handler of handlers) handler(pluginMessage, props)
        })
      },
    }
    const window = Object.assign(target, { parent }) as FakeWindow
    Object.assign(window, { window })
    shown = { window, origin }
    return window
  }

  return { ui, handlers, showUI, posted }
}

/** Run `step` with the globals of a UI's window: it is there that the adapter looks for them. */
export function inWindow<T>(window: FakeWindow, step: () => T): T {
  const { parent } = window
  const names = ['window', 'parent', 'addEventListener', 'removeEventListener'] as const
  const former = names.map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)] as const)
  const values = {
    window,
    parent,
    addEventListener: window.addEventListener.bind(window),
    removeEventListener: window.removeEventListener.bind(window),
  }
  for (const name of names)
    Object.defineProperty(globalThis, name, { value: values[name], configurable: true, writable: true })
  try {
    return step()
  } finally {
    for (const [name, descriptor] of former) {
      if (descriptor) Object.defineProperty(globalThis, name, descriptor)
      else Reflect.deleteProperty(globalThis, name)
    }
  }
}
