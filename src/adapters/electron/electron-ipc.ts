/** `ipcMainTransport`: Electron's IPC, for which the main process answers. */
import { PEER_GONE, RPCError } from '../../protocol/errors.ts'
import type { Transport } from '../../transport/transport.ts'
import { cloneCodec } from '../../values/clone-codec.ts'

/** A WebFrameMain, as far as it is looked at. */
export interface ElectronFrame {
  readonly origin: string
  readonly url: string
  readonly parent: unknown
}

interface Emitter {
  on(type: string, listener: () => void): unknown
  off(type: string, listener: () => void): unknown
}

/** A WebContents, as far as it is needed here. */
export interface ElectronContents extends Emitter {
  readonly ipc: Emitter
  readonly mainFrame: ElectronFrame
  isDestroyed(): boolean
  send(channel: string, message: unknown): void
}

/** Options of `ipcMainTransport`. */
export interface IpcMainOptions {
  /**
   * What may be in the window: origins as Electron writes them (`https://app.example`, `file://`, `app://bundle`), or a
   * function of the frame. There is no default: any page can be loaded into a window.
   */
  readonly allows: string | readonly string[] | ((frame: ElectronFrame) => boolean)
  /** The IPC channel; that of `exposeIpc`. Default: `portcall`. */
  readonly channel?: string | undefined
}

const CHANNEL = 'portcall'

/**
 * In the main process: speak with the page in a window over IPC. Only its main frame is heard and spoken to, and only while
 * `allows` lets it in. A page that is left or has crashed can have a successor in the same window.
 * @throws TypeError for origins that no frame can have.
 */
export function ipcMainTransport(contents: ElectronContents, options: IpcMainOptions): Transport {
  const { allows, channel = CHANNEL } = options
  const lets = toPredicate(allows)
  let stop = (): void => {}

  return {
    endpoint: contents,
    guard: [allows].flat(),
    channel: channel === CHANNEL ? '' : channel,
    successor: true,
    opens: true,
    codec: cloneCodec,
    post: (message) => {
      if (contents.isDestroyed() || !lets(contents.mainFrame))
        throw new RPCError(PEER_GONE, 'The page that was spoken to is not in the window any more')
      contents.send(channel, message)
    },
    listen: ({ message, gone, opened, refused }) => {
      const undo: (() => void)[] = []
      const on = (emitter: Emitter, type: string, listener: (...args: never[]) => void): void => {
        emitter.on(type, listener as () => void)
        undo.push(() => emitter.off(type, listener as () => void))
      }
      let isMet = false
      // What a page is sent before it listens is lost; a portcall page says hello itself when it does.
      const greet = (): void => {
        if (isMet || !lets(contents.mainFrame)) return
        isMet = true
        opened()
      }
      on(contents.ipc, channel, ({ senderFrame }: { senderFrame: ElectronFrame | null }, data: unknown) => {
        // Null: the frame was left while the message was under way.
        if (!senderFrame || senderFrame.parent !== null || !lets(senderFrame))
          return refused(senderFrame?.origin ?? 'null')
        isMet = true
        message(data, senderFrame.origin)
      })
      on(contents, 'dom-ready', greet)
      on(contents, 'did-navigate', () => {
        isMet = false
        gone('the page was left')
      })
      on(contents, 'render-process-gone', (_: unknown, { reason }: { reason: string }) =>
        gone(`the renderer is gone: ${reason}`),
      )
      on(contents, 'destroyed', () => gone('the window was closed', true))
      stop = () => undo.splice(0).forEach((step) => step())
      if (contents.isDestroyed()) gone('the window was closed', true)
      else greet()
    },
    close: () => stop(),
  }
}

function toPredicate(allows: IpcMainOptions['allows']): (frame: ElectronFrame) => boolean {
  if (typeof allows === 'function') return (frame) => allows(frame) === true
  const origins: readonly unknown[] = [allows].flat()
  const isOrigin = (one: unknown): boolean =>
    typeof one === 'string' && /^[a-z][a-z\d+.-]*:\/\/[^/?#*\sA-Z]*$/.test(one)
  if (!origins.length || !origins.every(isOrigin))
    throw new TypeError(
      "Say which pages may be in the window: allows: 'https://app.example', 'file://', or (frame) => boolean",
    )
  return ({ origin }) => origins.includes(origin)
}

/** What a preload script lets its page do: post and hear on one channel, nothing else. */
export interface IpcBridge {
  post(message: unknown): void
  /** @returns how to stop. */
  subscribe(listener: (message: unknown) => void): () => void
}

interface Preload {
  readonly contextBridge: { exposeInMainWorld(key: string, api: unknown): void }
  readonly ipcRenderer: Emitter & { send(channel: string, message: unknown): void }
}

/** In a preload script: `exposeIpc(electron)` gives the page what `ipcRendererTransport` needs. */
export function exposeIpc({ contextBridge, ipcRenderer }: Preload, channel: string = CHANNEL): void {
  const bridge: IpcBridge = {
    post: (message) => ipcRenderer.send(channel, message),
    subscribe: (listener) => {
      // Never the event itself: it has what would let the page speak on any channel.
      const heard = (...[, message]: unknown[]): void => listener(message)
      ipcRenderer.on(channel, heard)
      return () => void ipcRenderer.off(channel, heard)
    },
  }
  contextBridge.exposeInMainWorld(channel, bridge)
}

/**
 * In the page: speak with the main process over what the preload script has exposed.
 * @throws TypeError where there is no such thing.
 */
export function ipcRendererTransport(channel: string = CHANNEL): Transport {
  const bridge = Reflect.get(globalThis, channel) as IpcBridge | undefined
  if (typeof bridge?.subscribe !== 'function')
    throw new TypeError('Nothing is exposed here: call exposeIpc(electron) in the preload script')
  let stop: (() => void) | undefined
  return {
    endpoint: bridge,
    codec: cloneCodec,
    post: (message) => bridge.post(message),
    listen: ({ message }) => {
      stop = bridge.subscribe((data) => message(data))
    },
    close: () => stop?.(),
  }
}
