import { describe, expect, test } from 'vitest'
import { callContext, ErrorCode, type WindowOptions, windowTransport } from '../../src/index.ts'
import { rejection, start, within } from '../contract/fixture.ts'
import { hearing } from '../windows/medium.ts'
import { B, C, HERE, openFrame, openPopup } from './windows/frames.ts'
import {
  attack,
  attacks,
  connectTo,
  expectUntouched,
  openChild,
  secretsOf,
  service,
  until,
} from './windows/stage.ts'

const sandboxed = { sandbox: 'allow-scripts', starts: [service] }

describe('S06: an opaque child is let in only by allowOpaque', () => {
  const options: Record<string, WindowOptions> = {
    'its address is allowed': { origin: B },
    'any origin is allowed': { origin: '*' },
    'a function allows all': { origin: () => true },
    "the page's own is allowed": { origin: HERE },
  }
  test.for(Object.entries(options))('and not because %s', async ([, { origin }]) => {
    const page = openFrame(B, sandboxed)
    await page.loaded()
    const victim = connectTo(page, { origin })
    await page.ask({ do: 'stop' })
    await page.ask({ do: 'start', start: service })
    for (const one of attacks(['x'], [1])) await page.ask({ ...one, do: 'post', at: ['parent'], to: '*' })
    expect(await rejection(victim.rpc.connect(100))).toMatchObject({ code: ErrorCode.TIMEOUT })
    expect(victim.states).toEqual(['waiting'])
    expect(victim.called).toEqual([])
    expect(new Set(victim.diagnostics.map(({ kind, about }) => [kind, about].join(' ')))).toEqual(
      new Set(['refused null']),
    )
    expect(await page.ask({ do: 'heard' })).toEqual([])
    // A greeting of this page carries its session and nothing else; a port would have come with it.
    const { ids } = await secretsOf(page)
    expect(ids).toEqual([1, 2, 3])
  })

  test('nor is a data: document', async () => {
    const element = document.createElement('iframe')
    const greeting = `{ jsonrpc: '2.0', method: 'rpc.connect', params: { session: '0' } }`
    element.src = `data:text/html,<script>parent.postMessage(${greeting}, '*'); parent.postMessage('done', '*')</script>`
    const done = new Promise((resolve) =>
      addEventListener('message', ({ data, source }) => {
        if (source === element.contentWindow && data === 'done') resolve(data)
      }),
    )
    document.body.append(element)
    const rpc = start({ transport: windowTransport(element, { origin: '*' }) })
    const refused = rejection(rpc.connect(100))
    await done
    expect(await refused).toMatchObject({ code: ErrorCode.TIMEOUT })
    element.remove()
  })

  test('which lets in no named origin but the one that is allowed', async () => {
    const page = openFrame(C, { starts: [service] })
    const { rpc, diagnostics } = connectTo(page, { origin: B, allowOpaque: true })
    await page.loaded()
    expect(await rejection(rpc.connect(100))).toMatchObject({ code: ErrorCode.TIMEOUT })
    expect(diagnostics[0]).toMatchObject({ kind: 'refused', about: C })
  })

  test('which lets in no other opaque frame', async () => {
    const child = openFrame(B, sandboxed)
    const stranger = openFrame(B, { sandbox: 'allow-scripts' })
    await Promise.all([child.loaded(), stranger.loaded()])
    await attack(stranger, child, attacks([], [1, 2, 3]))
    const victim = connectTo(child, { allowOpaque: true })
    await attack(stranger, child, attacks([], [1, 2, 3]))
    await victim.rpc.connect()
    const { sessions, ids } = await secretsOf(child)
    await attack(stranger, child, attacks(sessions, ids))
    expect(victim.states).toEqual(['waiting', 'connected'])
    await expectUntouched(victim, child, stranger)
  })

  test('a page that is opaque itself must say whom it lets in', async () => {
    const page = openFrame(B, { sandbox: 'allow-scripts' })
    await page.loaded()
    const start = { kind: 'service', at: 'parent' } as const
    await expect(page.ask({ do: 'start', start })).rejects.toThrow(/own origin is opaque: say which origin/)
  })
})

test.for([
  ['of this origin', HERE, HERE, undefined],
  ['of another origin', B, B, undefined],
  ['of an opaque origin', B, 'null', 'allow-scripts'],
] as const)('a handler is told the origin of its caller: a child %s', async ([, origin, told, sandbox]) => {
  const page = openFrame(origin, { starts: [service], ...(sandbox && { sandbox }) })
  const { rpc } = connectTo(page, { origin, allowOpaque: sandbox !== undefined })
  const origins = new Promise((resolve) => {
    rpc.registerMethod('tell', () => resolve(callContext().origin))
  })
  rpc.notify('startCall', ['tell'])
  expect(await within(45_000, origins)).toBe(told)
})

describe('S11: a window that is not there throws a TypeError that says so', () => {
  const none: Record<string, [() => unknown, RegExp]> = {
    'null, of a popup that was blocked': [() => null, /popup was blocked/],
    undefined: [() => undefined, /There is no window/],
    'an object that is none': [() => ({}), /There is no window/],
    'an iframe that is not in the document': [() => document.createElement('iframe'), /not in the document/],
    'this window itself': [() => window, /cannot speak with itself/],
  }
  test.for(Object.entries(none))('%s', ([, [target, message]]) => {
    const pass = (): unknown => windowTransport(target() as null, { origin: B })
    expect(pass).toThrow(TypeError)
    expect(pass).toThrow(message)
  })

  test('the parent of a page that has none', async () => {
    const page = openPopup(B)
    await page.loaded()
    const start = { kind: 'service', at: 'parent', origin: HERE } as const
    await expect(page.ask({ do: 'start', start })).rejects.toThrow(/cannot speak with itself/)
  })

  test('an iframe that was removed, and its window', () => {
    const { element, window: there } = openFrame(B)
    element.remove()
    expect(() => windowTransport(element, { origin: B })).toThrow(/There is no window/)
    expect(() => windowTransport(there, { origin: B })).toThrow(/That window is closed/)
  })

  test('a popup that was closed', async () => {
    const page = openPopup(B)
    await page.loaded()
    page.window.close()
    await until(() => page.window.closed)
    expect(() => windowTransport(page.window, { origin: B })).toThrow(/That window is closed/)
  })

  test('an event without source is not from a window that is gone: null never equals null', async () => {
    const page = openFrame(HERE)
    await page.loaded()
    const got: unknown[] = []
    const transport = windowTransport(page.element, { raw: true, acceptUntrusted: true })
    transport.listen(hearing((data) => got.push(data)))
    const message = (source: Window | null): MessageEvent =>
      new MessageEvent('message', { data: 'forged', origin: HERE, source })
    page.element.remove()
    dispatchEvent(message(null))
    expect(got).toEqual([])
    transport.close()
  })
})

describe('S12: an event that a script made, with source and origin forged', () => {
  const forge = (source: Window, data: unknown): void =>
    void dispatchEvent(new MessageEvent('message', { data, origin: B, source }))

  test('greets in vain and brings no port', async () => {
    const page = openChild({})
    await page.loaded()
    const victim = connectTo(page)
    const { port1, port2 } = new MessageChannel()
    const heard: unknown[] = []
    port1.onmessage = ({ data }) => heard.push(data)
    for (const params of [{ session: '' }, { session: 'z' }, { session: 'z', port: port2 }])
      forge(page.window, { jsonrpc: '2.0', method: 'rpc.connect', params })
    expect(await rejection(victim.rpc.connect(50))).toMatchObject({ code: ErrorCode.TIMEOUT })
    expect(heard).toEqual([])
    await page.ask({ do: 'start', start: service })
    await within(45_000, victim.rpc.connect())
    expect(await victim.rpc.invoke('history')).toEqual({ states: ['waiting', 'connected'], ends: [] })
    port1.close()
  })

  test.for([
    [undefined, 0],
    [false, 0],
    [true, 1],
  ] as const)('calls nothing, unless acceptUntrusted: %s', async ([acceptUntrusted, calls]) => {
    const page = openChild({})
    await page.loaded()
    const victim = connectTo(page, { raw: true, acceptUntrusted })
    forge(page.window, { jsonrpc: '2.0', method: 'note', params: ['forged'] })
    expect(victim.called).toHaveLength(calls)
  })
})
