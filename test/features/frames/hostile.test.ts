/** Frames that somebody else made, by mistake or on purpose. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { callContext } from '../../../src/index.ts'
import { deferred, failure, notification, request, result, turn } from '../../peer/pair.ts'
import { framing } from './framing.ts'

const echo = { echo: (value: unknown) => value, later: async (value: unknown) => value }

const sparse = (length: number, ...items: unknown[]): unknown[] => {
  const list = [...items]
  list.length = length
  return list
}

/** What is wrong behind a message that is right. */
const wrong: readonly (readonly [name: string, items: readonly unknown[]])[] = [
  ['n beyond the end', [2, 'echo', 99, 'b']],
  ['n that is negative', [2, 'echo', -1]],
  ['n that is a fraction', [2, 'echo', 0.5, 'b']],
  ['n that is NaN', [2, 'echo', Number.NaN, 'b']],
  ['n that is Infinity', [2, 'echo', Infinity, 'b']],
  ['n that is text', [2, 'echo', '1', 'b']],
  ['n that is a bigint', [2, 'echo', 1n, 'b']],
  ['a method that is a number', [2, 3, 1, 'b']],
  ['a method that is an object', [2, { toString: 'echo' }, 1, 'b']],
  ['a method that is null', [2, null, 1, 'b']],
  ['names that are no texts', [2, 'echo', [1], 'b']],
  ['a name that every object has a setter for', [2, 'echo', ['__proto__'], {}]],
  ['names of a result that are no texts', [2, [Symbol.iterator], 'b']],
  ['more than 64 names', [2, 'echo', Array.from({ length: 65 }, (_, i) => `k${i}`), ...sparse(65)]],
  ['names that are holes', [2, 'echo', sparse(2), 'b', 'c']],
]

const cut: typeof wrong = [
  ['n one beyond the end', [2, 'echo', 2, 'b']],
  ['a method and no n', [2, 'echo']],
  ['an id alone', [2]],
  ['a result without a value', [2, true]],
  ['an error without a message', [2, false, 1]],
  ['fewer values than names', [2, 'echo', ['a', 'b'], 1]],
  ['names that claim to be very many', [2, 'echo', sparse(4_000_000_000, 'a'), 1]],
]

const behind = [3, 'echo', 1, 'c']
const followed = wrong.map(([name, items]) => [name, [...items, ...behind]] as const)

test.each([...followed, ...cut])(
  'of a frame with %s the rest is dropped with one diagnostic',
  async (_, items) => {
    using peer = framing({ methods: echo })
    peer.frame(1, 'echo', 1, 'a', ...items)
    await turn()
    const answers = peer.posted.map((message) => Reflect.get(message as object, 'params') ?? message)
    expect(answers).toEqual([[1, true, 'a']])
    expect(peer.diagnostics.filter(({ about }) => about === 'rpc.frame')).toMatchObject([{ kind: 'invalid' }])
    peer.receive(request(4, 'echo', ['alive']))
    await turn()
    expect(peer.posted.at(-1)).toEqual(result(4, 'alive'))
  },
)

test.each([
  ['nothing', undefined],
  ['an object', { 0: null, 1: 'echo', 2: 0, length: 3 }],
])('params that are %s are no frame', async (_, params) => {
  using peer = framing({ methods: echo })
  peer.receive(notification('rpc.frame', params))
  await turn()
  expect(peer.posted).toEqual([])
  expect(peer.diagnostics).toMatchObject([{ kind: 'invalid', about: 'rpc.frame' }])
})

test('an empty frame is nothing', async () => {
  using peer = framing()
  peer.frame()
  await turn()
  expect([peer.posted, peer.diagnostics]).toEqual([[], []])
})

test('ids that are none are refused, each alone', async () => {
  const ran: unknown[] = []
  using peer = framing({ methods: { note: (value: unknown) => void ran.push(value) } })
  const ids = [Number.NaN, Infinity, {}, [], true, undefined, 1n]
  peer.frame(...ids.flatMap((id) => [id, 'note', 1, 'no']), null, 'note', 1, 'yes')
  await turn()
  expect(ran).toEqual(['yes'])
  expect(peer.diagnostics).toHaveLength(ids.length)
})

test('of 65 messages the last is dropped', async () => {
  const ran: unknown[] = []
  using peer = framing({ methods: { note: (value: unknown) => void ran.push(value) } })
  peer.frame(...Array.from({ length: 65 }, (_, i) => [null, 'note', 1, i]).flat())
  await turn()
  expect(ran).toEqual(Array.from({ length: 64 }, (_, i) => i))
  expect(peer.diagnostics).toMatchObject([{ kind: 'invalid', about: 'rpc.frame' }])
})

test('a sparse frame as long as they get is refused without being walked', async () => {
  using peer = framing({ methods: echo })
  const length = 2 ** 32 - 1
  peer.receive(notification('rpc.frame', sparse(length, null, 'echo', length - 3)))
  peer.receive(notification('rpc.frame', sparse(length)))
  peer.receive(notification('rpc.frame', sparse(length, null, 'echo', 1)))
  await turn()
  expect(peer.posted).toEqual([])
  expect(peer.diagnostics.length).toBeGreaterThan(0)
})

test('nothing that is `rpc.` is reached by a frame that no message alone reaches', async () => {
  using peer = framing({ methods: echo })
  peer.frame(1, 'rpc.frame', 1, [2, 'echo', 1, 'nested'], null, 'rpc.frame', 1, [], 3, 'rpc.nobody', 0)
  await turn()
  expect(peer.posted).toEqual([
    failure(1, -32601, 'Method not found: rpc.frame'),
    failure(3, -32601, 'Method not found: rpc.nobody'),
  ])
})

test('a cancel in a frame aborts the handler that the same frame started', async () => {
  const reasons: unknown[] = []
  const gate = deferred()
  using peer = framing({
    methods: {
      wait: () => {
        callContext().signal.addEventListener('abort', () => reasons.push('aborted'))
        return gate.promise
      },
    },
  })
  peer.frame(1, 'wait', 0, null, 'rpc.cancel', 1, 1)
  await turn()
  expect(reasons).toEqual(['aborted'])
})

test('answers in a frame: unknown ids and repeated ones are told of, the others settle', async () => {
  using peer = framing()
  const calls = [1, 2, 3].map((i) => peer.rpc.invoke('echo', [i]).catch((error: unknown) => error))
  peer.frame(
    1,
    true,
    'a',
    77,
    true,
    'x',
    1,
    true,
    'again',
    2,
    false,
    -32001,
    'no',
    { hostile: 1 },
    true,
    0,
    3,
    true,
    'c',
  )
  expect(await Promise.all(calls)).toMatchObject(['a', { code: -32001, message: 'no' }, 'c'])
  expect(peer.diagnostics.map(({ kind }) => kind)).toEqual(['unexpected', 'unexpected', 'unexpected'])
})

test('errors in a frame whose code and message are none reject all the same', async () => {
  using peer = framing()
  const calls = [1, 2].map((i) => peer.rpc.invoke('echo', [i]).catch((error: unknown) => error))
  peer.frame(1, false, 'code', { toString: 1 }, 2, false, undefined, undefined)
  for (const error of await Promise.all(calls)) expect(error).toBeInstanceOf(Error)
})

const junk = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    undefined,
    Number.NaN,
    0,
    1,
    2,
    3,
    -1,
    1.5,
    true,
    false,
    'echo',
    'later',
    1n,
    'x',
  ),
  fc.constantFrom<unknown>('rpc.frame', 'rpc.connect', 'rpc.cancel', 'rpc.call', 'rpc.next', 'rpc.pull'),
  fc.constantFrom<unknown>('rpc.release', 'rpc.abort', '__proto__', 'constructor', 'then', 2 ** 32),
  fc
    .constantFrom<() => unknown>(
      () => ({}),
      () => [],
      () => new Map(),
      () => [[[]]],
    )
    .map((make) => make()),
)

test('no frame, however hostile, throws out of the receive path or ends the connection', async () => {
  const rejections: unknown[] = []
  const note = (reason: unknown): void => void rejections.push(reason)
  process.on('unhandledRejection', note)
  try {
    using peer = framing({ methods: echo })
    await fc.assert(
      fc.asyncProperty(fc.array(junk, { maxLength: 30 }), async (items) => {
        peer.rpc.invoke('pending').catch(() => {})
        peer.frame(...items)
        await turn()
        peer.posted.length = 0
        peer.receive(request('probe', 'echo', ['alive']))
        await turn()
        expect(peer.posted).toContainEqual(result('probe', 'alive'))
      }),
      { numRuns: 500 },
    )
    expect(rejections).toEqual([])
  } finally {
    process.off('unhandledRejection', note)
  }
})

test('a frame that cannot be read, on a medium that passes objects as they are, stops nothing behind it', async () => {
  const ran: unknown[] = []
  using peer = framing({ methods: { ...echo, note: (value: unknown) => void ran.push(value) } })
  const items = [1, 'later', 1, 'a', null, 'note', 1, 'b', null, 'note', 1, 'c']
  Object.defineProperty(items, 8, {
    get() {
      throw new Error('hostile')
    },
  })
  peer.receive(notification('rpc.frame', items), notification('note', ['behind']))
  await turn()
  expect(ran).toEqual(['b', 'behind'])
})
