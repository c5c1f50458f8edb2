/** As much of Electron as the examples use, after the types of electron 45. */
declare module 'electron' {
  interface Emitter {
    on(type: string, listener: (...args: never[]) => void): this
    off(type: string, listener: (...args: never[]) => void): this
  }

  interface WebFrameMain {
    readonly origin: string
    readonly url: string
    readonly parent: WebFrameMain | null
  }

  interface WebContents extends Emitter {
    readonly ipc: Emitter
    readonly mainFrame: WebFrameMain
    isDestroyed(): boolean
    send(channel: string, ...args: unknown[]): void
    postMessage(channel: string, message: unknown, transfer?: MessagePortMain[]): void
  }

  interface MessagePortMain extends Emitter {
    postMessage(message: unknown, transfer?: MessagePortMain[]): void
    start(): void
    close(): void
  }

  interface UtilityProcess extends Emitter {
    postMessage(message: unknown, transfer?: MessagePortMain[]): void
    kill(): boolean
  }

  interface IpcRendererEvent extends Event {
    readonly ports: MessagePort[]
  }

  const app: { whenReady(): Promise<void>; getVersion(): string }
  const utilityProcess: { fork(file: string): UtilityProcess }
  const contextBridge: { exposeInMainWorld(key: string, api: unknown): void }
  const ipcRenderer: {
    on(channel: string, listener: (event: IpcRendererEvent, ...args: unknown[]) => void): unknown
    off(channel: string, listener: (event: IpcRendererEvent, ...args: unknown[]) => void): unknown
    send(channel: string, ...args: unknown[]): void
  }

  class BrowserWindow {
    constructor(options?: { webPreferences?: { preload?: string } })
    readonly webContents: WebContents
    loadURL(url: string): Promise<void>
  }

  class MessageChannelMain {
    readonly port1: MessagePortMain
    readonly port2: MessagePortMain
  }
}

declare namespace NodeJS {
  interface Process {
    /** In a utility process. */
    readonly parentPort: {
      postMessage(message: unknown): void
      on(type: 'message', listener: (event: { data: unknown }) => void): unknown
      off(type: 'message', listener: (event: { data: unknown }) => void): unknown
    }
  }
}
