import { expect, test } from 'vitest'
import { ErrorCode, proxy, release, type RPC } from '../../src/index.ts'
import { type Opener, rejection } from './fixture.ts'
import { range, type StreamMethods } from './there/streams.ts'

type Fn = ((...args: unknown[]) => Promise<unknown>) & { [Symbol.dispose](): void }

const RELEASED = expect.objectContaining({ code: ErrorCode.RELEASED }) as unknown

// What was released is told in a task of its own.
const untilToldOf = (rpc: RPC): Promise<unknown> => rpc.invoke('callback.inOwnTask')

/** What is passed by reference, and let go of. */
export function releases({ open }: Opener<'service'>): void {
  test('a callback that was released over there rejects RELEASED there, until it is passed again', async () => {
    const { rpc } = await open('service')
    const fn = (): string => 'called'
    await rpc.invoke('callback.keep', ['fn', fn])
    await rpc.invoke('callback.releaseKept', ['fn'])
    expect(await rejection(rpc.invoke('callback.callKept', ['fn']))).toEqual(RELEASED)
    await rpc.invoke('callback.keep', ['fn', fn])
    expect(await rpc.invoke('callback.callKept', ['fn'])).toBe('called')
  })

  test('a function of the other side that was released here rejects RELEASED, until it is passed again', async () => {
    const { rpc } = await open('service')
    const { left } = await rpc.invoke<{ left: Fn }>('callback.twins')
    release(left)
    release(left)
    expect(await rejection(left())).toEqual(RELEASED)
    const again = await rpc.invoke<{ left: Fn }>('callback.twins')
    expect(await again.left()).toBe('twin')
    expect(await rejection(left())).toEqual(RELEASED)
  })

  test('a function that is passed while its release is under way is not lost', async () => {
    const { rpc } = await open('service')
    const { left } = await rpc.invoke<{ left: Fn }>('callback.twins')
    const next = rpc.invoke<{ left: Fn }>('callback.twins')
    release(left)
    const fresh = (await next).left
    await untilToldOf(rpc)
    expect(await fresh()).toBe('twin')
  })

  test.runIf('dispose' in Symbol)('`using` releases, both ways', async () => {
    const { rpc } = await open('service')
    const { left } = await rpc.invoke<{ left: Fn }>('callback.twins')
    {
      using fn = left
      expect(await fn()).toBe('twin')
    }
    expect(await rejection(left())).toEqual(RELEASED)
    await rpc.invoke('callback.keep', ['fn', () => 'called'])
    await rpc.invoke('callback.useKept', ['fn'])
    expect(await rejection(rpc.invoke('callback.callKept', ['fn']))).toEqual(RELEASED)
  })

  test('with `scoped` a callback can be called until the call is settled, and rejects RELEASED from then on', async () => {
    const { rpc } = await open('service')
    const fn = (): string => 'called'
    const scoped = { scoped: true }
    expect(await rpc.invoke('callback.callWith', [fn], scoped)).toBe('called')
    await rpc.invoke('callback.keep', ['fn', fn], scoped)
    expect(await rejection(rpc.invoke('callback.callKept', ['fn']))).toEqual(RELEASED)
  })

  test('with `scoped` a function that was also passed for longer stays', async () => {
    const { rpc } = await open('service')
    const fn = (): string => 'called'
    await rpc.invoke('callback.keep', ['fn', fn])
    await rpc.invoke('callback.callWith', [fn], { scoped: true })
    expect(await rpc.invoke('callback.callKept', ['fn'])).toBe('called')
  })

  test('a scoped callback is released when its call fails, and when it is aborted', async () => {
    const { rpc } = await open('service')
    await rpc.invoke('callback.keep', ['before', () => {}], { scoped: true })
    const fails = (): never => {
      throw new Error('failed')
    }
    await rejection(rpc.invoke('callback.callWith', [fails], { scoped: true }))
    const controller = new AbortController()
    const options = { scoped: true, signal: controller.signal }
    const began = new Promise<void>((resolve) => {
      const begin = (): Promise<never> => {
        resolve()
        return new Promise(() => {})
      }
      rejection(rpc.invoke('callback.callWith', [begin], options)).catch(() => {})
    })
    await began
    controller.abort()
    expect(await rpc.invoke('count')).toBe(0)
  })

  test('a remote of an object that was released rejects RELEASED, on either side', async () => {
    const { rpc } = await open('service')
    const own = await rpc.invoke<{ increment(): Promise<number> }>('object.own')
    expect(await own.increment()).toBe(101)
    release(own)
    expect(await rejection(own.increment())).toEqual(RELEASED)
    await rpc.invoke('object.keep', [proxy({ increment: () => 1 })])
    expect(await rpc.invoke('object.useKept')).toEqual({ resolved: 1 })
    await rpc.invoke('object.releaseKept')
    expect(await rpc.invoke('object.useKept')).toMatchObject({ code: ErrorCode.RELEASED })
  })

  test('a stream that is released ends, and its generator with it', async () => {
    const { rpc } = await open('service')
    const stream = await rpc.remote<StreamMethods>('stream').endless()
    await stream.next()
    release(stream)
    expect(await stream.next()).toEqual({ value: undefined, done: true })
    expect(await rpc.invoke('stream.ended')).toBe('finally was reached')
  })

  test('there is nothing to release in what did not come from the other side', async () => {
    await open('service')
    for (const value of [() => {}, {}, [], proxy({})]) expect(() => release(value)).toThrow(TypeError)
  })

  test('S52: with a limit of 8 references, 50 scoped and released callbacks, functions and ended streams go through', async () => {
    const { rpc } = await open('service', { limits: { maxReferences: 8 } })
    for (let i = 0; i < 50; i++) {
      expect(await rpc.invoke('callback.callWith', [() => i], { scoped: true })).toBe(i)
      const add = await rpc.invoke<Fn>('callback.adder', [i])
      expect(await add(1)).toBe(i + 1)
      release(add)
      await rpc.invoke('callback.keep', ['fn', () => i])
      await rpc.invoke('callback.releaseKept', ['fn'])
      await untilToldOf(rpc)
      expect(await rpc.invoke('stream.collect', [range(1, 3)])).toEqual([1, 2, 3])
      for await (const n of rpc.remote<StreamMethods>('stream').range(1, 10)) if (n === 2) break
    }
  })

  test('S52: over the limit of references a call rejects, and the connection lives', async () => {
    const { rpc } = await open('service', { limits: { maxReferences: 8 } })
    const many = (): (() => void)[] => Array.from({ length: 9 }, () => () => {})
    for (let i = 0; i < 3; i++)
      expect(await rejection(rpc.invoke('count', many()))).toMatchObject({ code: ErrorCode.BUSY })
    expect(await rpc.invoke('count', many().slice(1), { scoped: true })).toBe(8)
    expect(await rpc.invoke('count', many().slice(1), { scoped: true })).toBe(8)
  })

  test('S53: a call of a function is answered even if nobody holds the function any more', async () => {
    const { rpc } = await open('service')
    const answers = await Promise.all(
      Array.from({ length: 50 }, async (_, i) => (await rpc.invoke<Fn>('callback.adder', [i]))(1)),
    )
    expect(answers).toEqual(Array.from({ length: 50 }, (_, i) => i + 1))
  })
}
