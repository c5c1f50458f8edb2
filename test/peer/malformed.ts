/** Messages that no peer may send, by what an RPC has to make of them. */
import { failure, notification, request, result } from './pair.ts'

const valid = { id: 1, method: 'echo', params: [1] }

const versions: readonly unknown[] = [
  '1.0',
  '2',
  '2.0 ',
  ' 2.0',
  '2.00',
  'v2.0',
  '2.1',
  2,
  20,
  true,
  null,
  undefined,
  Number.NaN,
  ['2.0'],
  { version: '2.0' },
  new String('2.0'),
  Symbol('2.0'),
]

const otherLibraries: readonly unknown[] = [
  { id: '1', type: 'APPLY', path: ['echo'], argumentList: [{ type: 'RAW', value: 1 }] },
  { namespace: 'penpal', channel: undefined, type: 'SYN', participantId: 'x' },
  { penpal: 'synAck', methodNames: ['echo'] },
  { type: 'webpackOk', data: undefined },
  { type: 'webpackInvalid' },
  { source: 'react-devtools-content-script', hello: true },
  { source: '@devtools-page', payload: {} },
  { target: 'metamask-inpage', data: { name: 'metamask-provider', data: { jsonrpc: '2.0', id: 1 } } },
  { type: 'connected', updates: [], event: 'vite:beforeUpdate' },
  { t: 'q', i: 'x', m: 'echo', a: [1] },
  { action: 'handshake-request', model: {} },
  { portcall: 1, from: 'x', message: { jsonrpc: '2.0', ...valid } },
  { method: 'echo', params: [1] },
  { method: 'echo', params: [1], id: 1 },
  { id: 1, result: 1 },
  { id: 1, result: 1, error: null },
  { id: 1, error: { code: 1, message: 'x' } },
  '[iFrameSizer]message:0:0',
  'setImmediate$0.123$1',
  '{"jsonrpc":"2.0","id":1,"method":"echo","params":[1]}',
]

/** Not ours: to be ignored without a word where others may post, too. */
export const foreign: readonly unknown[] = [
  undefined,
  null,
  true,
  false,
  0,
  -0,
  1,
  -1,
  Number.NaN,
  Infinity,
  10n,
  '',
  'text',
  '2.0',
  Symbol('x'),
  () => 'function',
  {},
  Object.create(null),
  [],
  [[]],
  [[[]]],
  [null],
  [1, 2, 3],
  [undefined],
  ['2.0'],
  [{}],
  [[{ jsonrpc: '2.0', ...valid }]],
  Array.from({ length: 10 }),
  new Date(0),
  /x/,
  new Map([['jsonrpc', '2.0']]),
  new Set([1]),
  new ArrayBuffer(8),
  new Uint8Array(8),
  new Error('x'),
  new Proxy({}, {}),
  Promise.resolve(1),
  new WeakMap(),
  Object.create({ jsonrpc: '2.0', ...valid }),
  Object.create({ jsonrpc: '2.0', id: 1, result: 1 }),
  ...versions.map((jsonrpc) => ({ jsonrpc, ...valid })),
  ...versions.slice(0, 8).map((jsonrpc) => ({ jsonrpc, id: 1, result: 1 })),
  ...otherLibraries,
]

/** The id that the answer to something invalid has. */
export const idFor = ({ id }: { readonly id?: unknown }): unknown =>
  typeof id === 'string' || Number.isFinite(id) ? id : null

const notStrings: readonly unknown[] = [
  0,
  1,
  -1,
  Number.NaN,
  true,
  false,
  null,
  {},
  [],
  ['echo'],
  { toString: () => 'echo' },
  1n,
  new Date(0),
  new String('echo'),
  Symbol('echo'),
  () => 'echo',
]

const notIds: readonly unknown[] = [
  true,
  false,
  {},
  [],
  [1],
  { id: 1 },
  Number.NaN,
  Infinity,
  -Infinity,
  1n,
  new Date(0),
  new String('1'),
  new Number(1),
  Symbol('1'),
  () => 1,
]

const notParams: readonly unknown[] = ['', 'text', 0, 1, Number.NaN, true, false, 1n, Symbol('x'), () => [1]]

/** Says that it is JSON-RPC 2.0, has a method and is wrong: to be answered with -32600 and its id, or null if that is none. */
export const invalid: readonly { readonly id?: unknown }[] = [
  ...notStrings.map((method) => request(1, method, [1])),
  ...notStrings.slice(0, 8).map((method) => notification(method, [1])),
  ...notIds.map((id) => request(id, 'echo', [1])),
  ...notParams.map((params) => ({ ...request(1, 'echo'), params })),
  ...notParams.map((params) => ({ ...notification('echo'), params })),
]

/** Neither a call nor an answer: to be answered only where nobody else speaks. */
export const nothings: readonly unknown[] = [
  { jsonrpc: '2.0' },
  { jsonrpc: '2.0', id: 'nobody' },
  { jsonrpc: '2.0', id: null },
  { jsonrpc: '2.0', params: [1] },
]

/** Shaped like an answer, to no call that is pending: never to be answered. */
export const strayAnswers: readonly unknown[] = [
  { jsonrpc: '2.0', result: 1 },
  { jsonrpc: '2.0', error: { code: 1, message: 'x' } },
  { jsonrpc: '2.0', method: undefined, id: 'nobody', result: 1 },
  { jsonrpc: '2.0', id: 'nobody', result: 1, error: { code: 1, message: 'x' } },
  ...[null, 0, '', 'bad', true, [], 5n].map((error) => ({ jsonrpc: '2.0', id: 'nobody', error })),
  ...['1', '01', 1.5, -1, 0, '', [1], { id: 1 }, null, undefined, Number.NaN, Infinity, 1n, true].map((id) =>
    result(id, 'forged'),
  ),
  ...['1', [1], null, Number.NaN, {}, '__proto__', 'constructor', 'toString', Symbol('1')].map((id) =>
    failure(id, 1, 'forged'),
  ),
  [result('1', 'forged')],
  [result('nobody', 1), failure('nobody', 1, 'x'), result(null, 1)],
]
