import { expect, test } from 'vitest'
import { ErrorCode } from '../../../src/index.ts'
import {
  type Connection,
  hanging,
  type Opened,
  type Opener,
  rejection,
  within,
} from '../../contract/fixture.ts'

/** When everything that can be alive is. Needs the methods `forever` and `makeCallback` over there. */
export function dyingWithEverything<C extends Connection>(
  open: Opener<'service', C>['open'],
  die: (opened: Opened<C>) => unknown,
  says: RegExp,
): void {
  test('S48: when it dies with 10 calls, 2 streams and 3 references alive, all settle PEER_GONE, once', async () => {
    const { rpc, connection } = await open('service')
    const gone = expect.objectContaining({
      code: ErrorCode.PEER_GONE,
      message: expect.stringMatching(says) as string,
    })
    const streams: AsyncIterableIterator<number>[] = []
    for (let i = 0; i < 2; i++) {
      const stream = await rpc.invoke<AsyncIterableIterator<number>>('forever')
      expect(await stream.next()).toEqual({ value: 0, done: false })
      streams.push(stream)
    }
    const makes = [1, 2, 3].map((n) => rpc.invoke<() => Promise<number>>('makeCallback', [n]))
    const callbacks = await Promise.all(makes)
    expect(await callbacks[0]?.()).toBe(1)
    const { all, reasons } = hanging(rpc, 10)
    expect(await rpc.invoke('started')).toHaveLength(10)
    const ends = streams.map((stream) =>
      rejection(
        (async () => {
          for await (const _ of stream);
        })(),
      ),
    )
    die({ rpc, connection })
    await within(45_000, all)
    expect(reasons).toEqual(Array(10).fill(gone))
    expect(await within(45_000, Promise.all(ends))).toEqual([gone, gone])
    for (const callback of callbacks)
      expect(await within(45_000, rejection(callback()))).toMatchObject({ code: ErrorCode.PEER_GONE })
  })
}
