import { expect, test } from 'vitest'
import { callContext, ErrorCode } from '../../src/index.ts'
import { AGAIN, hanging, type Opener, rejection, settled, start, within } from './fixture.ts'
import { meeting } from './service.ts'

export function destruction({ open, tap }: Opener<'service'>): void {
  test('S49: destroy rejects what is pending and every later call with CLOSED, and says it once', async () => {
    const { rpc } = await open('service')
    const states: string[] = []
    rpc.onPeer((state) => states.push(state))
    const { all, reasons } = hanging(rpc, 10)
    expect(await rpc.invoke('started')).toHaveLength(10)
    rpc.destroy()
    rpc.destroy()
    await all
    expect(reasons).toEqual(Array(10).fill(expect.objectContaining({ code: ErrorCode.CLOSED })))
    expect(await rejection(rpc.invoke('add', [1, 2]))).toMatchObject({ code: ErrorCode.CLOSED })
    expect(await rejection(rpc.connect())).toMatchObject({ code: ErrorCode.CLOSED })
    expect(() => rpc.notify('note')).toThrow(expect.objectContaining({ code: ErrorCode.CLOSED }))
    expect(states).toEqual(['waiting', 'connected', 'closed'])
  })

  test('S49: destroy rejects what waits for the peer', AGAIN, async () => {
    const { rpc } = await open('service')
    const waiting = [rpc.invoke('add', [1, 2]), rpc.connect(), rpc.batch((call) => [call('count')])].map(
      rejection,
    )
    rpc.destroy()
    expect(await Promise.all(waiting)).toEqual(
      Array(3).fill(expect.objectContaining({ code: ErrorCode.CLOSED })),
    )
  })

  test('S49: destroy aborts the signals of handlers that run here', async () => {
    const { rpc } = await open('service')
    const running = new Promise<AbortSignal>((resolve) => {
      rpc.registerMethod('slow', () => {
        resolve(callContext().signal)
        return new Promise(() => {})
      })
    })
    rpc.notify('startCall', ['slow'])
    const signal = await within(45_000, running)
    expect(signal.aborted).toBe(false)
    rpc.destroy()
    expect(signal).toMatchObject({ aborted: true, reason: { code: ErrorCode.CLOSED } })
  })

  test(
    'after destroy the peer knows that this side is gone, and a successor on the endpoint connects',
    AGAIN,
    async () => {
      const { rpc, connection } = await open('service')
      let reached = (): void => {}
      const arrival = new Promise<void>((resolve) => (reached = resolve))
      rpc.registerMethod('never', () => {
        reached()
        return new Promise(() => {})
      })
      // The first of them has arrived when the second is answered; what is under way at the end may be lost.
      const hang = rejection(rpc.invoke('hang', ['orphan']))
      rpc.notify('startCall', ['never'])
      await within(45_000, arrival)
      rpc.destroy()
      expect(await hang).toMatchObject({ code: ErrorCode.CLOSED })

      const successor = start({ transport: connection.transport })
      expect(await within(45_000, successor.invoke('history'))).toEqual({
        states: ['waiting', 'connected', 'gone', 'connected'],
        ends: [ErrorCode.PEER_GONE],
      })
      expect(await successor.invoke('fate', ['orphan'])).toBe(ErrorCode.PEER_GONE)
      successor.registerMethod('meet', meeting())
      expect(await successor.invoke('callBack', [2])).toEqual([0, 2])
    },
  )

  test('after destroy nothing that arrives is looked at', AGAIN, async () => {
    const { rpc, connection, received } = await tap('service')
    const called: unknown[] = []
    rpc.registerMethod('meet', () => called.push('meet'))
    await settled(rpc)
    rpc.notify('startCall', ['meet'])
    rpc.destroy()
    const before = received.length
    // Its answer comes after everything that the service sent to the destroyed one.
    const next = start({ transport: connection.transport, plain: true })
    expect(await within(45_000, next.invoke('add', [1, 2]))).toBe(3)
    expect(called).toEqual([])
    expect(received).toHaveLength(before)
  })

  test('a successor is not misled by a call that was on its way to the one before', AGAIN, async () => {
    const { rpc, connection } = await open('service')
    await settled(rpc)
    rpc.notify('startCall', ['meet'])
    rpc.destroy()
    const successor = start({ transport: connection.transport })
    expect(await within(45_000, successor.invoke('add', [1, 2]))).toBe(3)
  })
}
