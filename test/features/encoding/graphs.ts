/** Random values as graphs, and whether two of them are the same. */
import fc from 'fast-check'

/** Told apart by what it answers. */
export type Numbered = () => Promise<number>

/** The functions of a graph and what became of them, in the order that they are met. */
export type Pairs = [sent: Numbered, received: Numbered][]

const bytesOf = (value: ArrayBuffer | ArrayBufferView): number[] =>
  value instanceof ArrayBuffer
    ? [...new Uint8Array(value)]
    : [...new Uint8Array(value.buffer, value.byteOffset, value.byteLength)]

const tagOf = (value: unknown): string => Object.prototype.toString.call(value)

/**
 * Compare two graphs: every value, every identity, every hole.
 * @returns where they differ and how; undefined if they do not. Functions are paired, not compared.
 */
export function difference(sent: unknown, received: unknown, functions: Pairs): string | undefined {
  const there = new Map<unknown, unknown>()
  const back = new Map<unknown, unknown>()

  const entries = (a: readonly unknown[], b: readonly unknown[], path: string): string | undefined => {
    if (a.length !== b.length) return `${path}: length ${a.length}, ${b.length}`
    for (let i = 0; i < a.length; i++) {
      const found = visit(a[i], b[i], `${path}/${i}`)
      if (found) return found
    }
    return undefined
  }

  const members = (a: object, b: object, path: string): string | undefined => {
    const keys = Object.keys(a)
    const others = Object.keys(b)
    if (keys.join('\n') !== others.join('\n')) return `${path}: keys ${keys.join()} became ${others.join()}`
    for (const key of keys) {
      const found = visit(Reflect.get(a, key), Reflect.get(b, key), `${path}.${key}`)
      if (found) return found
    }
    return undefined
  }

  const visit = (a: unknown, b: unknown, path: string): string | undefined => {
    if (typeof a !== typeof b) return `${path}: ${typeof a} became ${typeof b}`
    if (typeof a !== 'function' && (typeof a !== 'object' || a === null))
      return Object.is(a, b) ? undefined : `${path}: ${String(a)} became ${String(b)}`
    if (there.has(a) || back.has(b))
      return there.get(a) === b && back.get(b) === a ? undefined : `${path}: not the same object`
    there.set(a, b)
    back.set(b, a)
    if (typeof a === 'function') {
      functions.push([a as Numbered, b as Numbered])
      return undefined
    }
    return visitObject(a, b as object, path)
  }

  const visitObject = (a: object, b: object, path: string): string | undefined => {
    if (tagOf(a) !== tagOf(b)) return `${path}: ${tagOf(a)} became ${tagOf(b)}`
    if (a instanceof Map) return entries([...a].flat(), [...(b as Map<unknown, unknown>)].flat(), path)
    if (a instanceof Set) return entries([...a], [...(b as Set<unknown>)], path)
    if (a instanceof ArrayBuffer || ArrayBuffer.isView(a))
      return entries(bytesOf(a), bytesOf(b as ArrayBuffer), path)
    if (a instanceof Error)
      return entries(
        [a.name, a.message, Object.hasOwn(a, 'cause'), a.cause],
        [(b as Error).name, (b as Error).message, Object.hasOwn(b, 'cause'), (b as Error).cause],
        path,
      )
    if (a instanceof RegExp)
      return entries([a.source, a.flags], [(b as RegExp).source, (b as RegExp).flags], path)
    if (a instanceof Date || /(Boolean|Number|String|BigInt)]$/.test(tagOf(a)))
      return visit(a.valueOf(), b.valueOf(), path)
    if (Array.isArray(a) && a.length !== (b as unknown[]).length) return `${path}: another length`
    return members(a, b, path)
  }

  return visit(sent, received, '')
}

const key = fc.oneof(
  { weight: 6, arbitrary: fc.string({ maxLength: 4 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('__proto__', 'constructor', 'toString', 'length', '0', '01', 'same'),
  },
)

const primitive = fc.oneof(
  fc.constantFrom<unknown>(undefined, null, Number.NaN, Infinity, -Infinity, -0, 0, '', '\uD800', 2 ** 53),
  fc.boolean(),
  fc.double(),
  fc.string(),
  fc.bigInt(),
)

const views: readonly (new (buffer: ArrayBuffer, at?: number, length?: number) => ArrayBufferView)[] = [
  DataView,
  Uint8Array,
  Uint8ClampedArray,
  Int8Array,
  Uint16Array,
  Float64Array,
  BigUint64Array,
]

const bytes = fc
  .tuple(
    fc.uint8Array({ minLength: 32, maxLength: 32 }),
    fc.integer({ min: -1, max: views.length - 1 }),
    fc.boolean(),
  )
  .map(([{ buffer }, i, part]) => {
    const View = views[i]
    if (!View) return buffer as ArrayBuffer
    return part ? new View(buffer as ArrayBuffer, 8, 2) : new View(buffer as ArrayBuffer)
  })

const errorClasses = [Error, TypeError, RangeError, SyntaxError, ReferenceError, EvalError, URIError]

const error = fc
  .tuple(fc.constantFrom(...errorClasses), fc.string(), fc.option(primitive, { nil: null }))
  .map(([Class, message, cause]) => new Class(message, ...(cause === null ? [] : [{ cause }])))

const leaf = fc.oneof(
  { weight: 4, arbitrary: primitive },
  fc.date({ noInvalidDate: false }),
  fc.constantFrom(/a+/gi, /\//u, new RegExp(''), /[\]/]/ms).map((regExp) => new RegExp(regExp)),
  bytes,
  error,
)

const wrapper = fc
  .oneof(fc.boolean(), fc.double(), fc.string(), fc.bigInt())
  .map((value): unknown => Object(value))

interface Medium {
  /** Structured clone carries more than text. */
  readonly isClone: boolean
  readonly hasFunctions: boolean
}

let lastNumber = 0

const numbered = fc.constant(null).map((): Numbered => {
  const n = ++lastNumber
  return async () => n
})

type Kind = 'object' | 'bare' | 'array' | 'sparse' | 'Map' | 'Set'

const nodeOf = (kind: Kind): object => {
  switch (kind) {
    case 'object':
      return {}
    case 'bare':
      return Object.create(null) as object
    case 'array':
      return []
    case 'sparse':
      return Object.assign([], { length: 3 })
    case 'Map':
      return new Map()
    case 'Set':
      return new Set()
  }
}

// A function under such a name would be called by whoever makes a string, JSON or a promise's value of the object.
const isCalledByEngines = (name: string): boolean => ['then', 'toString', 'valueOf', 'toJSON'].includes(name)

const attach = (node: object, given: string, at: number, value: unknown): void => {
  const name = typeof value === 'function' && isCalledByEngines(given) ? 'fn' : given
  if (node instanceof Map) node.set(at % 2 ? name : value, value)
  else if (node instanceof Set) node.add(value)
  else if (Array.isArray(node) && at > 3) node.push(value)
  else if (Array.isArray(node)) node[at] = value
  else Object.defineProperty(node, name, { value, enumerable: true, writable: true, configurable: true })
}

/** Any value: a graph of nodes with edges between any two of them, so with repeats and cycles, and leaves. */
export const graph = ({ isClone, hasFunctions }: Medium): fc.Arbitrary<unknown> => {
  const end = fc.oneof(
    { weight: 5, arbitrary: leaf },
    ...(isClone ? [{ weight: 1, arbitrary: wrapper }] : []),
    ...(hasFunctions ? [{ weight: 2, arbitrary: numbered }] : []),
  )
  const kinds = fc.constantFrom<Kind>('object', 'bare', 'array', 'sparse', 'Map', 'Set')
  return fc
    .record({
      nodes: fc.array(kinds, { minLength: 1, maxLength: 8 }),
      edges: fc.array(fc.tuple(fc.nat(), fc.nat(), key, fc.nat({ max: 5 })), { maxLength: 16 }),
      leaves: fc.array(fc.tuple(fc.nat(), end, key, fc.nat({ max: 5 })), { maxLength: 12 }),
      tree: fc.boolean(),
      only: end,
    })
    .map(({ nodes, edges, leaves, tree, only }) => {
      if (!tree && !edges.length) return only
      const made = nodes.map(nodeOf)
      const pick = (n: number): object => made[n % made.length] as object
      // Each node hangs from one before it, so that all are reached.
      for (let i = 1; i < made.length; i++) attach(pick(i - 1), `n${i}`, 4, made[i])
      for (const [from, to, name, at] of edges) attach(pick(from), name, at, pick(to))
      for (const [from, value, name, at] of leaves) attach(pick(from), name, at, value)
      return made[0]
    })
}
