/** Families of messages: frames, batches, hellos, notices by name, ids, methods, stream items, signals and releases. */
import { hello } from '../peer/peer.ts'
import { failure, notification, request, result } from '../peer/pair.ts'
import { claiming, CLONES, type Family, passing, repeat, TEXT } from './family.ts'

const together: readonly Family[] = [
  {
    name: 'a long frame',
    media: CLONES,
    messages: (n) => [notification('rpc.frame', repeat(n, (i) => [null, 'take', 1, i]).flat())],
    most: 16_384,
  },
  {
    name: 'frames of 64 messages',
    media: CLONES,
    messages: (n) =>
      repeat(n / 64, () =>
        notification('rpc.frame', repeat(64, (i) => [`framed ${i}`, 'take', 1, i]).flat()),
      ),
    most: 16_384,
  },
  {
    name: 'frames whose counts claim too much',
    media: CLONES,
    messages: (n) => repeat(n, () => notification('rpc.frame', claiming(1e8, null, 'take', 1e8))),
    most: 16_384,
  },
  {
    name: 'frames of 64 answers to nothing',
    media: CLONES,
    messages: (n) =>
      repeat(n / 64, () => notification('rpc.frame', repeat(64, (i) => [`nobody ${i}`, true, i]).flat())),
    most: 16_384,
  },
  {
    name: 'frames that wait for async handlers',
    media: CLONES,
    messages: (n) =>
      repeat(n / 64, () => notification('rpc.frame', repeat(64, (i) => [`slow ${i}`, 'later', 1, i]).flat())),
    most: 8_192,
  },
  {
    name: 'batches of 500 notifications',
    messages: (n) => repeat(n / 500, () => repeat(500, (i) => notification('take', [i]))),
    most: 32_000,
  },
  {
    name: 'batches of 500 requests',
    messages: (n) => repeat(n / 500, () => repeat(500, (i) => request(`batched ${i}`, 'take', [i]))),
    most: 16_000,
  },
  {
    name: 'batches of 500 async requests',
    messages: (n) => repeat(n / 500, (k) => repeat(500, (i) => request(`async ${k} ${i}`, 'later', [i]))),
    most: 8_000,
  },
  {
    name: 'a batch that is too long',
    messages: (n) => [repeat(n, () => notification('take', [1]))],
    most: 32_768,
  },
  { name: 'a batch of nothing', messages: (n) => [repeat(n, () => 1)] },
  { name: 'batches of nothing', messages: (n) => repeat(n / 500, () => repeat(500, () => 1)) },
  {
    name: 'batches of one shared request',
    media: CLONES,
    messages: (n) => {
      const shared = passing([repeat(100, (i) => i)], [[[0, 1], 'same', [0, 2]]])
      return repeat(n / 500, () => repeat(500, () => shared))
    },
    most: 32_000,
  },
  {
    name: 'batches that share one long list of marks',
    media: CLONES,
    messages: (n) => {
      const values = repeat(n, () => [[0], 'same', [1]])
      return [repeat(500, (i) => ({ ...request(`shared ${i}`, 'take', [1, 2]), values }))]
    },
  },
]

const others: readonly Family[] = [
  { name: 'hellos', messages: (n) => repeat(n, (i) => hello(`session ${i % 1_000} of ${n}`)), most: 16_384 },
  {
    name: 'a hello with many capabilities',
    messages: (n) => [hello(`many ${n}`, { capabilities: repeat(n, (i) => `capability ${i}`) })],
  },
  {
    name: 'a hello with other members',
    messages: (n) => [hello(`other ${n}`, Object.fromEntries(repeat(n, (i) => [`member ${i}`, i])))],
    most: 32_768,
  },
  {
    name: 'requests with ids of their own',
    messages: (n) => repeat(n, (i) => request(`id ${i}`, 'take', [i])),
    most: 16_384,
  },
  {
    name: 'async requests with one id',
    messages: (n) => repeat(n, () => request('one', 'later', [1])),
    most: 16_384,
  },
  { name: 'a request with a long id', most: 500_000, messages: (n) => [request('x'.repeat(n), 'take', [1])] },
  { name: 'answers to nothing', messages: (n) => repeat(n, (i) => result(1_000_000 + i, i)), most: 16_384 },
  {
    name: 'failures of nothing',
    messages: (n) => repeat(n, (i) => failure(`none ${i}`, 1, 'no')),
    most: 16_384,
  },
  {
    name: 'answers to calls that wait',
    calls: (n) => n,
    messages: (_, { pending }) => pending.map((id) => result(id, id)),
    most: 8_192,
  },
  { name: 'unknown methods', messages: (n) => repeat(n, (i) => request(i, `unknown ${i}`)), most: 16_384 },
  { name: 'a long unknown method', most: 500_000, messages: (n) => [request(1, 'x'.repeat(n), [])] },
  {
    name: 'a long dotted method, and one of what was passed',
    most: 500_000,
    messages: (n, { object }) => [
      request(1, 'a.'.repeat(n / 4)),
      request(2, 'rpc.call', [object, 'a.'.repeat(n / 4)]),
      request(3, 'rpc.get', [object, 'a.'.repeat(n / 4)]),
      request(4, 'rpc.new', [null, 'a.'.repeat(n / 4)]),
    ],
  },
  {
    name: 'a call with many params',
    messages: (n) => [
      request(
        1,
        'take',
        repeat(n, (i) => i),
      ),
    ],
    most: 131_072,
  },
  {
    name: 'a call with params by name',
    messages: (n) => [request(1, 'take', Object.fromEntries(repeat(n, (i) => [`name ${i}`, i])))],
    most: 32_768,
  },
  {
    name: 'calls of what was passed',
    messages: (n, { callback, object }) =>
      repeat(n, (i) =>
        i % 2 ? request(i, 'rpc.call', [callback, '', i]) : request(i, 'rpc.get', [object, 'label']),
      ),
    most: 8_192,
  },
  {
    name: 'a call of what was passed, with many params',
    messages: (n, { callback }) => [request(1, 'rpc.call', [callback, '', ...repeat(n, (i) => i)])],
    most: 60_000,
  },
  {
    name: 'constructions',
    messages: (n) => repeat(n, (i) => request(i, 'rpc.new', [null, 'Model', i])),
    most: 8_192,
  },
  ...['pull', 'next', 'end', 'stop', 'abort', 'forget', 'release', 'cancel', 'lock', 'frame', 'unknown'].map(
    (name): Family => ({
      name: `notices rpc.${name} of what was never passed`,
      messages: (n) => repeat(n, (i) => notification(`rpc.${name}`, [1_000_000 + i, 1])),
      most: 16_384,
    }),
  ),
  {
    name: 'a release of many numbers',
    messages: (n) => [
      notification(
        'rpc.release',
        repeat(Math.min(n, 60_000), (i) => 1_000_000 + i),
      ),
    ],
  },
  {
    name: 'a release of one number again and again',
    messages: (n, { callback }) => [
      notification(
        'rpc.release',
        repeat(Math.min(n, 60_000), (i) => (i % 2 ? -1 : callback)),
      ),
    ],
  },
  {
    name: 'items of a stream that nobody asked for',
    messages: (n, { take }) => {
      const id = take(1)
      return [
        { ...request(`stream ${id}`, 'consume', [null]), values: [[[0], 'stream', id]] },
        notification('rpc.next', [id, ...repeat(Math.min(n, 60_000), (i) => i)]),
      ]
    },
  },
  {
    name: 'streams of a few items',
    messages: (n, { take }) => {
      const first = take(n)
      return repeat(n, (i) => [
        { ...request(`stream ${first + i}`, 'consume', [null]), values: [[[0], 'stream', first + i]] },
        notification('rpc.next', [first + i, 1]),
        notification('rpc.end', [first + i]),
      ]).flat()
    },
    most: 4_096,
  },
  {
    name: 'a stream asked for one item again and again',
    messages: (n, { stream }) => repeat(n, () => notification('rpc.pull', [stream, 1])),
    most: 8_192,
  },
  { name: 'text that is no JSON', media: TEXT, most: 1_000_000, messages: (n) => [`{"x":"${'x'.repeat(n)}`] },
  { name: 'texts that are no JSON', media: TEXT, messages: (n) => repeat(n, () => '{'), most: 16_384 },
  {
    name: 'messages of somebody else',
    messages: (n) => repeat(n, (i) => ({ type: 'other', i })),
    most: 32_768,
  },
]

export const messageFamilies: readonly Family[] = [...together, ...others]
