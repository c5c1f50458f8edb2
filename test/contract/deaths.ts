import { describe, expect, test } from 'vitest'
import { ErrorCode } from '../../src/index.ts'
import { type Connection, hanging, type Opener, rejection, within } from './fixture.ts'
import type { Death, Deaths } from './suite.ts'

// The one that every medium tells: a message.
const destroyed: Death = { says: /closed over there/, die: ({ rpc }) => rpc.notify('leave') }

export function dying<C extends Connection>({ open }: Opener<'service', C>, deaths: Deaths<C>): void {
  const all: Record<string, Death<C>> = { 'the other side calls destroy()': destroyed, ...deaths }
  describe.for(Object.entries(all))('when %s', ([, { says, die }]) => {
    test('S43, S48: each of 10 pending calls rejects PEER_GONE once, and later calls at once', async () => {
      const { rpc, connection } = await open('service')
      const states: string[] = []
      rpc.onPeer((state) => states.push(state))
      const { all: ended, reasons } = hanging(rpc, 10)
      expect(await rpc.invoke('started')).toHaveLength(10)
      die({ rpc, connection })
      await within(45_000, ended)
      expect(reasons).toEqual(
        Array(10).fill(
          expect.objectContaining({ code: ErrorCode.PEER_GONE, message: expect.stringMatching(says) }),
        ),
      )
      expect(await rejection(rpc.invoke('add', [1, 2]))).toMatchObject({ code: ErrorCode.PEER_GONE })
      expect(await rejection(rpc.connect())).toMatchObject({ code: ErrorCode.PEER_GONE })
      expect(() => rpc.notify('note')).toThrow(expect.objectContaining({ code: ErrorCode.PEER_GONE }))
      expect(states).toEqual(['waiting', 'connected', 'gone'])
    })
  })
}
