/**
 * What an adversary says: everything, whether it makes sense where it is said or not. It knows the sessions and ids of those
 * who speak, if there are any.
 */
import { foreign, invalid, strayAnswers } from '../../peer/malformed.ts'
import { failure, notification, request, result } from '../../peer/pair.ts'
import { attacks as greetings } from '../windows/stage.ts'
import { everythingIn } from './loot.ts'
import type { Shot } from './orders.ts'

/** What an adversary has found out. */
export interface Known {
  readonly sessions: readonly string[]
  readonly ids: readonly (string | number)[]
}

export const NOTHING: Known = { sessions: [], ids: [1, 2, 3] }

/** A call that the peer never makes: if it is run, somebody else was heard. */
const MARK = 'hostile'

const methods = [
  'constructor',
  '__proto__',
  'toString',
  'valueOf',
  'hasOwnProperty',
  '__defineGetter__',
  'then',
  'toJSON',
  'call',
  'apply',
  'prototype',
  '',
  'vault',
  'vault._secret',
  '_secret',
  'add.constructor',
  'math.__proto__.x',
  'toString.constructor',
  'math.constructor.constructor',
]

const extensions = [
  'connect',
  'cancel',
  'close',
  'ping',
  'frame',
  'release',
  'call',
  'get',
  'set',
  'new',
  'pull',
  'next',
  'end',
  'stop',
  'abort',
  'forget',
  'lock',
  'discover',
  'none',
  '__proto__',
  'constructor',
]

const owned = (json: string): unknown => JSON.parse(json) as unknown

const references: readonly unknown[] = [
  [],
  [0],
  [1, ''],
  [1, '_secret'],
  [1, 'constructor', 'return 1'],
  [1, '__proto__'],
  [2, 'label', MARK],
  [1, 1_000_000],
  [-1, -1],
  [null, 'add', MARK],
  ['1', {}],
  [Number.NaN, Infinity],
  [{ code: 1, message: MARK }],
  { session: MARK },
  { 0: 1, length: 1 },
  owned('{"__proto__": {"polluted": 1}}'),
  [1, owned('{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}}')],
]

const marks: readonly unknown[] = [
  [],
  {},
  'function',
  [[[0], 'function', 1]],
  [[[0], 'home', 1]],
  [[[0], 'stream', 1]],
  [[[0, '__proto__', 'polluted'], 'function', 1]],
  [[[0, 'constructor', 'prototype', 'polluted'], 'same', [0]]],
  [[[0, 'then'], 'function', 9]],
  [[[], 'signal', 1]],
  [[[0, 'length'], 'same', [1]]],
]

const frames: readonly unknown[] = [
  [null, 'note', 1, MARK],
  ['f', 'add', 2, MARK, MARK],
  [null, 'rpc.close', 0],
  [null, 'rpc.frame', 3, null, 'note', 0],
  ['f', 'note', 1e9],
  ['f', 'note', -1, MARK],
  [1, true, MARK, 1, true, MARK],
  [1, false, 1, MARK],
  [{}, 'note', 0, [], 'note', 0, Number.NaN, 'note', 0],
  Array.from({ length: 1_000 }, () => null),
]

const polluting: readonly unknown[] = [
  '{"jsonrpc": "2.0", "method": "note", "params": [{"__proto__": {"polluted": 1}}], "__proto__": {"polluted": 1}}',
  '{"__proto__": {"jsonrpc": "2.0", "method": "note", "params": ["hostile"]}}',
  '{"jsonrpc": "2.0", "id": "__proto__", "method": "__proto__", "params": {"__proto__": {"polluted": 1}}}',
  '{"jsonrpc": "2.0", "id": 1, "result": {"__proto__": {"polluted": 1}}, "constructor": {"prototype": {"polluted": 1}}}',
  '{"jsonrpc": "2.0", "id": 1, "error": {"code": 1, "message": "m", "data": {"__proto__": {"polluted": 1}}}}',
  '{"jsonrpc": "2.0", "id": 1, "error": {"code": 1, "message": "m", "details": {"name": "constructor", "fields": {"__proto__": 1}}}}',
].map(owned)

// A transferred value can be posted once, and what has no clone never.
const isPostable = (value: unknown): boolean => {
  try {
    structuredClone(value)
    return true
  } catch {
    return false
  }
}

/** Everything that can be said, once. */
export function shots(known: Known): readonly Shot[] {
  const ids = [...known.ids, ...known.sessions]
  const messages: unknown[] = [
    ...foreign,
    ...invalid,
    ...strayAnswers,
    ...polluting,
    ...methods.flatMap((method) => [
      notification(method, [MARK]),
      request(MARK, method, ['globalThis.polluted = 1']),
    ]),
    // Each of these as a request or as a notification, and of each method both.
    ...extensions.flatMap((name, n) =>
      references.map((params, i) =>
        (n + i) % 2 ? notification(`rpc.${name}`, params) : request(MARK, `rpc.${name}`, params),
      ),
    ),
    ...marks.flatMap((values) => [
      { ...notification('note', [MARK, {}]), values },
      { ...request(MARK, 'add', [{}, MARK]), values },
      ...ids.slice(0, 3).map((id) => ({ ...result(id, [MARK]), values })),
    ]),
    ...frames.map((params) => notification('rpc.frame', params)),
    ...ids.flatMap((id) => [result(id, MARK), failure(id, 1, MARK), notification('rpc.cancel', [id])]),
    Array.from({ length: 1_001 }, () => notification('note', [MARK])),
    [[notification('note', [MARK])], notification('note', [MARK]), null],
    JSON.stringify(notification('note', [MARK])),
  ]
  return [
    ...greetings(known.sessions, known.ids),
    ...messages.filter(isPostable).map((message) => ({ message })),
    { message: MARK, levels: 2_500 },
    { message: notification('note', [MARK]), port: 'message' },
    { message: { portcall: 1, from: MARK, message: notification('note', [MARK]) }, port: 'message' },
  ]
}

/** The numbers of what was passed by reference, as they stand in what an adversary got. */
export const numbersIn = (loot: readonly string[]): number[] => [
  ...new Set(
    loot.flatMap((text) =>
      [...text.matchAll(/ (?:object|function|stream|signal) 2 (\d+)(?: 3 0)? length [34]/g)].map(([, id]) =>
        Number(id),
      ),
    ),
  ),
]

/** What is tried on each of these. */
export const stealing = (numbers: readonly number[]): readonly Shot[] =>
  numbers.flatMap((id) =>
    [
      '_secret',
      'constructor',
      '__proto__',
      'prototype',
      'toString',
      'constructor.prototype',
      'note.constructor',
      '',
    ].flatMap((name) =>
      ['get', 'set', 'new', 'call']
        .filter((verb) => verb !== 'call' || name)
        .map((verb) => ({ message: request(`${verb} ${id} ${name}`, `rpc.${verb}`, [id, name, MARK]) })),
    ),
  )

/** Without what ends the connection, which a peer may do. */
export const lasting = (all: readonly Shot[]): readonly Shot[] =>
  all.filter(({ message }) => !everythingIn(message).includes('rpc.close'))

/** As much as is said before anybody can look. */
export const flood = (count = 2_000): readonly Shot[] =>
  Array.from({ length: count }, (_, i) => ({
    message: i % 2 ? notification('note', [MARK, i]) : result(i, MARK),
  }))
