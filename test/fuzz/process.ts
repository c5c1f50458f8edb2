/** What of this process nothing that arrives may change. */
import { collect, TABLE } from '../features/encoding/collect.ts'

const watched = { Object, Array, Function, Error, Promise, Map, Set, AbortSignal, String, Number }

type Known = ReadonlyMap<string, unknown>

/** The members of the built-in classes and prototypes and of the global object. */
export function intrinsics(): Known {
  const known = new Map<string, unknown>()
  // Node makes some globals when they are first asked for.
  for (const key of Reflect.ownKeys(globalThis)) Reflect.get(globalThis, key)
  const look = (name: string, object: object): void => {
    for (const key of Reflect.ownKeys(object)) {
      if (key === TABLE) continue
      const { value, get, set } = Reflect.getOwnPropertyDescriptor(object, key) ?? {}
      known.set(`${name}.${String(key)}`, value ?? get ?? set)
    }
  }
  for (const [name, one] of Object.entries(watched)) {
    look(name, one)
    look(`${name}.prototype`, one.prototype as object)
  }
  look('globalThis', globalThis)
  return known
}

/** The names of what is not as it was. */
export function changesSince(before: Known): string[] {
  const now = intrinsics()
  const names = new Set([...before.keys(), ...now.keys()])
  return [...names].filter(
    (name) => before.has(name) !== now.has(name) || !Object.is(before.get(name), now.get(name)),
  )
}

export async function heapAfterCollection(): Promise<number> {
  await collect(5)
  return process.memoryUsage().heapUsed
}
