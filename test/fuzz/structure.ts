/** Changes a recorded frame where it has structure: members, ids, counts, paths, types, depth; and whole frames among others. */
import type { Random } from './random.ts'

interface Slot {
  readonly parent: Record<PropertyKey, unknown>
  readonly key: string
  readonly depth: number
}

interface Place extends Slot {
  readonly random: Random
  /** Other places of the same frame. */
  readonly all: readonly Slot[]
  /** Frames that were recorded with it. */
  readonly pool: readonly unknown[]
}

const MOST_SLOTS = 2_000
const MOST_LENGTH = 200_000

const BOUNDARIES: readonly unknown[] = [
  0,
  -0,
  -1,
  -2,
  -3,
  1,
  2,
  3,
  64,
  65,
  0.5,
  2 ** 31,
  2 ** 32 - 1,
  2 ** 53,
  -(2 ** 53),
  1e308,
  Number.NaN,
  Infinity,
]

const ODD: readonly unknown[] = [
  null,
  true,
  false,
  '',
  '__proto__',
  'constructor',
  'then',
  'length',
  'rpc.connect',
  'rpc.frame',
  'rpc.call',
  'rpc.x',
  '2.0',
  '1.0',
  '1',
  'function',
  'object',
  'same',
  'home',
  'stream',
  'signal',
  'Map',
  'hole',
  'toString',
  '_hidden',
  'accessor',
  'inner.deep',
  'run',
]

const KEYS: readonly string[] = [
  'jsonrpc',
  'id',
  'method',
  'params',
  'result',
  'error',
  'values',
  'session',
  're',
  'name',
  'capabilities',
  'code',
  'message',
  'data',
  'details',
  'port',
  'length',
  '__proto__',
  'constructor',
  'then',
  'toJSON',
]

export const isTree = (value: unknown): value is Record<PropertyKey, unknown> => {
  if (typeof value !== 'object' || value === null) return false
  if (Array.isArray(value)) return true
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

const listOf = (length: number): Record<PropertyKey, unknown> =>
  Object.assign([] as unknown as Record<PropertyKey, unknown>, { length })

const same = (leaf: unknown): unknown => leaf

/**
 * What a frame may hold besides plain objects and lists (bytes, ports) is shared by its copies. What stands twice in it stands
 * twice in the copy; a cycle is cut.
 */
export function copyOf(value: unknown, change = same, copies = new Map<unknown, unknown>()): unknown {
  if (!isTree(value)) return change(value)
  if (copies.has(value)) return copies.get(value)
  copies.set(value, null)
  const copy = Array.isArray(value) ? listOf(value.length) : {}
  for (const key of Object.keys(value)) put(copy, key, copyOf(value[key], change, copies))
  copies.set(value, copy)
  return copy
}

// Whatever the name is, and never a length that an array cannot have.
export function put(parent: Record<PropertyKey, unknown>, key: string, value: unknown): void {
  if (Array.isArray(parent) && key === 'length') return
  Object.defineProperty(parent, key, { value, enumerable: true, configurable: true, writable: true })
}

export function slotsOf(root: Record<PropertyKey, unknown>): Slot[] {
  const found: Slot[] = []
  const visit = (parent: Record<PropertyKey, unknown>, depth: number): void => {
    for (const key of Object.keys(parent)) {
      if (found.length >= MOST_SLOTS) return
      const value = parent[key]
      found.push({ parent, key, depth })
      if (isTree(value) && depth < 40) visit(value, depth + 1)
    }
  }
  visit(root, 0)
  return found
}

const nested = (value: unknown, levels: number, isList: boolean): unknown => {
  let made = value
  for (let i = 0; i < levels; i++) made = isList ? [made] : { a: made }
  return made
}

const retyped = (value: unknown, random: Random): unknown => {
  switch (random.below(6)) {
    case 0:
      return typeof value === 'number' ? String(value) : typeof value === 'string' ? value.length : [value]
    case 1:
      return [value]
    case 2:
      return { value }
    case 3:
      return Array.isArray(value) ? Object.assign({}, value) : isTree(value) ? Object.values(value) : null
    case 4:
      return typeof value === 'string' ? value.repeat(3) : String(typeof value)
    default:
      return random.pick(ODD)
  }
}

/** What stands anywhere in one of the frames. */
const anything = ({ random, pool }: Place): unknown => {
  const { parent, key } = random.pick(slotsOf({ root: random.pick(pool) }))
  return copyOf(parent[key])
}

/** What stands under the same name in another frame: its id, its marks, its number. */
const likewise = (place: Place): unknown => {
  const { random, pool, key } = place
  const same = slotsOf({ root: random.pick(pool) }).filter((slot) => slot.key === key)
  if (!same.length) return anything(place)
  const slot = random.pick(same)
  return copyOf(slot.parent[slot.key])
}

const listed = (list: unknown[], { random, pool }: Place): void => {
  // The engine would look at each hole of it.
  if (list.length > MOST_LENGTH) return
  const at = random.below(list.length + 1)
  switch (random.below(7)) {
    case 0:
      list.reverse()
      break
    case 1:
      list.length = at
      break
    case 2:
      list.push(...list.slice(0, 300))
      break
    case 3:
      list.splice(at, 0, copyOf(random.pick(ODD)))
      break
    case 4:
      // As sparse as structured clone lets it be.
      list.length += random.pick([1, 100, 100_000])
      break
    case 5:
      list.splice(at, 1)
      break
    default: {
      const other = random.pick(pool)
      if (isTree(other)) list.push(...Object.values(copyOf(other) as object))
    }
  }
}

const isShort = (value: unknown): value is unknown[] => Array.isArray(value) && value.length <= MOST_LENGTH

type Change = (place: Place) => void

const changes: readonly Change[] = [
  ({ parent, key }) =>
    void (isShort(parent) ? parent.splice(Number(key), 1) : Reflect.deleteProperty(parent, key)),
  ({ parent, key, random }) => {
    const twin = copyOf(parent[key])
    if (isShort(parent)) parent.splice(Number(key), 0, twin)
    else put(parent, random.pick(KEYS), twin)
  },
  (place) => put(place.parent, place.key, anything(place)),
  (place) => put(place.parent, place.key, likewise(place)),
  (place) => put(place.parent, place.key, likewise(place)),
  ({ parent, key, random, all }) => {
    const other = random.pick(all)
    const value = copyOf(parent[key])
    put(parent, key, copyOf(other.parent[other.key]))
    put(other.parent, other.key, value)
  },
  ({ parent, key, random }) => put(parent, key, retyped(parent[key], random)),
  ({ parent, key, random }) => put(parent, key, random.pick(BOUNDARIES)),
  ({ parent, key, random }) => {
    const value = parent[key]
    const near = random.pick([-1, 1, 2, 64])
    put(parent, key, typeof value === 'number' ? value + near : random.pick(ODD))
  },
  ({ parent, key, random }) => {
    const levels = random.once(8) ? 1_500 : random.pick([1, 2, 60, 120])
    put(parent, key, nested(parent[key], levels, random.once(2)))
  },
  (place) => {
    const { parent, key } = place
    const value = parent[key]
    if (Array.isArray(value)) listed(value, place)
    else if (Array.isArray(parent)) listed(parent, place)
    else put(parent, place.random.pick(KEYS), place.random.pick([...ODD, ...BOUNDARIES]))
  },
]

/** A copy of `frame` with `times` changes. */
export function changed(frame: unknown, pool: readonly unknown[], random: Random, times: number): unknown {
  const holder: Record<PropertyKey, unknown> = { root: copyOf(frame) }
  for (let i = 0; i < times; i++) {
    const all = slotsOf(holder)
    // The members of a message itself as often as all that is in them.
    const shallow = random.once(2) ? all.filter(({ depth }) => depth <= 1) : all
    random.pick(changes)({ ...random.pick(shallow.length ? shallow : all), random, all, pool })
    if (!Object.hasOwn(holder, 'root')) holder['root'] = copyOf(random.pick(pool))
  }
  return holder['root']
}

/** One frame made of two. */
export function spliced(one: unknown, other: unknown, random: Random): unknown {
  const [a, b] = [copyOf(one), copyOf(other)]
  if (!isTree(a) || !isTree(b)) return [a, b]
  const [first, second] = [a['params'], b['params']]
  switch (random.below(5)) {
    case 0:
      return { ...a, ...b }
    case 1:
      return [a, b]
    case 2:
      return { ...a, params: [b] }
    case 3:
      return { ...a, params: second, values: b['values'] }
    default: {
      if (!isShort(first) || !isShort(second)) return { ...b, ...a }
      const cut = random.below(first.length + 1)
      return { ...a, params: [...first.slice(0, cut), ...second] }
    }
  }
}

const paramsOf = (frame: unknown): unknown => (isTree(frame) ? frame['params'] : undefined)

/** Whether what stands in a frame's params depends on what stands before it. */
export const isFlat = (frame: unknown): boolean => {
  const params = paramsOf(frame)
  return isShort(params) && params.length > 3
}

/** A copy of a flat frame of which something is missing, too much, or counted wrongly. */
export function miscounted(frame: unknown, random: Random): unknown {
  const copy = copyOf(frame)
  const list = paramsOf(copy)
  if (!Array.isArray(list) || !list.length) return copy
  const at = random.below(list.length)
  const counts = [...list.keys()].filter((i) => typeof list[i] === 'number')
  switch (random.below(4)) {
    case 0:
      list.length = at
      break
    case 1:
      list.splice(at, 1)
      break
    case 2:
      list.splice(at, 0, random.pick<unknown>([null, 0, 1, true, false, 'math.add', 'rpc.call']))
      break
    default: {
      const which = counts.length ? random.pick(counts) : at
      list[which] = random.once(2)
        ? random.pick(BOUNDARIES)
        : Number(list[which]) + random.pick([-3, -1, 1, 2])
    }
  }
  return copy
}
