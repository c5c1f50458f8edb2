/** When messages leave, and towards whom. */
import { expect, test, vi } from 'vitest'
import type { RPC } from '../../../src/index.ts'
import { alone, codeOf, connectedPair, failure, request, result, turn } from '../../peer/pair.ts'
import { hello, methodsIn } from '../../peer/peer.ts'
import { echoPair, framing, isFrame, media, meet, sizesOf, stopClock } from './framing.ts'

stopClock()

const notes = (rpc: RPC, count: number, value: unknown = 0): void => {
  for (let i = 0; i < count; i++) rpc.notify('note', [value])
}

test('the first message of a turn leaves at once, the others together after it', async () => {
  using peer = framing()
  notes(peer.rpc, 5)
  expect(sizesOf(peer.posted)).toEqual([1])
  await turn()
  expect(sizesOf(peer.posted)).toEqual([1, 4])
})

test('a call in a later turn leaves at once again', async () => {
  using peer = framing()
  notes(peer.rpc, 2)
  await turn()
  notes(peer.rpc, 1)
  expect(sizesOf(peer.posted)).toEqual([1, 1, 1])
})

test('64 messages are enough for one frame', async () => {
  using peer = framing()
  notes(peer.rpc, 1 + 64)
  expect(sizesOf(peer.posted)).toEqual([1, 64])
  notes(peer.rpc, 63)
  expect(sizesOf(peer.posted)).toEqual([1, 64])
  await turn()
  expect(sizesOf(peer.posted)).toEqual([1, 64, 63])
})

test('16,384 characters are enough for one frame', async () => {
  using peer = framing()
  notes(peer.rpc, 1)
  notes(peer.rpc, 15, 'x'.repeat(1_024))
  expect(sizesOf(peer.posted)).toEqual([1])
  notes(peer.rpc, 1, 'x'.repeat(1_024))
  expect(sizesOf(peer.posted)).toEqual([1, 16])
})

test('4 ms are enough for one frame, even if the turn goes on', async () => {
  using peer = framing()
  notes(peer.rpc, 2)
  vi.advanceTimersByTime(5)
  notes(peer.rpc, 10)
  expect(sizesOf(peer.posted).slice(0, 2)).toEqual([1, 8])
})

test('what microtasks add to a frame that waits leaves with it', async () => {
  using peer = framing()
  notes(peer.rpc, 2)
  for (let i = 0; i < 10; i++) {
    await Promise.resolve()
    notes(peer.rpc, 1)
  }
  await turn()
  expect(sizesOf(peer.posted)).toEqual([1, 11])
})

test('flush() posts what waits', () => {
  using peer = framing()
  notes(peer.rpc, 3)
  peer.rpc.flush()
  expect(sizesOf(peer.posted)).toEqual([1, 2])
  peer.rpc.flush()
  expect(sizesOf(peer.posted)).toEqual([1, 2])
})

test('destroy() posts what waits before its goodbye', () => {
  using peer = framing()
  notes(peer.rpc, 3)
  peer.rpc.destroy()
  expect(sizesOf(peer.posted)).toEqual([1, 2, 1])
  expect(methodsIn(peer.posted).at(-1)).toBe('rpc.close')
})

const alonePosts: Record<string, (rpc: RPC) => void> = {
  'a batch': (rpc) => void rpc.batch((call) => [call.notify('a')]),
  'params by name': (rpc) => rpc.notify('a', { value: 1 }),
  bytes: (rpc) => rpc.notify('a', [new Uint8Array(1)]),
  'a string of 1,025 characters': (rpc) => rpc.notify('a', ['x'.repeat(1_025)]),
  '65 values': (rpc) =>
    rpc.notify(
      'a',
      Array.from({ length: 65 }, () => 0),
    ),
  '64 values in an array': (rpc) => rpc.notify('a', [Array.from({ length: 64 }, () => 0)]),
  'a list of what to transfer': (rpc) => rpc.notify('a', [1], { transfer: [new ArrayBuffer(1)] }),
  'a function': (rpc) => rpc.notify('a', [() => {}]),
}

test.each(Object.keys(alonePosts))('what waits leaves as its own post before %s', (name) => {
  using peer = framing()
  notes(peer.rpc, 3)
  alonePosts[name]?.(peer.rpc)
  expect(sizesOf(peer.posted)).toEqual([1, 2, 1])
})

test('a cancel never overtakes the call that waits, and never waits itself', () => {
  using peer = framing()
  notes(peer.rpc, 1)
  const controller = new AbortController()
  peer.rpc.invoke('slow', [1], { signal: controller.signal }).catch(() => {})
  controller.abort()
  expect(peer.posted.slice(1)).toEqual([
    { jsonrpc: '2.0', method: 'rpc.frame', params: [1, 'slow', 1, 1] },
    { jsonrpc: '2.0', method: 'rpc.cancel', params: [1] },
  ])
})

test('a deadline runs while the call waits in a frame', async () => {
  vi.useFakeTimers()
  try {
    using peer = framing()
    notes(peer.rpc, 1)
    const call = peer.rpc.invoke('slow', [1], { timeout: 50 })
    const code = codeOf(call)
    await vi.advanceTimersByTimeAsync(50)
    expect(await code).toBe(-32300)
    expect(sizesOf(peer.posted)).toEqual([1, 1, 1])
  } finally {
    vi.useRealTimers()
  }
})

test('answers to a frame leave together, an error alone and in its place', async () => {
  using peer = framing({
    methods: {
      echo: (value: unknown) => value,
      fail() {
        throw new Error('no')
      },
    },
  })
  peer.frame(1, 'echo', 1, 'a', 2, 'echo', 1, 'b', 3, 'fail', 0, 4, 'echo', 1, 'c', 5, 'echo', 1, 'd')
  await turn()
  expect(peer.posted).toMatchObject([
    { method: 'rpc.frame', params: [1, true, 'a', 2, true, 'b'] },
    { id: 3, error: { message: 'no' } },
    { method: 'rpc.frame', params: [4, true, 'c', 5, true, 'd'] },
  ])
})

test('a request alone is answered alone', async () => {
  using peer = framing({ methods: { echo: (value: unknown) => value } })
  peer.receive(request(1, 'echo', ['a']))
  await turn()
  expect(peer.posted).toEqual([result(1, 'a')])
})

test('with `coalesce: false` each message leaves at once, and frames are still taken', async () => {
  using peer = framing({ coalesce: false, methods: { echo: (value: unknown) => value } })
  notes(peer.rpc, 3)
  expect(sizesOf(peer.posted)).toEqual([1, 1, 1])
  peer.posted.length = 0
  peer.frame(1, 'echo', 1, 'a', 2, 'echo', 1, 'b')
  await turn()
  expect(peer.posted).toEqual([result(1, 'a'), result(2, 'b')])
})

test('a portcall peer that announced no frames gets none', async () => {
  using peer = framing({}, { capabilities: ['cancel', 'close'] })
  notes(peer.rpc, 3)
  await turn()
  expect(peer.posted.some(isFrame)).toBe(false)
  expect(peer.posted).toHaveLength(3)
})

test('a plain peer gets no frame, whether it was said to be or was found out', async () => {
  for (const options of [{ plain: true }, { plain: false }]) {
    using peer = alone(options)
    if (!options.plain) {
      const [{ id }] = peer.posted as [{ id: unknown }]
      peer.receive(failure(id, -32601, 'Method not found'))
    }
    peer.posted.length = 0
    notes(peer.rpc, 3)
    const calls = [1, 2, 3].map((i) => peer.rpc.invoke('echo', [i]))
    await turn()
    expect(methodsIn(peer.posted)).toEqual(['note', 'note', 'note', 'echo', 'echo', 'echo'])
    for (const { id } of peer.posted.slice(3) as { id: unknown }[]) peer.receive(result(id, null))
    await Promise.all(calls)
  }
})

test('a frame of a peer that announced none is no frame', async () => {
  const ran: unknown[] = []
  using peer = framing(
    { methods: { note: (value: unknown) => void ran.push(value) } },
    { capabilities: ['cancel', 'close'] },
  )
  peer.frame(null, 'note', 1, 'a')
  await turn()
  expect(ran).toEqual([])
  expect(peer.diagnostics).toMatchObject([{ kind: 'unknown-method', about: 'rpc.frame' }])
})

test('a medium that is text announces no frames, and gets none from a peer that takes them', async () => {
  using peer = alone({ plain: false }, { text: true })
  const [introduction] = peer.posted as [{ params: { capabilities: string[] } }]
  expect(introduction.params.capabilities).not.toContain('frame')
  peer.receive(hello('peer', { capabilities: ['frame', 'values'] }))
  peer.posted.length = 0
  notes(peer.rpc, 3)
  await turn()
  expect(peer.posted.some(isFrame)).toBe(false)
})

test('what waits for a peer that is replaced is lost with it, and its calls reject', async () => {
  using peer = framing()
  notes(peer.rpc, 1)
  const call = peer.rpc.invoke('slow', [1])
  const code = codeOf(call)
  peer.receive(hello('successor', { capabilities: ['frame'] }))
  expect(await code).toBe(-32050)
  await turn()
  expect(methodsIn(peer.posted)).toEqual(['note', 'answer'])
})

test('what waits for a peer that goes is lost with it, and its calls reject', async () => {
  using peer = framing()
  notes(peer.rpc, 1)
  const call = peer.rpc.invoke('slow', [1])
  peer.link.breakFor('left', 'broken')
  await expect(call).rejects.toMatchObject({ code: -32050 })
  await turn()
  expect(methodsIn(peer.posted)).toEqual(['note'])
})

test('calls over `maxPending` reject BUSY, those before them are in the frame', async () => {
  using pair = await echoPair({ limits: { maxPending: 3 } })
  const calls = [1, 2, 3, 4, 5].map((i) => pair.left.invoke('echo', [i]))
  const settled = await Promise.allSettled(calls)
  expect(
    settled.map((one) => (one.status === 'fulfilled' ? one.value : Reflect.get(one.reason, 'code'))),
  ).toEqual([1, 2, 3, -32054, -32054])
})

test('requests of a frame over `maxInFlight` are answered BUSY, one by one', async () => {
  using pair = await connectedPair({
    right: { limits: { maxInFlight: 2 }, methods: { wait: () => new Promise(() => {}) } },
  })
  const waiting = [1, 2].map((i) => pair.left.invoke('wait', [i]))
  for (const call of waiting) call.catch(() => {})
  const more = [3, 4].map((i) => pair.left.invoke('wait', [i]))
  for (const call of more) await expect(call).rejects.toMatchObject({ code: -32054 })
})

test.each(Object.keys(media))(
  '200 calls at once are answered, each by its own answer, %s',
  async (medium) => {
    using pair = await meet(medium, { right: { methods: { echo: (value: unknown) => value } } })
    const calls = Array.from({ length: 200 }, (_, i) => pair.left.invoke('echo', [i]))
    expect(await Promise.all(calls)).toEqual(calls.map((_, i) => i))
  },
)

test('one listener of `exit` serves all, and none is left after destroy()', async () => {
  const before = process.listenerCount('exit')
  const peers = [framing(), framing()]
  for (const { rpc } of peers) notes(rpc, 3)
  expect(process.listenerCount('exit')).toBeLessThanOrEqual(before + 1)
  for (const { rpc } of peers) rpc.destroy()
  expect(process.listenerCount('exit')).toBe(before)
})
