/** Families of values by their shape: nesting, repetition, sparse lists, shared objects. */
import { claiming, CLONES, type Family, nested, passing, repeat, telling, TEXT } from './family.ts'

const root = (n: number): number => Math.ceil(Math.sqrt(n))

const nesting: readonly Family[] = [
  { name: 'lists in lists', most: 2_000, messages: (n) => [passing([nested(n)])] },
  {
    name: 'a mark in the innermost of lists in lists',
    most: 2_000,
    messages: (n) => [passing([nested(n)], [[repeat(n, () => 0), 'function', 1_000_001]])],
  },
  {
    name: 'marks at each level of lists in lists',
    messages: (n, { take }) => {
      const levels = root(n)
      const first = take(levels)
      return [
        passing(
          [nested(levels)],
          repeat(levels, (i) => [repeat(levels - i, () => 0), 'function', first + i]),
        ),
      ]
    },
  },
  {
    name: 'Maps in Maps',
    messages: (n) => {
      const levels = root(n)
      const value = repeat(levels, () => null).reduce<unknown>((inner) => [['key', inner]], [])
      const path = (level: number): unknown[] => [0, ...repeat(level, () => [0, 1]).flat()]
      return [
        passing(
          [value],
          repeat(levels, (i) => [path(levels - 1 - i), 'Map']),
        ),
      ]
    },
  },
  {
    name: 'brackets that open',
    media: TEXT,
    most: 400_000,
    messages: (n) => [`${'['.repeat(n)}${']'.repeat(n)}`],
  },
  { name: 'batches in batches', most: 2_000, messages: (n) => [nested(n, passing([1]))] },
]

const repetition: readonly Family[] = [
  {
    name: 'one place marked again and again as the same as another',
    messages: (n) => [
      passing(
        [[1, 2], null],
        repeat(n, () => [[1], 'same', [0]]),
      ),
    ],
  },
  {
    name: 'one list in each of many places',
    messages: (n) => [
      passing(
        [repeat(100, (i) => i), ...repeat(Math.min(n, 60_000), () => null)],
        repeat(n, (i) => [[1 + (i % 60_000)], 'same', [0]]),
      ),
    ],
  },
  {
    name: 'lists that hold the list before twice',
    messages: (n) => [
      passing(
        [[1, 1], ...repeat(Math.min(n, 60_000), () => [null, null])],
        repeat(n, (i) => [[1 + (i >> 1), i % 2], 'same', [i >> 1]]),
      ),
    ],
  },
  {
    name: 'lists that hold the list before twice, and all of that in a Set',
    messages: (n) => {
      const levels = Math.min(n, 900)
      return [
        passing(
          [[1, 1], ...repeat(levels, () => [null, null])],
          [...repeat(2 * levels, (i) => [[1 + (i >> 1), i % 2], 'same', [i >> 1]]), [[levels], 'Set']],
        ),
      ]
    },
    most: 900,
  },
  {
    name: 'one list marked a Set again and again',
    messages: (n) => [
      passing(
        [repeat(n, (i) => i)],
        repeat(n, () => [[0], 'Set']),
      ),
    ],
  },
  {
    name: 'one number of many marks',
    messages: (n) => [
      passing(
        [1],
        repeat(n, () => [[0], 'function', 1_000_002]),
      ),
    ],
  },
  {
    name: 'marks with long paths of their own',
    messages: (n) => {
      const levels = root(n)
      return [
        passing(
          [nested(levels)],
          repeat(levels, () => [repeat(levels, () => 0), 'function', 1_000_003]),
        ),
      ]
    },
  },
  {
    name: 'marks that share a long path',
    media: CLONES,
    messages: (n) => {
      const path = repeat(Math.min(n, 900), () => 0)
      return [
        passing(
          [nested(900)],
          repeat(n, () => [path, 'function', 1_000_004]),
        ),
      ]
    },
  },
  {
    name: 'one mark that is shared',
    media: CLONES,
    messages: (n) => {
      const mark = [[0], 'function', 1_000_005]
      return [
        passing(
          [1],
          repeat(n, () => mark),
        ),
      ]
    },
  },
  {
    name: 'one object in many places, marked in each',
    media: CLONES,
    messages: (n, { take }) => {
      const shared = { value: null }
      const first = take(n)
      return [
        passing(
          [repeat(n, () => shared)],
          repeat(n, (i) => [[0, i, 'value'], 'function', first + i]),
        ),
      ]
    },
  },
  {
    name: 'objects that hold each other',
    media: CLONES,
    messages: (n) => {
      const objects = repeat<Record<string, unknown>>(n, () => ({}))
      for (const [i, object] of objects.entries())
        Object.assign(object, { next: objects[(i + 1) % n], half: objects[i >> 1] })
      return [passing([objects], [[[0, 0, 'x'], 'same', [0]]])]
    },
    most: 1_000,
  },
]

const sparse: readonly Family[] = [
  {
    name: 'lists with holes between their items',
    most: 16_384,
    media: CLONES,
    messages: (n) => [passing([repeat(n, (i) => (i % 2 ? claiming(3, 1) : claiming(2)))])],
  },
  {
    name: 'lists that claim to be long',
    media: CLONES,
    messages: (n) => [passing(repeat(Math.min(n, 60_000), () => claiming(1e9, 1)))],
  },
  {
    name: 'marks that claim to be long',
    media: CLONES,
    messages: (n) => [
      passing(
        [1],
        repeat(n, () => claiming(1e9, [0], 'function', 1_000_006)),
      ),
    ],
  },
  {
    name: 'paths that claim to be long',
    media: CLONES,
    messages: (n) => [
      passing(
        [1],
        repeat(n, () => [claiming(1e9, 0), 'function', 1_000_007]),
      ),
    ],
  },
  {
    name: 'Sets made of lists that claim to be long',
    media: CLONES,
    messages: (n) => [
      passing(
        repeat(Math.min(n, 60_000), () => claiming(1e9, 1)),
        repeat(n, (i) => [[i], 'Set']),
      ),
    ],
  },
  {
    name: 'params that claim to be many',
    media: CLONES,
    messages: (n) => repeat(n, (i) => telling(i % 2 ? 'take' : 'rpc.release', claiming(1e8, 1))),
    most: 16_384,
  },
]

export const shapeFamilies: readonly Family[] = [...nesting, ...repetition, ...sparse]
