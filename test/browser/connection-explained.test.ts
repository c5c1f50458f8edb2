/** C44: why a window does not connect, as data, in rejections and in the one warning. */
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import {
  type ConnectionInfo,
  type Diagnostic,
  ErrorCode,
  type FrameLike,
  type RPC,
  type RPCInitOptions,
  type WindowLike,
  type WindowOptions,
  windowTransport,
} from '../../src/index.ts'
import { rejection, start } from '../contract/fixture.ts'
import type { Made } from './servers.ts'
import {
  A,
  B,
  C,
  type FrameOptions,
  HERE,
  madeAddress,
  openAddress,
  openFrame,
  openPopup,
} from './windows/frames.ts'
import { service, until } from './windows/stage.ts'

const warnings = vi.spyOn(console, 'warn')
const ours = (): string[] =>
  warnings.mock.calls.map(([text]) => String(text)).filter((text) => text.startsWith('portcall'))
beforeEach(() => void warnings.mockClear().mockImplementation(() => {}))
afterEach(() => void warnings.mockReset())

const isFirefox = navigator.userAgent.includes('Firefox')

type Target = FrameLike | WindowLike

function connect(target: Target, options: WindowOptions, more: Partial<RPCInitOptions> = {}): RPC {
  return start({ ...more, transport: windowTransport(target, options) })
}

/** Wait until what is said is what is expected, in data, rejections and the warning. @returns the data. */
async function said(rpc: RPC, text: RegExp): Promise<ConnectionInfo> {
  const call = rpc.invoke('add', [1, 2]).catch(() => {})
  await until(() => text.test(rpc.connection.explanation)).catch(() => {})
  expect(rpc.connection.explanation).toMatch(text)
  for (const waits of [rpc.connect(30), rpc.invoke('add', [1, 2], { timeout: 30 })])
    expect(await rejection(waits)).toMatchObject({
      code: ErrorCode.TIMEOUT,
      data: { timeout: 30 },
      message: expect.stringMatching(text),
    })
  await until(() => ours().length > 0)
  expect(ours()).toEqual([expect.stringMatching(text)])
  const { connection } = rpc
  expect(connection).toEqual(JSON.parse(JSON.stringify(connection)))
  rpc.destroy()
  await call
  return connection
}

const body = (script = ''): { body: string } => ({
  body: `<!doctype html><p>A page<script>${script}</script>`,
})
const made = (as: Made = {}, sandbox?: string): HTMLIFrameElement =>
  openAddress(madeAddress(B, { ...body(), ...as }), sandbox)
const frame = (options: FrameOptions = {}): HTMLIFrameElement => openFrame(B, options).element
const text = (...parts: string[]): RegExp =>
  new RegExp(parts.map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.*'))

const DOWN = 'http://localhost:45997'
const call = `does it call expose(api, windowTransport(parent, { origin: '${HERE}' }))?`
const silent = `A document has loaded and nobody has answered: ${call}`
const page = 'Or is it an error page (404, X-Frame-Options, server down)?'

interface Cause {
  readonly open: () => RPC
  readonly says: RegExp
  readonly data?: object
}

const causes: Record<string, Cause> = {
  '1: a page that forgot expose': {
    open: () => connect(made(), { origin: B }),
    says: text(silent),
    data: { medium: 'iframe', state: 'waiting', attempts: 1, otherMessages: 0 },
  },
  '1: a page that forgot expose, and speaks of other things': {
    open: () => connect(frame(), { origin: B }),
    says: text(`It has sent 1 message, none of portcall: ${call}`),
  },
  '1: a page that forgot expose, by its window': {
    open: () => connect(made().contentWindow as Window, { origin: B }),
    says: text(silent),
    data: { medium: 'iframe' },
  },
  '2: the wrong origin here': {
    open: () => connect(frame({ starts: [service] }), { origin: [A, C] }),
    says: text(`Messages from ${B} were refused: \`origin\` lets in only ${A}, ${C}.`),
    data: { lastRefusal: B, window: { expected: B, isExpected: false } },
  },
  '2: the wrong origin here, for a page that says nothing': {
    open: () => connect(made(), { origin: C }),
    says: text(`The iframe is of ${B}, but \`origin\` lets in only ${C}.`),
  },
  '3: the wrong origin there': {
    open: () => connect(frame({ starts: [{ ...service, origin: C }] }), { origin: B }),
    says: text(call),
  },
  '4: no `origin` given for a foreign page': {
    open: () => connect(frame({ starts: [service] }), {}),
    says: text(
      `Messages from ${B} were refused: only ${HERE} is let in, as \`origin\` is not given. Write origin: '${B}'.`,
    ),
  },
  '4: no `origin` given for a foreign page that says nothing': {
    open: () => connect(made(), {}),
    says: text(
      `The iframe is of ${B}, but only ${HERE} is let in, as \`origin\` is not given. Write origin: '${B}'.`,
    ),
  },
  '5: 404, whose status may be read': {
    open: () => connect(openAddress(`${HERE}/nothing-is-here.bin`), {}),
    says: text('Its document has the HTTP status 404.'),
    data: { window: { status: 404, document: 'loaded' } },
  },
  '5: 404 of another origin': {
    open: () => connect(made({ status: 404 }), { origin: B }),
    says: text(silent, page),
  },
  '5: 404 of another origin, of which the browser makes a page': {
    open: () => connect(made({ status: 404, body: '' }), { origin: B }),
    says: text(silent, page),
  },
  '6: X-Frame-Options': {
    open: () => connect(made({ headers: { 'x-frame-options': 'DENY' } }), { origin: B }),
    says: text(silent, page),
  },
  '6: frame-ancestors': {
    open: () =>
      connect(made({ headers: { 'content-security-policy': "frame-ancestors 'none'" } }), { origin: B }),
    says: text(silent, page),
  },
  // Firefox sends no `load` event for its error page, Chromium does.
  '7: the server is down': {
    open: () => connect(openAddress(`${DOWN}/page?secret=1`), { origin: DOWN }),
    says: isFirefox
      ? text(`The page at ${DOWN}/page has not loaded: does its server answer?`)
      : text(silent, page),
  },
  '7: the server does not answer': {
    open: () => connect(openAddress(madeAddress(B, body(), 60_000)), { origin: B }),
    says: text(`Nothing has loaded from ${B}/made: does its server answer?`),
    data: { window: { document: 'none' } },
  },
  '8: a page without portcall, which speaks': {
    open: () =>
      connect(made(body(`for (const x of [1, 2]) parent.postMessage({ type: 'ready', x }, '*')`)), {
        origin: B,
      }),
    says: text(`It has sent 2 messages, none of portcall: ${call}`),
    data: { otherMessages: 2 },
  },
  '9: a sandbox without `allowOpaque`': {
    open: () => connect(frame({ sandbox: 'allow-scripts', starts: [service] }), { origin: B }),
    says: text('its origin is opaque (a sandbox, data: or file:). Write allowOpaque: true.'),
    data: { lastRefusal: 'null' },
  },
  '9: a sandbox without `allowOpaque` whose page says nothing': {
    open: () => connect(made({}, 'allow-scripts'), { origin: B }),
    says: text('sandboxed without allow-same-origin, so its origin is opaque. Write allowOpaque: true.'),
  },
  '9: a sandbox without scripts': {
    open: () => connect(made({}, 'allow-same-origin'), { origin: B }),
    says: text('No script runs in the iframe, as its sandbox lacks allow-scripts.'),
  },
  'a data: document': {
    open: () =>
      connect(openAddress(`data:text/html,<script>parent.postMessage(1, '*')</script>`), { origin: '*' }),
    says: text('its origin is opaque'),
    data: { window: { address: 'data:…' } },
  },
  'an error page in place of an address of this origin': {
    open: () => connect(openAddress(`blob:${HERE}/${crypto.randomUUID()}`), {}),
    says: isFirefox
      ? text('blob:… has not loaded')
      : text('An error page stands for blob:…: is its server down'),
  },
  'an iframe without src': {
    open: () => {
      const element = document.body.appendChild(document.createElement('iframe'))
      onTestFinished(() => element.remove())
      return connect(element, {})
    },
    says: text('The iframe is empty.'),
  },
  'an iframe in a shadow tree': {
    open: () => {
      const host = document.body.appendChild(document.createElement('div'))
      onTestFinished(() => host.remove())
      const element = made()
      host.attachShadow({ mode: 'closed' }).append(element)
      return connect(element, { origin: B })
    },
    says: text(silent),
  },
  'a popup': {
    open: () => connect(openPopup(B).window, { origin: B }),
    says: text('It has sent 1 message', `expose(api, windowTransport(opener, { origin: '${HERE}' }))`),
    data: { medium: 'popup' },
  },
  'a raw window': {
    open: () => connect(made(), { origin: B, raw: true }),
    says: text(silent),
  },
}

describe('C44: each cause has its own text', () => {
  test.for(Object.entries(causes))('%s', async ([, { open, says, data = {} }]) => {
    expect(await said(open(), says)).toMatchObject(data)
  })

  test('3: the wrong origin there, which knows more', async () => {
    const child = openFrame(B, { starts: [{ ...service, origin: C }] })
    connect(child.element, { origin: B })
    await child.loaded()
    const there = (): Promise<ConnectionInfo> => child.ask<ConnectionInfo>({ do: 'connection' })
    await until(async () => (await there()).lastRefusal !== undefined)
    expect(await there()).toMatchObject({
      medium: 'parent',
      lastRefusal: HERE,
      explanation: `Messages from ${HERE} were refused: \`origin\` lets in only ${C}.`,
    })
  })
})

describe('C44: the warning', () => {
  const patience = 4_500
  const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

  test('is not made for a side that only serves, whatever strangers send', async () => {
    const page = openFrame(C, { starts: [service] })
    const rpc = connect(page.element, { origin: B }, { methods: { add: () => 1 } })
    rpc.notify('ready')
    await page.loaded()
    const stranger = openFrame(A)
    await stranger.loaded()
    for (let i = 0; i < 20; i++)
      await stranger.ask({ do: 'post', at: ['parent'], message: { jsonrpc: '2.0', method: 'x' }, to: '*' })
    await pause(patience)
    expect(ours()).toEqual([])
    expect(rpc.connection.lastRefusal).toBe(C)
  })

  test('is one for an RPC, and none on reconnect', async () => {
    const page = openFrame(B)
    const rpc = connect(page.element, { origin: B })
    const calls = [rpc.invoke('add', [1, 2]), rpc.invoke('add', [1, 2]), rpc.connect()]
    await until(() => ours().length > 0)
    await page.ask({ do: 'start', start: service })
    expect(await Promise.all(calls)).toEqual([3, 3, undefined])
    const other = connect(openFrame(B, { starts: [service] }).element, { origin: B })
    await other.connect()
    await page.ask({ do: 'stop' })
    await until(() => rpc.connection.state !== 'connected')
    const again = rpc.invoke('add', [1, 2]).catch(() => {})
    await pause(patience)
    expect(ours()).toHaveLength(1)
    rpc.destroy()
    await again
  })

  test('is none with onDiagnostic, which is told instead', async () => {
    const events: Diagnostic[] = []
    const rpc = connect(openFrame(B).element, { origin: B }, { onDiagnostic: (event) => events.push(event) })
    const call = rejection(rpc.invoke('add', [1, 2]))
    await until(() => events.some(({ kind }) => kind === 'waiting'))
    expect(ours()).toEqual([])
    expect(events.filter(({ kind }) => kind === 'waiting')).toEqual([
      {
        kind: 'waiting',
        about: 'iframe',
        error: expect.objectContaining({ message: expect.stringContaining(rpc.connection.explanation) }),
      },
    ])
    rpc.destroy()
    await call
  })

  test('is none for a call that settles before 3 s, and for one that connects in time', async () => {
    const rpc = connect(openFrame(B).element, { origin: B })
    for (let i = 0; i < 10; i++) await rejection(rpc.invoke('add', [1, 2], { timeout: 400 }))
    expect(ours()).toEqual([])
  })
})

test('C44: connected, the data names both sides and nothing is to be explained', async () => {
  const page = openFrame(B, { starts: [service] })
  const rpc = connect(page.element, { origin: B })
  const before = Date.now()
  await rpc.connect()
  const { connection } = rpc
  expect(connection).toMatchObject({
    state: 'connected',
    attempts: 1,
    medium: 'iframe',
    session: expect.stringMatching(/^[\da-f-]{36}$/),
    peerSession: expect.stringMatching(/^[\da-f-]{36}$/),
    explanation: '',
  })
  expect(connection.since).toBeGreaterThanOrEqual(before)
  expect(connection.capabilities.peer).toEqual(connection.capabilities.own)
  expect(connection.capabilities.own).toContain('cancel')
  expect(connection.session).not.toBe(connection.peerSession)
})
