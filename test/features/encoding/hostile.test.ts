import { expect, test } from 'vitest'
import { alone, notification, request, turn } from '../../peer/pair.ts'
import { marks } from './attack-marks.ts'
import { beyond, invented, thenables } from './attack-calls.ts'
import { frames, streams } from './attack-streams.ts'
import { attacked } from './attacked.ts'
import { watchProcess } from './collect.ts'

watchProcess()

const attacks = [...marks, ...thenables, ...invented, ...beyond, ...streams, ...frames]

for (const { what, attack } of attacks.filter(({ medium = 'clone' }) => medium === 'clone'))
  test(`S35, S52: clone: after ${what} the next call works and nothing is held`, async () => {
    using peer = await attacked({ text: false })
    await attack(peer)
    await expect(peer.expectUnharmed()).resolves.toBeUndefined()
  })

test('S35: nothing about values is obeyed before the hello', async () => {
  const seen: unknown[] = []
  using peer = alone({ plain: false, methods: { take: (value: unknown) => void seen.push(value) } })
  peer.receive({ ...request('a', 'rpc.new', [null, 'take']), values: [] })
  for (const method of ['release', 'pull', 'next', 'end', 'stop', 'abort', 'forget'])
    peer.receive(notification(`rpc.${method}`, [1, 1]))
  peer.receive({ ...request('b', 'take', [null]), values: [[[0], 'function', 1]] })
  await turn()
  expect(seen).toEqual([null])
  expect(peer.posted).toMatchObject([
    { method: 'rpc.connect' },
    { id: 'a', error: { code: -32601 } },
    { id: 'b', result: null },
  ])
})
