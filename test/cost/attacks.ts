/** What cost a receiver of 0.1.0 seconds or hundreds of megabytes, and the siblings of that, by its number. */
import { hello } from '../peer/peer.ts'
import { request } from '../peer/pair.ts'
import { answering, claiming, errorOf, type Family, type Medium, passing, repeat, telling } from './family.ts'
import type { RPCInitOptions } from '../../src/index.ts'

export interface Attack extends Family {
  readonly id: string
  /** The size that is sent. */
  readonly size: number
  readonly media: readonly Medium[]
  /** The most messages that it may be answered with. Default: one for each. */
  readonly answers?: number
  /** What it costs is what the methods do that it calls. Default: false. */
  readonly isWork?: boolean
  /** How often it is repeated: what is to be told is in what is kept. Default: 3. */
  readonly times?: number
  readonly limits?: RPCInitOptions['limits']
}

const CLONED: readonly Medium[] = ['port', 'fork']
const TEXTS: readonly Medium[] = ['text', 'websocket', 'stdio']
const ALL: readonly Medium[] = ['port', 'fork', 'websocket']

const one = (): number => 1

/** A list that stands twice in a list that stands twice … */
function doubled(levels: number): unknown[] {
  let list: unknown[] = ['x']
  for (let i = 0; i < levels; i++) list = [list, list]
  return list
}

/** The same where a thing cannot stand twice: the list, and the marks that say so. */
function doubledByMarks(levels: number, ...at: readonly unknown[]): readonly [list: unknown[], marks: unknown[]] {
  let list: unknown[] = ['x']
  for (let i = 0; i < levels; i++) list = [list, null]
  const path = (level: number): unknown[] => [...at, ...repeat(level, () => 0)]
  const marks = repeat(levels, (i) => {
    const level = levels - 1 - i
    return [[...path(level), 1], 'same', [...path(level), 0]]
  })
  return [list, marks]
}

/** One error in `width` places of each of `levels` lists of errors. */
function treeByMarks(width: number, levels: number): readonly [error: object, marks: unknown[]] {
  let error = errorOf({})
  for (let i = 0; i < levels; i++)
    error = errorOf({ name: 'AggregateError', errors: [error, ...repeat(width - 1, () => null)] })
  const path = (level: number): unknown[] => repeat(level, () => ['details', 'errors', 0]).flat()
  const marks = repeat(levels, (i) => levels - 1 - i).flatMap((level) =>
    repeat(width - 1, (i) => [
      [...path(level), 'details', 'errors', i + 1],
      'same',
      [...path(level), 'details', 'errors', 0],
    ]),
  )
  return [error, marks]
}

const failing = (error: object, [id]: readonly unknown[], values?: unknown): object =>
  answering(id, { error, ...(values !== undefined && { values }) })

/** Where an error stands: of an answer, of a stream, of a signal. */
const errors: readonly Attack[] = [
  {
    id: 'A01',
    name: 'a marked error whose list of errors claims to be long',
    size: 4_294_967_295,
    media: CLONED,
    messages: (n) => [
      passing([{ name: 'AggregateError', message: '', errors: claiming(n) }], [[[0], 'Error']]),
    ],
  },
  {
    id: 'A01',
    name: 'an error whose list of errors claims to be long',
    size: 4_294_967_295,
    calls: one,
    media: CLONED,
    messages: (n, { pending }) => [failing(errorOf({ name: 'AggregateError', errors: claiming(n) }), pending)],
  },
  {
    id: 'A01',
    name: '4,000 marked errors that share one list of errors',
    size: 4_000,
    media: [...TEXTS, 'fork'],
    messages: (n) => [
      passing(
        [repeat(60_000, (i) => i % 10), ...repeat(n, () => ({ name: 'AggregateError', message: '', errors: null }))],
        repeat(n, (i) => [
          [[1 + i, 'errors'], 'same', [0]],
          [[1 + i], 'Error'],
        ]).flat(),
      ),
    ],
  },
  {
    id: 'A02',
    name: 'errors 100 wide and 3 deep',
    size: 100,
    calls: one,
    media: ALL,
    messages: (n, { pending }) => {
      const [error, marks] = treeByMarks(n, 3)
      return [failing(error, pending, marks)]
    },
  },
  {
    id: 'A02',
    name: 'errors 100 wide and 3 deep that are one error',
    size: 100,
    calls: one,
    media: CLONED,
    messages: (n, { pending }) => {
      let error = errorOf({})
      for (let i = 0; i < 3; i++) error = errorOf({ name: 'AggregateError', errors: repeat(n, () => error) })
      return [failing(error, pending)]
    },
  },
  {
    id: 'A02',
    name: 'causes that are lists of errors, each with causes',
    size: 12,
    calls: one,
    media: CLONED,
    messages: (n, { pending }) => {
      let error = errorOf({})
      for (let i = 0; i < n; i++)
        error = errorOf({ name: 'AggregateError', cause: error, errors: repeat(8, () => error) })
      return [failing(error, pending)]
    },
  },
  ...(['name', 'message', 'stack', 'code', 'dom'] as const).map(
    (member): Attack => ({
      id: 'A03',
      name: `an error whose ${member} is a list that stands twice in a list`,
      size: 26,
      calls: one,
      media: ALL,
      messages: (n, { pending }) => {
        const isDetail = member !== 'message' && member !== 'code'
        const [list, marks] = doubledByMarks(n, ...(isDetail ? ['details', member] : [member]))
        const error = errorOf(isDetail ? { [member]: list } : {})
        return [failing(isDetail ? error : { ...error, [member]: list }, pending, marks)]
      },
    }),
  ),
  ...(
    [
      ['bigint', []],
      ['RegExp', ['g']],
      ['Date', []],
      ['number', []],
      ['Uint8Array', []],
      ['Map', []],
      ['Set', []],
      ['Error', []],
    ] as const
  ).map(
    ([kind, details]): Attack => ({
      id: 'A03',
      name: `a ${kind} made of a list that stands twice in a list`,
      size: 26,
      media: [...TEXTS, 'fork'],
      messages: (n) => {
        const [list, marks] = doubledByMarks(n, 0)
        return [passing([list], [...marks, [[0], kind, ...details]])]
      },
    }),
  ),
  {
    id: 'A03',
    name: 'names, numbers and sessions that are lists that stand twice in a list',
    size: 26,
    media: CLONED,
    messages: (n, { object, callback, stream }) => {
      const list = doubled(n)
      return [
        request(list, 'take', []),
        request(1, list, []),
        request(2, 'rpc.call', [object, list]),
        request(3, 'rpc.call', [list, 'run']),
        request(4, 'rpc.get', [object, list]),
        request(5, 'rpc.new', [null, list]),
        request(6, 'rpc.set', [object, list, list]),
        telling('rpc.release', [callback, list]),
        telling('rpc.pull', [stream, list]),
        telling('rpc.next', [list, list]),
        telling('rpc.cancel', [list]),
        telling('rpc.abort', [list, list]),
        telling('rpc.frame', [list, 'take', 1, 1]),
        telling('rpc.frame', [1, list, 1, 1]),
        telling('rpc.frame', [1, 'take', list, 1]),
        telling('rpc.frame', ['nobody', false, list, list]),
        passing([1], [[list, 'function', 1]]),
        passing([1], [[[list], 'function', 1]]),
        passing([1], [[[0], list, 1]]),
        passing([1], [[[0], 'function', list]]),
        passing([1], [[[0], 'stream', list]]),
        passing([1], [[[0], 'signal', list]]),
        passing([1], list),
        answering(list, { result: list }),
        answering(1, { error: list }),
        request(7, 'rpc.connect', { session: list, capabilities: [list] }),
        hello('doubled', { version: list, capabilities: [list], re: list }),
      ]
    },
  },
]

const marked: readonly Attack[] = [
  {
    id: 'A04',
    name: 'one place marked a bigint again and again',
    size: 4_000,
    media: [...TEXTS, 'fork'],
    messages: (n) => [
      passing(['7'.repeat(20_000), ...repeat(n, () => null)], repeat(n, (i) => [
        [[1 + i], 'same', [0]],
        [[1 + i], 'bigint'],
      ]).flat()),
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
    messages: (n) => [passing([repeat(1_000, (i) => i), null], repeat(n, () => [[1], 'same', [0]]))],
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
      return [passing([1], repeat(n, () => [path, 'function', 1]))]
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
      return [passing(repeat(1, () => repeat(900, () => 0).reduce<unknown>((inner) => [inner], 0)), repeat(n, () => [path, 'same', path]))]
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
      return [passing([repeat(n, () => null)], repeat(n, (i) => [[0, i], 'writable', first + i]))]
    },
  },
]

const claims: readonly Attack[] = [
  ...(['take', 'none', 'rpc.call', 'rpc.get', 'rpc.new', 'rpc.connect'] as const).map(
    (method): Attack => ({
      id: 'A06',
      name: `a request ${method} whose params claim to be many`,
      size: 134e6,
      media: CLONED,
      messages: (n) => [request(1, method, claiming(n))],
    }),
  ),
  ...['take', 'none', 'rpc.release', 'rpc.next', 'rpc.end', 'rpc.stop', 'rpc.abort', 'rpc.cancel', 'rpc.frame', 'rpc.pull'].map(
    (method): Attack => ({
      id: 'A06',
      name: `a notification ${method} whose params claim to be many`,
      size: 134e6,
      media: CLONED,
      messages: (n) => [telling(method, claiming(n)), telling(method, claiming(n, 1, 'take', 1))],
    }),
  ),
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
    messages: (n, { pending }) => [failing(errorOf({ fields: new Uint8Array(new SharedArrayBuffer(n)) }), pending)],
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
    messages: (n) => [[request('never', 'never'), ...repeat(n, (i) => request(`large ${i}`, 'large', [1_048_576]))]],
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
        passing([repeat(4_096, () => null)], repeat(4_096, (i) => [[0, i], 'signal', first + 4_096 * k + i])),
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

export const attacks: readonly Attack[] = [...errors, ...marked, ...claims, ...kept]
