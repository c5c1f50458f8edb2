import { describe, expect, onTestFinished, test } from 'vitest'
import { ErrorCode, channelTransport, RPC, windowTransport } from '../../src/index.ts'
import { hanging, nextMessage, rejection, start, within } from '../contract/fixture.ts'
import { countOnTarget } from '../contract/listeners.ts'
import { GONE } from './windows/dying.ts'
import { B, type FramePage, openFrame } from './windows/frames.ts'
import { service, until } from './windows/stage.ts'
import { statesOf } from './windows/states.ts'

const names = [undefined, 'files', 'events'] as const
const starts = names.map((channel) => ({ ...service, ...(channel && { channel }) }))

const channelTo = (page: FramePage, channel: string | undefined): RPC =>
  start({ transport: windowTransport(page.element, { origin: B }), channel })

describe('an iframe of another origin', () => {
  describe('two channels', () => {
    test('do not hear each other', async () => {
      const page = openFrame(B, { starts })
      const channels = names.map((name) => channelTo(page, name))
      await Promise.all(channels.map((rpc, i) => rpc.invoke('note', [`channel ${i}`])))
      expect(await Promise.all(channels.map((rpc) => rpc.invoke('noted')))).toEqual([
        ['channel 0'],
        ['channel 1'],
        ['channel 2'],
      ])
      const states = channels.map((rpc) => rpc.invoke('history'))
      expect(await Promise.all(states)).toEqual(Array(3).fill({ states: ['waiting', 'connected'], ends: [] }))
    })

    test('the end of one is not the end of the others, and it can be made anew', async () => {
      const page = openFrame(B, { starts })
      const [plain, files, events] = names.map((name) => channelTo(page, name))
      await Promise.all([plain?.connect(), files?.connect(), events?.connect()])
      const met = [plain, events].map((rpc) => rpc?.invoke('meet', [1, 2]))
      files?.destroy()
      await Promise.all([plain, events].map((rpc) => rpc?.invoke('meet', [2, 2])))
      expect(await Promise.all(met)).toEqual([2, 2])
      expect(await within(45_000, channelTo(page, 'files').invoke('add', [1, 2]))).toBe(3)
    })

    test('a channel that the other side does not have waits, and rejects TIMEOUT', async () => {
      const page = openFrame(B, { starts })
      const rpc = channelTo(page, 'no such channel')
      await channelTo(page, 'files').connect()
      expect(await rejection(rpc.connect(50))).toMatchObject({ code: ErrorCode.TIMEOUT })
    })
  })
})

describe('a browser worker', () => {
  describe('two channels', () => {
    const run = (): Worker => {
      const worker = new Worker(new URL('./windows/channel-echo.ts', import.meta.url), { type: 'module' })
      onTestFinished(() => worker.terminate())
      return worker
    }
    const connect = (worker: Worker): RPC[] =>
      names.map((name) => start({ transport: name ? channelTransport(worker, name) : worker }))

    test('do not hear each other', async () => {
      const rpcs = connect(run())
      const answers = await Promise.all(rpcs.map((rpc) => rpc.invoke('name')))
      expect(answers).toEqual(['no channel', 'files', 'events'])
    })

    test('S43: when the worker is terminated, the 5 pending calls of each reject PEER_GONE', async () => {
      const worker = run()
      const rpcs = connect(worker)
      await Promise.all(rpcs.map((rpc) => rpc.invoke('name')))
      const calls = rpcs.map((rpc) => hanging(rpc, 5))
      worker.terminate()
      await within(45_000, Promise.all(calls.map(({ all }) => all)))
      expect(calls.map(({ reasons }) => reasons)).toEqual(Array(3).fill(Array(5).fill(GONE)))
      expect(await Promise.all(rpcs.map((rpc) => rejection(rpc.invoke('name'))))).toEqual([GONE, GONE, GONE])
    })
  })
})

describe('C70: destroyed before it has met its peer, and made again', () => {
  const ROUNDS = 60
  // What is said to a peer that has not answered for a second. Nobody here takes so long.
  const isOfSilence = ({
    data,
  }: MessageEvent<{ readonly params?: { session?: unknown; re?: unknown } }>): boolean =>
    Array.isArray(data?.params?.session) && data.params.re !== undefined

  /** @returns who was taken for silent. Nobody waits for a port that was never taken. */
  async function again(medium: EventTarget, make: () => RPC): Promise<unknown[]> {
    const silences: unknown[] = []
    const hear = (event: Event): void => void (isOfSilence(event as MessageEvent) && silences.push(event))
    medium.addEventListener('message', hear)
    onTestFinished(() => medium.removeEventListener('message', hear))
    for (let round = 0; round < ROUNDS; round++) {
      const first = make()
      for (let turns = round % 6; turns > 0; turns--) await nextMessage()
      first.destroy()
      const rpc = make()
      expect(await rpc.invoke('add', [1, round])).toBe(1 + round)
      rpc.destroy()
    }
    return silences
  }

  test.for([
    ['an iframe of another origin', undefined, undefined],
    ['a channel over it', 'files', undefined],
    ['a sandboxed iframe', undefined, 'allow-scripts'],
  ] as const)('%s', async ([, channel, sandbox]) => {
    const page = openFrame(B, { starts, ...(sandbox && { sandbox }) })
    await page.loaded()
    const silences = await again(
      window,
      () => new RPC({ transport: windowTransport(page.element, { origin: B, allowOpaque: true }), channel }),
    )
    expect(silences).toEqual([])
  })

  test('a channel over a worker', async () => {
    const worker = new Worker(new URL('./windows/channel-echo.ts', import.meta.url), { type: 'module' })
    onTestFinished(() => worker.terminate())
    const silences = await again(worker, () => new RPC({ transport: channelTransport(worker, 'files') }))
    expect(silences).toEqual([])
  })
})

test('S49: destroy leaves no listener, timer or open port of a window behind', async () => {
  const listeners = countOnTarget(window)
  const timers = countTimers()
  const ports = countPorts()
  const page = openFrame(B, { starts })
  const rpcs = names.map((name) => channelTo(page, name))
  const states = rpcs.map(statesOf)
  await Promise.all(rpcs.map((rpc) => rpc.connect()))
  page.tell({ do: 'reload' })
  await until(() => states.every((seen) => seen.includes('gone')))
  await Promise.all(rpcs.map((rpc) => within(45_000, rpc.connect())))
  const before = [listeners(), timers()]
  expect(Math.min(...before)).toBeGreaterThanOrEqual(3)
  for (const rpc of rpcs) rpc.destroy()
  expect([listeners(), timers(), ports()]).toEqual([0, 0, 0])
})

/** How many intervals have been set from now on, and not cleared. */
function countTimers(): () => number {
  const running = new Set<unknown>()
  const { setInterval: set, clearInterval: clear } = globalThis
  globalThis.setInterval = ((...args: Parameters<typeof set>) => {
    const timer = set(...args)
    running.add(timer)
    return timer
  }) as typeof set
  globalThis.clearInterval = (timer) => {
    running.delete(timer)
    clear(timer)
  }
  onTestFinished(() => void Object.assign(globalThis, { setInterval: set, clearInterval: clear }))
  return () => running.size
}

/** How many ports have been listened to from now on, and not closed. */
function countPorts(): () => number {
  const open = new Set<unknown>()
  const { prototype } = MessagePort
  const listen = Reflect.get(prototype, 'start') as (this: MessagePort) => void
  const close = Reflect.get(prototype, 'close') as (this: MessagePort) => void
  prototype.start = function () {
    open.add(this)
    listen.call(this)
  }
  prototype.close = function () {
    open.delete(this)
    close.call(this)
  }
  onTestFinished(() => void Object.assign(prototype, { start: listen, close }))
  return () => open.size
}
