import { isObject } from './messages.ts'
import { isPlainObject } from './scan.ts'

/** Answers a method: positional params are spread, params by name are one argument. Sync or async. */
export type RPCHandler = (...args: never[]) => unknown

/** What can be registered at once: functions by name, and objects of such; nesting makes dotted names. */
export type Methods = object

const isFunction = (value: unknown): value is RPCHandler => typeof value === 'function'

/** Names that nobody may reach on the other side, whatever an object has under them. */
export const isReserved = (name: string): boolean => name === 'then' || name in Object.prototype

/**
 * List what can be called on `api` by its dotted name: the functions of plain objects, and the methods of class instances
 * up their class chain, except accessors and names that begin with `_`, each bound to its object. A function by itself has
 * the name ''. No accessor is run.
 */
export function methodsOf(api: Methods): Map<string, RPCHandler> {
  const found = new Map<string, RPCHandler>()
  if (isFunction(api)) found.set('', api)
  else collect(api, '', [], found)
  return found
}

function collect(
  object: object,
  prefix: string,
  parents: readonly object[],
  found: Map<string, RPCHandler>,
): void {
  if (parents.includes(object)) return
  const plain = isPlainObject(object)
  const first: object = plain ? object : Object.getPrototypeOf(object)
  for (let level = first; level && level !== Object.prototype; level = Object.getPrototypeOf(level)) {
    for (const [key, { value }] of Object.entries(Object.getOwnPropertyDescriptors(level))) {
      const name = prefix + key
      if (isReserved(key) || found.has(name) || (!plain && key.startsWith('_'))) continue
      if (isFunction(value)) found.set(name, value.bind(object))
      else if (plain && isNested(value)) collect(value, `${name}.`, [...parents, object], found)
    }
    if (plain) break
  }
}

// Built-in and host objects (arrays, maps, streams…) inside an api are data: nobody meant to expose their methods.
const isNested = (value: unknown): value is object =>
  isObject(value) && Object.prototype.toString.call(value) === '[object Object]'
