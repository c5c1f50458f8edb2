/** A copy of a value as it is now, also in realms that have no `structuredClone`: jsdom's, an AudioWorklet, a plugin's sandbox. */
import { isObject, isPlainObject, tagOf } from '../protocol/guards.ts'

export const clone = <T>(value: T, transfer: readonly object[] = []): T =>
  typeof structuredClone === 'function'
    ? structuredClone(value, { transfer: transfer as Transferable[] })
    : (createCopy(transfer)(value) as T)

interface Movable {
  /** ES2024. */
  transfer?(): ArrayBuffer
}

/** Copies what is of the language; what else is in it stays what it is. */
function createCopy(transfer: readonly object[]): (value: unknown) => unknown {
  const copies = new Map<unknown, unknown>()
  for (const object of transfer) copies.set(object, (object as Movable).transfer?.() ?? object)

  const fill = <T extends object>(made: T, from: object): T => {
    copies.set(from, made)
    for (const key of Object.keys(from))
      Object.defineProperty(made, key, {
        value: copy((from as Record<string, unknown>)[key]),
        configurable: true,
        enumerable: true,
        writable: true,
      })
    return made
  }

  const copyOf = (value: object): unknown => {
    if (Array.isArray(value)) return Object.assign(fill([] as unknown[], value), { length: value.length })
    if (isPlainObject(value)) return fill({}, value)
    if (ArrayBuffer.isView(value)) {
      const { buffer, byteOffset, byteLength } = value
      const { BYTES_PER_ELEMENT = 1 } = value as Partial<Uint8Array>
      const View = Reflect.get(globalThis, tagOf(value)) as Uint8ArrayConstructor
      return new View(copy(buffer) as ArrayBuffer, byteOffset, byteLength / BYTES_PER_ELEMENT)
    }
    switch (tagOf(value)) {
      case 'Map': {
        const made = new Map()
        copies.set(value, made)
        for (const [key, item] of value as Map<unknown, unknown>) made.set(copy(key), copy(item))
        return made
      }
      case 'Set': {
        const made = new Set()
        copies.set(value, made)
        for (const item of value as Set<unknown>) made.add(copy(item))
        return made
      }
      case 'Date':
        return new Date(value as Date)
      case 'ArrayBuffer':
        return (value as ArrayBuffer).slice(0)
      default:
        return value
    }
  }

  const copy = (value: unknown): unknown => {
    if (typeof value === 'function' || typeof value === 'symbol')
      throw new TypeError(`A ${typeof value} cannot be cloned`)
    if (!isObject(value)) return value
    if (!copies.has(value)) copies.set(value, copyOf(value))
    return copies.get(value)
  }
  return copy
}
