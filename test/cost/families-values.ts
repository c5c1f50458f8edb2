/** Families of values: nesting, repetition, sparse lists, shared objects, long strings, and marks of each kind. */
import {
  answering,
  claiming,
  CLONES,
  type Family,
  nested,
  passing,
  repeat,
  telling,
  TEXT,
} from './family.ts'

const digits = (n: number): string => '7'.repeat(n)
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
      return [passing([nested(levels)], repeat(levels, (i) => [repeat(levels - i, () => 0), 'function', first + i]))]
    },
  },
  {
    name: 'Maps in Maps',
    messages: (n) => {
      const levels = root(n)
      const value = repeat(levels, () => null).reduce<unknown>((inner) => [['key', inner]], [])
      const path = (level: number): unknown[] => [0, ...repeat(level, () => [0, 1]).flat()]
      return [passing([value], repeat(levels, (i) => [path(levels - 1 - i), 'Map']))]
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
    messages: (n) => [passing([[1, 2], null], repeat(n, () => [[1], 'same', [0]]))],
  },
  {
    name: 'one list in each of many places',
    messages: (n) => [
      passing([repeat(100, (i) => i), ...repeat(Math.min(n, 60_000), () => null)], repeat(n, (i) => [[1 + (i % 60_000)], 'same', [0]])),
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
    messages: (n) => [passing([repeat(n, (i) => i)], repeat(n, () => [[0], 'Set']))],
  },
  {
    name: 'one number of many marks',
    messages: (n) => [passing([1], repeat(n, () => [[0], 'function', 1_000_002]))],
  },
  {
    name: 'marks with long paths of their own',
    messages: (n) => {
      const levels = root(n)
      return [passing([nested(levels)], repeat(levels, () => [repeat(levels, () => 0), 'function', 1_000_003]))]
    },
  },
  {
    name: 'marks that share a long path',
    media: CLONES,
    messages: (n) => {
      const path = repeat(Math.min(n, 900), () => 0)
      return [passing([nested(900)], repeat(n, () => [path, 'function', 1_000_004]))]
    },
  },
  {
    name: 'one mark that is shared',
    media: CLONES,
    messages: (n) => {
      const mark = [[0], 'function', 1_000_005]
      return [passing([1], repeat(n, () => mark))]
    },
  },
  {
    name: 'one object in many places, marked in each',
    media: CLONES,
    messages: (n, { take }) => {
      const shared = { value: null }
      const first = take(n)
      return [passing([repeat(n, () => shared)], repeat(n, (i) => [[0, i, 'value'], 'function', first + i]))]
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
    messages: (n) => [passing([1], repeat(n, () => claiming(1e9, [0], 'function', 1_000_006)))],
  },
  {
    name: 'paths that claim to be long',
    media: CLONES,
    messages: (n) => [passing([1], repeat(n, () => [claiming(1e9, 0), 'function', 1_000_007]))],
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

const kinds: readonly Family[] = [
  ...['function', 'object', 'writable'].map((kind): Family => ({
    name: `marks of the kind ${kind}`,
    most: kind === 'writable' ? 16_384 : 32_768,
    messages: (n, { take }) => {
      const first = take(n)
      return [passing([repeat(n, () => null)], repeat(n, (i) => [[0, i], kind, first + i]))]
    },
  })),
  ...['stream', 'readable'].map((kind): Family => ({
    name: `marks of the kind ${kind}`,
    most: 8_192,
    messages: (n, { take }) => {
      const first = take(n)
      return [passing([repeat(n, () => null)], repeat(n, (i) => [[0, i], kind, first + i]))]
    },
  })),
  {
    name: 'marks of the kind signal, and their aborts',
    most: 8_192,
    messages: (n, { take }) => {
      const first = take(n)
      return [
        passing([repeat(n, () => null)], repeat(n, (i) => [[0, i], 'signal', first + i])),
        ...repeat(n, (i) => telling('rpc.abort', [first + i, null, { why: 'no' }])),
      ]
    },
  },
  {
    name: 'signals that are aborted, each for an error',
    most: 16_384,
    messages: (n) => [
      passing(
        [repeat(n, () => [{ code: 1, message: 'no', details: { name: 'Error' } }])],
        repeat(n, (i) => [[0, i], 'signal', 0]),
      ),
    ],
  },
  {
    name: 'marks of the kind home',
    messages: (n, { object }) => [passing([repeat(n, () => null)], repeat(n, (i) => [[0, i], 'home', object]))],
  },
  ...(['Map', 'Set'] as const).flatMap((kind): Family[] => [
    {
      name: `many of the kind ${kind}`,
      messages: (n) => [
        passing([repeat(n, () => (kind === 'Map' ? [[1, 2]] : [1]))], repeat(n, (i) => [[0, i], kind])),
      ],
    },
    {
      name: `one long ${kind}`,
      messages: (n) => [passing([repeat(n, (i) => (kind === 'Map' ? [i, i] : i))], [[[0], kind]])],
    },
  ]),
  {
    name: 'errors that are values',
    messages: (n) => [passing([repeat(n, () => ({ name: 'TypeError', message: 'no' }))], repeat(n, (i) => [[0, i], 'Error']))],
  },
  {
    name: 'errors that are values and share one list of errors',
    messages: (n) => [
      passing(
        [repeat(n, (i) => i), ...repeat(Math.min(n, 60_000), () => ({ name: 'AggregateError', message: '', errors: null }))],
        repeat(Math.min(n, 60_000), (i) => [
          [[1 + i, 'errors'], 'same', [0]],
          [[1 + i], 'Error'],
        ]).flat(),
      ),
    ],
  },
  {
    name: 'holes',
    media: TEXT,
    messages: (n) => [passing([repeat(n, () => null)], repeat(n, (i) => [[0, i], 'hole']))],
  },
  ...Object.entries({
    undefined: null,
    bigint: '12345678901234567890',
    number: '-Infinity',
    Date: '2020-01-01T00:00:00.000Z',
    RegExp: '(a|b)+',
    Uint8Array: 'AAAA',
  }).map(([kind, value]): Family => ({
    name: `marks of the kind ${kind}`,
    media: TEXT,
    messages: (n) => [
      passing([repeat(n, () => value)], repeat(n, (i) => [[0, i], kind, ...(kind === 'RegExp' ? ['g'] : [])])),
    ],
  })),
  {
    name: 'marks that are none',
    messages: (n) => [passing([1], repeat(n, (i) => [[0], `kind ${i}`, i, i, i]))],
  },
  {
    name: 'marks of an answer to nothing',
    messages: (n, { take }) => {
      const first = take(n)
      const kind = (i: number): string => ['function', 'stream', 'readable', 'writable'][i % 4] as string
      return [answering('nobody', { result: repeat(n, () => null), values: repeat(n, (i) => [[i], kind(i), first + i]) })]
    },
    most: 16_384,
  },
]

const strings: readonly Family[] = [
  { name: 'a long string', most: 1_000_000, messages: (n) => [passing(['x'.repeat(n)])] },
  {
    name: 'long strings, each the key of an object',
    messages: (n) => [passing([Object.fromEntries(repeat(n, (i) => [`key ${i} ${'x'.repeat(20)}`, i]))])],
    most: 32_768,
  },
  { name: 'a bigint of many digits', media: TEXT, most: 500_000, messages: (n) => [passing([digits(n)], [[[0], 'bigint']])] },
  {
    name: 'a bigint of many hexadecimal digits',
    media: TEXT,
    most: 1_000_000,
    messages: (n) => [passing([`-0x${digits(n)}`], [[[0], 'bigint']])],
  },
  {
    name: 'bigints that are one string',
    media: TEXT,
    messages: (n) => [
      passing(
        [digits(1_000), ...repeat(n, () => null)],
        repeat(n, (i) => [
          [[1 + i], 'same', [0]],
          [[1 + i], 'bigint'],
        ]).flat(),
      ),
    ],
    most: 16_384,
  },
  { name: 'a long pattern', media: TEXT, most: 500_000, messages: (n) => [passing(['(a|'.repeat(n / 8) + ')'.repeat(n / 8)], [[[0], 'RegExp', '']])] },
  { name: 'a long date', media: TEXT, most: 1_000_000, messages: (n) => [passing([`2020${digits(n)}`], [[[0], 'Date']])] },
  { name: 'a long number', media: TEXT, most: 1_000_000, messages: (n) => [passing([digits(n)], [[[0], 'number']])] },
  { name: 'many bytes', media: TEXT, most: 1_000_000, messages: (n) => [passing(['A'.repeat(n - (n % 4))], [[[0], 'Uint8Array']])] },
]

export const valueFamilies: readonly Family[] = [...nesting, ...repetition, ...sparse, ...kinds, ...strings]
