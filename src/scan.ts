import { messageOf } from './errors.ts'
import { isObject, tagOf } from './guards.ts'
import { pathText } from './paths.ts'
import { mustMove, Transferred } from './transfer.ts'

// Engines refuse most host objects by themselves. These, Node clones to `{}` without a word.
const hostObject =
  /^(Abort|URL|Headers|FormData|Request|Response|Event|Text(En|De)coder|Performance|(Dec|C)ompression)/

// A sparse array of a few bytes can be as long as it likes: after this many holes its keys are walked, not its length.
const MAX_HOLES = 65_536

// Most calls have a few numbers and strings: they are told without anything being made for it.
const FEW = 16

const commonPrototypes: readonly unknown[] = [Map.prototype, Set.prototype, null]

const isPrimitive = (value: unknown): boolean =>
  typeof value === 'object' ? value === null : typeof value !== 'function' && typeof value !== 'symbol'

// Objects and levels after which each object is remembered, so that a graph with cycles or shared parts is walked once.
const MANY = 10_000
const DEEP = 32

const isFewPrimitives = (value: unknown): boolean => {
  try {
    return Array.isArray(value) && value.length <= FEW && value.every(isPrimitive)
  } catch {
    // A revoked proxy.
    return false
  }
}

/** Says that something must be encoded before it can be posted. */
export const ENCODE = true

/**
 * Look at a value once before it is posted.
 * @param isSpecial whether something is to be encoded; `tag` is its class's name; `common` for plain objects, maps and sets. Default: nothing is.
 * @param level how deep it stands itself.
 * @returns why it must not be sent, beginning with the path to where (`[0].node is a function`); ENCODE if something in
 * it is to be encoded; undefined if it may be posted as it is.
 */
export function scan(
  value: unknown,
  maxDepth: number,
  isSpecial?: (value: object, tag: string) => boolean,
  level = 0,
): string | typeof ENCODE | undefined {
  if (isPrimitive(value) || isFewPrimitives(value)) return undefined
  let seen: Set<unknown> | undefined
  const deep = Math.min(DEEP, maxDepth / 4)
  let objects = 0
  let found: typeof ENCODE | undefined

  const visit = (value: unknown, depth: number): string | undefined => {
    if (typeof value === 'symbol') return ' is a symbol'
    if (typeof value === 'function') return special(value as object, 'function')
    if (!isObject(value) || seen?.has(value)) return undefined
    if (depth > maxDepth) return ` is nested deeper than ${maxDepth} levels`
    if (++objects > MANY || depth > deep) (seen ??= new Set()).add(value)
    if (Array.isArray(value)) {
      let holes = 0
      for (let i = 0; i < value.length && holes < MAX_HOLES; i++) {
        const item: unknown = value[i]
        const why = isPrimitive(item) ? undefined : step(item, depth + 1)
        if (why) return `[${i}]${why}`
        if (item === undefined && !(i in value)) holes++
      }
      // Named members are seldom: they are looked for where that costs little.
      if (holes < MAX_HOLES && (value.length > FEW || Object.keys(value).length === value.length))
        return undefined
    } else {
      const prototype: unknown = Object.getPrototypeOf(value)
      const isPlain = prototype === Object.prototype
      // The name of a class costs more than the rest of the look at a small object.
      const tag = isPlain ? 'common' : commonPrototypes.includes(prototype) ? 'common' : tagOf(value)
      if (isSpecial?.(value, tag)) return special(value, tag)
      // A promise of a remote's call can be iterated, but nobody means to send it.
      if (Symbol.asyncIterator in value && !(value instanceof Promise))
        return special(value, 'async iterable')
      if (!isPlain) {
        if (value instanceof Transferred && isSpecial) {
          found = ENCODE
          return step(value.value, depth + 1)
        }
        if (value instanceof Map || value instanceof Set) return visitItems(value, depth + 1)
        if (ArrayBuffer.isView(value) || value instanceof String) return undefined
        if (hostObject.test(tag) && !mustMove(value, tag)) return ` is a ${tag}`
      }
    }
    for (const key of Object.keys(value)) {
      const item = (value as Record<string, unknown>)[key]
      const why = isPrimitive(item) ? undefined : step(item, depth + 1)
      if (why) return pathText([key]) + why
    }
    return undefined
  }

  // Says where something throws: a revoked proxy, a getter.
  const visitCarefully: typeof visit = (value, depth) => {
    try {
      return visit(value, depth)
    } catch (error) {
      return ` cannot be read: ${messageOf(error)}`
    }
  }

  const visitItems = (items: Iterable<unknown>, depth: number): string | undefined => {
    let i = 0
    for (const item of items) {
      const why = step(item, depth)
      if (why) return `[${i}]${why}`
      i++
    }
    return undefined
  }

  const special = (value: object, tag: string): string | undefined => {
    if (!isSpecial?.(value, tag)) return ` is ${/^[aeiou]/i.test(tag) ? 'an' : 'a'} ${tag}`
    found = ENCODE
    return undefined
  }

  // In the second pass, which is seldom: it needs twice the stack.
  let step = visit
  try {
    return visit(value, level) ?? found
  } catch {
    step = visitCarefully
    seen = undefined
    return visitCarefully(value, level) ?? found
  }
}
