import { expect, test } from 'vitest'
import { ErrorCode } from '../../src/index.ts'
import { type Opener, settled, within } from './fixture.ts'
import { aborted, stateOf } from './there/signals.ts'

interface Controlled {
  readonly signal: AbortSignal
  readonly again: readonly [AbortSignal]
  readonly abort: (message?: string) => Promise<void>
}

export function signals({ open }: Opener<'service'>): void {
  test('an AbortSignal arrives as a real one that has not aborted', async () => {
    const { rpc } = await open('service')
    const state = await rpc.invoke('signal.stateOf', [new AbortController().signal])
    expect(state).toMatchObject({ isReal: true, aborted: false })
    expect(stateOf(await rpc.invoke('signal.stateOf', [AbortSignal.timeout(60_000)]))).toBeDefined()
  })

  test('when it aborts, it aborts there with the reason as one of its class', async () => {
    const { rpc } = await open('service')
    const abortedBy = async (abort: (controller: AbortController) => void): Promise<object> => {
      const controller = new AbortController()
      const listening = (): void => abort(controller)
      return within(45_000, rpc.invoke<object>('signal.untilAborted', [controller.signal, listening]))
    }
    const isReal = true
    expect(await abortedBy((controller) => controller.abort(new RangeError('too far')))).toMatchObject({
      isReal,
      aborted: true,
      reason: { class: 'RangeError', message: 'too far' },
    })
    expect(await abortedBy((controller) => controller.abort())).toMatchObject({
      isReal,
      aborted: true,
      reason: { class: 'DOMException', name: 'AbortError' },
    })
    for (const reason of ['a word', 0, null, ''])
      expect(await abortedBy((controller) => controller.abort(reason))).toMatchObject({
        aborted: true,
        reason: reason ?? {},
      })
  })

  test('a signal that has aborted already arrives so, with its reason', async () => {
    const { rpc } = await open('service')
    expect(await rpc.invoke('signal.stateOf', [AbortSignal.abort('before')])).toEqual({
      isReal: true,
      aborted: true,
      reason: 'before',
    })
    expect(await rpc.invoke('signal.stateOf', [AbortSignal.abort(new TypeError('before'))])).toMatchObject({
      aborted: true,
      reason: { class: 'TypeError', message: 'before' },
    })
  })

  test('a reason that cannot be sent aborts the signal all the same', async () => {
    const { rpc } = await open('service')
    const controller = new AbortController()
    const listening = (): void => controller.abort({ at: Symbol('x') })
    const state = rpc.invoke('signal.untilAborted', [controller.signal, listening])
    expect(await within(45_000, state)).toMatchObject({ isReal: true, aborted: true })
  })

  test('a signal works after the call that passed it was answered', async () => {
    const { rpc } = await open('service')
    const controller = new AbortController()
    await rpc.invoke('signal.keep', [controller.signal])
    await settled(rpc)
    expect(await rpc.invoke('signal.keptState')).toMatchObject({ aborted: false })
    controller.abort('later')
    expect(await within(45_000, rpc.invoke('signal.keptAborted'))).toEqual({
      isReal: true,
      aborted: true,
      reason: 'later',
    })
  })

  test('a signal that is passed twice is one there, wherever it stands, also in a later call', async () => {
    const { rpc } = await open('service')
    const { signal } = new AbortController()
    expect(await rpc.invoke('signal.same', [{ signal }, [signal]])).toBe(true)
    expect(await rpc.invoke('signal.same', [{ signal }, [new AbortController().signal]])).toBe(false)
    await rpc.invoke('signal.keep', [signal])
    expect(await rpc.invoke('signal.isKept', [signal])).toBe(true)
  })

  test('a signal in a result is a real one here, aborts with its reason, and is one in each place', async () => {
    const { rpc } = await open('service')
    const { signal, again, abort } = await rpc.invoke<Controlled>('signal.controlled')
    expect(stateOf(signal)).toMatchObject({ isReal: true, aborted: false })
    expect(again[0]).toBe(signal)
    const state = aborted(signal)
    await abort('over there')
    expect(await within(45_000, state)).toMatchObject({
      aborted: true,
      reason: { class: 'RangeError', message: 'over there' },
    })
    expect(stateOf(await rpc.invoke('signal.alreadyAborted'))).toEqual({
      isReal: true,
      aborted: true,
      reason: 'done before',
    })
  })

  test('a signal stops a call of this side like any other', async () => {
    const { rpc } = await open('service')
    const { signal, abort } = await rpc.invoke<Controlled>('signal.controlled')
    const hangs = rpc.invoke('hang', ['by their signal'], { signal })
    hangs.catch(() => {})
    await abort('stop it')
    await expect(within(45_000, hangs)).rejects.toThrow('stop it')
    expect(await within(45_000, rpc.invoke('fate', ['by their signal']))).toBe(DOMException.ABORT_ERR)
  })

  test('a signal of a side that is gone aborts with PEER_GONE', async () => {
    const { rpc } = await open('service')
    const { signal } = await rpc.invoke<Controlled>('signal.controlled')
    const state = aborted(signal)
    rpc.notify('leave')
    expect(await within(45_000, state)).toMatchObject({ reason: { code: ErrorCode.PEER_GONE } })
  })

  test('S52: signals that have aborted count no longer against the limit of references', async () => {
    const { rpc } = await open('service', { limits: { maxReferences: 8 } })
    for (let i = 0; i < 50; i++) {
      const controller = new AbortController()
      await rpc.invoke('signal.stateOf', [controller.signal])
      controller.abort()
    }
    expect(await rpc.invoke('count')).toBe(0)
  })
}
