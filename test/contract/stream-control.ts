import { expect, test } from 'vitest'
import { ErrorCode, withOptions } from '../../src/index.ts'
import { type Opener, rejection, settled, within } from './fixture.ts'
import { deferred } from './there/deferred.ts'
import { source, type StreamMethods } from './there/streams.ts'

/** Async iterables: how far they run ahead, and what stops them from outside. */
export function streamControl({ open }: Opener<'service'>): void {
  test('nothing is asked of a generator before its consumer asks', async () => {
    const { rpc } = await open('service')
    const stream = await rpc.remote<StreamMethods>('stream').endless()
    for (let i = 0; i < 3; i++) await settled(rpc)
    expect(await rpc.invoke('stream.made')).toBe(0)
    expect((await stream.next()).value).toBe(1)
  })

  test.for([
    ['numbers', 16],
    ['numbers', 1_024],
    ['objects', 16],
    ['objects', 64],
  ] as const)(
    'a generator of %s never runs more than %s items ahead of a consumer that stops',
    async ([kind, credit]) => {
      const limits = credit === 16 ? { streamCredit: 16 } : {}
      const { rpc } = await open('service', { limits })
      const remote = rpc.remote<StreamMethods>('stream')
      const stream = await (kind === 'numbers' ? remote.endless() : remote.endlessObjects())
      for (const round of [1, 10, 300, 3_000]) {
        for (let i = 0; i < round; i++) await stream.next()
        // What it would make without being asked, it has made after these.
        for (let i = 0; i < 3; i++) await settled(rpc)
        const made = await rpc.invoke<number>(kind === 'numbers' ? 'stream.made' : 'stream.madeObjects')
        const taken = [1, 10, 300, 3_000].filter((n) => n <= round).reduce((sum, n) => sum + n)
        expect(made).toBeGreaterThanOrEqual(taken)
        expect(made).toBeLessThanOrEqual(taken + credit)
      }
    },
  )

  test('a generator here never runs more than 1,024 items ahead of a consumer there that stops', async () => {
    const { rpc } = await open('service')
    const { generate, made, ended } = source()
    const reached = deferred<void>()
    const goOn = deferred<void>()
    const gate = (): Promise<void> => {
      reached.resolve()
      return goOn.promise
    }
    const taken = rpc.invoke('stream.take', [generate(), 10, gate])
    await within(45_000, reached.promise)
    for (let i = 0; i < 3; i++) await settled(rpc)
    expect(made()).toBeGreaterThanOrEqual(10)
    expect(made()).toBeLessThanOrEqual(10 + 1_024)
    goOn.resolve()
    expect(await within(45_000, taken)).toHaveLength(10)
    expect(await within(45_000, ended)).toBe('finally was reached')
  })

  test('a signal of withOptions() ends the loop with its reason, and reaches the finally of the generator', async () => {
    const { rpc } = await open('service')
    const controller = new AbortController()
    const reason = new Error('changed my mind')
    const remote = withOptions(rpc.remote<StreamMethods>('stream'), { signal: controller.signal })
    let taken = 0
    const loop = async (): Promise<void> => {
      for await (const _ of remote.endless()) if (++taken === 5) controller.abort(reason)
    }
    expect(await within(45_000, rejection(loop()))).toBe(reason)
    expect(taken).toBe(5)
    expect(await within(45_000, rpc.invoke('stream.ended'))).toBe('finally was reached')
    expect(await rejection(remote.endless())).toBe(reason)
  })

  test('a signal ends a loop that waits for an item', async () => {
    const { rpc } = await open('service')
    const controller = new AbortController()
    const remote = withOptions(rpc.remote<StreamMethods>('stream'), { signal: controller.signal })
    const loop = async (): Promise<void> => {
      for await (const item of remote.oneThenNone())
        if (item === 'one') setTimeout(() => controller.abort('stop'))
    }
    expect(await within(45_000, rejection(loop()))).toBe('stop')
  })

  test('S43: the end of the other side ends a loop with PEER_GONE', async () => {
    const { rpc } = await open('service')
    const taken: unknown[] = []
    const loop = async (): Promise<void> => {
      for await (const item of rpc.remote<StreamMethods>('stream').oneThenNone()) {
        taken.push(item)
        rpc.notify('leave')
      }
    }
    expect(await within(45_000, rejection(loop()))).toMatchObject({ code: ErrorCode.PEER_GONE })
    expect(taken).toEqual(['one'])
  })

  test('S43: the end of the other side reaches the finally of a generator here', async () => {
    const { rpc } = await open('service')
    const { generate, ended } = source()
    const reached = deferred<void>()
    const gate = (): Promise<void> => {
      reached.resolve()
      return new Promise(() => {})
    }
    rejection(rpc.invoke('stream.take', [generate(), 1, gate])).catch(() => {})
    await within(45_000, reached.promise)
    rpc.notify('leave')
    expect(await within(45_000, ended)).toBe('finally was reached')
  })

  test('S49: destroy ends a loop with CLOSED, and reaches the finally of a generator here', async () => {
    const { rpc } = await open('service')
    const { generate, ended } = source()
    const reached = deferred<void>()
    const gate = (): Promise<void> => {
      reached.resolve()
      return new Promise(() => {})
    }
    rejection(rpc.invoke('stream.take', [generate(), 1, gate])).catch(() => {})
    await within(45_000, reached.promise)
    const stream = await rpc.remote<StreamMethods>('stream').oneThenNone()
    expect((await stream.next()).value).toBe('one')
    const next = rejection(stream.next())
    rpc.destroy()
    expect(await within(45_000, next)).toMatchObject({ code: ErrorCode.CLOSED })
    expect(await within(45_000, ended)).toBe('finally was reached')
  })

  test('callContext() works in each part of a generator, and its signal aborts when the consumer breaks', async () => {
    const { rpc } = await open('service')
    const taken: unknown[] = []
    for await (const item of rpc.remote<StreamMethods>('stream').contextual())
      if (taken.push(item) === 4) break
    expect(taken).toEqual(['stream.contextual', 'stream.contextual', true, true])
    expect(await within(45_000, rpc.invoke('stream.contextAborted'))).toBe(true)
  })
}
