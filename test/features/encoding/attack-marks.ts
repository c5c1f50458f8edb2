/** Messages whose marks lie. */
import { expect } from 'vitest'
import { type Attack, INVALID_PARAMS, ANSWERED, HUGE, sparse, repeat, cyclic } from './attack.ts'
import { type Attacked } from './attacked.ts'

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

export const marks: readonly Attack[] = [
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
  refused('S32: a path through constructor', [{}], () => [
    [[0, 'constructor', 'prototype', 'x'], 'function', 1],
  ]),
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
  refused(
    'more references than there is room for',
    repeat(1_000, () => 1),
    () => repeat(1_000, (i) => [[i], 'function', 1_000 + i]),
  ),
  refused(
    'more streams than there is room for',
    repeat(1_000, () => 1),
    () => repeat(1_000, (i) => [[i], 'stream', 1_000 + i]),
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
  refused(
    'a sparse path in a cycle',
    [cyclic('undefined')],
    () => [[sparse(HUGE, 0), 'function', 1]],
    'clone',
  ),
  refused(
    'a long path in a cycle, shared by 100,000 marks',
    [cyclic('s')],
    () => {
      const mark = [[0, ...repeat(100_000, () => 's')], 'function', 1]
      return repeat(100_000, () => mark)
    },
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
      expect(
        await peer.ask(
          'take',
          [1],
          repeat(1_000_000, () => mark),
        ),
      ).toBeDefined()
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
      expect(await peer.ask('take', params, [...values, [[0, 1], 'Set']].slice(0, -1))).toMatchObject(
        ANSWERED,
      )
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
