/** Which classes are not of the user's making: those of engines and hosts, and those of Node, which are JavaScript. */

interface HostProcess {
  /** The modules that are loaded: undocumented, and as old as Node. */
  readonly moduleLoadList?: readonly string[]
  getBuiltinModule?(name: string): object | undefined
}

/** Whether the class that has this prototype is native, global in Node, or exported by a module of Node. */
export function isPlatform(prototype: object): boolean {
  const made: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value
  if (typeof made !== 'function') return false
  if (/\[native code]\s*}$/.test(Function.prototype.toString.call(made))) return true
  const { process } = globalThis as { readonly process?: HostProcess }
  const isIn = (host: object): boolean => host === made || Reflect.get(host, made.name) === made
  return Boolean(
    process?.getBuiltinModule &&
    (isIn(globalThis) ||
      process.moduleLoadList?.some((loaded) => {
        const [, name] = /^NativeModule (?!internal)(.+)/.exec(loaded) ?? []
        return name && isIn(process.getBuiltinModule?.(name) ?? {})
      })),
  )
}
