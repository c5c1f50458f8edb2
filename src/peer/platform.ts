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
  const { process } = globalThis as { readonly process?: HostProcess }
  // Some are exported by a function that warns and has their prototype; `dns.promises` is a module, too.
  const isIn = (host: object): boolean =>
    host === made ||
    [host, Object(Reflect.get(host, 'promises')) as object].some(
      (at) =>
        (Object(Reflect.get(at, made.name)) as { readonly prototype?: unknown }).prototype === prototype,
    )
  return Boolean(
    process?.getBuiltinModule &&
    (isIn(globalThis) ||
      process.moduleLoadList?.some((loaded) => {
        const [, name] = /^NativeModule (?!internal)(.+)/.exec(loaded) ?? []
        return name && isIn(process.getBuiltinModule?.(name) ?? {})
      })),
  )
}
