/** C04: what every store's state must get, whatever medium it is passed over. */
import { expect, test } from 'vitest'
import { media } from './remote.ts'

type Use = (state: object, change: () => void) => void

/** State of a store, and the plain data that it stands for. */
export interface State {
  readonly name: string
  /** Calls `use` with the state, and what changes it. The state may be of no use after that. */
  readonly with: (use: Use) => void
  /** What is in it before `change`. */
  readonly plain: unknown
}

export function testCopies(states: readonly State[]): void {
  for (const { name, with: withState, plain } of states)
    for (const [medium, open] of media)
      test(`C04: ${name} is copied as plain data over ${medium}, as it is at the call`, async () => {
        const remote = await open()
        const calls: Promise<unknown>[] = []
        withState((state, change) => {
          // Alone, then with whatever else is called in the turn.
          calls.push(remote.see(state), remote.add(1, 2), remote.see(state), remote.see({ list: [state] }))
          calls.push(remote.add(3, 4))
          change()
        })
        const expected = { json: JSON.stringify(plain), isPlain: true }
        const around = { json: JSON.stringify({ list: [plain] }), isPlain: true }
        expect(await Promise.all(calls)).toEqual([expected, 3, expected, around, 7])
      })
}

/** What cannot be sent is named by its path. */
export function testRefusal(name: string, state: object): void {
  for (const [medium, open] of media)
    test(`C04: what cannot be sent in ${name} is refused with its path over ${medium}`, async () => {
      const remote = await open()
      await expect(remote.see(state)).rejects.toMatchObject({
        code: -32052,
        message: expect.stringMatching(/nested\.symbol/),
      })
      expect(await remote.add(1, 2)).toBe(3)
    })
}
