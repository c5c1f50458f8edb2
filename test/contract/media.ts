import { expect, test } from 'vitest'
import { ErrorCode } from '../../src/index.ts'
import { type Connection, type Opener, rejection } from './fixture.ts'

/** What media that clone can do beyond JSON. */
export function cloning({ open }: Opener<'service'>): void {
  test('what structured clone can carry arrives as it was', async () => {
    const { rpc } = await open('service')
    const loop: { self?: object } = {}
    loop.self = loop
    const value = {
      date: new Date(1e12),
      map: new Map([[{ key: 1 }, new Set(['a', 2])]]),
      bytes: new Uint8Array([0, 127, 255]),
      numbers: [NaN, -0, Infinity],
      big: 2n ** 70n,
      pattern: /a+/g,
      missing: undefined,
      loop,
    }
    expect(await rpc.invoke('echo', [value])).toStrictEqual(value)
  })
}

export function transferring({ open }: Opener<'service'>): void {
  test('an ArrayBuffer in `transfer` is moved, not copied', async () => {
    const { rpc } = await open('service')
    await rpc.connect()
    const moved = new ArrayBuffer(1_000)
    const copied = new ArrayBuffer(500)
    expect(await rpc.invoke('size', [moved], { transfer: [moved] })).toBe(1_000)
    expect(await rpc.invoke('size', [copied])).toBe(500)
    expect([moved.byteLength, copied.byteLength]).toEqual([0, 500])
  })

  test('an ArrayBuffer that is transferred before the other side is there is moved at once', async () => {
    const { rpc } = await open('service')
    const buffer = new ArrayBuffer(1_000)
    const size = rpc.invoke('size', [buffer], { transfer: [buffer] })
    expect(buffer.byteLength).toBe(0)
    expect(await size).toBe(1_000)
  })

  test('S41: params that the platform refuses reject UNDELIVERABLE, and what was to be transferred stays', async () => {
    const { rpc } = await open('service')
    await rpc.connect()
    const buffer = new ArrayBuffer(8)
    const detached = new ArrayBuffer(8)
    structuredClone(detached, { transfer: [detached] })
    const call = rpc.invoke('size', [buffer, detached], { transfer: [buffer] })
    expect(await rejection(call)).toMatchObject({
      code: ErrorCode.UNDELIVERABLE,
      cause: { name: 'DataCloneError' },
    })
    expect(buffer.byteLength).toBe(8)
    expect(await rpc.invoke('size', [buffer], { transfer: [buffer] })).toBe(8)
  })
}

export function listening<C extends Connection>(
  { open }: Opener<'service', C>,
  listeners: (connection: C) => number,
): void {
  test('S49: destroy leaves no listener behind on the endpoint', async () => {
    const { rpc, connection } = await open('service')
    expect(await rpc.invoke('add', [1, 2])).toBe(3)
    expect(listeners(connection)).toBeGreaterThan(0)
    rpc.destroy()
    expect(listeners(connection)).toBe(0)
  })
}
