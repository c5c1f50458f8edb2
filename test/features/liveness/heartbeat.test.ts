import { expect, test } from 'vitest'
import { callContext, ErrorCode, RPC, type RPCInitOptions } from '../../../src/index.ts'
import { linkedPair } from '../../../src/testing.ts'

const INTERVAL = 60

interface Linked extends Disposable {
  readonly left: RPC
  readonly right: RPC
  /** Deliver nothing from now on. */
  readonly silence: () => void
}

/** A connected pair whose left side asks for signs of life; messages are delivered by a timer. */
async function linked(options: Partial<RPCInitOptions> = {}): Promise<Linked> {
  const link = linkedPair({ manual: true })
  const timer = setInterval(() => link.deliver(), 1)
  const left = new RPC({ transport: link.left, heartbeat: INTERVAL, ...options })
  const right = new RPC({
    transport: link.right,
    methods: {
      hang: () => new Promise(() => {}),
      add: (a: number) => a,
      async *oneThenNone() {
        yield 1
        await new Promise(() => {})
      },
    },
  })
  await left.connect()
  return {
    left,
    right,
    silence: () => clearInterval(timer),
    [Symbol.dispose]: () => {
      clearInterval(timer)
      left.destroy()
      right.destroy()
    },
  }
}

const later = (ms: number): Promise<'pending'> =>
  new Promise((resolve) => setTimeout(() => resolve('pending'), ms))

const outcome = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'answered',
    (error: unknown) => Reflect.get(Object(error), 'code') as unknown,
  )

test('a side that lives and does not answer is left in peace', async () => {
  using pair = await linked()
  expect(await Promise.race([outcome(pair.left.invoke('hang')), later(10 * INTERVAL)])).toBe('pending')
  expect(await pair.left.invoke('add', [1])).toBe(1)
})

test('a side that gives no sign of life for two intervals is gone', async () => {
  using pair = await linked()
  const call = outcome(pair.left.invoke('hang'))
  pair.silence()
  expect(await call).toBe(ErrorCode.PEER_GONE)
})

test('a side that is gone ends the stream that one waits for, with no call pending', async () => {
  using pair = await linked()
  const items = await pair.left.invoke<AsyncIterableIterator<number>>('oneThenNone')
  expect(await items.next()).toEqual({ value: 1, done: false })
  pair.silence()
  expect(await outcome(items.next())).toBe(ErrorCode.PEER_GONE)
})

test('a caller that is gone ends what it started here', async () => {
  let ended: unknown
  const methods = {
    work: () => new Promise(() => callContext().signal.addEventListener('abort', () => (ended = 'aborted'))),
  }
  using pair = await linked({ methods })
  const call = outcome(pair.right.invoke('work'))
  await later(INTERVAL)
  pair.silence()
  await expect.poll(() => ended).toBe('aborted')
  pair.right.destroy()
  expect(await call).toBe(ErrorCode.CLOSED)
})

test('S56: what this side slept through does not count', async () => {
  using pair = await linked()
  const call = outcome(pair.left.invoke('hang'))
  await later(INTERVAL / 2)
  const until = performance.now() + 5 * INTERVAL
  while (performance.now() < until);
  expect(await Promise.race([call, later(INTERVAL)])).toBe('pending')
})

test('without a heartbeat, and with nothing pending, nobody is asked', async () => {
  using quiet = await linked({ heartbeat: 0 })
  const call = outcome(quiet.left.invoke('hang'))
  quiet.silence()
  using idle = await linked()
  idle.silence()
  const states: string[] = []
  idle.left.onPeer((state) => states.push(state))
  expect(await Promise.race([call, later(6 * INTERVAL)])).toBe('pending')
  expect(states).toEqual(['connected'])
})
