/**
 * Functions and objects that cross by reference. Who passes one keeps it in a table under a number; the other side gets
 * something that calls it by that number: `rpc.call [id, name, …args]`, `rpc.get`, `rpc.set`, `rpc.new`.
 *
 * Each passing is counted on both sides. When nothing holds it over there any more, or it is released, the count goes back
 * (`rpc.release [id, count]`), so that a passing under way meanwhile is not lost.
 */
import { BUSY, INVALID_PARAMS, METHOD_NOT_FOUND, RELEASED, RPCError } from '../../protocol/errors.ts'
import { methodsOf, type RPCHandler } from '../../peer/methods.ts'
import { type Core, type Hooks, limitOf } from '../../peer/seam.ts'
import type { RPCInvokeOptions } from '../../peer/arguments.ts'
import { targetOf } from './proxy.ts'
import { among, values } from '../encoding/encoding.ts'
import { type Caller, createRemote, createRemoteFunction, nodeOf } from '../../peer/remote.ts'
import type { RPCParams } from '../../protocol/messages.ts'

export interface Export {
  readonly target: object
  /** What is given back to whoever gets it back: `target`, or the `proxy()` of it. */
  readonly passed: object
  /** How often it was passed and not yet given back. */
  count: number
  methods?: ReadonlyMap<string, RPCHandler>
}

// A function that was passed as such has no members over there.
export const isProxied = ({ passed, target }: Export): boolean => passed !== target

export const unknown = (name: unknown): RPCError =>
  new RPCError(METHOD_NOT_FOUND, `Method not found: ${typeof name === 'string' ? name : typeof name}`)

const NO_METHODS: ReadonlyMap<string, RPCHandler> = new Map()

interface Import {
  count: number
  weak: WeakRef<Reference> | undefined
}

/** What stands behind a remote of an object over there. */
export class Reference implements Caller {
  readonly id: number
  readonly #core: Core
  readonly #release: () => void
  remote: WeakRef<object> | undefined
  /** Why it cannot be called any more. */
  end: RPCError | undefined

  constructor(id: number, core: Core, release: () => void) {
    this.id = id
    this.#core = core
    this.#release = release
  }

  request(method: string, params: readonly unknown[], options: RPCInvokeOptions = {}): Promise<unknown> {
    return this.end ? Promise.reject(this.end) : this.#core.call(method, [this.id, ...params], options)
  }

  invoke(path: string, params: RPCParams | null, options?: RPCInvokeOptions): Promise<unknown> {
    return this.request('rpc.call', [path, ...((params ?? []) as readonly unknown[])], options)
  }

  ask(path: string, params: RPCParams | null, options?: RPCInvokeOptions): Promise<unknown> {
    return this.#core.ask(this.invoke(path, params, options))
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

export const referenceOf = (remote: object): Reference | undefined => {
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

/** What was passed for one call alone, under numbers of its own. */
type Scope = Map<object, number>

/** The references of one connection, both ways. */
export interface References {
  /** What is kept under a number. @throws RPCError RELEASED. */
  readonly exported: (id: unknown) => Export
  /** The methods of what is kept. */
  readonly methodsIn: (entry: Export) => ReadonlyMap<string, RPCHandler>
  /** The number under which a function is kept for the other side. */
  readonly exportOf: (target: object, scope?: Scope) => number
  /** What calls a function over there. */
  readonly revive: (kind: string, id: unknown) => unknown
  readonly retract: (id: unknown, wasSent: boolean) => void
  readonly discard: (id: unknown) => void
}

export function references(core: Core): Hooks<References> {
  const { add, tell: say } = core.need(values)
  const maxReferences = limitOf(core, 'maxReferences', 262_144)
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
    for (let i = 0; i < all.length; i += 2_048) say('rpc.release', all.slice(i, i + 2_048))
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
      reference = new Reference(id, core, () => giveBack(id))
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

  const methodsIn = (entry: Export): ReadonlyMap<string, RPCHandler> =>
    (entry.methods ??= isProxied(entry) ? methodsOf(entry.target) : NO_METHODS)

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

  const revive = (kind: string, id: unknown): unknown => {
    if (kind === 'home') return exported(id).passed
    if (!Number.isSafeInteger(id)) throw new TypeError('A reference must be an integer')
    return importOf(id as number, kind)
  }

  const face: References = {
    exported,
    methodsIn,
    exportOf,
    revive,
    retract: (id, wasSent) => retract(id as number, wasSent ? Infinity : 1),
    discard: (id) => say('rpc.release', [id, 1]),
  }

  const hooks: Hooks<References> = {
    face,
    among,
    requests: {
      'rpc.call': (id: unknown, name: unknown, ...args: unknown[]) =>
        Reflect.apply(find(id, name), undefined, args),
    },
    notices: {
      'rpc.release': (pairs: number[]) => {
        for (let i = 0; i < pairs.length; i += 2) {
          const count = pairs[i + 1]
          if (Number.isSafeInteger(count) && Number(count) > 0) retract(pairs[i] as number, Number(count))
          else core.diagnose('invalid', 'rpc.release')
        }
      },
    },
    around: {
      isInUse: (next) => () => exports.size + imports.size > 0 || next(),
      lost: (next) => (reason) => {
        exports.clear()
        ids.clear()
        for (const { weak } of imports.values()) {
          const reference = weak?.deref()
          if (reference) reference.end ??= reason
        }
        imports.clear()
        given = []
        next(reason)
      },
    },
  }
  add({
    capability: 'references',
    names: ['function', 'object', 'home'],
    is: (value, tag) => tag === 'function' || targetOf(value) !== undefined,
    take: (value, { scope }) => {
      const target = targetOf(value)
      if (target) return { mark: ['object', exportOf(target, scope, value)] }
      const reference = referenceOf(value)
      if (reference && imports.get(reference.id)?.weak?.deref() === reference && nodeOf(value)?.path === '')
        return { mark: ['home', reference.id] }
      return { mark: [nodeOf(value) ? 'object' : 'function', exportOf(value, scope)] }
    },
    revive: (kind, [id]) => revive(kind, id),
    retract: (id, wasSent, kind) => {
      if (kind !== 'home') face.retract(id, wasSent)
    },
    discard: (id, kind) => {
      if (kind !== 'home') face.discard(id)
    },
  })
  return hooks
}
