import { isObject, isPlainObject } from './guards.ts'

/** Answers a method: positional params are spread, params by name are one argument. Sync or async. */
export type RPCHandler = (...args: never[]) => unknown

/** What can be registered at once: functions by name, and objects of such; nesting makes dotted names. */
export type Methods = object

const isFunction = (value: unknown): value is RPCHandler => typeof value === 'function'

/** True for what is written `class`: it cannot be called, only constructed. */
export const isClass = (value: unknown): value is new (...args: never[]) => unknown =>
  isFunction(value) && /^class\b/.test(Function.prototype.toString.call(value))

/** Names that nobody may reach on the other side, whatever an object has under them. */
export const isReserved = (name: string): boolean => name === 'then' || name in Object.prototype

/** @throws TypeError for what cannot be registered. */
export function checkHandler(method: string, handler: unknown): void {
  if (isReserved(method)) throw new TypeError(`\`${method}\` is a reserved name: every object has it`)
  if (!isFunction(handler)) throw new TypeError(`The handler of \`${method}\` must be a function`)
}

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
  if (isClass(value)) return collectClass(value, name, found)
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

// The class itself, to be constructed, and its own static methods.
function collectClass(value: object, name: string, found: Map<string, RPCHandler>): void {
  if (!found.has(name)) found.set(name, value as RPCHandler)
  for (const [key, { value: member }] of Object.entries(Object.getOwnPropertyDescriptors(value)))
    if (isFunction(member) && !isReserved(key) && !key.startsWith('_'))
      found.set(name ? `${name}.${key}` : key, member.bind(value))
}

// Arrays, maps, streams in an api are data, and what a class inherits from such is not its own: nobody means to expose that.
const isBuiltIn = (prototype: object): boolean => {
  const constructor: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value
  return isFunction(constructor) && /\[native code]\s*}$/.test(Function.prototype.toString.call(constructor))
}
