import { isObject, tagOf } from './guards.ts'

// Engines refuse most host objects by themselves. These, Node clones to `{}` without a word.
const hostObject = /^(Abort|URL|Headers|FormData|Request|Response|Event)/

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
    if (Array.isArray(value) || value instanceof Map || value instanceof Set) {
      let i = 0
      for (const item of value) {
        const why = visit(item, depth + 1)
        if (why) return `[${i}]${why}`
        i++
      }
    } else if (hostObject.test(tagOf(value)) && !('postMessage' in value)) return ` is a ${tagOf(value)}`
    else if (!ArrayBuffer.isView(value))
      for (const [key, item] of Object.entries(value)) {
        const why = visit(item, depth + 1)
        if (why) return `[${JSON.stringify(key)}]`.replace(/^\["(\w+)"]$/, '.$1') + why
      }
    return undefined
  }

  return visit(value, 0)
}
