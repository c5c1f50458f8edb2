/**
 * Functions and objects that cross by reference. Who passes one keeps it in a table under a number; the other side gets
 * something that calls it by that number: `rpc.call [id, name, …args]`, `rpc.get`, `rpc.set`, `rpc.new`.
 *
 * Each passing is counted on both sides. When nothing holds it over there any more, or it is released, the count goes back
 * (`rpc.release [id, count]`), so that a passing under way meanwhile is not lost.
 */
import type { Substitute } from './encode.ts'
import { BUSY, INVALID_PARAMS, METHOD_NOT_FOUND, RELEASED, RPCError } from './errors.ts'
import { isObject } from './guards.ts'
import { isClass, isReserved, type Methods, methodsOf, type RPCHandler } from './methods.ts'
import type { Link, Values } from './link.ts'
import type { RPCInvokeOptions } from './arguments.ts'
import { proxy, targetOf } from './proxy.ts'
import { type Caller, createRemote, createRemoteFunction, nodeOf } from './remote.ts'
import type { RPCParams } from './messages.ts'

interface Export {
  readonly target: object
  /** What is given back to whoever gets it back: `target`, or the `proxy()` of it. */
  readonly passed: object
  /** How often it was passed and not yet given back. */
  count: number
  methods?: ReadonlyMap<string, RPCHandler>
}

const NO_METHODS: ReadonlyMap<string, RPCHandler> = new Map()

type Constructor = new (...args: unknown[]) => unknown

interface Import {
  count: number
  weak: WeakRef<Reference> | undefined
}

/** What stands behind a remote of an object over there. */
class Reference implements Caller {
  readonly id: number
  readonly #link: Link
  readonly #release: () => void
  remote: WeakRef<object> | undefined
  /** Why it cannot be called any more. */
  end: RPCError | undefined

  constructor(id: number, link: Link, release: () => void) {
    this.id = id
    this.#link = link
    this.#release = release
  }

  request(method: string, params: readonly unknown[], options?: RPCInvokeOptions): Promise<unknown> {
    return this.end ? Promise.reject(this.end) : this.#link.request(method, [this.id, ...params], options)
  }

  invoke(path: string, params: RPCParams | null, options?: RPCInvokeOptions): Promise<unknown> {
    return this.request('rpc.call', [path, ...((params ?? []) as readonly unknown[])], options)
  }

  construct(path: string, args: readonly unknown[], options?: RPCInvokeOptions): Promise<unknown> {
    return this.request('rpc.new', [path, ...args], options)
  }

  destroy(): void {
    if (this.end) return
    this.end = new RPCError(RELEASED, 'This was released here')
    this.#release()
  }
}

const referenceOf = (remote: object): Reference | undefined => {
  const caller = nodeOf(remote)?.caller
  return caller instanceof Reference ? caller : undefined
}

/**
 * Let go of what the other side passed by reference: it may be collected there, and calls of it reject RELEASED here.
 * @throws TypeError for what was not passed by reference.
 */
export function release(value: object): void {
  const reference = referenceOf(value)
  if (reference) return reference.destroy()
  const { return: end } = value as Partial<AsyncIterator<unknown>>
  if (typeof end !== 'function' || !(Symbol.asyncIterator in value))
    throw new TypeError('Nothing to release: pass a function, object or stream that came from the other side')
  void end.call(value)
}

const member = (remote: object): [reference: Reference, prefix: string] => {
  const reference = referenceOf(remote)
  if (!reference) throw new TypeError('get() and set() take a remote of an object that was passed by proxy()')
  const path = nodeOf(remote)?.path
  return [reference, path ? `${path}.` : '']
}

/** Read a property of an object that the other side passed by `proxy()`: an own one, or an accessor of its class. */
export function get<T = unknown>(remote: object, name: string): Promise<T> {
  const [reference, prefix] = member(remote)
  return reference.request('rpc.get', [prefix + name]) as Promise<T>
}

/** Write a property of an object that the other side passed by `proxy()`: an own one, or an accessor of its class. */
export async function set(remote: object, name: string, value: unknown): Promise<void> {
  const [reference, prefix] = member(remote)
  await reference.request('rpc.set', [prefix + name, value])
}

/** What was passed for one call alone, under numbers of its own. */
export type Scope = Map<object, number>

/** The references of one connection, both ways. */
export interface References {
  /** What stands for a function or object that crosses by reference; undefined for anything else. */
  readonly take: (value: unknown, scope?: Scope) => Substitute | undefined
  /** Undefined for a kind that is not of here. */
  readonly revive: (kind: string, details: readonly unknown[]) => unknown
  /** One passing did not happen after all; with `isAll` none did, so that nothing is called by that number any more. */
  readonly retract: (id: unknown, isAll: boolean) => void
  readonly handlers: Values['handlers']
  readonly notices: Values['notices']
  /** How many there are. */
  readonly size: () => number
  readonly lost: (reason: RPCError) => void
}

export function createReferences(link: Link): References {
  const { maxReferences } = link.limits
  const exports = new Map<number, Export>()
  const ids = new Map<object, number>()
  const imports = new Map<number, Import>()
  let lastId = 0
  // Collected together, so told together.
  let given: number[] = []

  const giveBack = (id: number): void => {
    const entry = imports.get(id)
    if (!entry || !imports.delete(id)) return
    if (!given.length) setTimeout(tell)
    given.push(id, entry.count)
  }

  const tell = (): void => {
    const all = given
    given = []
    // A call's params are spread over there.
    for (let i = 0; i < all.length; i += 2_048) link.tell('rpc.release', all.slice(i, i + 2_048))
  }

  const collected = new FinalizationRegistry<number>((id) => {
    // Unless it was passed again since.
    if (!imports.get(id)?.weak?.deref()) giveBack(id)
  })

  const exportOf = (target: object, scope: Scope = ids, passed = target): number => {
    const id = scope.get(target) ?? ++lastId
    const entry = exports.get(id) ?? { target, passed, count: 0 }
    if (!entry.count) {
      if (exports.size >= maxReferences)
        throw new RPCError(BUSY, `${exports.size} references are held by the other side already`)
      exports.set(id, entry)
      scope.set(target, id)
    }
    entry.count++
    return id
  }

  const retract = (id: number, count: number): void => {
    const entry = exports.get(id)
    if (!entry) return
    entry.count -= count
    if (entry.count > 0) return
    exports.delete(id)
    if (ids.get(entry.target) === id) ids.delete(entry.target)
  }

  const importOf = (id: number, kind: string): object => {
    if (!imports.has(id) && imports.size >= maxReferences)
      throw new RPCError(BUSY, `${imports.size} references are held already`)
    const entry = imports.get(id) ?? { count: 0, weak: undefined }
    imports.set(id, entry)
    entry.count++
    let reference = entry.weak?.deref()
    if (!reference) {
      reference = new Reference(id, link, () => giveBack(id))
      entry.weak = new WeakRef(reference)
      collected.register(reference, id)
    }
    const former = reference.remote?.deref()
    if (former) return former
    const remote: object =
      kind === 'function' ? createRemoteFunction(reference) : createRemote<object>(reference, '')
    reference.remote = new WeakRef(remote)
    return remote
  }

  const exported = (id: unknown): Export => {
    const entry = exports.get(id as number)
    if (entry) return entry
    throw new RPCError(RELEASED, 'This was released, or never passed')
  }

  // A function that was passed as such has no members over there.
  const isProxied = ({ passed, target }: Export): boolean => passed !== target

  const methodsIn = (entry: Export): ReadonlyMap<string, RPCHandler> =>
    (entry.methods ??= isProxied(entry) ? methodsOf(entry.target) : NO_METHODS)

  const unknown = (name: unknown): RPCError =>
    new RPCError(METHOD_NOT_FOUND, `Method not found: ${typeof name === 'string' ? name : typeof name}`)

  const find = (id: unknown, name: unknown): RPCHandler => {
    if (typeof name !== 'string') throw new RPCError(INVALID_PARAMS, 'A name must be a string')
    const entry = exported(id)
    // A remote of another connection: its members are asked for over there.
    const node = nodeOf(entry.target)
    if (node)
      return (...args) => node.caller.invoke([node.path, name].filter(Boolean).join('.'), args, node.options)
    const handler =
      name === '' && typeof entry.target === 'function' ? entry.target : methodsIn(entry).get(name)
    if (handler) return handler as RPCHandler
    throw unknown(name)
  }

  const property = (id: unknown, path: unknown): Property => {
    const entry = exported(id)
    let target: unknown = isProxied(entry) ? entry.target : undefined
    const names = typeof path === 'string' ? path.split('.') : []
    for (const [i, name] of names.entries()) {
      const found = isObject(target) || typeof target === 'function' ? propertyOf(target, name) : undefined
      if (!found) break
      if (i === names.length - 1) return found
      target = found.get()
    }
    throw new RPCError(METHOD_NOT_FOUND, `Property not found: ${names.join('.')}`)
  }

  return {
    take: (value, scope) => {
      if (!isObject(value) && typeof value !== 'function') return undefined
      const target = targetOf(value)
      if (target) return { mark: ['object', exportOf(target, scope, value)] }
      if (typeof value !== 'function') return undefined
      const reference = referenceOf(value)
      if (reference && imports.get(reference.id)?.weak?.deref() === reference && nodeOf(value)?.path === '')
        return { mark: ['home', reference.id] }
      return { mark: [nodeOf(value) ? 'object' : 'function', exportOf(value, scope)] }
    },
    revive: (kind, [id]) => {
      if (kind === 'home') return exported(id).passed
      if (kind !== 'function' && kind !== 'object') return undefined
      if (!Number.isSafeInteger(id)) throw new TypeError('A reference must be an integer')
      return importOf(id as number, kind)
    },
    retract: (id, isAll) => retract(id as number, isAll ? Infinity : 1),
    handlers: {
      'rpc.call': (id: unknown, name: unknown, ...args: unknown[]) =>
        Reflect.apply(find(id, name), undefined, args),
      'rpc.get': (id: unknown, path: unknown) => property(id, path).get(),
      'rpc.set': (id: unknown, path: unknown, value: unknown) => property(id, path).set(value),
      'rpc.new': (id: unknown, name: unknown, ...args: unknown[]) => {
        const entry = id === null ? undefined : exported(id)
        const methods = entry ? methodsIn(entry) : link.methods
        const target = entry && name === '' ? entry.target : typeof name === 'string' && methods.get(name)
        // A plain function was passed to be called.
        const isMeant =
          entry && name === '' ? isProxied(entry) && typeof target === 'function' : isClass(target)
        if (!isMeant) throw unknown(name)
        return proxy(Reflect.construct(target as Constructor, args) as Methods)
      },
    },
    notices: {
      'rpc.release': (...pairs: number[]) => {
        for (let i = 0; i < pairs.length; i += 2) {
          const count = pairs[i + 1]
          if (Number.isSafeInteger(count) && Number(count) > 0) retract(pairs[i] as number, Number(count))
          else link.diagnose('invalid', 'rpc.release')
        }
      },
    },
    size: () => exports.size + imports.size,
    lost: (reason) => {
      exports.clear()
      ids.clear()
      for (const { weak } of imports.values()) {
        const reference = weak?.deref()
        if (reference) reference.end ??= reason
      }
      imports.clear()
      given = []
    },
  }
}

interface Property {
  readonly get: () => unknown
  readonly set: (value: unknown) => void
}

// An own property, or an accessor of the class chain below Object.prototype.
function propertyOf(target: object, name: string): Property | undefined {
  if (isReserved(name) || name.startsWith('_')) return undefined
  let level: object | null = target
  while (level && level !== Object.prototype && level !== Function.prototype) {
    const found = Object.getOwnPropertyDescriptor(level, name)
    if (found && (level === target || found.get || found.set))
      return {
        get: () => Reflect.get(target, name) as unknown,
        set: (value) => {
          if (!Reflect.set(target, name, value)) throw new TypeError(`The property \`${name}\` cannot be set`)
        },
      }
    level = Object.getPrototypeOf(level) as object | null
  }
  return undefined
}
