import { expect, test } from 'vitest'
import { ErrorCode, type RPC } from '../../../src/index.ts'
import type { Connection, Opener } from '../../contract/fixture.ts'

/** More calls in one tick than a medium takes at once. */
export function flooding<C extends Connection>(open: Opener<'service', C>['open']): void {
  test(
    'S60: 50,000 requests in one tick are all answered, or refused BUSY',
    { timeout: 120_000 },
    async () => {
      const { rpc } = await open('service')
      await rpc.connect()
      expect(await outcomes(rpc, 50_000)).toSatisfy((all: unknown[]) =>
        all.every((one, i) => one === i + 1 || one === ErrorCode.BUSY),
      )
      expect(await rpc.invoke('add', [1, 2])).toBe(3)
    },
  )
}

/** What each of `count` calls is answered, or the code that it rejects with. */
const outcomes = (rpc: RPC, count: number): Promise<unknown[]> =>
  Promise.all(
    Array.from({ length: count }, (_, i) =>
      rpc.invoke('add', [i, 1]).catch((error: unknown) => Reflect.get(Object(error), 'code')),
    ),
  )
