import { expect, test } from 'vitest'
import { alone, notification, request, turn } from '../pair.ts'
import { type Answer, type Attacked, attacked, messagesIn } from './attacked.ts'
import { watchProcess } from './collect.ts'

watchProcess()

const INVALID_PARAMS = { error: { code: -32602 } }
const NOT_FOUND = { error: { code: -32601 } }
const RELEASED = { error: { code: -32056 } }
const ANSWERED = { result: null }
const HUGE = 2 ** 32 - 1

interface Attack {
  readonly what: string
  /** Only where a peer can say that. */
  readonly medium?: 'clone' | 'text'
  readonly attack: (peer: Attacked) => void | Promise<void>
}

const sparse = (length: number, ...values: unknown[]): unknown[] => Object.assign([...values], { length })

const repeat = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i))

const cyclic = (name: string): object => {
  const made = {}
  Reflect.set(made, name, made)
  return made
}

/** A request whose marks are refused: it is answered so, and its handler does not run. */
const refused = (
  what: string,
  params: unknown,
  values: (peer: Attacked) => unknown,
  medium?: 'clone' | 'text',
): Attack => ({
  what,
  ...(medium && { medium }),
  async attack(peer) {
    expect(await peer.ask('take', params, values(peer))).toMatchObject(INVALID_PARAMS)
    expect(peer.taken).toEqual([])
  },
})

const marks: Attack[] = [
  refused('marks that are no array', [1], () => ({})),
  refused('marks that are text', [1], () => 'function'),
  refused('a mark that is no array', [1], () => [{}]),
  refused('a mark without a kind', [1], () => [[[0]]]),
  refused('a mark whose kind is an object', [1], () => [[[0], {}]]),
  refused('a path that is no array', [1], () => [['0', 'function', 1]]),
  refused('a path that leads nowhere', [1], () => [[[5], 'function', 1]]),
  refused('a path through a number', [1], () => [[[0, 'x'], 'function', 1]]),
  refused('a path of 100,000 steps', [1], () => [[repeat(100_000, () => 0), 'function', 1]]),
  refused('S32: a path through __proto__', [{}], () => [[[0, '__proto__', 'polluted'], 'function', 1]]),
  refused('S32: a path to __proto__', [{}], () => [[[0, '__proto__'], 'function', 1]]),
  refused('S32: a path through constructor', [{}], () => [[[0, 'constructor', 'prototype', 'x'], 'function', 1]]),
  refused('a path into an inherited method', [[1]], () => [[[0, 'push'], 'function', 1]]),
  refused('`same` as what stands nowhere', [1], () => [[[0], 'same', [7]]]),
  refused('`same` as what is inherited', [{}], () => [[[0], 'same', [0, 'constructor']]]),
  refused('`same` without a path', [1], () => [[[0], 'same']]),
  refused('a Map that is no array', [{}], () => [[[0], 'Map']]),
  refused('a Map of no entries', [[1, 2]], () => [[[0], 'Map']]),
  refused('a Set that is text', ['abc'], () => [[[0], 'Set']]),
  refused('a reference without a number', [1], () => [[[0], 'function']]),
  refused('a reference with a fraction', [1], () => [[[0], 'function', 1.5]]),
  refused('a reference under a name', [1], () => [[[0], 'object', '__proto__']]),
  refused('home that was never passed', [1], () => [[[0], 'home', 4_711]]),
  refused('home under a name', [1], () => [[[0], 'home', 'constructor']]),
  refused('a stream without a number', [1], () => [[[0], 'stream', 'x']]),
  refused('one number for two streams', [1, 2], () => [
    [[0], 'stream', 9],
    [[1], 'stream', 9],
  ]),
  refused('a writable without a number', [1], () => [[[0], 'writable', null]]),
  refused('more references than there is room for', repeat(1_000, () => 1), () =>
    repeat(1_000, (i) => [[i], 'function', 1_000 + i]),
  ),
  refused('more streams than there is room for', repeat(1_000, () => 1), () =>
    repeat(1_000, (i) => [[i], 'stream', 1_000 + i]),
  ),
  refused('a kind that only text has, of garbage', [{}], () => [[[0], 'bigint']], 'text'),
  refused('a kind that nobody knows', [{}], () => [[[0], 'WeakRef']]),
  refused('a kind that every object has', [{}], () => [[[0], 'toString', 1]]),
  refused('bytes of half a number', ['AAA='], () => [[[0], 'Float64Array']], 'text'),
  refused('a pattern that is none', ['('], () => [[[0], 'RegExp', '']], 'text'),
  refused('S39: a path into the live object that comes home', [1, 2], ({ objectId }) => [
    [[0], 'home', objectId],
    [[1], 'same', [0, '_secret']],
  ]),
  refused('S39: a value for a private member of the live object', [1, 'evil'], ({ objectId }) => [
    [[0], 'home', objectId],
    [[0, '_secret'], 'same', [1]],
  ]),
  refused('S39: a function in place of a method of the live object', [1], ({ objectId }) => [
    [[0], 'home', objectId],
    [[0, 'run'], 'function', 5],
  ]),
  refused('S39: a hole in the live object', [1], ({ objectId }) => [
    [[0], 'home', objectId],
    [[0, 'inner', '_deep'], 'hole'],
  ]),
  refused('the length of an array', [[1, 2], HUGE], () => [[[0, 'length'], 'same', [1]]]),
  refused('a sparse mark', [1], () => [sparse(HUGE, [0], 'function', 1)], 'clone'),
  refused('a sparse list of marks', [1], () => sparse(HUGE), 'clone'),
  refused('a sparse Set', [sparse(HUGE, 1)], () => [[[0], 'Set']], 'clone'),
  refused('a sparse Map', [sparse(HUGE, [1, 2])], () => [[[0], 'Map']], 'clone'),
  refused('a sparse path in a cycle', [cyclic('undefined')], () => [[sparse(HUGE, 0), 'function', 1]], 'clone'),
  refused(
    'a long path in a cycle, shared by 100,000 marks',
    [cyclic('s')],
    () => repeat(100_000, () => [[0, ...repeat(100_000, () => 's')], 'function', 1]).fill([[0], 'x']),
    'clone',
  ),
  refused(
    'a Map deeper than the limit',
    [repeat(200, () => null).reduce<unknown>((inner) => [inner], [])],
    () => [[[0, ...repeat(150, () => 0)], 'Set']],
  ),
  {
    what: 'a million marks of one reference',
    async attack(peer) {
      const mark = [[0], 'function', 7]
      expect(await peer.ask('take', [1], repeat(1_000_000, () => mark))).toBeDefined()
      peer.taken.length = 0
    },
  },
  {
    what: 'marks that overlap',
    async attack(peer) {
      const values = [
        [[0, 'a'], 'function', 3],
        [[0, 'a'], 'Map'],
        [[0], 'same', [0, 'a']],
        [[0], 'hole'],
        [[], 'same', [1]],
      ]
      await peer.ask('take', [{ a: [] }, []], values)
    },
  },
  {
    what: 'a graph of repeats that would be 2 ** 40 values if it were written out',
    async attack(peer) {
      const params = [[1, 1], ...repeat(40, () => [null, null])]
      const values = repeat(40, (i) => [
        [[i + 1, 0], 'same', [i]],
        [[i + 1, 1], 'same', [i]],
      ]).flat()
      expect(await peer.ask('take', params, [...values, [[0, 1], 'Set']].slice(0, -1))).toMatchObject(ANSWERED)
      expect(await peer.ask('take', [...params, []], [...values, [[41], 'Set']])).toMatchObject(ANSWERED)
    },
  },
  {
    what: 'S32: own members named __proto__ and constructor',
    async attack(peer) {
      const value = JSON.parse('[{"__proto__": null, "constructor": {"prototype": null}}]') as unknown
      const values = [
        [[0, '__proto__'], 'function', 3],
        [[0, 'constructor', 'prototype'], 'function', 4],
      ]
      expect(await peer.ask('take', value, values)).toMatchObject(ANSWERED)
      const [[taken]] = peer.taken as [[object]]
      expect(Object.getPrototypeOf(taken)).toBe(Object.prototype)
      expect(typeof Object.getOwnPropertyDescriptor(taken, '__proto__')?.value).toBe('function')
    },
  },
]

/** Names that an engine calls when it makes a string, a number, JSON or a promise's value of an object. */
const coercions = ['then', 'toString', 'valueOf', 'toJSON']

const thenables: Attack[] = coercions.flatMap((name) => [
  {
    what: `S42: a result whose \`${name}\` is a function`,
    async attack(peer) {
      const values = [[[name], 'function', 9]]
      const { value } = (await peer.answer({ result: { [name]: null }, values })) as { value: object }
      expect(typeof Reflect.get(value, name)).not.toBe('function')
      expect(calledBack(peer)).toBe(0)
    },
  },
  {
    what: `S42: a param, an echo and a nested param whose \`${name}\` is a function`,
    async attack(peer) {
      const values = [
        [[0, name], 'function', 9],
        [[1, 'x', name], 'function', 9],
        [[2, name], 'same', [0, name]],
      ]
      await peer.ask('echo', [{ [name]: null }, { x: { [name]: 1 } }, { [name]: 2 }], values)
      expect(calledBack(peer)).toBe(0)
    },
  },
  {
    what: `an error whose \`${name}\` is a function`,
    async attack(peer) {
      const values = [[[name], 'function', 9]]
      const { error } = (await peer.answer({ error: { code: 1, [name]: null }, values })) as { error: Error }
      expect(error).toBeInstanceOf(Error)
      expect(calledBack(peer)).toBe(0)
    },
  },
  ...['rpc.call', 'rpc.get', 'rpc.set', 'rpc.new', 'rpc.release', 'rpc.pull', 'rpc.stop', 'rpc.end'].map(
    (method): Attack => ({
      what: `${method} whose params are objects with a function as \`${name}\``,
      async attack(peer) {
        const { objectId } = peer
        const values = [[[1, name], 'function', 9]]
        for (const first of [objectId, null]) {
          await peer.ask(method, [first, { [name]: null }, 1], values)
          peer.say({ ...notification(method, [first, { [name]: null }, 1]), values })
        }
        await turn()
        expect(calledBack(peer)).toBe(0)
      },
    }),
  ),
])

const calledBack = ({ posted }: Attacked): number =>
  messagesIn(posted).filter(({ method }) => method === 'rpc.call').length

const oddIds = [0, -1, 1.5, Number.MAX_VALUE, '1', null, {}, [], true, '__proto__']

/** All that there is, with ids that were never given, as a request and as a notification. */
const invented: Attack[] = [
  ...['call', 'get', 'set', 'new'].map((name): Attack => ({
    what: `rpc.${name} with invented ids`,
    async attack(peer) {
      for (const id of [...oddIds, 4_711]) {
        const answer = await peer.ask(`rpc.${name}`, [id, 'run', 1])
        expect(answer?.error?.code).toSatisfy((code) => code === -32056 || code === -32601)
        peer.say(notification(`rpc.${name}`, [id, 'run', 1]))
      }
      expect(await peer.ask(`rpc.${name}`, [])).toHaveProperty('error')
      expect(await peer.ask(`rpc.${name}`, { id: 1 })).toMatchObject(NOT_FOUND)
    },
  })),
  ...['release', 'pull', 'next', 'end', 'stop', 'abort', 'forget'].map((name): Attack => ({
    what: `rpc.${name} with invented ids, also as a request`,
    async attack(peer) {
      for (const id of [...oddIds, 4_711])
        for (const more of [[], [1], [-1], [Number.MAX_VALUE], ['x'], [null], [{}], [{ code: 1, message: 'x' }]])
          peer.say(notification(`rpc.${name}`, [id, ...more]))
      peer.say(notification(`rpc.${name}`, []), notification(`rpc.${name}`, { 0: 1 }), notification(`rpc.${name}`))
      expect(await peer.ask(`rpc.${name}`, [1, 1])).toMatchObject(NOT_FOUND)
    },
  })),
  {
    what: 'a release with 300,000 params',
    attack: (peer) => peer.say(notification('rpc.release', repeat(300_000, () => 99))),
  },
  {
    what: 'a sparse notice and a sparse call',
    medium: 'clone',
    async attack(peer) {
      peer.say(notification('rpc.next', sparse(HUGE, 1)), notification('rpc.release', sparse(HUGE, 1)))
      expect(await peer.ask('rpc.call', sparse(HUGE, peer.callbackId, ''))).toHaveProperty('error')
    },
  },
  {
    what: 'S40: errors with 2 ** 32 errors in them',
    medium: 'clone',
    async attack(peer) {
      const error = { code: 1, message: 'm', details: { name: 'AggregateError', errors: sparse(HUGE, 1) } }
      expect(await peer.answer({ error })).toHaveProperty('error')
      peer.say(notification('rpc.end', [1, error]), notification('rpc.abort', [1, error]))
    },
  },
  {
    what: 'S40: an error named constructor, with an own __proto__, a huge stack and causes 500 deep',
    async attack(peer) {
      let details: object = { name: 'Error' }
      for (let i = 0; i < 500; i++) details = { name: 'Error', cause: { code: 1, message: 'm', details } }
      const fields = JSON.parse('{"__proto__": {"polluted": 1}, "constructor": 1, "stack": 2, "ok": 3}') as object
      const stack = 'x'.repeat(1_000_000)
      for (const more of [{ name: 'constructor' }, { name: '__proto__' }, { fields, stack }, details]) {
        const outcome = await peer.answer({ error: { code: 1, message: 'm', details: { name: 'x', ...more } } })
        const { error } = outcome as { error: Error }
        expect(error).toBeInstanceOf(Error)
        expect(Reflect.get(error, 'polluted')).toBeUndefined()
      }
    },
  },
]

/** What was passed may be used as it was meant, and no more than that. */
const beyond: Attack[] = [
  ...['constructor', '__proto__', 'toString', 'then', '_secret', 'inner._deep', 'inner.constructor', ''].flatMap(
    (name): Attack[] => [
      {
        what: `S31: rpc.get and rpc.set of \`${name}\``,
        async attack(peer) {
          expect(await peer.ask('rpc.get', [peer.objectId, name])).toMatchObject(NOT_FOUND)
          expect(await peer.ask('rpc.set', [peer.objectId, name, 'evil'])).toMatchObject(NOT_FOUND)
        },
      },
      {
        what: `S31: rpc.call and rpc.new of \`${name}\``,
        async attack(peer) {
          expect(await peer.ask('rpc.call', [peer.objectId, name])).toMatchObject(NOT_FOUND)
          expect(await peer.ask('rpc.new', [peer.objectId, name])).toMatchObject(NOT_FOUND)
        },
      },
    ],
  ),
  ...['secret', 'name', 'length', 'prototype'].map((name): Attack => ({
    what: `rpc.get and rpc.set of \`${name}\` of a callback, which was not passed by proxy()`,
    async attack(peer) {
      expect(await peer.ask('rpc.get', [peer.callbackId, name])).toMatchObject(NOT_FOUND)
      expect(await peer.ask('rpc.set', [peer.callbackId, name, 'evil'])).toMatchObject(NOT_FOUND)
    },
  })),
  {
    what: 'rpc.new of a callback and of a registered function',
    async attack(peer) {
      expect(await peer.ask('rpc.new', [peer.callbackId, ''])).toMatchObject(NOT_FOUND)
      expect(await peer.ask('rpc.new', [null, 'add'])).toMatchObject(NOT_FOUND)
      expect(await peer.ask('rpc.new', [null, 'constructor'])).toMatchObject(NOT_FOUND)
    },
  },
  {
    what: 'a property path of 100,000 names',
    async attack(peer) {
      const path = repeat(100_000, () => 'inner').join('.')
      expect(await peer.ask('rpc.get', [peer.objectId, path])).toMatchObject(NOT_FOUND)
    },
  },
  ...[-1, Number.NaN, -Infinity, '1', null, {}, undefined].map((count): Attack => ({
    what: `a release of ${String(count)} passings`,
    async attack(peer) {
      peer.say(notification('rpc.release', [peer.callbackId, count]))
      expect(await peer.ask('rpc.call', [peer.callbackId, ''])).toMatchObject({ result: 'called' })
    },
  })),
  {
    what: 'releases twice, and more than was passed',
    async attack(peer) {
      const release = notification('rpc.release', [peer.callbackId, 1_000_000])
      peer.say(release, release, notification('rpc.release', [peer.objectId, 1, peer.objectId, 1]))
      expect(await peer.ask('rpc.call', [peer.callbackId, ''])).toMatchObject(RELEASED)
    },
  },
]

const streamOf = async (peer: Attacked, id: number): Promise<AsyncIterableIterator<unknown>> => {
  await peer.ask('take', [null], [[[0], 'stream', id]])
  const [[stream]] = peer.taken.splice(0) as [[AsyncIterableIterator<unknown>]]
  return stream
}

const opened = async (peer: Attacked): Promise<number> => {
  const { values } = (await peer.ask('count', [])) as Answer
  return (values as [[unknown, string, number]])[0][2]
}

const itemsOf = ({ posted }: Attacked): number =>
  messagesIn(posted)
    .filter(({ method }) => method === 'rpc.next')
    .reduce((sum, { params }) => sum + (params as unknown[]).length - 1, 0)

const streams: Attack[] = [
  {
    what: 'a producer that sends before it is asked',
    async attack(peer) {
      const stream = await streamOf(peer, 50)
      peer.say(notification('rpc.next', [50, 1]))
      await turn()
      await expect(stream.next()).rejects.toMatchObject({ code: -32055 })
      expect(await stream.next()).toEqual({ value: undefined, done: true })
    },
  },
  {
    what: 'a producer that sends more than it was asked for',
    async attack(peer) {
      const stream = await streamOf(peer, 51)
      const first = stream.next()
      await turn()
      peer.say(notification('rpc.next', [51, 'first']), notification('rpc.next', [51, ...repeat(10_000, () => 2)]))
      expect(await first).toEqual({ value: 'first', done: false })
      await turn()
      await expect(stream.next()).rejects.toMatchObject({ code: -32055 })
    },
  },
  {
    what: 'a producer that goes on after its end',
    async attack(peer) {
      const stream = await streamOf(peer, 52)
      const first = stream.next()
      await turn()
      const end = notification('rpc.end', [52, { code: 7, message: 'over' }])
      peer.say(end, end, notification('rpc.next', [52, 1]), notification('rpc.stop', [52]))
      await expect(first).rejects.toMatchObject({ code: 7 })
      expect(await stream.next()).toEqual({ value: undefined, done: true })
    },
  },
  {
    what: 'a producer that never sends, until its consumer gives up',
    async attack(peer) {
      const stream = await streamOf(peer, 53)
      const next = stream.next()
      await turn()
      await stream.return?.()
      expect(await next).toEqual({ value: undefined, done: true })
      await turn()
      expect(messagesIn(peer.posted)).toContainEqual(
        expect.objectContaining({ method: 'rpc.stop', params: [53] }),
      )
    },
  },
  {
    what: 'a producer that sends an error that is none as its end',
    async attack(peer) {
      for (const [i, error] of [0, 'x', false, [], null].entries()) {
        const stream = await streamOf(peer, 60 + i)
        const next = stream.next().catch((thrown: unknown) => thrown)
        await turn()
        peer.say(notification('rpc.end', [60 + i, error]))
        expect(await next).toBeDefined()
      }
    },
  },
  ...[1e9, Number.MAX_VALUE, Infinity].map((count): Attack => ({
    what: `a consumer that asks for ${count} items`,
    async attack(peer) {
      const id = await opened(peer)
      peer.say(notification('rpc.pull', [id, count]))
      await turn()
      peer.say(notification('rpc.stop', [id]))
      await turn()
      expect(itemsOf(peer)).toBeLessThanOrEqual(65_536)
    },
  })),
  ...[0, -1, Number.NaN, 'x', '9', null, {}, [5]].map((count): Attack => ({
    what: `a consumer that asks for ${JSON.stringify(count)} items`,
    async attack(peer) {
      const id = await opened(peer)
      peer.say(notification('rpc.pull', [id, count]), notification('rpc.pull', [id]))
      await turn()
      expect(itemsOf(peer)).toBe(0)
      peer.say(notification('rpc.stop', [id]), notification('rpc.stop', [id]), notification('rpc.pull', [id, 1]))
    },
  })),
  {
    what: 'a consumer that asks for one item a thousand times',
    async attack(peer) {
      const id = await opened(peer)
      for (let i = 0; i < 1_000; i++) peer.say(notification('rpc.pull', [id, 1]))
      for (let i = 0; i < 5; i++) await turn()
      expect(itemsOf(peer)).toBe(1_000)
      peer.say(notification('rpc.stop', [id]))
    },
  },
  {
    what: 'an abort that comes twice, and one after it was forgotten',
    async attack(peer) {
      await peer.ask('take', [1, 2], [
        [[0], 'signal', 70],
        [[1], 'signal', 71],
      ])
      const [[first, second]] = peer.taken.splice(0) as [[AbortSignal, AbortSignal]]
      let aborts = 0
      first.addEventListener('abort', () => aborts++)
      peer.say(notification('rpc.abort', [70]), notification('rpc.abort', [70, null, 'again']))
      peer.say(notification('rpc.forget', [71]), notification('rpc.abort', [71]))
      await turn()
      expect([aborts, first.aborted, second.aborted]).toEqual([1, true, false])
    },
  },
]

const frames: Attack[] = [
  ...[[1e9], [-1], [Number.NaN], ['x'], [{}], [null], [2, 1]].map((rest): Attack => ({
    what: `a frame whose request has ${JSON.stringify(rest)} as number of values`,
    attack: (peer) => peer.say(notification('rpc.frame', ['f', 'take', ...rest])),
  })),
  {
    what: 'a frame in a frame, a frame as a request, and a sparse one',
    medium: 'clone',
    async attack(peer) {
      peer.say(notification('rpc.frame', [null, 'rpc.frame', 3, null, 'take', 0]))
      peer.say(notification('rpc.frame', sparse(HUGE, null, 'take', 0)), notification('rpc.frame', sparse(HUGE)))
      await peer.ask('rpc.frame', [null, 'take', 0])
    },
  },
  {
    what: 'a frame that calls what was not passed',
    attack: (peer) =>
      peer.say(notification('rpc.frame', ['a', 'rpc.call', 2, 4_711, '', 'b', 'rpc.get', 2, peer.objectId, '_secret'])),
  },
]

const attacks = [...marks, ...thenables, ...invented, ...beyond, ...streams, ...frames]

for (const text of [false, true])
  for (const { what, medium, attack } of attacks)
    if (!medium || (medium === 'text') === text)
      test(`S35, S52: ${text ? 'text' : 'clone'}: after ${what} the next call works and nothing is held`, async () => {
        using peer = await attacked({ text })
        await attack(peer)
        await peer.expectUnharmed()
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
