/** Main process and page by ipcMain, ipcRenderer and contextBridge: over a FAKE (fake.ts), no Electron runs here. */
import { describe, expect, onTestFinished, test } from 'vitest'
import {
  exposeIpc,
  type IpcMainOptions,
  ipcMainTransport,
  ipcRendererTransport,
} from '../../../src/adapters/electron/electron.ts'
import {
  callContext,
  type Diagnostic,
  ErrorCode,
  type PeerState,
  RPC,
  type Transport,
} from '../../../src/index.ts'
import { type Connection, type Kind, rejection, start, within } from '../../contract/fixture.ts'
import { contract } from '../../contract/suite.ts'
import { bare, run } from '../../windows/medium.ts'
import { keepIn } from '../../late.ts'
import { FakeContents, type FakeDocument } from './fake.ts'

const APP = 'app://bundle'

/** Run the preload script in a document, and make the page's transport as its script would. */
function pageTransport({ contextBridge, ipcRenderer, page }: FakeDocument, channel?: string): Transport {
  exposeIpc({ contextBridge, ipcRenderer }, channel)
  const name = channel ?? 'portcall'
  Object.assign(globalThis, { [name]: page[name] })
  try {
    return ipcRendererTransport(channel)
  } finally {
    Reflect.deleteProperty(globalThis, name)
  }
}

interface Ipc extends Connection {
  readonly transport: Transport
  readonly contents: FakeContents
}

const types = ['dom-ready', 'did-navigate', 'render-process-gone', 'destroyed']
const count = ({ contents }: Ipc): number =>
  types.reduce((sum, type) => sum + contents.listenerCount(type), contents.ipc.listenerCount('portcall'))

function connectMain(kind: Kind): Ipc {
  const contents = new FakeContents()
  const transport = bare(ipcMainTransport(contents, { allows: APP }))
  contents.load(`${APP}/index.html`, (document) => run(kind, pageTransport(document)))
  return { contents, transport, close: () => contents.destroy() }
}

contract('a page, from the main process by IPC (FAKE)', connectMain, {
  text: true,
  listeners: count,
  deaths: {
    'the window is closed': {
      says: /the window was closed/,
      die: ({ connection }) => connection.contents.destroy(),
    },
  },
})

function connectPage(kind: Kind): Connection {
  const contents = new FakeContents()
  let transport: Transport | undefined
  contents.load(`${APP}/index.html`, (document) => (transport = pageTransport(document)))
  run(kind, bare(ipcMainTransport(contents, { allows: APP })))
  if (!transport) throw new Error('The page has not run')
  return { transport, close: () => contents.destroy() }
}

contract('the main process, from a page by IPC (FAKE)', connectPage, { text: true })

interface Window {
  readonly contents: FakeContents
  readonly rpc: RPC
  readonly told: Diagnostic[]
  readonly states: PeerState[]
}

function openWindow(options: IpcMainOptions = { allows: APP }): Window {
  const contents = new FakeContents()
  const told: Diagnostic[] = []
  const rpc = start({
    transport: ipcMainTransport(contents, options),
    methods: { secret: () => 'secret', origin: () => callContext().origin },
    onDiagnostic: keepIn(told),
  })
  const states: PeerState[] = []
  rpc.onPeer((state) => states.push(state))
  onTestFinished(() => contents.destroy())
  return { contents, rpc, told, states }
}

/** Load a page that has an RPC with `methods`. */
function load(contents: FakeContents, url: string, methods: object = {}): { readonly rpc: RPC } {
  let rpc: RPC | undefined
  contents.load(url, (document) => {
    rpc = new RPC({ transport: pageTransport(document), methods: { name: () => url, ...methods } })
  })
  if (!rpc) throw new Error('The page has not run')
  const made = rpc
  onTestFinished(() => made.destroy())
  return { rpc: made }
}

const passed = (turns = 20): Promise<void> =>
  new Promise((resolve) => {
    const next = (left: number): void => void setImmediate(() => (left ? next(left - 1) : resolve()))
    next(turns)
  })

describe('IPC between the main process and pages (FAKE)', () => {
  test('what the main process calls before any page is there waits for it', async () => {
    const { contents, rpc } = openWindow()
    const call = rpc.invoke('name')
    await passed()
    load(contents, `${APP}/a.html`)
    expect(await within(45_000, call)).toBe(`${APP}/a.html`)
  })

  test('a main process that begins late reaches the page that waits', async () => {
    const contents = new FakeContents()
    const page = load(contents, `${APP}/a.html`)
    const call = page.rpc.invoke('late')
    await passed()
    start({ transport: ipcMainTransport(contents, { allows: APP }), methods: { late: () => 'late' } })
    expect(await within(45_000, call)).toBe('late')
  })

  test('handlers know the origin of the page', async () => {
    const { contents } = openWindow()
    const page = load(contents, `${APP}/a.html`)
    expect(await within(45_000, page.rpc.invoke('origin'))).toBe(APP)
  })

  test('S47: a page that is left rejects PEER_GONE what is pending, and the next page is called', async () => {
    const { contents, rpc, states } = openWindow()
    load(contents, `${APP}/a.html`, { hang: () => new Promise(() => {}) })
    expect(await within(45_000, rpc.invoke('name'))).toBe(`${APP}/a.html`)
    const pending = rejection(rpc.invoke('hang'))
    await passed()
    load(contents, `${APP}/b.html`)
    expect(await within(45_000, pending)).toMatchObject({
      code: ErrorCode.PEER_GONE,
      message: expect.stringContaining('the page was left'),
    })
    expect(await within(45_000, rpc.invoke('name'))).toBe(`${APP}/b.html`)
    expect(states).toEqual(['waiting', 'connected', 'gone', 'waiting', 'connected'])
  })

  test('a renderer that crashes rejects PEER_GONE with the reason, and a reload is the next page', async () => {
    const { contents, rpc } = openWindow()
    load(contents, `${APP}/a.html`, { hang: () => new Promise(() => {}) })
    await within(45_000, rpc.connect())
    const pending = rejection(rpc.invoke('hang'))
    contents.crash()
    expect(await within(45_000, pending)).toMatchObject({
      code: ErrorCode.PEER_GONE,
      message: expect.stringContaining('crashed'),
    })
    load(contents, `${APP}/a.html`)
    expect(await within(45_000, rpc.invoke('name'))).toBe(`${APP}/a.html`)
  })

  test('S46: a window that is closed rejects what waits, and later calls at once', async () => {
    const { contents, rpc } = openWindow()
    const waiting = rejection(rpc.invoke('name'))
    contents.destroy()
    expect(await within(45_000, waiting)).toMatchObject({ code: ErrorCode.PEER_GONE })
    expect(await rejection(rpc.invoke('name'))).toMatchObject({ code: ErrorCode.PEER_GONE })
    rpc.destroy()
    const late = start({ transport: ipcMainTransport(contents, { allows: APP }) })
    expect(await rejection(late.invoke('name'))).toMatchObject({ code: ErrorCode.PEER_GONE })
  })

  test('S07: a page of another origin in the window can call nothing and is told nothing', async () => {
    const { contents, rpc, told } = openWindow()
    load(contents, `${APP}/a.html`)
    await within(45_000, rpc.connect())
    const heard: unknown[] = []
    const evil = contents.load('https://evil.example/', (document) => {
      document.ipcRenderer.on('portcall', (_event: unknown, message: unknown) => heard.push(message))
      exposeIpc(document)
    })
    const hello = { jsonrpc: '2.0', id: 1, method: 'rpc.connect', params: { session: 'x', capabilities: [] } }
    for (const message of [hello, { jsonrpc: '2.0', id: 2, method: 'secret' }])
      evil.ipcRenderer.send('portcall', message)
    const call = rejection(rpc.invoke('name', ['a secret'], { timeout: 100 }))
    await passed()
    expect(await call).toMatchObject({ code: ErrorCode.TIMEOUT })
    expect(heard).toEqual([])
    expect(told).toContainEqual(expect.objectContaining({ kind: 'refused', about: 'https://evil.example' }))
  })

  test('a page of another origin is not told either when it comes between the call and its answer', async () => {
    const { contents, rpc } = openWindow()
    let settle = (_value: unknown): void => {}
    rpc.registerMethod('slow', () => new Promise((resolve) => (settle = resolve)))
    const page = load(contents, `${APP}/a.html`)
    page.rpc.invoke('slow').catch(() => {})
    await passed()
    const heard: unknown[] = []
    contents.load('https://evil.example/', (document) => {
      document.ipcRenderer.on('portcall', (_event: unknown, message: unknown) => heard.push(message))
    })
    settle('a secret')
    await passed()
    expect(heard).toEqual([])
  })

  test('S07: the transport itself posts nothing while another page, or none, is in the window', () => {
    const contents = new FakeContents()
    const transport = ipcMainTransport(contents, { allows: APP })
    expect(() => transport.post({})).toThrow(/not in the window/)
    contents.load(`${APP}/a.html`, () => {})
    expect(() => transport.post({})).not.toThrow()
    contents.load('https://evil.example/', () => {})
    expect(() => transport.post({})).toThrow(/not in the window/)
    contents.destroy()
    expect(() => transport.post({})).toThrow(/not in the window/)
  })

  test('S02: an iframe in the page is refused, also of the same origin, and so is a frame that is gone', async () => {
    const { contents, rpc, told } = openWindow()
    load(contents, `${APP}/a.html`)
    await within(45_000, rpc.connect())
    const sub = contents.openSubFrame(APP)
    let ran = false
    rpc.registerMethod('run', () => (ran = true))
    sub.ipcRenderer.send('portcall', { jsonrpc: '2.0', method: 'run' })
    contents.sendFromGoneFrame('portcall', { jsonrpc: '2.0', method: 'run' })
    await passed()
    expect(ran).toBe(false)
    expect(told.filter(({ kind }) => kind === 'refused')).toHaveLength(2)
  })

  test('`allows` takes a list or a function of the frame', async () => {
    for (const allows of [
      ['https://other.example', APP],
      ({ url }: { url: string }) => url.endsWith('a.html'),
    ]) {
      const { contents, rpc } = openWindow({ allows })
      load(contents, `${APP}/a.html`)
      expect(await within(45_000, rpc.invoke('name'))).toBe(`${APP}/a.html`)
    }
  })

  test.each([
    '',
    '*',
    'null',
    'app.example',
    'https://app.example/',
    'HTTPS://app.example',
    /app/,
    [],
    undefined,
  ])('S04: `allows: %s` is a TypeError that says what to write', (allows) => {
    const options = { allows } as unknown as IpcMainOptions
    expect(() => ipcMainTransport(new FakeContents(), options)).toThrow(/allows: 'https:/)
  })

  test('what is exposed to the page can post and hear on one channel, and nothing else', async () => {
    const contents = new FakeContents()
    const document = contents.load(`${APP}/a.html`, () => {})
    exposeIpc(document)
    const bridge = document.page['portcall'] as {
      post(message: unknown): void
      subscribe(listener: (...args: unknown[]) => void): () => void
    }
    expect(Object.keys(bridge)).toEqual(['post', 'subscribe'])
    const heard: unknown[] = []
    const stop = bridge.subscribe((...args) => heard.push(args))
    contents.send('portcall', 'a')
    contents.send('another', 'b')
    await passed()
    stop()
    contents.send('portcall', 'c')
    await passed()
    expect(heard).toEqual([['a']])
    expect(document.ipcRenderer.listenerCount('portcall')).toBe(0)
  })

  test('two channels of one window are two connections', async () => {
    const contents = new FakeContents()
    const main = ['one', 'two'].map((channel) =>
      start({
        transport: ipcMainTransport(contents, { allows: APP, channel }),
        methods: { channel: () => channel },
      }),
    )
    const pages: RPC[] = []
    contents.load(`${APP}/a.html`, (document) => {
      for (const channel of ['one', 'two']) pages.push(start({ transport: pageTransport(document, channel) }))
    })
    expect(await within(45_000, Promise.all(pages.map((rpc) => rpc.invoke('channel'))))).toEqual([
      'one',
      'two',
    ])
    expect(main).toHaveLength(2)
  })

  test('a page without a preload script is a TypeError that says what to do', () => {
    expect(() => ipcRendererTransport()).toThrow(/preload/)
  })

  test('with `plain: true` a page that somebody wrote by hand is called when it is there', async () => {
    const contents = new FakeContents()
    const rpc = start({ transport: ipcMainTransport(contents, { allows: APP }), plain: true })
    const call = rpc.invoke('echo', ['x'])
    await passed()
    contents.load(`${APP}/a.html`, (document) => run('plain', pageTransport(document)))
    expect(await within(45_000, call)).toBe('x')
  })
})
