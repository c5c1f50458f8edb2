/** Marks, lengths that are claimed, and what is kept: A04 to A09, A14, A16, A21, A26. */
import { hello } from '../peer/peer.ts'
import { request } from '../peer/pair.ts'
import { ALL, type Attack, CLONED, doubledByMarks, failing, one, TEXTS } from './attack.ts'
import { answering, claiming, errorOf, passing, repeat, telling } from './family.ts'

const marked: readonly Attack[] = [
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

const claims: readonly Attack[] = [
  ...(['take', 'none', 'rpc.call', 'rpc.get', 'rpc.new', 'rpc.connect'] as const).map((method): Attack => ({
    id: 'A06',
    name: `a request ${method} whose params claim to be many`,
    size: 134e6,
    media: CLONED,
    messages: (n) => [request(1, method, claiming(n))],
  })),
  ...[
    'take',
    'none',
    'rpc.release',
    'rpc.next',
    'rpc.end',
    'rpc.stop',
    'rpc.abort',
    'rpc.cancel',
    'rpc.frame',
    'rpc.pull',
  ].map((method): Attack => ({
    id: 'A06',
    name: `a notification ${method} whose params claim to be many`,
    size: 134e6,
    media: CLONED,
    messages: (n) => [telling(method, claiming(n)), telling(method, claiming(n, 1, 'take', 1))],
  })),
  {
    id: 'A06',
    name: 'a batch that claims to be long, and one in a frame',
    size: 134e6,
    media: CLONED,
    messages: (n) => [claiming(n), claiming(n, request(1, 'take', []))],
  },
  {
    id: 'A07',
    name: 'an error whose fields are bytes',
    size: 10_000_000,
    calls: one,
    media: CLONED,
    messages: (n, { pending }) => [failing(errorOf({ fields: new Uint8Array(n) }), pending)],
  },
  {
    id: 'A07',
    name: 'an error whose fields are a String object',
    size: 5_000_000,
    calls: one,
    media: CLONED,
    messages: (n, { pending }) => [failing(errorOf({ fields: Object('x'.repeat(n)) as object }), pending)],
  },
  {
    id: 'A07',
    name: 'an error whose fields are shared memory',
    size: 5_000_000,
    calls: one,
    media: ['port'],
    messages: (n, { pending }) => [
      failing(errorOf({ fields: new Uint8Array(new SharedArrayBuffer(n)) }), pending),
    ],
  },
  {
    id: 'A07',
    name: 'an error whose fields are a list',
    size: 200_000,
    calls: one,
    media: ALL,
    messages: (n, { pending }) => [failing(errorOf({ fields: repeat(n, () => 1) }), pending)],
  },
  {
    id: 'A09',
    name: 'a hello with capabilities that claim to be many',
    size: 134e6,
    media: CLONED,
    messages: (n) => [hello('claims', { capabilities: claiming(n) })],
  },
  {
    id: 'A09',
    name: 'a hello with junk',
    size: 4_000_000,
    media: ALL,
    messages: (n) => [hello('junk', { junk: 'x'.repeat(n), capabilities: ['y'.repeat(n), { junk: 'x' }] })],
  },
]

const kept: readonly Attack[] = [
  {
    id: 'A16',
    name: 'batches of large results and one that never ends',
    size: 60,
    times: 1,
    isWork: true,
    media: ALL,
    limits: { maxHeldBytes: 8_388_608 },
    messages: (n) => [
      [request('never', 'never'), ...repeat(n, (i) => request(`large ${i}`, 'large', [1_048_576]))],
    ],
  },
  {
    id: 'A21',
    name: 'hellos with long sessions',
    size: 24,
    times: 1,
    media: ALL,
    messages: (n) => repeat(n, (i) => hello(`${i} ${'x'.repeat(1_048_576)}`)),
  },
  {
    id: 'A26',
    name: 'signals that are never aborted',
    size: 131_072,
    times: 1,
    media: ['port', 'websocket'],
    limits: { maxHeldBytes: 4_194_304 },
    messages: (n, { take }) => {
      const first = take(n)
      return repeat(n / 4_096, (k) =>
        passing(
          [repeat(4_096, () => null)],
          repeat(4_096, (i) => [[0, i], 'signal', first + 4_096 * k + i]),
        ),
      )
    },
  },
  {
    id: 'A26',
    name: 'calls that never end, with large params',
    size: 40,
    times: 1,
    media: ['port', 'websocket'],
    limits: { maxHeldBytes: 8_388_608 },
    messages: (n) => repeat(n, (i) => request(`never ${i}`, 'never', ['x'.repeat(1_048_576)])),
  },
]

export const valueAttacks: readonly Attack[] = [...marked, ...claims, ...kept]
