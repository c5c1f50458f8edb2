/** `proxy()`: marks an object to cross by reference, while it goes on to work like the object itself here. */
import type { Proxied } from '../../peer/remote-types.ts'
import { isObject } from '../../protocol/guards.ts'
import { SPECIAL, type Special, specialOf } from '../../values/look.ts'

// One for an object, so that it can be compared.
const proxies = new WeakMap<object, object>()

/** Options of `proxy()`. */
export interface ProxyOptions<T> {
  /** The properties that the peer may `set`. Default: none. */
  readonly writable?: readonly (keyof T & string)[] | undefined
}

/**
 * Let an object, a class instance, a class or a function cross by reference: the other side gets a remote of it, whose
 * methods it can call, and whose properties it can `get`; `set` only those that `writable` names. What is returned works like
 * the object itself here. The same object is the same there, and what was once named stays writable.
 * @throws TypeError for an array and for what is no object.
 */
export function proxy<T extends object>(target: T, { writable = [] }: ProxyOptions<T> = {}): Proxied<T> {
  // Another copy of portcall may have made it.
  const former = proxies.get(target) ?? (targetOf(target) && target)
  if (former) return allow(former, writable) as Proxied<T>
  if (!(isObject(target) || typeof target === 'function') || Array.isArray(target))
    throw new TypeError('proxy() takes an object with methods, a class or a function')
  // Structured clone refuses an ES proxy, so no path that does not know it can copy it without a word.
  const special: Special = { version: 1, target, writable: new Set() }
  const made = new Proxy(target, {
    get: (_, key) => {
      if (key === SPECIAL) return special
      // A promise that resolves to it is not to wait for it.
      if (key === 'then') return undefined
      const member: unknown = Reflect.get(target, key)
      // Methods of a class reach private members by `this`.
      const isMethod = typeof member === 'function' && !Object.hasOwn(target, key) && isObject(target)
      return isMethod ? (member.bind(target) as unknown) : member
    },
    set: (_, key, value) => Reflect.set(target, key, value),
  }) as Proxied<T>
  proxies.set(target, made)
  proxies.set(made, made)
  return allow(made, writable)
}

function allow<T extends object>(made: T, names: readonly string[]): T {
  for (const name of names) specialOf(made)?.writable?.add(name)
  return made
}

/** Whether the peer may set a property of what was passed. */
export const mayBeSet = (passed: object, name: string): boolean =>
  specialOf(passed)?.writable?.has(name) === true

/** The object behind `proxy()`; undefined for anything else. */
export const targetOf = (value: object): object | undefined => specialOf(value)?.target
