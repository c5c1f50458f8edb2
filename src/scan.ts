import { isObject, tagOf } from './guards.ts'

// Engines refuse most host objects by themselves. These, Node clones to `{}` without a word.
const hostObject = /^(Abort|URL|Headers|FormData|Request|Response|Event)/

const stepTo = (key: string): string =>
  /^\d+$/.test(key) ? `[${key}]` : /^\w+$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`

// A sparse array of a few bytes can be as long as it likes: after this many holes its keys are walked, not its length.
const MAX_HOLES = 65_536

/**
 * Look at a value once before it is posted.
 * @returns why it must not be sent, beginning with the path to where (`[0].node is a function`); undefined if it may.
 */
export function scan(value: unknown, maxDepth: number): string | undefined {
  // So that a graph with cycles or shared parts is walked once; small values, which are most, do without.
  let seen: Set<unknown> | undefined
  const rememberFrom = Math.min(64, maxDepth / 4)
  let objects = 0

  const visit = (value: unknown, depth: number): string | undefined => {
    const type = typeof value
    if (type === 'function' || type === 'symbol') return ` is a ${type}`
    if (!isObject(value) || seen?.has(value)) return undefined
    if (depth > maxDepth) return ` is nested deeper than ${maxDepth} levels`
    if (++objects > rememberFrom) (seen ??= new Set()).add(value)
    if (Symbol.asyncIterator in value) return ' is an async iterable'
    if (Array.isArray(value)) {
      let holes = 0
      for (let i = 0; i < value.length && holes < MAX_HOLES; i++) {
        const why = visit(value[i], depth + 1)
        if (why) return `[${i}]${why}`
        if (value[i] === undefined && !(i in value)) holes++
      }
      if (holes < MAX_HOLES) return undefined
    } else if (value instanceof Map || value instanceof Set) {
      let i = 0
      for (const item of value) {
        const why = visit(item, depth + 1)
        if (why) return `[${i}]${why}`
        i++
      }
      return undefined
    } else {
      if (ArrayBuffer.isView(value) || value instanceof String) return undefined
      const tag = tagOf(value)
      if (hostObject.test(tag) && !('postMessage' in value)) return ` is a ${tag}`
    }
    for (const [key, item] of Object.entries(value)) {
      const why = visit(item, depth + 1)
      if (why) return stepTo(key) + why
    }
    return undefined
  }

  return visit(value, 0)
}
