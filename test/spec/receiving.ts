/** The rules for receiving of the wire protocol (6 to 12) as data. */
import type { Policy } from '../../src/index.ts'
import { failure, notification, type Outcome, request, result } from '../peer/pair.ts'

/** What a server that knows `sum`, `ping` and `note` makes of what it receives. */
export interface ServerCase {
  readonly rule: number
  readonly name: string
  /** Default: both. */
  readonly policy?: Policy
  readonly receive: readonly unknown[]
  readonly posts: readonly unknown[]
  /** The calls of `note` and `ping`, in order. Default: none. */
  readonly runs?: readonly unknown[]
}

const invalid = failure(null, -32600, 'Invalid Request')

const both = <C extends Omit<ServerCase, 'policy'>>(one: C): ServerCase[] => [
  { ...one, policy: 'shared' },
  { ...one, policy: 'strict' },
]

const shapedLikeAnAnswer: readonly [string, unknown][] = [
  ['a result that nobody waits for', result(99, 1)],
  ['an error that nobody waits for', failure(99, 1, 'x')],
  ['an error with id null', failure(null, -32600, 'Invalid Request')],
  ['a result without an id', { jsonrpc: '2.0', result: 1 }],
  ['an error without an id', { jsonrpc: '2.0', error: { code: 1, message: '' } }],
  ['result and error', { jsonrpc: '2.0', id: 99, result: 1, error: { code: 1, message: '' } }],
  ['an error that is a string', { jsonrpc: '2.0', id: 99, error: 'bad' }],
  ['an error that is null', { jsonrpc: '2.0', id: 99, error: null }],
  ['an id that is an object', { jsonrpc: '2.0', id: {}, result: 1 }],
  ['an id that is true', { jsonrpc: '2.0', id: true, result: 1 }],
  ['a result without jsonrpc', { id: 1, result: 1 }],
  ['an error without jsonrpc', { id: 1, error: { code: 1, message: '' } }],
  ['an error of JSON-RPC 1.0', { id: 1, result: null, error: 'x' }],
  ['another version', { jsonrpc: '3.0', id: 1, result: 1 }],
  ['nothing but a result', { result: 1 }],
  ['nothing but an error', { error: { code: 1, message: '' } }],
]

/** Neither calls nor answers. */
const nothings: readonly unknown[] = [{ jsonrpc: '2.0' }, { jsonrpc: '2.0', id: 99 }, { id: 1 }]

const foreign: readonly unknown[] = [
  null,
  undefined,
  0,
  'text',
  true,
  {},
  { foo: 'boo' },
  { method: 'sum' },
  { jsonrpc: '1.0', method: 'sum', id: 1 },
  { type: 'webpackOk' },
  new Date(0),
  [],
  [1],
  [{}],
  [[]],
]

export const serverCases: readonly ServerCase[] = [
  ...both({
    rule: 6,
    name: 'own params that are undefined are none',
    receive: [{ jsonrpc: '2.0', id: 1, method: 'ping', params: undefined }],
    posts: [result(1, 'pong')],
    runs: [['ping']],
  }),
  ...both({
    rule: 6,
    name: 'an own id that is undefined makes a notification',
    receive: [{ jsonrpc: '2.0', id: undefined, method: 'note', params: [1] }],
    posts: [],
    runs: [['note', 1]],
  }),
  ...both({
    rule: 6,
    name: 'result and error that are undefined do not make a request an answer',
    receive: [{ jsonrpc: '2.0', id: 1, method: 'ping', result: undefined, error: undefined }],
    posts: [result(1, 'pong')],
    runs: [['ping']],
  }),
  ...[0, -1, '', '0', '1', '1234567890123456789', '__proto__', 1.5, null, 2 ** 53].flatMap((id) =>
    both({
      rule: 7,
      name: `the id ${JSON.stringify(id)} is echoed exactly`,
      receive: [request(id, 'sum', [1, 2])],
      posts: [result(id, 3)],
    }),
  ),
  ...both({
    rule: 8,
    name: 'unknown members of a message are ignored',
    receive: [{ ...request(1, 'sum', [1, 2]), trace: 'x', params2: {}, meta: { a: 1 } }],
    posts: [result(1, 3)],
  }),
  ...shapedLikeAnAnswer.flatMap(([what, message]) =>
    both({ rule: 9, name: `never answer ${what}`, receive: [message], posts: [] }),
  ),
  ...shapedLikeAnAnswer.flatMap(([what, message]) =>
    both({
      rule: 9,
      name: `never answer ${what} in a batch`,
      receive: [[message, request(1, 'sum', [1, 1])]],
      posts: [[result(1, 2)]],
    }),
  ),
  ...foreign.map((message): ServerCase => ({
    rule: 10,
    name: `${JSON.stringify(message)} is someone else's`,
    policy: 'shared',
    receive: [message],
    posts: [],
  })),
  ...[null, 0, 'text', true, {}, { foo: 'boo' }, { method: 'sum' }, ...nothings].map(
    (message): ServerCase => ({
      rule: 10,
      name: `${JSON.stringify(message)} is invalid`,
      policy: 'strict',
      receive: [message],
      posts: [invalid],
    }),
  ),
  ...nothings.map((message): ServerCase => ({
    rule: 10,
    name: `${JSON.stringify(message)} is not answered`,
    policy: 'shared',
    receive: [message],
    posts: [],
  })),
  {
    rule: 10,
    name: 'a request of another version is answered with its id',
    policy: 'strict',
    receive: [{ jsonrpc: 2, method: 'sum', id: 1 }],
    posts: [failure(1, -32600, 'Invalid Request')],
  },
  ...(
    [
      [request(1, 1), 1],
      [request(1, ['sum']), 1],
      [request(true, 'sum'), null],
      [request(1, 'sum', 'bar'), 1],
      [notification(1), null],
    ] as const
  ).flatMap(([message, id]) =>
    both({
      rule: 10,
      name: `${JSON.stringify(message)} says that it is JSON-RPC 2.0 and is invalid`,
      receive: [message],
      posts: [failure(id, -32600, 'Invalid Request')],
    }),
  ),
  ...both({
    rule: 11,
    name: 'a handler is started before the next message is looked at',
    receive: [
      notification('note', [1]),
      request('a', 'ping'),
      notification('note', [2]),
      request('b', 'ping'),
    ],
    posts: [result('a', 'pong'), result('b', 'pong')],
    runs: [['note', 1], ['ping'], ['note', 2], ['ping']],
  }),
  {
    rule: 12,
    name: 'an empty batch gets one answer',
    policy: 'strict',
    receive: [[]],
    posts: [invalid],
  },
  {
    rule: 12,
    name: 'invalid entries get one answer each',
    policy: 'strict',
    receive: [[1, {}, []]],
    posts: [[invalid, invalid, invalid]],
  },
  ...both({
    rule: 12,
    name: 'valid entries are run beside invalid ones',
    receive: [[1, notification('note', [1]), request(1, 'sum', [1, 2]), [request(2, 'ping')]]],
    posts: [[invalid, result(1, 3), invalid]],
    runs: [['note', 1]],
  }),
  ...both({
    rule: 12,
    name: 'nothing is answered if all are notifications',
    receive: [[notification('note', [1]), notification('nobody'), notification('note', [2])]],
    posts: [],
    runs: [
      ['note', 1],
      ['note', 2],
    ],
  }),
]

/** What a client makes of the answer to its request 7. */
export interface ClientCase {
  readonly rule: number
  readonly name: string
  readonly answer: unknown
  readonly becomes: Outcome
}

const extended = { code: 5, message: 'no', details: { name: 'RangeError' }, stack: 'at x', type: 'E' }

export const clientCases: readonly ClientCase[] = [
  {
    rule: 6,
    name: 'an own error that is undefined is none',
    answer: { jsonrpc: '2.0', id: 7, result: 1, error: undefined },
    becomes: { value: 1 },
  },
  {
    rule: 6,
    name: 'an own result that is undefined, without an error, is success',
    answer: { jsonrpc: '2.0', id: 7, result: undefined },
    becomes: { value: undefined },
  },
  {
    rule: 6,
    name: 'an own result that is undefined beside an error is none',
    answer: { jsonrpc: '2.0', id: 7, result: undefined, error: { code: 5, message: 'no' } },
    becomes: { code: 5 },
  },
  {
    rule: 6,
    name: 'an own method that is undefined is none',
    answer: { jsonrpc: '2.0', id: 7, method: undefined, result: 1 },
    becomes: { value: 1 },
  },
  ...['7', [7], { id: 7 }, null, undefined, 7.5, -7].map((id) => ({
    rule: 7,
    name: `the answer to ${JSON.stringify(id)} is not the answer to 7`,
    answer: { jsonrpc: '2.0', id, result: 1 },
    becomes: 'pending' as const,
  })),
  {
    rule: 8,
    name: 'extra members of an error are tolerated',
    answer: { jsonrpc: '2.0', id: 7, error: extended },
    becomes: { code: 5 },
  },
  {
    rule: 8,
    name: 'an Error instance as error rejects',
    answer: { jsonrpc: '2.0', id: 7, error: new RangeError('no') },
    becomes: { code: -32500 },
  },
  {
    rule: 8,
    name: 'unknown members of an answer are ignored',
    answer: { ...result(7, 1), trace: 'x', params: [2] },
    becomes: { value: 1 },
  },
  ...[
    { id: 7, result: 1 },
    { jsonrpc: '1.0', id: 7, result: 1 },
    { jsonrpc: 2, id: 7, result: 1 },
  ].map((answer) => ({
    rule: 10,
    name: `${JSON.stringify(answer)} is not JSON-RPC 2.0`,
    answer,
    becomes: 'pending' as const,
  })),
  {
    rule: 12,
    name: 'a batch that holds the answer is accepted',
    answer: [result(7, 1)],
    becomes: { value: 1 },
  },
  {
    rule: 12,
    name: 'a batch that holds the answer among those that nobody waits for is accepted',
    answer: [result(8, 2), { jsonrpc: '2.0' }, failure(null, 1, ''), result(7, 1)],
    becomes: { value: 1 },
  },
]
