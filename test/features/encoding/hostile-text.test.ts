import { expect, test } from 'vitest'
import { marks } from './attack-marks.ts'
import { beyond, invented, thenables } from './attack-calls.ts'
import { frames, streams } from './attack-streams.ts'
import { attacked } from './attacked.ts'
import { watchProcess } from './collect.ts'

watchProcess()
// In a process of its own: see `finalizes`.
const attacks = [...marks, ...thenables, ...invented, ...beyond, ...streams, ...frames]

for (const { what, attack } of attacks.filter(({ medium = 'text' }) => medium === 'text'))
  test(`S35, S52: text: after ${what} the next call works and nothing is held`, async () => {
    using peer = await attacked({ text: true })
    await attack(peer)
    await expect(peer.expectUnharmed()).resolves.toBeUndefined()
  }, 60_000)
