/**
 * Copies a value and puts what its medium cannot hold on a list of marks, each with its path; and puts it back.
 * Nothing is written into the value itself, so nothing needs escaping. What is marked, and how, is up to the caller.
 */
import { isObject, tagOf } from './guards.ts'
import { type Path, pathText } from './paths.ts'

/** Where something stands that is not what it is: its path from the payload, what it is, and what else that needs. */
export type Mark = readonly [path: Path, kind: string, ...details: unknown[]]

/** What stands in the place of a value. */
export interface Substitute {
  /** Absent: the substitute is what arrives. */
  readonly mark?: readonly [kind: string, ...details: unknown[]]
  /** Default: null. */
  readonly value?: unknown
  /** Whether `value` may hold further such values itself. Default: false. */
  readonly isNested?: boolean
  /** Why there is none: what is written after its path. */
  readonly refusal?: string
}

/** Says what to put in the place of a value; undefined: what it is. */
export type Take = (value: unknown) => Substitute | undefined

/** Makes the value of a mark, of what stands in its place. */
export type Revive = (kind: string, details: readonly unknown[], value: unknown) => unknown

export interface Encoded {
  readonly payload: unknown
  readonly marks: readonly Mark[]
}

/** An own member, whatever its name is. */
export function put(target: object, key: string | number, value: unknown): void {
  if (key === '__proto__')
    Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true })
  else Reflect.set(target, key, value)
}

// What has its own way of being cloned, or none: not to be taken apart.
const isLeaf = (value: object): boolean => tagOf(value) !== 'Object'

const isIndex = (key: string): boolean => String(Number(key) >>> 0) === key && key !== '4294967295'

/** What a medium does with objects that nobody took. */
export interface Medium {
  /** It keeps cycles, objects that stand in several places, and holes in arrays; else they are marked. */
  readonly isClone: boolean
  /** Whether it carries an object that is neither plain nor a list. */
  readonly carries: (value: object) => boolean
  /** Whether a Map or Set must become a list, for something in it to have a path. */
  readonly splits: (items: object) => boolean
}

const MAX_HOLES = 65_536

interface Known {
  readonly copy: unknown
  readonly path: Path
  /** It can be referred to. */
  readonly isDone: boolean
  /** It is made of a mark as a whole: who repeats it must say so, as its copy is not it. */
  readonly isMarked: boolean
}

/** @throws TypeError naming the path of what the medium does not carry. */
export function encode(root: unknown, take: Take, { isClone, carries, splits }: Medium): Encoded {
  const marks: Mark[] = []
  const copies = new Map<object, Known>()
  // Where the walk is.
  const path: (string | number)[] = []

  const refuse = (why: string): never => {
    throw new TypeError(pathText(path) + why)
  }

  const repeat = (value: object): unknown => {
    const former = copies.get(value)
    if (!former || (isClone && !former.isMarked)) return former?.copy
    if (!former.isDone) refuse(' leads back to an error that it is in')
    marks.push([[...path], 'same', former.path])
    return null
  }

  // `stoodFor` is what `value` stands for.
  const visit = (value: unknown, stoodFor = value): unknown => {
    if (!isObject(value)) return visitOther(value)
    if (copies.has(value)) return repeat(value)
    const taken = take(value) ?? takeItems(value)
    return taken ? substitute(value, taken) : visitObject(value, stoodFor)
  }

  // What stands in a Map or Set has a path only in a list.
  const takeItems = (value: object): Substitute | undefined => {
    if (!(value instanceof Map || value instanceof Set) || (isClone && !splits(value))) return undefined
    return { mark: [value instanceof Map ? 'Map' : 'Set'], value: [...value], isNested: true }
  }

  const visitOther = (value: unknown): unknown => {
    const taken = take(value)
    if (taken) return substitute(value, taken)
    return typeof value === 'function' || typeof value === 'symbol' ? refuse(` is a ${typeof value}`) : value
  }

  const substitute = (
    value: unknown,
    { mark, value: stands = null, isNested, refusal }: Substitute,
  ): unknown => {
    if (refusal) refuse(refusal)
    const at = [...path]
    // What is put back as a whole is not there before what is in it.
    const isWhole = mark !== undefined && mark[0] !== 'Map' && mark[0] !== 'Set'
    const known = { copy: stands, path: at, isDone: !isWhole, isMarked: isWhole }
    if (isObject(value) && isWhole) copies.set(value, known)
    const copy = isNested ? visit(stands, isWhole ? stands : value) : stands
    // After those inside, which are then put back first.
    if (mark) marks.push([at, ...mark])
    if (isObject(value)) copies.set(value, { copy, path: at, isDone: true, isMarked: isWhole })
    return copy
  }

  const visitObject = (value: object, stoodFor: unknown): unknown => {
    const isList = Array.isArray(value)
    if (!isList && isLeaf(value)) return visitLeaf(value)
    const copy = isList ? Object.assign([], { length: value.length }) : {}
    const known = { copy, path: [...path], isDone: true, isMarked: false }
    copies.set(value, known)
    if (isObject(stoodFor)) copies.set(stoodFor, known)
    if (isList && !isClone) markHoles(value)
    for (const key of Object.keys(value)) {
      path.push(isList && isIndex(key) ? Number(key) : key)
      put(copy, key, visit(Reflect.get(value, key)))
      path.pop()
    }
    return copy
  }

  const visitLeaf = (value: object): unknown => {
    if (!carries(value)) refuse(` is a ${tagOf(value)}`)
    // A Map or Set stays one, but what stands in it may stand elsewhere, too.
    const copy = value instanceof Map ? new Map() : value instanceof Set ? new Set() : value
    copies.set(value, { copy, path: [...path], isDone: true, isMarked: false })
    if (value instanceof Map)
      for (const [key, item] of value) (copy as Map<unknown, unknown>).set(visit(key), visit(item))
    else if (value instanceof Set) for (const item of value) (copy as Set<unknown>).add(visit(item))
    return copy
  }

  const markHoles = (list: readonly unknown[]): void => {
    const keys = Object.keys(list)
    const named = keys.find((key) => !isIndex(key))
    if (named !== undefined) refuse(`${pathText([named])} is a named member of an array`)
    if (list.length - keys.length > MAX_HOLES) refuse(' has too many holes')
    if (list.length > keys.length)
      for (let i = 0; i < list.length; i++) if (!Object.hasOwn(list, i)) marks.push([[...path, i], 'hole'])
  }

  const payload = visit(root)
  return { payload, marks }
}

/** More than any mark or path that is made here has. */
const MAX_DETAILS = 8

// A list that is shorter than it says would be walked for its length.
const isDense = (list: readonly unknown[]): boolean => Object.keys(list).length === list.length

/**
 * Put back what `encode` took out; `payload` itself is changed. Paths are followed through own members alone.
 * @throws TypeError for marks that are none, and what `revive` throws.
 */
export function decode(payload: unknown, marks: unknown, revive: Revive, maxDepth: number): unknown {
  if (!Array.isArray(marks)) throw new TypeError('The marks of a message must be an array')
  const holder = { payload }
  // Arrays that are to become something else, once nothing is to be found in them by its path any more.
  const lists = new Map<object, string>()
  // What came of a mark is somebody's own, or the platform's: no path leads into it.
  const sealed = new Set<unknown>()

  const locate = (path: unknown, mayLack = false): { parent: object; key: string } => {
    let parent: object = holder
    let key = 'payload'
    if (!Array.isArray(path) || path.length > 2 * maxDepth + MAX_DETAILS)
      throw new TypeError('A path must be an array')
    for (const next of path) {
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
    if (!Array.isArray(mark) || mark.length > MAX_DETAILS || typeof mark[1] !== 'string')
      throw new TypeError('A mark must be [path, kind, …]')
    const [path, kind, ...details] = mark as [unknown, string, ...unknown[]]
    // Media that are no text keep holes as they are.
    const { parent, key } = locate(path, kind === 'hole')
    const value: unknown = Reflect.get(parent, key)
    if (kind === 'same') {
      const { parent: of, key: name } = locate(details[0])
      put(parent, key, asData(key, Reflect.get(of, name)))
    } else if (kind === 'Map' || kind === 'Set') {
      if (!Array.isArray(value) || !isDense(value)) throw new TypeError(`A ${kind} must stand as an array`)
      lists.set(value, kind)
    } else if (kind === 'hole') Reflect.deleteProperty(parent, key)
    else {
      const made = revive(kind, details, value)
      // An error stays open: it is made of what was sent, and may hold what stands elsewhere, too.
      if (kind !== 'Error') sealed.add(made)
      put(parent, key, asData(key, made))
    }
  }
  return lists.size ? rebuild(holder.payload, lists, sealed, maxDepth) : holder.payload
}

// Names of methods that the language calls by itself: nobody may call over there without a word.
const calledByItself: readonly string[] = ['then', 'toString', 'valueOf', 'toJSON']

const asData = (key: string, value: unknown): unknown =>
  typeof value === 'function' && calledByItself.includes(key) ? { call: value } : value

function rebuild(
  root: unknown,
  lists: ReadonlyMap<object, string>,
  sealed: ReadonlySet<unknown>,
  maxDepth: number,
): unknown {
  const done = new Map<object, unknown>()
  const visit = (value: unknown, depth: number): unknown => {
    if (!isObject(value) || sealed.has(value)) return value
    if (done.has(value)) return done.get(value)
    if (depth > maxDepth) throw new TypeError(`It is nested deeper than ${maxDepth} levels`)
    const kind = lists.get(value)
    if (kind) {
      const items = value as readonly unknown[]
      const built = kind === 'Map' ? new Map<unknown, unknown>() : new Set<unknown>()
      done.set(value, built)
      for (const item of items) {
        if (built instanceof Set) built.add(visit(item, depth + 1))
        else if (!Array.isArray(item)) throw new TypeError('An entry of a Map must be [key, value]')
        else built.set(visit(item[0], depth + 2), visit(item[1], depth + 2))
      }
      return built
    }
    done.set(value, value)
    const isError = tagOf(value) === 'Error'
    const keys = isError
      ? ['cause', 'errors']
      : Array.isArray(value) || !isLeaf(value)
        ? Object.keys(value)
        : []
    for (const key of keys) {
      const item: unknown = Reflect.get(value, key)
      const now = visit(item, depth + 1)
      if (now !== item) put(value, key, now)
    }
    return value
  }
  return visit(root, 0)
}
