/** Errors, lists and names that cost 0.1.0 far more than they hold: A01, A02, A03. */
import { hello } from '../peer/peer.ts'
import { request } from '../peer/pair.ts'
import { ALL, type Attack, CLONED, doubled, doubledByMarks, failing, one, TEXTS } from './attack.ts'
import { answering, claiming, errorOf, passing, repeat, telling } from './family.ts'

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

/** Where an error stands: of an answer, of a stream, of a signal. */
export const errorAttacks: readonly Attack[] = [
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
    messages: (n, { pending }) => [
      failing(errorOf({ name: 'AggregateError', errors: claiming(n) }), pending),
    ],
  },
  {
    id: 'A01',
    name: '4,000 marked errors that share one list of errors',
    size: 4_000,
    media: [...TEXTS, 'fork'],
    messages: (n) => [
      passing(
        [
          repeat(60_000, (i) => i % 10),
          ...repeat(n, () => ({ name: 'AggregateError', message: '', errors: null })),
        ],
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
  ...(['name', 'message', 'stack', 'code', 'dom'] as const).map((member): Attack => ({
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
  })),
  ...(['name', 'message', 'stack'] as const).map((member): Attack => ({
    id: 'A03',
    name: `an error whose ${member} is one list in two places, again and again`,
    size: 25,
    calls: one,
    media: CLONED,
    messages: (n, { pending }) => {
      const list = doubled(n)
      return [failing(member === 'message' ? errorOf({}, list) : errorOf({ [member]: list }), pending)]
    },
  })),
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
  ).map(([kind, details]): Attack => ({
    id: 'A03',
    name: `a ${kind} made of a list that stands twice in a list`,
    size: 26,
    media: [...TEXTS, 'fork'],
    messages: (n) => {
      const [list, marks] = doubledByMarks(n, 0)
      return [passing([list], [...marks, [[0], kind, ...details]])]
    },
  })),
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
