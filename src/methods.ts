import { isObject, isPlainObject } from './guards.ts'

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
  collect(api, '', [], found)
  return found
}

function collect(
  value: unknown,
  name: string,
  owners: readonly object[],
  found: Map<string, RPCHandler>,
): void {
  if (isFunction(value)) {
    if (!found.has(name)) found.set(name, value.bind(owners[0]))
    return
  }
  if (!isObject(value) || owners.includes(value)) return
  const plain = isPlainObject(value)
  let level: unknown = plain ? value : Object.getPrototypeOf(value)
  while (level && level !== Object.prototype && !isBuiltIn(level)) {
    for (const [key, { value: member }] of Object.entries(Object.getOwnPropertyDescriptors(level)))
      if (!isReserved(key) && (plain || (isFunction(member) && !key.startsWith('_'))))
        collect(member, name ? `${name}.${key}` : key, [value, ...owners], found)
    level = plain ? undefined : Object.getPrototypeOf(level)
  }
}

// Arrays, maps, streams in an api are data, and what a class inherits from such is not its own: nobody means to expose that.
const isBuiltIn = (prototype: object): boolean => {
  const constructor: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value
  return isFunction(constructor) && /\[native code]\s*}$/.test(Function.prototype.toString.call(constructor))
}
