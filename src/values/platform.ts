/** Which classes are not of the user's making: those of engines and hosts, and those of Node, which are JavaScript. */

interface HostProcess {
  /** The modules that are loaded: undocumented, and as old as Node. */
  readonly moduleLoadList?: readonly string[]
  getBuiltinModule?(name: string): object | undefined
}

// Asking Node costs as much as a small message.
const known = new WeakMap<object, boolean>()

const clones = new WeakMap<object, boolean>()

// It stays what it is when it is cloned.
function isCloned(value: object): boolean {
  const prototype = Object.getPrototypeOf(value) as object | null
  let is = prototype ? clones.get(prototype) : false
  if (is === undefined) {
    try {
      is = isOfPlatform(value, true) && Object.getPrototypeOf(structuredClone(value)) === prototype
    } catch {
      is = false
    }
    clones.set(prototype as object, is)
  }
  return is
}

/** Whether it can be iterated, and the platform does not clone it all the same, as it does directory handles. */
export const isAsyncIterable = (value: object): value is AsyncIterable<unknown> =>
  // Engines remember of a shape that it lacks a member, but not what `in` said.
  (value as Partial<AsyncIterable<unknown>>)[Symbol.asyncIterator] !== undefined &&
  !(value instanceof Promise) &&
  !isCloned(value)

// What Node clones or transfers has methods for that under symbols, also where no module exports its class.
const isOfNode = (prototype: object): boolean =>
  Object.getOwnPropertySymbols(prototype).some(({ description }) => description?.startsWith('messaging_'))

/** Whether the class that has this prototype is native, global in Node, or exported by a module of Node. */
export function isPlatform(prototype: object): boolean {
  let is = known.get(prototype)
  if (is === undefined) known.set(prototype, (is = isOfNode(prototype) || ask(prototype)))
  return is
}

/**
 * Whether an object is the platform's, which is not to be taken apart: it is cloned by the platform, or not at all. Where
 * nothing is cloned, one of a user's class that only extends one of Node's JavaScript is data.
 */
export function isOfPlatform(value: object, isCloned: boolean): boolean {
  let isAsked = true
  let level = Object.getPrototypeOf(value) as object | null
  // Up to what is Object.prototype in any realm.
  for (let next; level && (next = Object.getPrototypeOf(level) as object | null); level = next) {
    if (isAsked ? isPlatform(level) : isOfNode(level)) return true
    isAsked = isCloned
  }
  return false
}

/**
 * Whether the own members of an instance are its user's: of some classes Node puts functions of its own there, so they are not
 * looked at where a class extends one, but for those of events.
 */
export function hasOwnMembers(value: object): boolean {
  let level = Object.getPrototypeOf(value) as object | null
  if (!level || isPlatform(level)) return false
  for (let next; level && (next = Object.getPrototypeOf(level) as object | null); level = next) {
    const { constructor: made } = level
    if (isPlatform(level) && !isNative(made) && !/^Event(Emitter|Target)$/.test(made.name)) return false
  }
  return true
}

const isNative = (made: unknown): boolean =>
  typeof made === 'function' && /\[native code]\s*}$/.test(Function.prototype.toString.call(made))

function ask(prototype: object): boolean {
  const member = Object.getOwnPropertyDescriptor(prototype, 'constructor')
  const made: unknown = member?.value
  // Of Node's Module it is an accessor.
  if (typeof made !== 'function') return member !== undefined && 'get' in member
  if (isNative(made)) return true
  // Some are exported by a function that warns and has their prototype; `dns.promises` is a module, too.
  const isIn = (host: object): boolean =>
    host === made ||
    [host, Object(Reflect.get(host, 'promises')) as object].some(
      (at) =>
        (Object(Reflect.get(at, made.name)) as { readonly prototype?: unknown }).prototype === prototype,
    )
  return isNode() && (isIn(globalThis) || isSomeModule(isIn))
}

/** Whether a plain object is a module of Node, or one of the language (`Reflect`). */
export function isPlatformObject(value: object): boolean {
  // No getter is run.
  const ownOf = (of: object, key: PropertyKey): unknown => Object.getOwnPropertyDescriptor(of, key)?.value
  const tag = ownOf(value, Symbol.toStringTag)
  if (typeof tag === 'string' && tag !== 'Module') return ownOf(globalThis, tag) === value
  if (!isNode()) return false
  const module = tag === 'Module' ? ownOf(value, 'default') : value
  return isSomeModule((host) => host === module)
}

const host = globalThis as { readonly process?: HostProcess }

const isNode = (): boolean => host.process?.getBuiltinModule !== undefined

const isSomeModule = (is: (host: object) => boolean): boolean =>
  host.process?.moduleLoadList?.some((loaded) => {
    const [, name] = /^NativeModule (?!internal)(.+)/.exec(loaded) ?? []
    return name && is(host.process?.getBuiltinModule?.(name) ?? {})
  }) === true
