/** A copy of a value as it is now, also in realms that have no `structuredClone`: jsdom's, an AudioWorklet, a plugin's sandbox. */
import { isPlainObject } from '../protocol/guards.ts'

export const clone = <T>(value: T, transfer: readonly object[] = []): T =>
  typeof structuredClone === 'function'
    ? structuredClone(value, { transfer: transfer as Transferable[] })
    : (createCopy()(value) as T)

/** Lists and plain objects; what else is in them stays what it is. */
function createCopy(): (value: unknown) => unknown {
  const copies = new Map<unknown, unknown>()
  return function copy(value) {
    if (typeof value === 'function' || typeof value === 'symbol')
      throw new TypeError(`A ${typeof value} cannot be cloned`)
    const isList = Array.isArray(value)
    if (!isList && !isPlainObject(value)) return value
    if (copies.has(value)) return copies.get(value)
    const made: object = isList ? Object.assign([], { length: value.length }) : {}
    copies.set(value, made)
    for (const key of Object.keys(value))
      Object.defineProperty(made, key, { value: copy(Reflect.get(value, key)), ...OWN })
    return made
  }
}

const OWN = { configurable: true, enumerable: true, writable: true }
