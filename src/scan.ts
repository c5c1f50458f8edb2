import { isObject } from './messages.ts'

/** Why a value cannot be sent, and where in it: `.options.signal`, `[0].node`. */
export interface Refusal {
  readonly reason: string
  readonly path: string
}

interface Look {
  readonly maxDepth: number
  /** Leaves that may still be seen while the value counts as small; below 0: not small, or not plain. */
  leaves: number
  /** Objects looked at, so that a graph with cycles or shared parts is walked once; kept from the 64th on. */
  objects: number
  seen: Set<object> | undefined
}

const SMALL_LEAVES = 64
const SMALL_STRING = 1_024

// Engines refuse most host objects by themselves. These, Node clones to `{}` without a word.
const hostObject =
  /^(Abort(Signal|Controller)|URL(SearchParams)?|Headers|FormData|Request|Response|Event(Target)?|Weak(Map|Set|Ref)|Promise|.*Generator)$/

const refuse = (reason: string): Refusal => ({ reason, path: '' })

const under = (refusal: Refusal, step: string): Refusal => ({
  reason: refusal.reason,
  path: step + refusal.path,
})

const stepTo = (key: string): string => (/^[\w$]+$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`)

/**
 * Look at a value once before it is posted.
 * @returns a Refusal if it must not be sent; true if it is small and plain (64 leaves in all, strings of at most 1,024
 * characters, plain objects and arrays without accessors), so that it may be copied and wait; else false: post it as it is.
 */
export function scan(value: unknown, maxDepth: number): Refusal | boolean {
  const look: Look = { maxDepth, leaves: SMALL_LEAVES, objects: 0, seen: undefined }
  return visit(value, 0, look) ?? look.leaves >= 0
}

function visit(value: unknown, depth: number, look: Look): Refusal | undefined {
  switch (typeof value) {
    case 'function':
    case 'symbol':
      return refuse(`is a ${typeof value}`)
    case 'object':
      if (value !== null) return visitObject(value, depth, look)
      break
    case 'string':
      if (value.length > SMALL_STRING) look.leaves = -1
  }
  look.leaves--
  return undefined
}

function visitObject(value: object, depth: number, look: Look): Refusal | undefined {
  if (depth > look.maxDepth) return refuse(`is nested deeper than ${look.maxDepth} levels`)
  if (look.seen?.has(value)) return undefined
  if (++look.objects >= SMALL_LEAVES) (look.seen ??= new Set()).add(value)
  if (Symbol.asyncIterator in value) return refuse('is an async iterable')
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      const refusal = visit(value[i], depth + 1, look)
      if (refusal) return under(refusal, `[${i}]`)
    }
    return undefined
  }
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) {
    look.leaves = -1
    if (ArrayBuffer.isView(value) || value instanceof String) return undefined
    if (value instanceof Map || value instanceof Set) {
      let i = 0
      for (const entry of value) {
        const refusal = visit(entry, depth + 1, look)
        if (refusal) return under(refusal, `[${i}]`)
        i++
      }
      return undefined
    }
    const tag = Object.prototype.toString.call(value).slice(8, -1)
    if (hostObject.test(tag)) return refuse(`is a ${tag}`)
  }
  for (const key of Object.keys(value)) {
    const refusal = visit(read(value, key, look), depth + 1, look)
    if (refusal) return under(refusal, stepTo(key))
  }
  return undefined
}

// While the value may still be small, an accessor must be noticed: its value could differ when it is read again.
function read(value: object, key: string, look: Look): unknown {
  if (look.leaves >= 0 && !('value' in (Object.getOwnPropertyDescriptor(value, key) ?? {}))) look.leaves = -1
  return (value as Record<string, unknown>)[key]
}

/** True for what may be sent as params by name: an object that is not a host or class object. */
export function isPlainObject(value: unknown): value is { readonly [name: string]: unknown } {
  if (!isObject(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  // An object of another realm (an iframe, a vm context) has another Object.prototype, itself without a prototype.
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null
}
