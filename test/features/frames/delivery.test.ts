/** What is handed over of a frame, and of what waits behind it, when somebody goes, comes or ends in the middle. */
import { expect, test } from 'vitest'
import { callContext } from '../../../src/index.ts'
import { connectedPair, deferred, notification, request, result, statesOf, turn } from '../../peer/pair.ts'
import { hello, methodsIn } from '../../peer/peer.ts'
import { framing, isFrame, messagesOf, stopClock } from './framing.ts'

stopClock()

const echo = { echo: (value: unknown) => value, later: async (value: unknown) => value }

/** The answers that a post carries, in whichever form. */
const resultsIn = (message: unknown): unknown[] => {
  const { id, result: value, params } = message as { id?: unknown; result?: unknown; params: unknown[] }
  return isFrame(message) ? messagesOf(params).map((one) => [one.id, ...one.values]) : [[id, value]]
}

test('destroy() in a handler ends its frame and what waits behind it', async () => {
  for (const behind of [false, true]) {
    const ran: string[] = []
    using peer = framing({
      methods: {
        later: async () => {},
        end: () => {
          ran.push('end')
          peer.rpc.destroy()
        },
        note: (name: string) => void ran.push(name),
      },
    })
    if (behind) {
      peer.frame(null, 'later', 0, null, 'note', 1, 'a')
      peer.receive(notification('end'))
    } else peer.frame(null, 'later', 0, null, 'end', 0, null, 'note', 1, 'a')
    peer.receive(notification('note', ['b']))
    peer.frame(null, 'note', 1, 'c')
    await turn()
    expect(ran).toEqual(behind ? ['a', 'end'] : ['end'])
  }
})

test('when the other side goes, the rest of its frame and what waits behind it go with it', async () => {
  const ran: unknown[] = []
  using peer = framing(
    { methods: { later: async () => {}, note: (name: unknown) => void ran.push(name) } },
    { successor: true },
  )
  const states = statesOf(peer.rpc)
  peer.frame(null, 'later', 0, null, 'note', 1, 'a')
  peer.receive(notification('note', ['b']))
  peer.link.breakFor('left', 'broken')
  await turn()
  expect(ran).toEqual([])
  expect(states).toEqual(['connected', 'gone', 'waiting'])
})

test('a goodbye in a frame ends it', async () => {
  const ran: unknown[] = []
  using peer = framing({ methods: { note: (name: unknown) => void ran.push(name) } })
  peer.frame(null, 'note', 1, 'a', null, 'rpc.close', 0, null, 'note', 1, 'b')
  await turn()
  expect(ran).toEqual(['a'])
})

test('the hello of a successor that waits behind a frame is heard, and what it says after it', async () => {
  const ran: unknown[] = []
  using peer = framing({ methods: { ...echo, note: (name: unknown) => void ran.push(name) } })
  peer.frame(1, 'later', 1, 'a', null, 'note', 1, 'old')
  peer.receive(
    notification('note', ['older']),
    hello('successor', { capabilities: ['frame'] }),
    notification('note', ['new']),
    request(2, 'echo', ['b']),
  )
  await turn()
  expect(ran).toEqual(['old', 'older', 'new'])
  expect(peer.posted.flatMap(resultsIn)).toContainEqual([2, 'b'])
})

test('nothing is said to a successor about what the former asked in a frame', async () => {
  const gate = deferred<string>()
  using peer = framing({ methods: { ...echo, wait: () => gate.promise } })
  peer.frame(1, 'wait', 0, 2, 'wait', 0)
  await turn()
  peer.receive(hello('successor', { capabilities: ['frame'] }))
  gate.resolve('secret')
  await turn()
  expect(methodsIn(peer.posted)).toEqual(['answer'])
  expect(JSON.stringify(peer.posted)).not.toContain('secret')
})

test('a frame is not a batch: answers leave as they are ready', async () => {
  const gate = deferred<string>()
  using peer = framing({ methods: { ...echo, wait: () => gate.promise } })
  peer.frame(1, 'wait', 0, 2, 'echo', 1, 'b', 3, 'echo', 1, 'c')
  await turn()
  const [{ params }] = peer.posted as [{ params: unknown[] }]
  expect(messagesOf(params).map(({ id }) => id)).toEqual([2, 3])
  peer.posted.length = 0
  gate.resolve('a')
  await turn()
  expect(peer.posted).toEqual([result(1, 'a')])
})

test('handlers of a frame may call, destroy other peers and be called back', async () => {
  using pair = await connectedPair({
    right: { methods: { twice: async (n: number) => 2 * Number(await pair.right.invoke('same', [n])) } },
  })
  pair.left.registerMethod('same', (n: number) => n)
  const calls = Array.from({ length: 300 }, (_, i) => pair.left.invoke('twice', [i]))
  expect(await Promise.all(calls)).toEqual(calls.map((_, i) => 2 * i))
})

test('two calls of a frame with one id: the second is refused while the first runs', async () => {
  const gate = deferred<string>()
  let runs = 0
  using peer = framing({
    methods: {
      wait: () => {
        runs++
        return gate.promise
      },
    },
  })
  peer.frame(1, 'wait', 0, 1, 'wait', 0)
  await turn()
  gate.resolve('once')
  await turn()
  expect(runs).toBe(1)
  expect(peer.posted).toEqual([result(1, 'once')])
})

test('callContext() is that of each message of a frame, and over after each', async () => {
  const seen: unknown[] = []
  const note = (): void => {
    const { id, method, params } = callContext()
    seen.push([id, method, params])
  }
  using peer = framing({
    methods: {
      note,
      async later() {
        note()
        await Promise.resolve()
        expect(callContext).toThrow(TypeError)
      },
    },
  })
  peer.frame(1, 'note', 1, 'a', null, 'note', 0, 2, 'later', 2, 'b', 'c', 'x', 'note', 0)
  expect(callContext).toThrow(TypeError)
  await turn()
  expect(seen).toEqual([
    [1, 'note', ['a']],
    [undefined, 'note', undefined],
    [2, 'later', ['b', 'c']],
    ['x', 'note', undefined],
  ])
  expect(peer.posted.flatMap(resultsIn)).toEqual([
    [1, undefined],
    [2, undefined],
    ['x', undefined],
  ])
})
