// What a connected peer may say to harm a server and its other clients: the attacks of docs/security-tests.md, by their ids.
// Media that carry structured clones also get lists that only claim a length, and one object in many places.

export const hello = {
  jsonrpc: '2.0',
  id: 'hostile',
  method: 'rpc.connect',
  params: {
    session: 'hostile',
    version: 1,
    capabilities: ['cancel', 'close', 'details', 'ping', 'values', 'frame'],
  },
}

let lastId = 0
const request = (method, params, values) => ({
  jsonrpc: '2.0',
  id: ++lastId,
  method,
  params,
  ...(values && { values }),
})
const notice = (method, params) => ({ jsonrpc: '2.0', method, params })

const times = (count, make) => Array.from({ length: count }, (_, n) => make(n))

function claiming(length, ...items) {
  const list = [...items]
  list.length = length
  return list
}

function doubled(value, levels) {
  let made = value
  for (let i = 0; i < levels; i++) made = [made, made]
  return made
}

const errors = (wide, deep) => ({
  code: 1,
  message: 'm',
  details: { name: 'AggregateError', ...(deep > 0 && { errors: times(wide, () => errors(wide, deep - 1)) }) },
})

/** A list that stands twice in a list and so on, in marks: [x, null], of which null is the x before. */
function doubledByMarks(levels, kind) {
  let made = ['1', null]
  for (let i = 1; i < levels; i++) made = [made, null]
  const path = (level) => [0, ...times(level, () => 0)]
  const marks = times(levels, (n) => {
    const at = path(levels - 1 - n)
    return [[...at, 1], 'same', [...at, 0]]
  })
  return request('echo', [made], [...marks, [[0], kind]])
}

const onAll = [
  ['A02', () => ({ jsonrpc: '2.0', id: 1, error: errors(10, 3) })],
  ['A03', () => doubledByMarks(20, 'Error')],
  ['A03', () => doubledByMarks(20, 'bigint')],
  [
    'A04',
    () =>
      request(
        'echo',
        [times(50, (n) => n)],
        times(2_000, () => [[0], 'Set']),
      ),
  ],
  [
    'A04',
    () =>
      request(
        'echo',
        [{ a: 1 }, ...times(1_000, () => null)],
        times(1_000, (n) => [[n + 1], 'same', [0]]),
      ),
  ],
  [
    'A05',
    () => ({ jsonrpc: '2.0', id: 'none', result: [1], values: times(2_000, (n) => [[0], 'stream', n + 10]) }),
  ],
  [
    'A05',
    () => ({ jsonrpc: '2.0', id: 'none', result: [1], values: times(2_000, () => [[0], 'stream', 1]) }),
  ],
  ['A09', () => ({ ...hello, params: { ...hello.params, capabilities: times(2_000, (n) => `junk ${n}`) } })],
  [
    'A14',
    () =>
      request(
        'echo',
        times(500, () => null),
        times(500, (n) => [[n], 'writable', ++lastId + n]),
      ),
  ],
  ['A15', () => request('count', [1e9])],
  ['A15', () => notice('rpc.pull', [1 + (lastId % 50), 65_536])],
  ['A16', () => [request('never', []), ...times(20, () => request('large', [20_000]))]],
  [
    'A26',
    () =>
      request(
        'never',
        times(200, () => null),
        times(200, (n) => [[n], 'signal', ++lastId + n]),
      ),
  ],
]

const onClones = [
  [
    'A01',
    () => request('echo', [{ name: 'AggregateError', errors: claiming(4_294_967_295) }], [[[0], 'Error']]),
  ],
  [
    'A02',
    () => ({
      jsonrpc: '2.0',
      id: 1,
      error: { code: 1, message: 'm', details: { errors: claiming(4_294_967_295) } },
    }),
  ],
  ['A03', () => request('echo', [{ name: doubled('x', 26), message: doubled('x', 26) }], [[[0], 'Error']])],
  ['A05', () => ({ jsonrpc: '2.0', id: 'none', result: 1, values: claiming(1_000_000_000) })],
  ['A06', () => request('echo', claiming(134_000_000))],
  ['A06', () => notice('rpc.next', claiming(134_000_000, 1))],
  [
    'A07',
    () => ({
      jsonrpc: '2.0',
      id: 1,
      error: { code: 1, message: 'm', details: { fields: new Uint8Array(50_000) } },
    }),
  ],
  [
    'A08',
    () => {
      const path = times(100, () => 0)
      return request(
        'echo',
        [doubled(1, 26)],
        times(2_000, () => [path, 'Set']),
      )
    },
  ],
  ['A09', () => ({ ...hello, params: { ...hello.params, capabilities: claiming(134_000_000, 'values') } })],
  [
    'R1',
    () =>
      request(
        'echo',
        times(200, () => claiming(100_000_000)),
      ),
  ],
]

const onSockets = [
  ['A12', () => request('large', [100_000])],
  ['A13', () => times(5, () => request('large', [100_000]))],
]

/** @returns [id, make]: each `make` gives a new message. */
export const attacksOn = (medium) => [
  ...onAll,
  ...(medium === 'WebSocket' || medium === 'socket.io' ? onSockets : onClones),
]
