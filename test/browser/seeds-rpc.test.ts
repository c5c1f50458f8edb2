/** RPCMessageEvent and RPC as the published examples use them, and the problems that the article lists. */
import { describe, expect, onTestFinished, test } from 'vitest'
import {
  ErrorCode,
  type PeerState,
  type RPC,
  RPCMessageEvent,
  type RPCMessageEventOptions,
} from '../../src/index.ts'
import { rejection, start, within } from '../contract/fixture.ts'
import { address, forThisTest, openFrame, openPopup, origins } from './events/frames.ts'

interface Main {
  readonly rpc: RPC
  readonly event: RPCMessageEvent
  /** What the child prints at its end. */
  readonly prints: Promise<unknown>
}

/** The page of the published examples. */
function main(options: RPCMessageEventOptions): Main {
  const event = new RPCMessageEvent(options)
  const rpc = start({ event, methods: { 'Main.max': (a: number, b: number) => Math.max(a, b) } })
  rpc.registerMethod('Main.min', (a: number, b: number) => Promise.resolve(Math.min(a, b)))
  const printed = new Promise((resolve) => rpc.registerMethod('Main.print', resolve))
  return { rpc, event, prints: within(45_000, printed) }
}

/** Run the example, and tell what both sides made of it. */
async function outcome({ rpc, prints }: Main): Promise<unknown> {
  await rpc.connect(45_000)
  const random = await rpc.invoke<number>('Child.random', null, { isNotify: false, timeout: 45_000 })
  return { isRandom: random >= 0 && random < 1, ...((await prints) as object) }
}

const expected = { isRandom: true, max: 2, min: 1 }

const childUrl = (): string => address('../seeds/child.html', origins.other, { origin: origins.own })

describe('the published examples of RPC', () => {
  test('an iframe of another origin, with targetOrigin `*`', async () => {
    const { target } = forThisTest(openFrame(childUrl()))
    expect(
      await outcome(main({ currentEndpoint: window, targetEndpoint: target, config: { targetOrigin: '*' } })),
    ).toEqual(expected)
  })

  test('an iframe of another origin, with its origin', async () => {
    const { target } = forThisTest(openFrame(childUrl()))
    const config = { targetOrigin: origins.other }
    expect(await outcome(main({ currentEndpoint: window, targetEndpoint: target, config }))).toEqual(expected)
  })

  test('a window that was opened', async () => {
    const { target } = forThisTest(openPopup(childUrl()))
    const config = { targetOrigin: origins.other }
    expect(await outcome(main({ currentEndpoint: window, targetEndpoint: target, config }))).toEqual(expected)
  })

  test('a worker', async () => {
    const worker = new Worker(new URL('./seeds/worker.ts', import.meta.url), { type: 'module' })
    onTestFinished(() => worker.terminate())
    expect(await outcome(main({ currentEndpoint: worker, targetEndpoint: worker }))).toEqual(expected)
  })

  test('a shared worker', async () => {
    const { port } = new SharedWorker(new URL('./seeds/shared-worker.ts', import.meta.url), {
      type: 'module',
    })
    onTestFinished(() => port.close())
    port.start()
    expect(await outcome(main({ currentEndpoint: port, targetEndpoint: port }))).toEqual(expected)
  })
})

/** A child that is asked for trouble: the other side of the event tests. */
function troubled(): Main & { readonly frame: HTMLIFrameElement } {
  const url = address('child.html', origins.other, { kind: 'rpc', origin: origins.own })
  const { frame, target } = forThisTest(openFrame(url))
  const config = { targetOrigin: origins.other }
  const opened = main({ currentEndpoint: window, targetEndpoint: target, config })
  opened.prints.catch(() => {})
  return { ...opened, frame }
}

describe('the problems that the article lists', () => {
  test('an error of the other side rejects with its message, as an application error', async () => {
    const { rpc } = troubled()
    const error = await rejection(rpc.invoke('Child.fail'))
    expect(error).toBeInstanceOf(Error)
    expect(error).toMatchObject({ code: -32500, message: 'the child failed' })
  })

  test('a method that the other side does not have rejects with -32601 and its name', async () => {
    const { rpc } = troubled()
    expect(await rejection(rpc.invoke('Child.missing'))).toMatchObject({
      code: -32601,
      message: expect.stringContaining('Child.missing'),
    })
  })

  test('a method that was removed is one that this side does not have', async () => {
    const { rpc } = troubled()
    rpc.registerMethod('Main.abs', () => 1)
    expect(await rpc.invoke('Child.relay', ['Main.abs'])).toBe(1)
    rpc.removeMethod('Main.abs')
    expect(await rpc.invoke('Child.relay', ['Main.abs'])).toMatchObject({ code: -32601 })
    rpc.registerMethod('Main.abs', () => 2)
    expect(await rpc.invoke('Child.relay', ['Main.abs'])).toBe(2)
    expect(() => rpc.registerMethod('Main.abs', () => 3)).toThrow(/registered already/)
  })

  test('connect rejects with -32300 and its deadline where nobody is there', async () => {
    const { target } = forThisTest(openFrame(address('puppet.html', origins.other)))
    const config = { targetOrigin: origins.other }
    const { rpc, prints } = main({ currentEndpoint: window, targetEndpoint: target, config })
    prints.catch(() => {})
    expect(await within(45_000, rejection(rpc.connect(100)))).toMatchObject({
      code: -32300,
      message: expect.stringContaining('100 ms'),
      data: { timeout: 100 },
    })
  })

  test('a call that is not answered in time rejects with -32300, and a late answer harms nobody', async () => {
    const { rpc } = troubled()
    await rpc.connect(45_000)
    expect(await rejection(rpc.invoke('Child.hang', null, { timeout: 30 }))).toMatchObject({
      code: -32300,
      data: { timeout: 30 },
    })
    expect(await rpc.invoke('Child.random')).toBeTypeOf('number')
  })

  test('params that cannot be cloned reject and say where', async () => {
    const { rpc } = troubled()
    await rpc.connect(45_000)
    expect(await rejection(rpc.invoke('Child.note', [{ node: document.body }]))).toMatchObject({
      code: ErrorCode.UNDELIVERABLE,
      message: expect.stringContaining('Child.note'),
    })
    expect(await rejection(rpc.invoke('Child.note', [[1, { symbol: Symbol('x') }]]))).toMatchObject({
      code: ErrorCode.UNDELIVERABLE,
      message: expect.stringContaining('[0][1].symbol'),
    })
  })

  test('a result that cannot be cloned rejects at the caller and says where', async () => {
    const { rpc } = troubled()
    rpc.registerMethod('Main.node', () => ({ list: [document.body] }))
    rpc.registerMethod('Main.symbol', () => ({ list: [Symbol('x')] }))
    const described = (method: string): Promise<unknown> => rpc.invoke('Child.relay', [method])
    expect(await described('Main.node')).toMatchObject({ code: ErrorCode.INTERNAL_ERROR })
    expect(await described('Main.symbol')).toMatchObject({
      code: ErrorCode.INTERNAL_ERROR,
      message: expect.stringContaining('.list[0]'),
    })
  })

  test('S47: a reload of the other side rejects what is pending, and the new page is called', async () => {
    const { rpc, frame } = troubled()
    await rpc.connect(45_000)
    const states: PeerState[] = []
    rpc.onPeer((state) => states.push(state))
    const pending = rejection(rpc.invoke('Child.hang'))
    await rpc.invoke('Child.note', ['before'])
    frame.src = String(frame.src)
    expect(await within(45_000, pending)).toMatchObject({ code: ErrorCode.PEER_GONE })
    expect(await rpc.invoke('Child.noted')).toEqual([])
    expect(states).toEqual(['connected', 'gone', 'waiting', 'connected'])
  })

  test('a call that is made after the other side has left waits for the next page of its window', async () => {
    const { rpc, frame } = troubled()
    await rpc.connect(45_000)
    const left = new Promise<void>((resolve) => {
      rpc.onPeer((state) => {
        if (state === 'waiting') resolve()
      })
    })
    rpc.notify('Child.leave')
    await within(45_000, left)
    const random = rpc.invoke('Child.random')
    frame.src = String(frame.src)
    expect(await within(45_000, random)).toBeTypeOf('number')
  })
})
