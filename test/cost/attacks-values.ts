/** Marks: A04, A05, A08, A14. */
import { request } from '../peer/pair.ts'
import { ALL, type Attack, CLONED, doubledByMarks, one, TEXTS } from './attack.ts'
import { answering, claiming, passing, repeat } from './family.ts'

export const valueAttacks: readonly Attack[] = [
  {
    id: 'A04',
    name: 'one place marked a bigint again and again',
    size: 4_000,
    media: [...TEXTS, 'fork'],
    messages: (n) => [
      passing(
        ['7'.repeat(20_000), ...repeat(n, () => null)],
        repeat(n, (i) => [
          [[1 + i], 'same', [0]],
          [[1 + i], 'bigint'],
        ]).flat(),
      ),
    ],
  },
  {
    id: 'A04',
    name: 'one list in a box, marked a Set in each of many places',
    size: 4_000,
    media: [...TEXTS, 'fork'],
    messages: (n) => [
      passing(
        [repeat(4_000, (i) => i), ...repeat(n, () => null)],
        repeat(n, (i) => [
          [[1 + i], 'same', [0]],
          [[1 + i], 'Set'],
        ]).flat(),
      ),
    ],
  },
  {
    id: 'A04',
    name: 'one place marked as the same as another again and again',
    size: 8_000,
    media: [...TEXTS, 'fork', 'port'],
    messages: (n) => [
      passing(
        [repeat(1_000, (i) => i), null],
        repeat(n, () => [[1], 'same', [0]]),
      ),
    ],
  },
  {
    id: 'A04',
    name: 'bytes in a box, marked in each of many places',
    size: 4_000,
    media: [...TEXTS, 'fork'],
    messages: (n) => [
      passing(
        [['A'.repeat(40_000)], ...repeat(n, () => null)],
        repeat(n, (i) => [
          [[1 + i], 'same', [0]],
          [[1 + i, 0], 'Uint8Array'],
        ]).flat(),
      ),
    ],
  },
  {
    id: 'A04',
    name: 'levels that each stand twice in the next, and a Set of that',
    size: 30,
    media: [...TEXTS, 'fork'],
    messages: (n) => {
      const [list, marks] = doubledByMarks(n, 0)
      return [passing([list, 1], [...marks, [[], 'Set']])]
    },
  },
  {
    id: 'A05',
    name: 'an answer to nothing, with marks that claim to be many',
    size: 1e9,
    media: CLONED,
    answers: 1,
    messages: (n) => [answering('nobody', { result: 1, values: claiming(n) })],
  },
  {
    id: 'A05',
    name: 'an answer to nothing, with 5,000 marks',
    size: 5_000,
    media: ALL,
    answers: 100,
    messages: (n) => [
      answering('nobody', {
        result: repeat(n, () => null),
        values: repeat(n, (i) => [[i], ['function', 'stream', 'writable', 'readable'][i % 4], 1_000_000 + i]),
      }),
    ],
  },
  {
    id: 'A05',
    name: 'an answer that cannot be read, with 5,000 marks',
    size: 5_000,
    media: ALL,
    calls: one,
    answers: 100,
    messages: (n, { pending: [id] }) => [
      answering(id, {
        result: null,
        values: repeat(n, (i) => [['nowhere', i], ['stream', 'readable'][i % 2], 1_000_000 + i]),
      }),
    ],
  },
  {
    id: 'A08',
    name: '100,000 marks that share one path',
    size: 100_000,
    media: CLONED,
    answers: 100,
    messages: (n) => {
      const path = repeat(1_000, () => 0)
      return [
        passing(
          [1],
          repeat(n, () => [path, 'function', 1]),
        ),
      ]
    },
  },
  {
    id: 'A08',
    name: '100,000 marks that share one path that leads somewhere',
    size: 100_000,
    media: CLONED,
    answers: 100,
    messages: (n) => {
      const path = repeat(900, () => 0)
      return [
        passing(
          repeat(1, () => repeat(900, () => 0).reduce<unknown>((inner) => [inner], 0)),
          repeat(n, () => [path, 'same', path]),
        ),
      ]
    },
  },
  {
    id: 'A08',
    name: 'a batch whose messages share one list of marks',
    size: 8_192,
    media: CLONED,
    answers: 100,
    messages: (n) => {
      const values = repeat(n, () => [[0], 'same', [1]])
      return [repeat(400, (i) => ({ ...request(`shared ${i}`, 'take', [1, 2]), values }))]
    },
  },
  {
    id: 'A05',
    name: 'a batch of answers to nothing that share one list of marks',
    size: 8_192,
    media: CLONED,
    answers: 100,
    messages: (n) => {
      const values = repeat(n, (i) => [[0], 'function', i])
      return [repeat(400, (i) => ({ ...answering(`shared ${i}`, { result: [1] }), values }))]
    },
  },
  {
    id: 'A14',
    name: 'marks of writable streams',
    size: 16_384,
    media: ALL,
    answers: 64,
    messages: (n, { take }) => {
      const first = take(n)
      return [
        passing(
          [repeat(n, () => null)],
          repeat(n, (i) => [[0, i], 'writable', first + i]),
        ),
      ]
    },
  },
]
