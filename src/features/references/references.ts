/**
 * The feature `references`: functions and objects cross by reference. Who passes one keeps it in a table under a number; the
 * peer gets something that calls it by that number: `rpc.call [id, name, …args]`.
 *
 * Each passing is counted on both sides. When nothing holds it there any more, or it is released, the count is sent back
 * (`rpc.release [id, count]`), so that a passing under way meanwhile is not lost.
 */
import { levelsOf, lookUp, type RPCHandler } from '../../peer/methods.ts'
import { createRemote, createRemoteFunction, ITERATE, nodeOf, pathIn } from '../../peer/remote.ts'
import { type Hooks, limitOf, type Peer } from '../../peer/seam.ts'
import { BUSY, INVALID_PARAMS, METHOD_NOT_FOUND, RELEASED, RPCError } from '../../protocol/errors.ts'
import { keyOf } from '../../protocol/guards.ts'
import { createRegistry, createWeakRef, later } from '../../protocol/realm.ts'
import { among, type Encoding, encoding } from '../encoding/encoding.ts'
import { ANYWHERE } from '../ranks.ts'
import { targetOf } from './proxy.ts'
import { Reference, referenceOf } from './reference.ts'

export { mayBeSet, proxy } from './proxy.ts'
export { type Reference, referenceOf } from './reference.ts'

/** Limits of `references`, `signals` and `streams`. */
export interface ReferenceLimits {
  /** Functions, objects, signals and streams passed by reference and not released, each way. Bounds references that are never released: more reject BUSY. */
  readonly maxReferences: number
}

export interface Export {
  readonly target: object
  /** What is given to whoever gets it back: `target`, or the `proxy()` of it. */
  readonly passed: object
  /** How often it was passed and not yet released. */
  count: number
  methods?: Map<string, RPCHandler>
}

// A function that was passed as such has no members there.
export const isProxied = ({ passed, target }: Export): boolean => passed !== target

export const notFound = (name: unknown, why = ''): RPCError =>
  new RPCError(METHOD_NOT_FOUND, `Method not found: ${typeof name === 'string' ? name : typeof name}${why}`)

/** What was passed for one call alone, under numbers of its own. */
type Scope = Map<object, number>

/** The references of one connection, both ways. */
export interface References {
  /** What is kept under a number. @throws RPCError RELEASED. */
  readonly exported: (id: unknown) => Export
  /** The number under which something is kept for the peer. */
  readonly exportOf: (target: object, scope?: Scope, passed?: object) => number
  /** What calls something of the peer. */
  readonly importOf: (kind: string, id: unknown, isObject?: boolean) => unknown
  /** It was not passed after all, or (`wasSent`) it is released altogether. */
  readonly retract: (id: unknown, wasSent: boolean) => void
}

/** What is called by a name of what is kept, or why nothing is. It stays what it was at the first call. */
export function reachIn(entry: Export, name: string, isTrusted: boolean): RPCHandler | string | undefined {
  if (!isProxied(entry)) return undefined
  entry.methods ??= new Map()
  const known = entry.methods.get(name)
  if (known) return known
  const found = lookUp(entry.target, name, { isPassed: true, isTrusted })
  if (typeof found === 'function') entry.methods.set(name, found)
  return found
}

export function references(peer: Peer): Hooks<References> {
  const { add, tell } = peer.need(encoding)
  const maxReferences = limitOf(peer, 'maxReferences', 262_144)
  const [exports, ids, exportOf, giveUp] = createExports(maxReferences)
  const [imports, importOf, forget] = createImports(peer, maxReferences, tell)

  const exported = (id: unknown): Export => {
    const entry = exports.get(id as number)
    if (entry) return entry
    throw new RPCError(RELEASED, 'This was released, or never passed')
  }

  const retract = (id: unknown, wasSent: boolean): void => giveUp(id as number, wasSent ? Infinity : 1)

  add({
    feature: 'references',
    names: ['function', 'object', 'home'],
    is: (value, tag) => tag === 'function' || targetOf(value) !== undefined || nodeOf(value) !== undefined,
    take: (value, { scope }) => {
      const target = targetOf(value)
      if (target) return { mark: ['object', exportOf(target, scope, value), ...noCall(target)] }
      const reference = referenceOf(value)
      if (
        reference &&
        imports.get(keyOf(reference.id))?.weak?.deref() === reference &&
        nodeOf(value)?.path === ''
      )
        return { mark: ['home', reference.id] }
      return { mark: [nodeOf(value) ? 'object' : 'function', exportOf(value, scope), ...noCall(value)] }
    },
    revive: (kind, [id, noCall]) =>
      kind === 'home' ? exported(id).passed : importOf(kind, id, noCall === 0),
    retract: (id, wasSent, kind) => {
      if (kind !== 'home') retract(id, wasSent)
    },
  })
  return {
    name: 'references',
    rank: ANYWHERE,
    face: { exported, exportOf, importOf, retract },
    among,
    requests: {
      'rpc.call': ([id, name, ...args]: unknown[], call) => {
        const entry = exported(id)
        const handler = find(entry, name, peer.transport.trusted === true)
        call.target = entry.target
        call.method = name as string
        call.params = args
        return peer.handle(handler, call)
      },
    },
    notices: {
      'rpc.release': (pairs: number[]) => {
        for (let i = 0; i < pairs.length; i += 2) {
          const count = pairs[i + 1] as number
          if (Number.isSafeInteger(count) && count > 0) giveUp(pairs[i] as number, count)
          else peer.diagnose('invalid', 'rpc.release')
        }
      },
    },
    around: {
      isInUse: (next) => () => exports.size + imports.size > 0 || next(),
      lost: (next) => (reason) => {
        exports.clear()
        ids.clear()
        forget(reason)
        next(reason)
      },
    },
  }
}

// Portcall 0.1.0 does not know it: what it passes can be called, for all that is known.
const noCall = (target: object): readonly number[] => (typeof target === 'function' ? [] : [0])

function find(entry: Export, name: unknown, isTrusted: boolean): RPCHandler {
  if (typeof name !== 'string') throw new RPCError(INVALID_PARAMS, 'A name must be a string')
  // A remote of another connection: its members are asked for there.
  const node = nodeOf(entry.target)
  if (node) {
    const { caller, options } = node
    const path = pathIn(node, name)
    return (...args) => caller.invoke(path, options?.paramsOf ? options.paramsOf(args, path) : args, options)
  }
  if (name === ITERATE && isProxied(entry) && isIterable(entry.target))
    return () => iterate(entry.target as never)
  const handler =
    name === '' && typeof entry.target === 'function' ? entry.target : reachIn(entry, name, isTrusted)
  if (typeof handler === 'function') return handler as RPCHandler
  throw notFound(name, handler)
}

// By the object itself or its user's class, not by one of the platform.
const isIterable = (target: object): boolean =>
  [target, ...levelsOf(target)].some((level) =>
    [Symbol.asyncIterator, Symbol.iterator].some(
      (key) => typeof Object.getOwnPropertyDescriptor(level, key)?.value === 'function',
    ),
  )

async function* iterate(target: AsyncIterable<unknown>): AsyncGenerator<unknown> {
  yield* target
}

/** What this side passed. */
function createExports(
  maxReferences: number,
): readonly [
  exports: Map<number, Export>,
  ids: Map<object, number>,
  exportOf: References['exportOf'],
  giveUp: (id: number, count: number) => void,
] {
  const exports = new Map<number, Export>()
  const ids = new Map<object, number>()
  let lastId = 0

  return [
    exports,
    ids,
    (target, scope = ids, passed = target) => {
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
    },
    (id, count) => {
      const entry = exports.get(id)
      if (!entry) return
      entry.count -= count
      if (entry.count > 0) return
      exports.delete(id)
      if (ids.get(entry.target) === id) ids.delete(entry.target)
    },
  ]
}

interface Import {
  count: number
  weak: Pick<WeakRef<Reference>, 'deref'> | undefined
}

/** What the peer passed: released when nothing here holds it any more. */
function createImports(
  peer: Peer,
  maxReferences: number,
  tell: Encoding['tell'],
): readonly [
  imports: Map<unknown, Import>,
  importOf: References['importOf'],
  forget: (reason: RPCError) => void,
] {
  const imports = new Map<unknown, Import>()
  // Collected together, so told together.
  let released: number[] = []

  const giveBack = (id: number): void => {
    const entry = imports.get(keyOf(id))
    if (!entry || !imports.delete(keyOf(id))) return
    if (!released.length) later(flush)
    released.push(id, entry.count)
  }

  const flush = (): void => {
    const all = released
    released = []
    // In parts: a message has at most 65,536 params.
    for (let i = 0; i < all.length; i += 2_048) tell('rpc.release', all.slice(i, i + 2_048))
  }

  const collected = createRegistry<number>((id) => {
    // Unless it was passed again since.
    if (!imports.get(keyOf(id))?.weak?.deref()) giveBack(id)
  })

  const refer = (id: number, entry: Import): Reference => {
    const reference = new Reference(id, peer, () => giveBack(id))
    entry.weak = createWeakRef(reference)
    collected.register(reference, id)
    return reference
  }

  return [
    imports,
    (kind, given, isObject) => {
      if (!Number.isSafeInteger(given)) throw new TypeError('A reference must be an integer')
      const id = given as number
      const key = keyOf(id)
      const entry = imports.get(key) ?? { count: 0, weak: undefined }
      if (!entry.count && imports.size >= maxReferences)
        throw new RPCError(BUSY, `${imports.size} references are held already`)
      imports.set(key, entry)
      entry.count++
      const reference = entry.weak?.deref() ?? refer(id, entry)
      const former = reference.remote?.deref()
      if (former) return former
      const remote: object =
        kind === 'function'
          ? createRemoteFunction(reference)
          : createRemote<object>(reference, '', undefined, isObject)
      reference.remote = createWeakRef(remote)
      return remote
    },
    (reason) => {
      for (const { weak } of imports.values()) {
        const reference = weak?.deref()
        if (reference) reference.end ??= reason
      }
      imports.clear()
      released = []
    },
  ]
}
