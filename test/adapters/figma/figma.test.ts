/** A plugin's main thread and its UI: over a FAKE (fake.ts), no Figma runs here. */
import { describe, expect, onTestFinished, test } from 'vitest'
import { figmaTransport, figmaUITransport, type FigmaUIOptions } from '../../../src/adapters/figma/figma.ts'
import { type Diagnostic, ErrorCode, type PeerState, type Transport } from '../../../src/index.ts'
import { type Connection, type Kind, rejection, start, within } from '../../contract/fixture.ts'
import { contract } from '../../contract/suite.ts'
import { bare, run } from '../../windows/medium.ts'
import { fakePlugin, type FakePlugin, type FakeWindow, inWindow } from './fake.ts'

/** A UI's transport, whose every step runs with the globals of its window. */
function uiTransport(window: FakeWindow, options?: FigmaUIOptions): Transport {
  const inner = inWindow(window, () => figmaUITransport(options))
  return {
    ...inner,
    post: (message) => inWindow(window, () => inner.post(message)),
    listen: (to) => inWindow(window, () => inner.listen(to)),
    close: () => inWindow(window, () => inner.close()),
  }
}

interface Plugin extends Connection {
  readonly transport: Transport
  readonly plugin: FakePlugin
}

// Its window is a global of the UI alone, so it must be one while messages arrive there.
function openUI(plugin: FakePlugin, origin?: string): FakeWindow {
  const window = plugin.showUI(origin)
  const dispatch = window.dispatchEvent.bind(window)
  window.dispatchEvent = (event) => inWindow(window, () => dispatch(event))
  return window
}

function fromMain(kind: Kind): Plugin {
  const plugin = fakePlugin()
  const behind = run(kind, bare(uiTransport(openUI(plugin))))
  return { plugin, transport: bare(figmaTransport(plugin.ui)), close: behind.stop }
}

function fromUI(kind: Kind): Plugin {
  const plugin = fakePlugin()
  const window = openUI(plugin)
  const behind = run(kind, bare(figmaTransport(plugin.ui)))
  return { plugin, transport: bare(uiTransport(window)), close: behind.stop }
}

contract('a plugin’s UI, from its main thread (FAKE)', fromMain, {
  text: true,
  listeners: ({ plugin }) => plugin.handlers.size,
  deaths: {
    'the UI is closed': {
      says: /closed over there/,
      die: ({ connection }) => connection.plugin.ui.close(),
    },
  },
})

contract('a plugin’s main thread, from its UI (FAKE)', fromUI, { text: true })

describe('a plugin (FAKE)', () => {
  const methods = { add: (a: number, b: number) => a + b }
  const passed = (): Promise<void> =>
    new Promise((resolve) => {
      const next = (left: number): void => void setImmediate(() => (left ? next(left - 1) : resolve()))
      next(20)
    })

  test('messages are wrapped as `pluginMessage`, addressed as said, with the plugin named where one is', async () => {
    const plugin = fakePlugin()
    const window = openUI(plugin, 'https://ui.example')
    start({ transport: figmaTransport(plugin.ui, { origin: 'https://ui.example' }), methods })
    const options = { origin: 'https://www.figma.com', pluginId: '7378' }
    const rpc = start({ transport: uiTransport(window, options) })
    expect(await within(45_000, rpc.invoke('add', [1, 2]))).toBe(3)
    for (const { data, to } of plugin.posted) {
      expect(to).toBe('https://www.figma.com')
      expect(data).toEqual({ pluginId: '7378', pluginMessage: expect.objectContaining({ jsonrpc: '2.0' }) })
    }
    expect(plugin.posted.length).toBeGreaterThan(0)
  })

  test('bytes and what Figma does not carry arrive as they were', async () => {
    const plugin = fakePlugin()
    const window = openUI(plugin)
    start({ transport: figmaTransport(plugin.ui), methods: { echo: (value: unknown) => value } })
    const rpc = start({ transport: uiTransport(window) })
    const value = {
      bytes: new Uint8Array([0, 127, 255]),
      floats: new Float32Array([1, 2]),
      buffer: new Uint8Array([1]).buffer,
      map: new Map([[1, new Set(['a'])]]),
      big: 2n ** 70n,
      date: new Date(1e12),
      missing: undefined,
      nan: NaN,
    }
    expect(await within(45_000, rpc.invoke('echo', [value]))).toStrictEqual(value)
    expect(await rpc.invoke<number>('echo', [new Uint8Array(100_000)])).toHaveLength(100_000)
  })

  test('without a UI the constructor throws what Figma throws', () => {
    expect(() => start({ transport: figmaTransport(fakePlugin().ui) })).toThrow(/showUI/)
  })

  test('a UI that is shown anew is a new epoch', async () => {
    const plugin = fakePlugin()
    const first = openUI(plugin)
    const rpc = start({ transport: figmaTransport(plugin.ui) })
    const states: PeerState[] = []
    rpc.onPeer((state) => states.push(state))
    start({ transport: uiTransport(first), methods: { hang: () => new Promise(() => {}) } })
    await within(45_000, rpc.connect())
    const pending = rejection(rpc.invoke('hang'))
    await passed()
    const second = openUI(plugin)
    expect(await within(45_000, pending)).toMatchObject({ code: ErrorCode.PEER_GONE })
    start({ transport: uiTransport(second), methods })
    expect(await within(45_000, rpc.invoke('add', [1, 2]))).toBe(3)
    expect(states).toEqual(['waiting', 'connected', 'gone', 'waiting', 'connected'])
  })

  test('S01: the main thread hears no UI of another origin than the one it names', async () => {
    const plugin = fakePlugin()
    const window = openUI(plugin, 'https://evil.example')
    const told: Diagnostic[] = []
    const ran: unknown[] = []
    start({
      transport: figmaTransport(plugin.ui, { origin: 'https://ui.example' }),
      methods: { run: () => ran.push('run') },
      onDiagnostic: (event) => told.push(event),
    })
    window.parent.postMessage({ pluginMessage: { jsonrpc: '2.0', method: 'run' } }, '*')
    await passed()
    expect(ran).toEqual([])
    expect(told).toMatchObject([{ kind: 'refused', about: 'https://evil.example' }])
  })

  test('S01: the UI hears only the windows above it, and of the origin that it names', async () => {
    const plugin = fakePlugin()
    const window = openUI(plugin)
    const ran: unknown[] = []
    const told: Diagnostic[] = []
    start({
      transport: uiTransport(window, { origin: 'https://www.figma.com' }),
      methods: { run: (by: string) => ran.push(by) },
      onDiagnostic: (event) => told.push(event),
    })
    const hear = (by: string, source: unknown, origin: string): void => {
      const data = { pluginMessage: { jsonrpc: '2.0', method: 'run', params: [by] } }
      window.dispatchEvent(Object.assign(new Event('message'), { data, source, origin }))
    }
    hear('a frame below', {}, 'https://www.figma.com')
    hear('nobody', null, 'https://www.figma.com')
    hear('itself', window, 'https://www.figma.com')
    hear('another origin', window.parent, 'https://evil.example')
    hear('the parent', window.parent, 'https://www.figma.com')
    hear('the top', window.parent.parent, 'https://www.figma.com')
    expect(ran).toEqual(['the parent', 'the top'])
    expect(told.filter(({ kind }) => kind === 'refused')).toHaveLength(4)
  })

  test('other messages of Figma and hostile ones are ignored', async () => {
    const plugin = fakePlugin()
    const window = openUI(plugin)
    start({ transport: figmaTransport(plugin.ui), methods })
    const rpc = start({ transport: uiTransport(window) })
    await within(45_000, rpc.connect())
    for (const data of [null, undefined, 7, 'x', [], {}, { pluginMessage: null }, { pluginDrop: {} }]) {
      const event = Object.assign(new Event('message'), { data, source: window.parent, origin: 'null' })
      expect(() => window.dispatchEvent(event)).not.toThrow()
      window.parent.postMessage(data ?? {}, '*')
    }
    plugin.ui.postMessage('something of the plugin’s own')
    expect(await rpc.invoke('add', [1, 2])).toBe(3)
  })

  test('a `figma.ui` that has only `onmessage` will do; who was there before goes on to hear', async () => {
    const plugin = fakePlugin()
    const window = openUI(plugin)
    const before: unknown[] = []
    const ui = {
      postMessage: (message: unknown) => plugin.ui.postMessage(message),
      onmessage: (message: unknown) => void before.push(message),
    }
    const original = ui.onmessage
    Object.defineProperty(plugin.ui, 'onmessage', { get: () => ui.onmessage })
    const rpc = start({ transport: figmaTransport(ui), methods })
    const page = start({ transport: uiTransport(window) })
    onTestFinished(() => page.destroy())
    expect(await within(45_000, page.invoke('add', [1, 2]))).toBe(3)
    expect(before.length).toBeGreaterThan(0)
    rpc.destroy()
    expect(ui.onmessage).toBe(original)
  })
})
