/** What somebody on a bus does that is not its to do, run in Node and in browsers. */
import { describe, expect, test } from 'vitest'
import type { Bus } from '../../../src/entries/broadcast.ts'
import { within } from '../../contract/fixture.ts'
import { allJoined, bystander, opening } from './buses.ts'

const MINUTE = 60_000

export function busAttacks(where: string): void {
  describe(`a bus in ${where} under attack`, { timeout: 2 * MINUTE }, () => {
    test('A23: 1,000 forged peers lock nobody out: a new one is known and called', async () => {
      const { name, open } = opening()
      const first = open({ name: 'first', methods: { add: (a: number, b: number) => a + b } })
      const second = open({ name: 'second', methods: { add: (a: number, b: number) => a + b } })
      await allJoined(first, second)
      expect(await first.peer(second.id).invoke('add', [1, 2])).toBe(3)
      const { say } = bystander(name)
      for (let i = 0; i < 2_500; i++)
        say({
          portcall: 1,
          from: `forged ${i}`,
          message: { jsonrpc: '2.0', method: 'rpc.here', params: ['x', true] },
        })
      await expect.poll(() => first.peers().length, { timeout: MINUTE }).toBe(1_000)
      const third = open({ name: 'third', methods: { add: (a: number, b: number) => a + b } })
      const isKnown = (bus: Bus, id: string): boolean => bus.peers().some((peer) => peer.id === id)
      await expect.poll(() => isKnown(first, third.id), { timeout: MINUTE }).toBe(true)
      expect(await within(MINUTE, first.peer(third.id).invoke('add', [2, 3]))).toBe(5)
      expect(first.peers().length).toBeLessThanOrEqual(1_000)
      // Who was called before is not forgotten for them.
      expect(await within(MINUTE, first.peer(second.id).invoke('add', [3, 4]))).toBe(7)
      expect(await within(MINUTE, second.peer(first.id).invoke('add', [4, 5]))).toBe(9)
    })

    test('A23: answers of a third party settle no call that was meant for another', async () => {
      const { name, open } = opening()
      const asker = open({ name: 'asker' })
      const asked = open({
        name: 'asked',
        methods: { slow: () => new Promise((resolve) => setTimeout(() => resolve('its own'), 200)) },
      })
      await allJoined(asker, asked)
      const { seen, say } = bystander(name)
      const call = asker.peer(asked.id).invoke('slow')
      await expect.poll(() => seen.find(({ message }) => message?.method === 'slow')).toBeTruthy()
      const id = seen.find(({ message }) => message?.method === 'slow')?.message?.id
      for (const from of ['a third one', 'a fourth one'])
        for (const to of [asker.id, undefined])
          say({ portcall: 1, from, ...(to && { to }), message: { jsonrpc: '2.0', id, result: 'forged' } })
      expect(await within(MINUTE, call)).toBe('its own')
    })
  })
}
