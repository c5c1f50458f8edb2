/** Frames that claim more than they hold, name one thing many times, or are large: what a receiver must not pay for. */
import type { Random } from './random.ts'
import { copyOf, isTree, put, slotsOf } from './structure.ts'
import { failure, notification, request, result } from '../peer/pair.ts'

/** More values than a text is made of here. */
const MOST_VALUES = 100_000

/** Whether it can be said as text: a hole is a value there, and what stands twice is written twice. */
export function isSayable(frame: unknown): boolean {
  let left = MOST_VALUES
  const visit = (value: unknown): boolean => {
    if (--left < 0) return false
    if (Array.isArray(value)) {
      if (value.length > left) return false
      for (const item of value as unknown[]) if (!visit(item)) return false
    } else if (isTree(value)) {
      for (const key of Object.keys(value)) if (!visit(value[key])) return false
    }
    return true
  }
  try {
    return visit(frame)
  } catch {
    // Nested so deep that nobody could say it.
    return false
  }
}

const CLAIMS = [100, 100_000, 134_000_000, 2 ** 32 - 1]

/** A list of nothing that says it is long. */
export function claiming(length: number, ...items: unknown[]): unknown[] {
  const list = [...items]
  list.length = length
  return list
}

/** What stands twice in a list that stands twice in a list. */
export function doubled(value: unknown, levels: number): unknown {
  let made = value
  for (let i = 0; i < levels; i++) made = [made, made]
  return made
}

const times = <T>(count: number, value: T): T[] => Array<T>(count).fill(value)

/** Errors within errors. */
const errors = (wide: number, deep: number): object => ({
  name: 'AggregateError',
  message: 'm',
  ...(deep > 0 && { errors: times(wide, errors(wide, deep - 1)), cause: errors(1, 0) }),
})

const details = (wide: number, deep: number): object => ({
  code: 1,
  message: 'm',
  details: {
    name: 'AggregateError',
    ...(deep > 0 && { errors: times(wide, details(wide, deep - 1)), cause: details(0, 0) }),
  },
})

const marked = (params: unknown, values: unknown, method = 'echo'): object => ({
  ...request('i', method, params),
  values,
})

const KINDS = ['Map', 'Set', 'Error', 'bigint', 'RegExp', 'Date', 'number', 'Uint8Array', 'ArrayBuffer']
const NUMBERED = ['function', 'object', 'home', 'signal', 'stream', 'readable', 'writable']

/** Of each kind in one message: a web stream that is echoed costs Node itself some 30 kB and 0.1 ms. */
const MARKS = 8

const NOTICES = [
  ['rpc.cancel', ['i']],
  ['rpc.close', []],
  ['rpc.ping', []],
  ['rpc.lock', ['portcall:x']],
  ['rpc.release', [1, 1, 2, 1]],
  ['rpc.abort', [1, { code: 1, message: 'm' }, null]],
  ['rpc.forget', [1]],
  ['rpc.pull', [1, 65_536]],
  ['rpc.next', [1, 'item', 'item']],
  ['rpc.end', [1, { code: 1, message: 'm' }]],
  ['rpc.stop', [1]],
  ['rpc.frame', ['i', 'echo', 1, 1, null, 'echo', 0, 'i', true, 1, 'i', false, 1, 'm']],
  ['rpc.call', [1, '', 1]],
  ['rpc.call', [1, 'run', 1]],
  ['rpc.get', [1, 'label']],
  ['rpc.set', [1, 'label', 'x']],
  ['rpc.new', [null, 'Counter', 1]],
] as const

/** Each kind of mark, each notice by its name, errors, and what once was expensive. */
export function expensive(): unknown[] {
  const path = [0]
  const shared = doubled(['1'], 24)
  return [
    ...KINDS.map((kind) => marked([['1', 2]], [[path, kind]])),
    ...KINDS.map((kind) => marked([shared], [[path, kind]])),
    ...KINDS.map((kind) => marked([claiming(2 ** 32 - 1)], times(300, [path, kind]))),
    ...NUMBERED.map((kind) => marked([null], [[path, kind, 1]])),
    ...NUMBERED.map((kind) =>
      marked(
        times(MARKS, null),
        Array.from({ length: MARKS }, (_, n) => [[n], kind, n + 7]),
      ),
    ),
    marked([null, null], [[[1], 'same', path], ...['hole', 'undefined'].map((kind) => [path, kind])]),
    marked([[1, 2]], times(500, [path, 'Set'])),
    marked(
      [{ a: 1 }, ...times(500, null)],
      [...Array(500).keys()].map((n) => [[n + 1], 'same', path]),
    ),
    marked([1], times(500, [times(1_000, 'a'), 'bigint'])),
    marked(['9'.repeat(20_000)], [[path, 'bigint']]),
    marked([errors(10, 3)], [[path, 'Error']]),
    marked([{ name: 'AggregateError', errors: claiming(2 ** 32 - 1) }], times(200, [path, 'Error'])),
    { ...failure('i', 1, 'm'), error: details(10, 3) },
    { ...failure('i', 1, 'm'), error: { ...details(0, 0), details: { fields: new Uint8Array(30_000) } } },
    { ...failure('i', 1, 'm'), error: { ...details(0, 0), details: { errors: claiming(2 ** 32 - 1) } } },
    { ...result('i', [1]), values: claiming(2 ** 32 - 1) },
    { ...result('unknown', [1]), values: times(500, [path, 'stream', 1]) },
    { ...result(1, shared), values: [[[0], 'Set']] },
    request('i', 'echo', claiming(134_000_000)),
    request('i', 'math.add', claiming(2 ** 32 - 1)),
    notification('echo', claiming(134_000_000)),
    request('hello', 'rpc.connect', {
      session: 'hello',
      version: 1,
      capabilities: claiming(134_000_000, 'values', 'frame'),
    }),
    claiming(134_000_000, request('i', 'echo', [1])),
    times(50, request('same', 'echo', [1])),
    ...NOTICES.flatMap(([method, params]) => [
      notification(method, [...params]),
      request('i', method, [...params]),
      notification(method, claiming(134_000_000, ...params)),
      notification(method, [shared, shared]),
    ]),
  ]
}

/** A copy of a frame of which something is claimed, shared, repeated or long. */
export function inflated(frame: unknown, random: Random): unknown {
  const holder: Record<PropertyKey, unknown> = { root: copyOf(frame) }
  const all = slotsOf(holder)
  const shallow = random.once(2) ? all.filter(({ depth }) => depth <= 2) : all
  const { parent, key } = random.pick(shallow)
  const value = parent[key]
  switch (random.below(8)) {
    case 0:
      put(parent, key, claiming(random.pick(CLAIMS), value))
      break
    case 1:
      if (Array.isArray(value)) value.length = Math.max(value.length, random.pick(CLAIMS))
      else put(parent, key, claiming(random.pick(CLAIMS)))
      break
    case 2:
      put(parent, key, doubled(value, random.pick([5, 12, 24, 30])))
      break
    case 3:
      put(parent, key, times(random.pick([10, 100, 2_000]), value))
      break
    case 4: {
      const values = isTree(frame) ? frame['values'] : undefined
      if (isTree(holder['root']) && Array.isArray(values))
        put(holder['root'], 'values', times(random.pick([10, 300]), values.slice(0, 20)).flat())
      break
    }
    case 5:
      put(parent, key, random.pick(['x', '9', '(', '\u2028']).repeat(random.pick([100, 5_000, 50_000])))
      break
    case 6:
      // The same in two places.
      put(random.pick(all).parent, random.pick(all).key, value)
      break
    default:
      put(parent, key, new Uint8Array(random.pick([8, 1_000, 100_000])))
  }
  return holder['root']
}
