/** Finds what a platform refused to clone, which it does not say. */
import { messageOf } from './errors.ts'
import { isObject, isPlainObject } from './guards.ts'
import type { Draft } from './link.ts'
import { type Path, pathText } from './paths.ts'

const isCloneable = (value: unknown): boolean => {
  try {
    structuredClone(value)
    return true
  } catch {
    return false
  }
}

function find(root: unknown, moved: ReadonlySet<unknown>): Path | undefined {
  const seen = new Set(moved)
  const path: (string | number)[] = []

  const enter = (key: string | number, value: unknown): boolean => {
    path.push(key)
    if (visit(value)) return true
    path.pop()
    return false
  }

  const visit = (value: unknown): boolean => {
    if (!isObject(value)) return !isCloneable(value)
    if (seen.has(value)) return false
    seen.add(value)
    if (Array.isArray(value)) return Object.keys(value).some((key) => enter(key, Reflect.get(value, key)))
    if (value instanceof Map) return [...value].some(([key, item], i) => enter(i, key) || enter(i, item))
    if (value instanceof Set) return [...value].some((item, i) => enter(i, item))
    if (!isPlainObject(value)) return !isCloneable(value)
    return Object.entries(value).some(([key, item]) => enter(key, item))
  }

  return visit(root) ? path : undefined
}

/** The error of a post that failed, with the path of what it failed for, if that can be found. */
export function explain(message: object, transfer: readonly object[], error: unknown): unknown {
  for (const one of [message].flat() as Draft[])
    for (const member of ['params', 'result', 'error'] as const) {
      const path = find(one[member], new Set(transfer))
      if (path) return new TypeError(`${member}${pathText(path)}: ${messageOf(error)}`, { cause: error })
    }
  return error
}
