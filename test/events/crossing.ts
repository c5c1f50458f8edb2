/** Events and calls between two real contexts; run for every kind of endpoint that the published work names. */
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { ErrorCode, RPC, RPCMessageEvent, type RPCMessageEventOptions } from '../../src/index.ts'
import { rejection, within } from '../contract/fixture.ts'
import type { Kind } from './other-side.ts'

/** One fresh connection to a context in which `answer(kind, …)` runs. */
export interface Crossing extends Pick<
  RPCMessageEventOptions,
  'currentEndpoint' | 'targetEndpoint' | 'config' | 'origin'
> {
  /** Listeners on this side's endpoint that were not there before. */
  readonly listeners: () => number
  readonly close: () => unknown
}

type Connect = (kind: Kind) => Crossing | Promise<Crossing>

interface Opened {
  readonly event: RPCMessageEvent
  readonly connection: Crossing
  readonly close: () => unknown
}

/** The next time that `event` hears `name`: what it got. */
export const hearing = (event: RPCMessageEvent, name: string): Promise<unknown[]> =>
  within(
    45_000,
    new Promise((resolve) => {
      const listener = (...args: unknown[]): void => {
        event.off(name, listener)
        resolve(args)
      }
      event.on(name, listener)
    }),
  )

async function open(connect: Connect, kind: Kind): Promise<Opened> {
  const connection = await connect(kind)
  const { listeners: _, close: closeConnection, ...options } = connection
  const event = new RPCMessageEvent(options)
  const close = (): unknown => {
    event.destroy()
    return closeConnection()
  }
  if (kind === 'events') await hearing(event, 'ready')
  return { event, connection, close }
}

const methods = { 'Main.max': (a: number, b: number) => Math.max(a, b) }

export function crossing(name: string, connect: Connect): void {
  events(name, connect)
  calls(name, connect)
}

// One connection serves all tests: to open a window takes most of a second where much runs at once.
function events(name: string, connect: Connect): void {
  describe(`events over ${name}`, () => {
    let opened: Opened
    beforeAll(async () => {
      opened = await open(connect, 'events')
    })
    afterAll(() => void opened.close())

    test('an event is answered by a reply event', async () => {
      const { event } = opened
      const reply = hearing(event, 're:do_something')
      event.emit('do_something', 'some data')
      expect(await reply).toEqual(['some data done'])
    })

    test('arguments arrive as structured clone keeps them', async () => {
      const { event } = opened
      const args = [new Date(1e12), new Map([['a', new Set([1n])]]), new Uint8Array([1, 2]), undefined, null]
      const reply = hearing(event, 're:echo')
      event.emit('echo', ...args)
      expect(await reply).toStrictEqual(args)
    })

    test('events arrive in the order in which they were emitted', async () => {
      const { event } = opened
      const numbers = Array.from({ length: 100 }, (_, i) => i)
      const reply = hearing(event, 're:collected')
      for (const n of numbers) event.emit('collect', n)
      event.emit('collected')
      expect(await reply).toEqual([numbers])
    })

    test('an event that cannot be cloned throws at once, and the next one arrives', async () => {
      const { event } = opened
      const reply = hearing(event, 're:do_something')
      const refusal = expect.objectContaining({ name: 'DataCloneError' })
      expect(() => event.emit('do_something', () => {})).toThrow(refusal)
      event.emit('do_something', 'the next')
      expect(await reply).toEqual(['the next done'])
    })

    test('destroy leaves no listener on the endpoint', () => {
      const { event, connection } = opened
      expect(connection.listeners()).toBeGreaterThan(0)
      event.destroy()
      expect(connection.listeners()).toBe(0)
    })
  })
}

function calls(name: string, connect: Connect): void {
  describe(`an RPC over events over ${name}`, () => {
    let opened: Opened
    let rpc: RPC
    beforeAll(async () => {
      opened = await open(connect, 'rpc')
      rpc = new RPC({ event: opened.event, methods })
      rpc.registerMethod('Main.min', (a: number, b: number) => Promise.resolve(Math.min(a, b)))
    })
    afterAll(() => {
      rpc.destroy()
      void opened.close()
    })

    test('a call made before the other side is there waits for it', async () => {
      expect(await within(45_000, rpc.invoke('Child.ask', [4, 3]))).toEqual({ max: 4, min: 3 })
    })

    test('the published example: connect, then calls both ways', async () => {
      await rpc.connect(45_000)
      const random = await rpc.invoke<number>('Child.random', null, { isNotify: false, timeout: 45_000 })
      expect(random).toBeGreaterThanOrEqual(0)
      expect(random).toBeLessThan(1)
      expect(await rpc.invoke('Child.ask', [1, 2])).toEqual({ max: 2, min: 1 })
    })

    test('a notification resolves at once and arrives', async () => {
      expect(await rpc.invoke('Child.note', ['hi'], { isNotify: true })).toBeUndefined()
      rpc.notify('Child.note', ['again'])
      expect(await rpc.invoke('Child.noted')).toEqual(['hi', 'again'])
    })

    test('errors are described: thrown over there, no such method, too late, not to be cloned', async () => {
      const reasons = [
        rpc.invoke('Child.fail'),
        rpc.invoke('Child.missing'),
        rpc.invoke('Child.hang', null, { timeout: 20 }),
        rpc.invoke('Child.note', [{ symbol: Symbol('x') }]),
      ].map(rejection)
      expect(await Promise.all(reasons)).toMatchObject([
        { code: ErrorCode.APPLICATION_ERROR, message: 'the child failed' },
        { code: ErrorCode.METHOD_NOT_FOUND, message: expect.stringContaining('Child.missing') },
        { code: ErrorCode.TIMEOUT, message: expect.stringContaining('20 ms'), data: { timeout: 20 } },
        { code: ErrorCode.UNDELIVERABLE, message: expect.stringContaining('[0].symbol') },
      ])
      expect(await rpc.invoke('Child.ask', [1, 2])).toEqual({ max: 2, min: 1 })
    })

    test('when the other side is destroyed, what is pending rejects PEER_GONE', async () => {
      await rpc.connect(45_000)
      const pending = rejection(rpc.invoke('Child.hang'))
      rpc.notify('Child.leave')
      expect(await within(45_000, pending)).toMatchObject({ code: ErrorCode.PEER_GONE })
    })

    test('destroy leaves no listener on the endpoint', () => {
      const { connection } = opened
      expect(connection.listeners()).toBeGreaterThan(0)
      rpc.destroy()
      expect(connection.listeners()).toBe(0)
    })
  })
}

/** For endpoints that can move objects instead of copying them. */
export function moving(name: string, connect: Connect): void {
  test(`over ${name}, \`config\` as a function names what is moved instead of copied`, async () => {
    const { event, connection, close } = await open(connect, 'events')
    onTestFinished(() => void close())
    const { config } = connection
    event.config = (data) => {
      const { params } = data as { params: [ArrayBuffer] }
      return { ...(typeof config === 'object' && config), transfer: params }
    }
    const buffer = new ArrayBuffer(1_000)
    const reply = hearing(event, 're:size')
    event.emit('size', buffer)
    expect(buffer.byteLength).toBe(0)
    expect(await reply).toEqual([1_000])
  })
}
