/** Which classes are not of the user's making: those of engines and hosts, and those of Node, which are JavaScript. */

interface HostProcess {
  /** The modules that are loaded: undocumented, and as old as Node. */
  readonly moduleLoadList?: readonly string[]
  getBuiltinModule?(name: string): object | undefined
}

/** Whether the class that has this prototype is native, global in Node, or exported by a module of Node. */
export function isPlatform(prototype: object): boolean {
  const member = Object.getOwnPropertyDescriptor(prototype, 'constructor')
  const made: unknown = member?.value
  // Of Node's Module it is an accessor.
  if (typeof made !== 'function') return member !== undefined && 'get' in member
  if (/\[native code]\s*}$/.test(Function.prototype.toString.call(made))) return true
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
