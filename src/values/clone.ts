/** A copy of a value as it is now, also in realms that have no `structuredClone`: jsdom's, an AudioWorklet, a plugin's sandbox. */
import { isObject, isPlainObject, tagOf } from '../protocol/guards.ts'

export const clone = <T>(value: T, transfer: readonly object[] = []): T =>
  typeof structuredClone === 'function'
    ? structuredClone(value, { transfer: transfer as Transferable[] })
    : (createCopy(transfer)(value) as T)

interface Movable {
  /** Of an ArrayBuffer, ES2024. */
  transfer?(): object
}

/** Copies what is of the language; what else is in it stays what it is. */
function createCopy(transfer: readonly object[]): (value: unknown) => unknown {
  const copies = new Map<unknown, unknown>()
  for (const object of transfer) copies.set(object, (object as Movable).transfer?.() ?? object)

  const copy = (value: unknown): unknown => {
    if (typeof value === 'function' || typeof value === 'symbol')
      throw new TypeError(`A ${typeof value} cannot be cloned`)
    if (!isObject(value)) return value
    if (copies.has(value)) return copies.get(value)
    const made = empty(value)
    copies.set(value, made)
    if (made instanceof Map) for (const [key, item] of value as typeof made) made.set(copy(key), copy(item))
    else if (made instanceof Set) for (const item of value as typeof made) made.add(copy(item))
    else if (Array.isArray(made) || isPlainObject(made))
      for (const [key, item] of Object.entries(value))
        Object.defineProperty(made, key, {
          value: copy(item),
          configurable: true,
          enumerable: true,
          writable: true,
        })
    return made
  }

  const empty = (value: object): unknown => {
    const tag = tagOf(value)
    if (Array.isArray(value)) return Object.assign([], { length: value.length })
    if (isPlainObject(value)) return {}
    if (tag === 'Map') return new Map()
    if (tag === 'Set') return new Set()
    if (tag === 'Date') return new Date(value as Date)
    if (tag === 'ArrayBuffer') return (value as ArrayBuffer).slice(0)
    if (!ArrayBuffer.isView(value)) return value
    const { buffer, byteOffset, byteLength } = value
    const { BYTES_PER_ELEMENT = 1 } = value as Partial<Uint8Array>
    const View = Reflect.get(globalThis, tag) as Uint8ArrayConstructor
    return new View(copy(buffer) as ArrayBuffer, byteOffset, byteLength / BYTES_PER_ELEMENT)
  }
  return copy
}
