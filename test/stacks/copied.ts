/** C04: what every store's state must get, whatever medium it is passed over. */
import { expect, test } from 'vitest'
import { media } from './remote.ts'

/** State of a store: a value of the store, and the plain data that it stands for. */
export interface State {
  readonly name: string
  /** Calls `use` with the state, and what changes it. It may be of no use after that. */
  readonly with: (use: (state: object, change: () => void) => Promise<void>[]) => Promise<void>[]
  /** What is in it before `change`. */
  readonly plain: unknown
}

export function testCopies(states: readonly State[]): void {
  for (const { name, with: withState, plain } of states)
    for (const [medium, open] of media)
      test(`C04: ${name} is copied as plain data over ${medium}, as it is at the call`, async () => {
        const remote = await open()
        const expected = { json: JSON.stringify(plain), isPlain: true }
        await Promise.all(
          withState((state, change) => {
            const alone = remote.see(state)
            // Whatever else is called in the turn, before and after.
            const beside = [
              remote.add(1, 2),
              remote.see(state),
              remote.see({ list: [state] }),
              remote.add(3, 4),
            ]
            change()
            return [
              expect(alone).resolves.toEqual(expected),
              expect(Promise.all(beside)).resolves.toEqual([
                3,
                expected,
                { json: JSON.stringify({ list: [plain] }), isPlain: true },
                7,
              ]),
            ]
          }),
        )
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
