/** Which classes are not of the user's making: those of engines and hosts, and those of Node, which are JavaScript. */

interface HostProcess {
  /** Undocumented, and as old as Node: the modules that are loaded. */
  readonly moduleLoadList?: readonly string[]
  getBuiltinModule?(name: string): object | undefined
}

type Class = { readonly prototype?: object; readonly name: string }

// What a module gives by a getter is loaded by it, or deprecated: only classes are asked for.
const CLASS_NAME = /^[A-Z]\w*[a-z]/

const ofNode = new Set<unknown>()
let asked = 0

/** Whether a class of Node, of a module that is loaded by now, has this prototype. */
function isOfNode(prototype: object, process: HostProcess): boolean {
  const { moduleLoadList = [] } = process
  for (; asked < moduleLoadList.length; asked++) {
    const [, name] = /^NativeModule (?!internal)(.+)/.exec(moduleLoadList[asked] ?? '') ?? []
    const module = name ? process.getBuiltinModule?.(name) : undefined
    for (const key of Object.keys(module ?? {})) {
      const exported: unknown = CLASS_NAME.test(key) && Reflect.get(module ?? {}, key)
      let level: unknown = typeof exported === 'function' && (exported as Class).prototype
      for (; level && level !== Object.prototype; level = Object.getPrototypeOf(level)) ofNode.add(level)
    }
  }
  return ofNode.has(prototype)
}

/** Whether the class that has this prototype is native, or of Node. */
export function isPlatform(prototype: object): boolean {
  const made: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value
  if (typeof made !== 'function') return false
  if (/\[native code]\s*}$/.test(Function.prototype.toString.call(made))) return true
  const { process } = globalThis as { readonly process?: HostProcess }
  return (
    process?.getBuiltinModule !== undefined &&
    (Reflect.get(globalThis, made.name) === made || isOfNode(prototype, process))
  )
}
