/** Real iframes of another origin whose page still runs another library, and the other way round. */
import { RPC as TheirRPC, RPCMessageEvent as TheirEvents } from 'rpc-shooter'
import { describe, expect, onTestFinished, test } from 'vitest'
import { rpcShooterTransport, widgetKitTransport } from '../../src/adapters/compat/compat.ts'
import { ErrorCode, type PeerState, type RPC, windowTransport } from '../../src/index.ts'
import { createConnection, createRequest, type KitConnection } from '../adapters/compat/widget-kit.ts'
import { rejection, start, within } from '../contract/fixture.ts'
import { kitWindow } from './compat/kit-window.ts'
import { address, forThisTest, type Frame, openFrame, origins } from './events/frames.ts'

const open = (page: string, query: Record<string, string> = {}): Frame =>
  forThisTest(openFrame(address(`../compat/${page}`, origins.other, { origin: origins.own, ...query })))

const loaded = ({ frame }: Frame): Promise<unknown> =>
  within(45_000, new Promise((resolve) => frame.addEventListener('load', resolve, { once: true })))

describe('a page of another origin that runs the real rpc-shooter 0.0.14', () => {
  const ours = ({ frame }: Frame, methods: object = {}): RPC =>
    start({
      transport: rpcShooterTransport(windowTransport(frame, { origin: origins.other, raw: true })),
      plain: true,
      methods: { double: (n: number) => n * 2, ...methods },
    })

  test('is called at once, while its page still loads, and calls back', async () => {
    const rpc = ours(open('shooter.html'))
    expect(await within(45_000, rpc.invoke('add', [1, 2]))).toBe(3)
    expect(await rpc.invoke('relay', ['double', 4])).toBe(8)
    expect(await rpc.invoke('connected')).toBe(true)
  })

  test('begins 400 ms after its page has loaded, and still gets what was called at once', async () => {
    const rpc = ours(open('shooter.html', { late: '400' }))
    expect(await within(45_000, rpc.invoke('add', [1, 2]))).toBe(3)
  })

  test('was there long before us', async () => {
    const frame = open('shooter.html')
    await loaded(frame)
    const rpc = ours(frame)
    expect(await within(45_000, rpc.invoke('add', [1, 2]))).toBe(3)
    expect(await rpc.invoke('connected')).toBe(true)
  })

  test('errors, unknown and removed methods arrive both ways', async () => {
    const rpc = ours(open('shooter.html'), {
      fail: () => {
        throw new Error('our fault')
      },
    })
    expect(await within(45_000, rejection(rpc.invoke('fail')))).toMatchObject({
      code: -32500,
      message: 'their fault',
    })
    expect(await rejection(rpc.invoke('missing'))).toMatchObject({ code: -32601 })
    expect(await rejection(rpc.invoke('relay', ['fail']))).toMatchObject({
      code: -32603,
      message: 'our fault',
    })
    rpc.removeMethod('double')
    expect(await rejection(rpc.invoke('relay', ['double', 1]))).toMatchObject({ code: -32601 })
  })

  test('a handler that throws before its first await is never answered over there: a deadline helps', async () => {
    const rpc = ours(open('shooter.html'))
    await within(45_000, rpc.connect())
    expect(await rejection(rpc.invoke('failSync', null, { timeout: 100 }))).toMatchObject({
      code: ErrorCode.TIMEOUT,
    })
    expect(await rpc.invoke('add', [1, 2])).toBe(3)
  })

  test('its notifications, and ours, start no ping-pong', async () => {
    const rpc = ours(open('shooter.html'))
    await within(45_000, rpc.connect())
    await rpc.invoke('notify', ['double'])
    await rpc.invoke('notify', ['missing'])
    rpc.notify('add', [1, 2])
    rpc.notify('missing')
    // Each of these is a message too: two more answers than calls would be the beginning of it.
    const first = await rpc.invoke<number>('heard')
    const counts = [await rpc.invoke<number>('heard'), await rpc.invoke<number>('heard')]
    expect(counts).toEqual([first + 1, first + 2])
  })

  test('reloads: pending calls reject PEER_GONE, the next ones reach the new page', async () => {
    const opened = open('shooter.html')
    const rpc = ours(opened)
    await within(45_000, rpc.connect())
    const states: PeerState[] = []
    rpc.onPeer((state) => states.push(state))
    const pending = rejection(rpc.invoke('hang'))
    opened.frame.src = String(opened.frame.src)
    expect(await within(45_000, pending)).toMatchObject({ code: ErrorCode.PEER_GONE })
    expect(await within(45_000, rpc.invoke('add', [1, 2]))).toBe(3)
    expect(states).toEqual(['connected', 'gone', 'waiting', 'connected'])
  })

  test('is removed: pending calls reject PEER_GONE, later ones at once', async () => {
    const opened = open('shooter.html')
    const rpc = ours(opened)
    await within(45_000, rpc.connect())
    const pending = rejection(rpc.invoke('hang'))
    opened.close()
    expect(await within(45_000, pending)).toMatchObject({ code: ErrorCode.PEER_GONE })
    expect(await rejection(rpc.invoke('add', [1, 2]))).toMatchObject({ code: ErrorCode.PEER_GONE })
  })

  test('S01: frames of its format from another window are not obeyed', async () => {
    const opened = open('shooter.html')
    const ran: string[] = []
    const rpc = ours(opened, { secret: () => ran.push('secret') })
    await within(45_000, rpc.connect())
    window.postMessage({ event: 'syn:secret', args: [{ id: 'x', method: 'secret', params: [] }] }, '*')
    expect(await rpc.invoke('add', [1, 2])).toBe(3)
    expect(ran).toEqual([])
  })
})

describe('this page still runs the real rpc-shooter 0.0.14, the other one portcall', () => {
  const theirs = ({ target }: Frame): TheirRPC => {
    const event = new TheirEvents({
      currentEndpoint: window,
      targetEndpoint: target,
      config: { targetOrigin: origins.other },
    })
    const rpc = new TheirRPC({ event, methods: { double: (n: number) => n * 2 } })
    onTestFinished(() => rpc.destroy())
    return rpc
  }
  const connected = (rpc: TheirRPC): Promise<void> =>
    within(45_000, (rpc as unknown as { connect(): Promise<void> }).connect())

  test.each(['0', '400'])('it calls a page that begins %s ms late, and is called back', async (late) => {
    const rpc = theirs(open('ours.html', { late }))
    await connected(rpc)
    expect(await rpc.invoke('add', 1, 2)).toBe(3)
    expect(await rpc.invoke('relay', 'double', 4)).toBe(8)
    await expect(rpc.invoke('fail')).rejects.toMatchObject({ code: -32500, message: 'our fault' })
    await expect(rpc.invoke('missing')).rejects.toMatchObject({ code: -32601 })
  })
})

interface KitAnswer {
  readonly payload: unknown
  readonly error?: unknown
}

describe('@widget-kit/rpc 1.0.0, a stand-in by its published format,', () => {
  test('runs in a page of another origin: calls and errors both ways', async () => {
    const opened = open('widget-kit.html')
    await loaded(opened)
    const rpc = start({
      transport: widgetKitTransport(windowTransport(opened.frame, { origin: origins.other, raw: true })),
      plain: true,
      methods: { double: (n: number) => n * 2 },
    })
    expect(await within(45_000, rpc.invoke('add', [1, 2]))).toBe(3)
    expect(await rpc.invoke('relay', ['double', 4])).toMatchObject({ payload: 8 })
    expect(await rejection(rpc.invoke('fail'))).toMatchObject({ code: -32500, data: 'their fault' })
    expect(await rpc.invoke('relay', ['missing'])).toMatchObject({ error: { code: -32601 } })
    opened.close()
    expect(await within(45_000, rejection(rpc.invoke('add', [1, 2])))).toMatchObject({
      code: ErrorCode.PEER_GONE,
    })
  })

  test('runs in this page, and the other one is portcall', async () => {
    const opened = open('ours.html', { kind: 'widget-kit' })
    await loaded(opened)
    const connection: KitConnection = createConnection(kitWindow(opened.target, origins.other))
    connection.handle('double', (respond, n: number) => respond(n * 2))
    const ask = (method: string, ...args: unknown[]): Promise<KitAnswer> =>
      within(45_000, new Promise((resolve) => connection.send(createRequest(method, ...args), resolve)))
    expect(await ask('add', 1, 2)).toMatchObject({ payload: 3 })
    expect(await ask('relay', 'double', 4)).toMatchObject({ payload: 8 })
    expect(await ask('fail')).toMatchObject({ payload: null, error: 'our fault' })
    expect(await ask('missing')).toMatchObject({ error: { code: -32601 } })
  })
})
