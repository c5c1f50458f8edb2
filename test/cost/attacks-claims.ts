/** Lengths that are claimed, params that are shared, and what is kept: A06, A07, A09, A16, A21, A26. */
import { hello } from '../peer/peer.ts'
import { request } from '../peer/pair.ts'
import { ALL, type Attack, CLONED, failing, one } from './attack.ts'
import { claiming, errorOf, passing, repeat, telling } from './family.ts'

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
  ...(['take', 'later', 'rpc.call', 'rpc.release', 'rpc.next'] as const).map((method): Attack => ({
    id: 'A06',
    name: `a batch whose calls of ${method} share their params`,
    size: 60_000,
    media: CLONED,
    messages: (n, { callback }) => {
      const params = [callback, '', ...repeat(n, (i) => i)]
      const isNotice = method === 'rpc.release' || method === 'rpc.next'
      return [repeat(1_000, (i) => (isNotice ? telling(method, params) : request(`p ${i}`, method, params)))]
    },
  })),
  {
    id: 'A06',
    name: 'a batch whose calls share one large object',
    size: 30_000,
    media: CLONED,
    messages: (n) => {
      const params = [repeat(n, (i) => ({ i }))]
      return [repeat(1_000, (i) => request(`p ${i}`, 'later', params))]
    },
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

export const claimAttacks: readonly Attack[] = [...claims, ...kept]
