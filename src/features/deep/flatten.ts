/** A deep value as flat parts, and back, without a frame of the stack for each level. */
import { isObject, isPlainObject } from '../../protocol/guards.ts'
import { spend } from '../../values/budget.ts'
import { SPECIAL } from '../../values/look.ts'
import { isTakenApart, put } from '../../values/marks.ts'
import { isAsyncIterable } from '../../values/platform.ts'
import { isHollow } from '../../values/size.ts'

/**
 * `nodes`: objects and lists with null where another stands. `links`: which stands where, `from, key, to` for each. Of Maps (key and
 * value by turns) and Sets the items are a list; their numbers are in `maps` and `sets`. The first node is the value.
 */
type Parts = readonly [
  nodes: readonly unknown[],
  links: readonly unknown[],
  maps: readonly unknown[],
  sets: readonly unknown[],
]

const isNode = (value: unknown): value is object =>
  isObject(value) &&
  isTakenApart(value) &&
  !(value as { [SPECIAL]?: unknown })[SPECIAL] &&
  (Array.isArray(value) || !isAsyncIterable(value))

/** @returns undefined for what is nested deeper than `maxDepth`, or cannot be read. */
export function flatten(root: unknown, level: number, maxDepth: number): Parts | undefined {
  try {
    return takeApart(root, level, maxDepth)
  } catch {
    return undefined
  }
}

function takeApart(root: unknown, level: number, maxDepth: number): Parts | undefined {
  const nodes: object[] = []
  const links: unknown[] = []
  const maps: number[] = []
  const sets: number[] = []
  const numbers = new Map<unknown, number>([[root, 0]])
  let depth = level
  let last = 0
  // It grows while it is walked, level by level.
  for (const [value, number] of numbers) {
    if (number > last && ++depth > maxDepth) return undefined
    if (number > last) last = numbers.size - 1
    if (value instanceof Map) maps.push(number)
    if (value instanceof Set) sets.push(number)
    const items =
      value instanceof Map ? [...value].flat() : value instanceof Set ? [...value] : (value as object)
    const node: object = Array.isArray(items) ? [] : {}
    for (const key of Object.keys(items)) {
      const item: unknown = Reflect.get(items, key)
      const isPart = isNode(item)
      put(node, key, isPart ? null : item)
      if (!isPart) continue
      if (!numbers.has(item)) numbers.set(item, numbers.size)
      links.push(number, key, numbers.get(item))
    }
    if (Array.isArray(items)) (node as unknown[]).length = items.length
    nodes.push(node)
  }
  return [nodes, links, maps, sets]
}

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value) && !isHollow(value)

const isIn = (list: readonly unknown[], number: unknown): number is number =>
  typeof number === 'number' && Object.hasOwn(list, number)

/** Whether a part stands there: an own member of what came as an object or a list. */
const isPlace = (parent: unknown, key: unknown): parent is object =>
  (typeof key === 'string' || typeof key === 'number') &&
  (Array.isArray(parent) ? key !== 'length' : isPlainObject(parent)) &&
  Object.hasOwn(parent as object, key)

/** Put the parts together. @throws TypeError for what are none. */
export function unflatten(parts: unknown): unknown {
  if (!isList(parts) || parts.length !== 4 || !parts.every(isList))
    throw new TypeError('The parts of a deep value must be four lists')
  const [nodes, links, maps, sets] = parts as unknown as Parts
  spend(nodes.length + links.length)
  const made = [...nodes]

  const collect = (numbers: readonly unknown[], create: () => object): void => {
    for (const number of numbers) {
      if (!isIn(nodes, number) || made[number] !== nodes[number] || !isList(nodes[number]))
        throw new TypeError('A Map or Set must stand as a list')
      made[number] = create()
    }
  }
  collect(maps, () => new Map())
  collect(sets, () => new Set())

  for (let i = 0; i < links.length; i += 3) {
    const [from, key, to] = links.slice(i, i + 3)
    const parent = isIn(nodes, from) && nodes[from]
    if (!isPlace(parent, key) || !isIn(made, to)) throw new TypeError('A part must have a place')
    put(parent, key as string, made[to])
  }

  for (const number of [...maps, ...sets] as readonly number[]) {
    const list = nodes[number] as readonly unknown[]
    const built = made[number]
    if (built instanceof Set) for (const item of list) built.add(item)
    else for (let i = 0; i < list.length; i += 2) (built as Map<unknown, unknown>).set(list[i], list[i + 1])
  }
  return made[0]
}
