import { expect, test } from 'vitest'
import { ErrorCode } from '../../src/index.ts'
import { atOnce, type Opener, rejection, settled, within } from './fixture.ts'

export function stopping({ open, tap }: Opener<'service' | 'silent'>): void {
  test("S50: a call that is not answered rejects TIMEOUT at its own deadline, and the handler's signal aborts", async () => {
    const { rpc } = await open('service')
    await rpc.connect()
    expect(await rejection(rpc.invoke('hang', ['x'], { timeout: 20 }))).toMatchObject({
      code: ErrorCode.TIMEOUT,
      message: expect.stringContaining('20 ms'),
      data: { timeout: 20 },
    })
    expect(await within(45_000, rpc.invoke('fate', ['x']))).toBe(DOMException.TIMEOUT_ERR)
  })

  test("S50: the RPC's deadline counts where the call has none, and 0 is none", async () => {
    const { rpc } = await open('service', { timeout: 30 })
    const patient = rpc.invoke('meet', [1, 2], { timeout: 0 })
    expect(await rejection(rpc.invoke('hang', ['x']))).toMatchObject({
      code: ErrorCode.TIMEOUT,
      data: { timeout: 30 },
    })
    await rpc.invoke('meet', [1, 2], { timeout: 0 })
    expect(await patient).toBe(2)
  })

  test('S50: to somebody who never answers, connect and a call that waits reject TIMEOUT', async () => {
    const { rpc, posted } = await tap('silent', { connectTimeout: 30 })
    const waits = rejection(rpc.invoke('echo', ['x']))
    const hasDeadline = rejection(rpc.invoke('echo', ['x'], { timeout: 20 }))
    expect(await rejection(rpc.connect(10))).toMatchObject({ code: ErrorCode.TIMEOUT, data: { timeout: 10 } })
    expect(await hasDeadline).toMatchObject({ code: ErrorCode.TIMEOUT, data: { timeout: 20 } })
    expect(await waits).toMatchObject({ code: ErrorCode.TIMEOUT, data: { timeout: 30 } })
    expect(await rejection(rpc.connect())).toMatchObject({ code: ErrorCode.TIMEOUT, data: { timeout: 30 } })
    // Where a way to the other side must be opened first, not even that.
    expect(posted.filter((message) => Reflect.get(message, 'method') !== 'rpc.connect')).toEqual([])
    expect(posted.length).toBeLessThanOrEqual(1)
  })

  test("a signal that has aborted already rejects with the signal's reason, and nothing is posted", async () => {
    const { rpc, posted } = await tap('service')
    await settled(rpc)
    const before = posted.length
    const reason = { any: 'value' }
    const call = rpc.invoke('hang', ['x'], { signal: AbortSignal.abort(reason) })
    expect(await rejection(call)).toBe(reason)
    expect(posted).toHaveLength(before)
  })

  test('a call that is aborted before the other side is there is never handled', async () => {
    const { rpc } = await open('service')
    const { signal, abort } = control()
    const call = rejection(rpc.invoke('hang', ['x'], { signal }))
    abort('changed my mind')
    expect(await atOnce(call)).toBe('changed my mind')
    expect(await rpc.invoke('started')).toEqual([])
  })

  test("a call that is aborted in flight rejects at once with the reason, and the handler's signal aborts", async () => {
    const { rpc } = await open('service')
    const { signal, abort } = control()
    const aborted = rejection(rpc.invoke('hang', ['aborted'], { signal }))
    const other = rejection(rpc.invoke('hang', ['other']))
    expect(await rpc.invoke('started')).toEqual(['aborted', 'other'])
    const reason = new Error('changed my mind')
    abort(reason)
    expect(await atOnce(aborted)).toBe(reason)
    expect(await within(45_000, rpc.invoke('fate', ['aborted']))).toBe(DOMException.ABORT_ERR)
    rpc.destroy()
    expect(await other).toMatchObject({ code: ErrorCode.CLOSED })
  })

  test('an abort after the answer does nothing', async () => {
    const { rpc, posted } = await tap('service')
    const { signal, abort } = control()
    expect(await rpc.invoke('add', [1, 2], { signal })).toBe(3)
    const before = posted.length
    abort('too late')
    expect(posted).toHaveLength(before)
    expect(await rpc.invoke('add', [1, 2])).toBe(3)
  })
}

function control(): { readonly signal: AbortSignal; readonly abort: (reason: unknown) => void } {
  const controller = new AbortController()
  return { signal: controller.signal, abort: (reason) => controller.abort(reason) }
}
