/**
 * A FAKE of the parts of Electron that src/adapters/electron.ts touches: no Electron runs here. Written from the types of
 * electron 45.4.1, its documentation and the sources named at each part. What it imitates: values cross as V8 serializes
 * them, in a later task and in order; what is sent to nobody is lost or queued as there; destroyed objects throw.
 */
import { EventEmitter } from 'node:events'
import { deserialize, serialize } from 'node:v8'

const clone = (value: unknown): Buffer => {
  try {
    return serialize(value)
  } catch {
    // shell/common/v8_value_serializer.cc throws this, whatever it was.
    throw new Error('An object could not be cloned.')
  }
}

const later = (step: () => void): void => void setImmediate(step)

/** MessagePortMain: an emitter whose messages wait until `start`; only other ports can be transferred. */
export class FakePortMain extends EventEmitter {
  #other: FakePortMain | undefined
  #queue: Buffer[] | undefined = []
  #isClosed = false

  static pair(): { readonly port1: FakePortMain; readonly port2: FakePortMain } {
    const port1 = new FakePortMain()
    const port2 = new FakePortMain()
    port1.#other = port2
    port2.#other = port1
    return { port1, port2 }
  }

  postMessage(message: unknown, transfer: readonly unknown[] = []): void {
    // shell/browser/api/message_port.cc: without the other end it returns.
    if (this.#isClosed) return
    if (transfer.some((one) => !(one instanceof FakePortMain)))
      throw new TypeError('Error processing argument at index 1')
    const bytes = clone(message)
    const to = this.#other
    later(() => to && to.#receive(bytes))
  }

  start(): void {
    const queue = this.#queue ?? []
    this.#queue = undefined
    for (const bytes of queue) later(() => this.#receive(bytes))
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    later(() => {
      this.emit('close')
      this.#other?.close()
    })
  }

  #receive(bytes: Buffer): void {
    if (this.#isClosed) return
    if (this.#queue) this.#queue.push(bytes)
    else this.emit('message', { data: deserialize(bytes) as unknown, ports: [] })
  }
}

/** `process.parentPort` in a utility process: its messages wait for the first listener. It has neither `start` nor `close` in the types. */
class FakeParentPort extends EventEmitter {
  readonly #toParent: (bytes: Buffer) => void
  #queue: Buffer[] | undefined = []

  constructor(toParent: (bytes: Buffer) => void) {
    super()
    this.#toParent = toParent
    this.on('newListener', (type) => {
      if (type !== 'message') return
      const queue = this.#queue ?? []
      this.#queue = undefined
      for (const bytes of queue) later(() => this.receive(bytes))
    })
  }

  postMessage(message: unknown): void {
    this.#toParent(clone(message))
  }

  receive(bytes: Buffer): void {
    if (this.#queue) this.#queue.push(bytes)
    else this.emit('message', { data: deserialize(bytes) as unknown, ports: [] })
  }
}

/** UtilityProcess: emits the message itself. `run` is its script, started a moment after the fork. */
export class FakeUtilityProcess extends EventEmitter {
  pid: number | undefined
  readonly #parentPort: FakeParentPort
  #waiting: Buffer[] | undefined = []
  #isInExit = false
  #hasExited = false

  constructor(run: (parentPort: FakeParentPort, exit: (code: number) => void) => void) {
    super()
    this.#parentPort = new FakeParentPort((bytes) => {
      later(() => {
        if (!this.#hasExited) this.emit('message', deserialize(bytes) as unknown)
      })
    })
    later(() => {
      if (this.#hasExited) return
      this.pid = 4242
      this.emit('spawn')
      run(this.#parentPort, (code) => later(() => this.#exit(code)))
      for (const bytes of this.#waiting ?? []) this.#deliver(bytes)
      this.#waiting = undefined
    })
  }

  postMessage(message: unknown): void {
    // electron issue 53923: in the `exit` event the main process crashes, after it nothing happens.
    if (this.#isInExit) throw new Error('FAKE: here Electron 44.0 crashes the main process')
    if (this.#hasExited) return
    const bytes = clone(message)
    if (this.#waiting) this.#waiting.push(bytes)
    else this.#deliver(bytes)
  }

  kill(): boolean {
    if (this.#hasExited) return false
    later(() => this.#exit(15))
    return true
  }

  /** A fatal error of V8: `error`, then `exit`. */
  fail(): void {
    later(() => {
      this.emit('error', 'FatalError', 'v8::ToLocalChecked', '{}')
      this.#exit(6)
    })
  }

  #deliver(bytes: Buffer): void {
    later(() => {
      if (!this.#hasExited) this.#parentPort.receive(bytes)
    })
  }

  #exit(code: number): void {
    if (this.#hasExited) return
    this.#hasExited = true
    this.pid = undefined
    this.#isInExit = true
    this.emit('exit', code)
    this.#isInExit = false
  }
}

interface FakeFrame {
  readonly origin: string
  readonly url: string
  readonly parent: FakeFrame | null
}

interface FakeIpcRenderer extends EventEmitter {
  send(channel: string, ...args: unknown[]): void
}

/** One document: its preload script's world, and the page's, which share nothing but what the bridge copies. */
export interface FakeDocument {
  readonly ipcRenderer: FakeIpcRenderer
  readonly contextBridge: { exposeInMainWorld(key: string, api: unknown): void }
  /** The page's `window`: what the preload script has exposed. */
  readonly page: Record<string, unknown>
  readonly frame: FakeFrame
}

/** contextBridge: functions become functions of the other world, everything else is copied and frozen. */
function bridged(value: unknown): unknown {
  if (typeof value === 'function')
    return (...args: unknown[]) => bridged(Reflect.apply(value, undefined, args.map(bridged)))
  if (typeof value !== 'object' || value === null) return value
  if (
    Object.getPrototypeOf(value) === Object.prototype &&
    Object.values(value).some((one) => typeof one === 'function')
  )
    return Object.freeze(Object.fromEntries(Object.entries(value).map(([key, one]) => [key, bridged(one)])))
  return deserialize(clone(value))
}

/** A WebContents and the documents that are loaded into it. */
export class FakeContents extends EventEmitter {
  /** Scoped to what this one sends. */
  readonly ipc: EventEmitter = new EventEmitter()
  #document: FakeDocument | undefined
  #frame: FakeFrame = { origin: '', url: '', parent: null }
  #isDestroyed = false

  get mainFrame(): FakeFrame {
    this.#check()
    return this.#frame
  }

  isDestroyed(): boolean {
    return this.#isDestroyed
  }

  send(channel: string, ...args: unknown[]): void {
    this.#check()
    const bytes = clone(args)
    const to = this.#document
    // A document that has no listener loses it.
    later(() => {
      if (to && to === this.#document)
        to.ipcRenderer.emit(channel, { ports: [] }, ...(deserialize(bytes) as unknown[]))
    })
  }

  /** Load a document: `did-navigate`, the preload script, the page's script, `dom-ready`. */
  load(url: string, script: (document: FakeDocument) => void): FakeDocument {
    const { protocol, host } = new URL(url)
    this.#frame = { origin: `${protocol}//${host}`, url, parent: null }
    const document = this.#open(this.#frame)
    this.#document = document
    this.emit('did-navigate', {}, url)
    script(document)
    later(() => {
      if (this.#document === document) this.emit('dom-ready', {})
    })
    return document
  }

  /** A document in an iframe of the page that has the preload script too (nodeIntegrationInSubFrames). */
  openSubFrame(origin: string): FakeDocument {
    return this.#open({ origin, url: `${origin}/frame`, parent: this.#frame })
  }

  /** Send from a frame that is gone by the time that its message is handled. */
  sendFromGoneFrame(channel: string, message: unknown): void {
    this.ipc.emit(channel, { senderFrame: null, sender: this }, deserialize(clone(message)))
  }

  crash(): void {
    this.#document = undefined
    this.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 139 })
  }

  destroy(): void {
    if (this.#isDestroyed) return
    this.#document = undefined
    this.#isDestroyed = true
    this.emit('destroyed')
  }

  #check(): void {
    if (this.#isDestroyed) throw new TypeError('Object has been destroyed')
  }

  #open(frame: FakeFrame): FakeDocument {
    const emitter = new EventEmitter()
    const page: Record<string, unknown> = {}
    const ipcRenderer = Object.assign(emitter, {
      send: (channel: string, ...args: unknown[]): void => {
        const bytes = clone(args)
        later(() => {
          const isThere = this.#frame === (frame.parent ?? frame) && !this.#isDestroyed
          const senderFrame = isThere ? frame : null
          if (this.#document)
            this.ipc.emit(channel, { senderFrame, sender: this }, ...(deserialize(bytes) as unknown[]))
        })
      },
    })
    const contextBridge = {
      exposeInMainWorld: (key: string, api: unknown): void => {
        page[key] = bridged(api)
      },
    }
    return { ipcRenderer, contextBridge, page, frame }
  }
}
