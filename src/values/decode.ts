/** Puts back what `encode` took out of a value, by its marks. */
import { isObject } from '../protocol/guards.ts'
import { spend } from './budget.ts'
import { put, type Revive } from './marks.ts'

/** More than any mark or path that is made here has. */
const MAX_DETAILS = 8
/** Characters of the longest kind, and some more. */
const MAX_KIND = 32

// What came of a mark is somebody's own, or the platform's: no path leads into it. Not for one message alone, as the entries of a
// batch may share what they hold.
const sealed = new WeakSet<object>()

/** What is put back when all others are. */
export interface Late {
  /** @returns whether a kind is of it. */
  readonly take: (kind: string, value: unknown, parent: object, key: string) => boolean
  readonly rebuild: (root: unknown, sealed: Pick<WeakSet<object>, 'has'>, maxDepth: number) => unknown
}

/**
 * Put back what `encode` took out; `payload` itself is changed. Paths are followed through own members alone.
 * @throws TypeError for marks that are none, and what `revive` throws.
 */
export function decode(
  payload: unknown,
  marks: unknown,
  revive: Revive,
  maxDepth: number,
  late?: Late,
): unknown {
  if (!Array.isArray(marks)) throw new TypeError('The marks of a message must be an array')
  const holder = { payload }

  const locate = (path: unknown, mayLack = false): { parent: object; key: string } => {
    let parent: object = holder
    let key = 'payload'
    if (!Array.isArray(path) || path.length > 2 * maxDepth + MAX_DETAILS)
      throw new TypeError('A path must be an array')
    spend(12 + 3 * path.length)
    for (const next of path as readonly unknown[]) {
      if (typeof next !== 'string' && typeof next !== 'number')
        throw new TypeError('A path is made of names and numbers')
      const child: unknown = Object.hasOwn(parent, key) ? Reflect.get(parent, key) : undefined
      if (!isObject(child) || sealed.has(child)) throw new TypeError('A path must lead somewhere')
      parent = child
      key = String(next)
    }
    const isLength = Array.isArray(parent) && key === 'length'
    const isThere = Object.hasOwn(parent, key) || (mayLack && Array.isArray(parent))
    if (isLength || !isThere) throw new TypeError('A path must lead somewhere')
    return { parent, key }
  }

  for (const mark of marks as readonly unknown[]) {
    const isMark = Array.isArray(mark) && mark.length <= MAX_DETAILS
    const [path, kind, ...details] = (isMark ? mark : []) as readonly unknown[]
    if (typeof kind !== 'string' || kind.length > MAX_KIND)
      throw new TypeError('A mark must be [path, kind, …]')
    // Media that are no text keep holes as they are.
    const { parent, key } = locate(path, kind === 'hole')
    const value: unknown = Reflect.get(parent, key)
    if (sealed.has(value as object)) throw new TypeError('A place has one mark')
    if (kind === 'same') {
      const { parent: of, key: name } = locate(details[0])
      const original: unknown = Reflect.get(of, name)
      // Only what has an identity is repeated: a string that stood in many places would be read in each.
      if (typeof original === 'string') throw new TypeError('A text cannot be repeated')
      put(parent, key, asData(key, original))
    } else if (!late?.take(kind, value, parent, key)) {
      const made = revive(kind, details, value, mark)
      // An error stays open: it is made of what was sent, and may hold what stands elsewhere, too.
      if (kind !== 'Error' && isObject(made)) sealed.add(made)
      put(parent, key, asData(key, made))
    }
  }
  return late ? late.rebuild(holder.payload, sealed, maxDepth) : holder.payload
}

// Names of methods that the language calls by itself: nobody may call over there without a word.
const calledByItself: readonly string[] = ['then', 'toString', 'valueOf', 'toJSON']

const asData = (key: string, value: unknown): unknown =>
  typeof value === 'function' && calledByItself.includes(key) ? { call: value } : value
