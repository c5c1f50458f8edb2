/** How a worker comes to life, or does not: run by Node threads and browser workers. */
import { describe, expect, test } from 'vitest'
import { type Diagnostic, ErrorCode, type RPC } from '../../src/index.ts'
import { keepIn } from '../late.ts'
import { type Connect, type Connection, opener, rejection, watchRejections, within } from './fixture.ts'

type Late = '400 ms late' | 'behind a late top-level await'
type Broken = 'throws at load' | 'is not there'

export function lateStart<C extends Connection>(name: string, connect: Connect<Late, C>): void {
  const { open, tap } = opener(connect)
  const kinds: Late[] = ['400 ms late', 'behind a late top-level await']
  describe(`${name}`, () => {
    describe('late start', () => {
      describe.for(kinds)('listening %s', (kind) => {
        test('S45: what is called at once is handled in order, exactly once', async () => {
          const { rpc } = await open(kind)
          const { answers, made } = callEverything(rpc)
          expect(await Promise.all(answers)).toEqual([1, [3, 4], 6])
          expect(await rpc.invoke('noted')).toEqual(made)
        })

        test('S45: a deadline and a signal count while calls wait, and such calls are never handled', async () => {
          const { rpc, posted } = await tap(kind)
          const signal = AbortSignal.timeout(10)
          const aborted = rejection(rpc.invoke('hang', ['aborted'], { signal }))
          const late = rejection(rpc.invoke('hang', ['late'], { timeout: 20 }))
          const started = rpc.invoke('started')
          expect(await aborted).toBe(signal.reason)
          expect(await late).toMatchObject({ code: ErrorCode.TIMEOUT, data: { timeout: 20 } })
          expect(posted.filter((message) => Reflect.get(message, 'method') !== 'rpc.connect')).toEqual([])
          expect(await started).toEqual([])
        })
      })
    })
  })
}

/** A request, a notification, a batch, a notification and a request. */
function callEverything(rpc: RPC): { readonly answers: Promise<unknown>[]; readonly made: unknown[] } {
  const first = rpc.invoke('note', ['a request'])
  rpc.notify('note', ['a notification'])
  const batch = rpc.batch((call) => [call('note', ['in a batch']), call('note', ['in the same batch'])])
  rpc.notify('note', [{ last: 'notification' }])
  const last = rpc.invoke('note', ['the last'])
  return {
    answers: [first, batch, last],
    made: [
      'a request',
      'a notification',
      'in a batch',
      'in the same batch',
      { last: 'notification' },
      'the last',
    ],
  }
}

export function brokenStart<C extends Connection>(
  name: string,
  connect: Connect<Broken, C>,
  says: Readonly<Record<Broken, RegExp>>,
): void {
  const { open } = opener(connect)
  describe.for(Object.entries(says) as [Broken, RegExp][])(`${name} whose script %s`, ([kind, message]) => {
    test('S44: what waits rejects with the reason, and no rejection is unhandled', async () => {
      const unhandled = watchRejections()
      const diagnostics: Diagnostic[] = []
      const { rpc } = await open(kind, { onDiagnostic: keepIn(diagnostics) })
      const calls = Array.from({ length: 10 }, () => rpc.invoke('add', [1, 2]))
      const batch = rpc.batch((call) => {
        call.notify('note')
        return [call('count')]
      })
      rpc.notify('note', ['nobody waits for it'])
      const reasons = await within(45_000, Promise.all([...calls, batch, rpc.connect()].map(rejection)))
      expect(reasons).toEqual(
        Array(12).fill(
          expect.objectContaining({ code: ErrorCode.PEER_GONE, message: expect.stringMatching(message) }),
        ),
      )
      expect(diagnostics).toContainEqual(expect.objectContaining({ kind: 'undeliverable', about: 'note' }))
      expect(await unhandled.stop()).toEqual([])
    })
  })
}
