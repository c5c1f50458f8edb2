/** What kind of thing a value is: questions that any layer may ask of any value. */

export const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

/** The name in `[object Name]`: of a built-in or host object its class, of anything else `Object`. */
export const tagOf = (value: unknown): string => Object.prototype.toString.call(value).slice(8, -1)

/** True for an object literal, also of another realm; not for host objects and class instances. */
export const isPlainObject = (value: unknown): value is { readonly [name: string]: unknown } => {
  if (!isObject(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return !prototype || !Object.getPrototypeOf(prototype)
}
