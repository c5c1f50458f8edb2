/** `figmaTransport`, `figmaUITransport`: the two sides of a Figma plugin. */
import { bytesCodec } from '../../values/bytes-codec.ts'
import type { Transport } from '../../transport/transport.ts'

type Handler = (pluginMessage: unknown, props: { readonly origin: string }) => void

// Older versions of Figma tell no origin.
type Props = Parameters<Handler>[1]

/** `figma.ui`, as far as it is needed here; one that has only `onmessage` will do. */
export interface FigmaUI {
  postMessage(pluginMessage: unknown, options?: { readonly origin?: string }): void
  on?(type: 'message', handler: Handler): unknown
  off?(type: 'message', handler: Handler): unknown
  onmessage?: Handler | undefined
}

/** Options of `figmaTransport`. */
export interface FigmaOptions {
  /** The origin of a UI that is a page of the web; nothing else is spoken to or heard. Default: any, as a UI of the plugin's own file has none. */
  readonly origin?: string | undefined
}

/** Options of `figmaUITransport`. */
export interface FigmaUIOptions {
  /** Where messages are posted, and where they must come from. Default: `*`; a page of the web writes `https://www.figma.com`. */
  readonly origin?: string | undefined
  /** The plugin that hears them, which a page of the web must name. Default: none is named. */
  readonly pluginId?: string | undefined
}

/**
 * In the plugin's main thread, after `figma.showUI`: speak with its UI by `figmaTransport(figma.ui)`. Another UI that is
 * shown later takes the place of the one before.
 */
export function figmaTransport(ui: FigmaUI, { origin }: FigmaOptions = {}): Transport {
  let stop = (): void => {}
  return {
    endpoint: ui,
    successor: true,
    codec: bytesCodec,
    post: (message) => (origin === undefined ? ui.postMessage(message) : ui.postMessage(message, { origin })),
    listen: ({ message, refused }) => {
      let isListening = true
      const heard: Handler = (data, props) => {
        if (!isListening) return
        const from = (props as Props | undefined)?.origin
        if (origin === undefined || origin === from) message(data, from)
        else refused(from ?? 'null')
      }
      const former = ui.onmessage
      const both: Handler = (data, props) => {
        try {
          former?.(data, props)
        } finally {
          heard(data, props)
        }
      }
      if (ui.on) ui.on('message', heard)
      else ui.onmessage = both
      stop = () => {
        isListening = false
        if (ui.on) ui.off?.('message', heard)
        // Who came later keeps its handler, and goes on to call this one.
        else if (ui.onmessage === both) ui.onmessage = former
      }
    },
    close: () => stop(),
  }
}

/** In the plugin's UI: speak with its main thread. Only the windows above this one are heard. */
export function figmaUITransport({ origin = '*', pluginId }: FigmaUIOptions = {}): Transport {
  let stop = (): void => {}
  return {
    endpoint: window,
    guard: [origin, pluginId],
    codec: bytesCodec,
    post: (pluginMessage) =>
      parent.postMessage({ pluginMessage, ...(pluginId !== undefined && { pluginId }) }, origin),
    listen: ({ message, leaving, refused }) => {
      const heard = ({ data, source, origin: from }: MessageEvent): void => {
        const { pluginMessage } = Object(data) as { readonly pluginMessage?: unknown }
        if (pluginMessage === undefined) return
        if (isAbove(source) && (origin === '*' || origin === from)) message(pluginMessage, from)
        else refused(from)
      }
      const left = (): void => leaving?.()
      addEventListener('message', heard)
      addEventListener('pagehide', left)
      stop = () => {
        removeEventListener('message', heard)
        removeEventListener('pagehide', left)
      }
    },
    close: () => stop(),
  }
}

// Figma puts windows of its own between its page and the UI.
function isAbove(source: unknown): boolean {
  for (let at: Window = window; at !== at.parent; at = at.parent) if (source === at.parent) return true
  return false
}
