/** Families of values: marks of each kind, and long strings. */
import { answering, type Family, passing, repeat, telling, TEXT } from './family.ts'

const digits = (n: number): string => '7'.repeat(n)

const kinds: readonly Family[] = [
  ...['function', 'object', 'writable'].map((kind): Family => ({
    name: `marks of the kind ${kind}`,
    most: kind === 'writable' ? 16_384 : 32_768,
    messages: (n, { take }) => {
      const first = take(n)
      return [
        passing(
          [repeat(n, () => null)],
          repeat(n, (i) => [[0, i], kind, first + i]),
        ),
      ]
    },
  })),
  ...['stream', 'readable'].map((kind): Family => ({
    name: `marks of the kind ${kind}`,
    most: 8_192,
    messages: (n, { take }) => {
      const first = take(n)
      return [
        passing(
          [repeat(n, () => null)],
          repeat(n, (i) => [[0, i], kind, first + i]),
        ),
      ]
    },
  })),
  {
    name: 'marks of the kind signal, and their aborts',
    most: 8_192,
    messages: (n, { take }) => {
      const first = take(n)
      return [
        passing(
          [repeat(n, () => null)],
          repeat(n, (i) => [[0, i], 'signal', first + i]),
        ),
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
    messages: (n, { object }) => [
      passing(
        [repeat(n, () => null)],
        repeat(n, (i) => [[0, i], 'home', object]),
      ),
    ],
  },
  ...(['Map', 'Set'] as const).flatMap((kind): Family[] => [
    {
      name: `many of the kind ${kind}`,
      messages: (n) => [
        passing(
          [repeat(n, () => (kind === 'Map' ? [[1, 2]] : [1]))],
          repeat(n, (i) => [[0, i], kind]),
        ),
      ],
    },
    {
      name: `one long ${kind}`,
      messages: (n) => [passing([repeat(n, (i) => (kind === 'Map' ? [i, i] : i))], [[[0], kind]])],
    },
  ]),
  {
    name: 'errors that are values',
    messages: (n) => [
      passing(
        [repeat(n, () => ({ name: 'TypeError', message: 'no' }))],
        repeat(n, (i) => [[0, i], 'Error']),
      ),
    ],
  },
  {
    name: 'errors that are values and share one list of errors',
    messages: (n) => [
      passing(
        [
          repeat(n, (i) => i),
          ...repeat(Math.min(n, 60_000), () => ({ name: 'AggregateError', message: '', errors: null })),
        ],
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
    messages: (n) => [
      passing(
        [repeat(n, () => null)],
        repeat(n, (i) => [[0, i], 'hole']),
      ),
    ],
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
      passing(
        [repeat(n, () => value)],
        repeat(n, (i) => [[0, i], kind, ...(kind === 'RegExp' ? ['g'] : [])]),
      ),
    ],
  })),
  {
    name: 'marks that are none',
    messages: (n) => [
      passing(
        [1],
        repeat(n, (i) => [[0], `kind ${i}`, i, i, i]),
      ),
    ],
  },
  {
    name: 'marks of an answer to nothing',
    messages: (n, { take }) => {
      const first = take(n)
      const kind = (i: number): string => ['function', 'stream', 'readable', 'writable'][i % 4] as string
      return [
        answering('nobody', {
          result: repeat(n, () => null),
          values: repeat(n, (i) => [[i], kind(i), first + i]),
        }),
      ]
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
  {
    name: 'a bigint of many digits',
    media: TEXT,
    most: 500_000,
    messages: (n) => [passing([digits(n)], [[[0], 'bigint']])],
  },
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
  {
    name: 'a long pattern',
    media: TEXT,
    most: 500_000,
    messages: (n) => [passing(['(a|'.repeat(n / 8) + ')'.repeat(n / 8)], [[[0], 'RegExp', '']])],
  },
  {
    name: 'a long date',
    media: TEXT,
    most: 1_000_000,
    messages: (n) => [passing([`2020${digits(n)}`], [[[0], 'Date']])],
  },
  {
    name: 'a long number',
    media: TEXT,
    most: 1_000_000,
    messages: (n) => [passing([digits(n)], [[[0], 'number']])],
  },
  {
    name: 'many bytes',
    media: TEXT,
    most: 1_000_000,
    messages: (n) => [passing(['A'.repeat(n - (n % 4))], [[[0], 'Uint8Array']])],
  },
]

export const valueFamilies: readonly Family[] = [...kinds, ...strings]
