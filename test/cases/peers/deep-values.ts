/** Values that are nested deeper than any stack, and an api that takes and makes them. */

/** A class of the user, which arrives as a plain object. */
class Item {
  next: unknown
  constructor(next: unknown) {
    this.next = next
  }
}

interface Link {
  prev: Link | null
  next: Link | null
  n: number
}

function linked(levels: number): Link {
  const first: Link = { prev: null, next: null, n: 0 }
  let last = first
  for (let n = 1; n < levels; n++) last = last.next = { prev: last, next: null, n }
  return first
}

const nestedBy =
  (wrap: (inner: unknown) => unknown, innermost: () => unknown = () => 'end') =>
  (levels: number): unknown => {
    let value = innermost()
    for (let i = 0; i < levels; i++) value = wrap(value)
    return value
  }

/** Each by how many levels it has. */
export const kinds: { readonly [kind: string]: (levels: number) => unknown } = {
  lists: nestedBy((inner) => [inner]),
  objects: nestedBy((inner) => ({ inner })),
  mixed: nestedBy((inner) => [1, { inner, date: new Date(5), none: undefined }]),
  instances: nestedBy((inner) => new Item(inner)),
  Maps: nestedBy((inner) => new Map([['inner', inner]])),
  Sets: nestedBy((inner) => new Set([inner])),
  'names that are taken': nestedBy((inner) =>
    JSON.parse('{ "__proto__": 1 }', (_, value) => (value === 1 ? inner : value)),
  ),
  'a linked list': linked,
  'a linked list in a list of its items': (levels) => {
    const first = linked(levels)
    const items: unknown[] = []
    for (let at: Link | null = first; at; at = at.next) items.push(at)
    return { items, first }
  },
  'holes and bytes': nestedBy(
    (inner) => Object.assign([], { 3: inner }),
    () => [new Uint8Array([1, 2]), Number.NaN, -0, 5n],
  ),
}

const innerOf = (value: unknown): unknown =>
  value instanceof Map || value instanceof Set
    ? [...value.values()][0]
    : Array.isArray(value)
      ? value.find((item) => typeof item === 'object')
      : ['inner', 'next', 'items', '__proto__']
          .map((key) => Object.getOwnPropertyDescriptor(Object(value), key)?.value as unknown)
          .find(Boolean)

/** What stands in it, level by level, as text: comparing deep values overflows stacks, too. */
export function describe(value: unknown): string {
  const lines: string[] = []
  const seen = new Map<unknown, number>()
  for (let at: unknown = value; typeof at === 'object' && at !== null; at = innerOf(at)) {
    if (seen.has(at)) break
    seen.set(at, seen.size)
    const items = at instanceof Map || at instanceof Set ? [...at] : at
    lines.push(
      Object.entries(Object.getOwnPropertyDescriptors(items))
        .map(([key, { value: item }]) => {
          const known = seen.get(item)
          const tag = Object.prototype.toString.call(item)
          const text = ['[object Object]', '[object Array]', '[object Map]', '[object Set]'].includes(tag)
            ? tag
            : String(item as string)
          return `${key}: ${known === undefined ? text : `level ${known}`}`
        })
        .join(),
    )
  }
  return lines.join('\n')
}

export const make = (kind: string, levels: number): unknown => kinds[kind]?.(levels)

export function thrown(kind: string, levels: number): never {
  throw Object.assign(new RangeError('deep'), { data: make(kind, levels) })
}

export const api = {
  make,
  describe,
  echo: (value: unknown) => value,
  each: async function* (kind: string, levels: number) {
    yield make(kind, levels)
  },
  run: async (callback: (value: unknown) => Promise<unknown>, kind: string, levels: number) =>
    describe(await callback(make(kind, levels))),
  caught: (callback: () => Promise<unknown>) =>
    callback().then(String, (error: { data: unknown }) => describe(error.data)),
  call: (value: unknown) => {
    let at = value
    while (typeof at === 'object') at = innerOf(at)
    return (at as () => unknown)()
  },
  add: (a: number, b: number) => a + b,
}

export type DeepApi = typeof api & { fail(kind: string, levels: number): never }
