/**
 * AbortSignals that cross. Who has the signal listens to it and tells: `rpc.abort [id, error?, reason?]`. The other side
 * keeps its controller as long as the signal may still abort: its listeners need no other reason to live.
 * When the signal itself has been collected, it cannot: `rpc.forget [id]`.
 */
import type { SignalLike } from './context.ts'
import type { Substitute } from './encode.ts'
import { BUSY, RPCError } from './errors.ts'
import { isObject, tagOf } from './guards.ts'
import { scan } from './scan.ts'
import type { Link, Values } from './link.ts'

/** The signals of one connection, both ways. */
export interface Signals {
  readonly take: (signal: SignalLike) => Substitute
  /** `value` stands in its place: why it is aborted already. */
  readonly revive: (id: unknown, value: unknown) => AbortSignal
  /** One passing did not happen after all. */
  readonly retract: (id: unknown) => void
  readonly notices: Values['notices']
  /** How many there are. */
  readonly size: () => number
  readonly lost: (reason: RPCError) => void
}

interface Export {
  readonly weak: WeakRef<SignalLike>
  readonly onAbort: () => void
  /** How often it was passed. */
  count: number
}

/** Of a reason that is no error. */
const MAX_DEPTH = 32

export const isSignal = (value: unknown): value is SignalLike =>
  isObject(value) && tagOf(value) === 'AbortSignal'

export function createSignals(link: Link): Signals {
  const { maxReferences } = link.limits
  const ids = new WeakMap<SignalLike, number>()
  const exports = new Map<unknown, Export>()
  const imports = new Map<unknown, AbortController>()
  let lastId = 0

  const collected = new FinalizationRegistry<number>((id) => {
    if (exports.delete(id)) link.tell('rpc.forget', [id])
  })

  // An error as such, anything else as it is.
  const reasonOf = (reason: unknown): readonly unknown[] =>
    reason instanceof Error || tagOf(reason) === 'DOMException'
      ? [link.toErrorObject(reason)]
      : reason === undefined
        ? []
        : typeof scan(reason, MAX_DEPTH) === 'string'
          ? []
          : [null, reason]

  const fromReason = (error: unknown, reason: unknown): unknown =>
    isObject(error) ? link.toError(error) : reason

  return {
    take: (signal) => {
      if (signal.aborted) return { mark: ['signal', 0], value: reasonOf(signal.reason), isNested: true }
      const known = exports.get(ids.get(signal))
      if (known) {
        known.count++
        return { mark: ['signal', ids.get(signal)] }
      }
      if (exports.size >= maxReferences)
        throw new RPCError(BUSY, `${exports.size} signals are held by the other side already`)
      const id = ++lastId
      const weak = new WeakRef(signal)
      const onAbort = (): void => {
        if (!exports.delete(id)) return
        const reason = reasonOf(weak.deref()?.reason)
        // Whoever is not there yet gets the signal when it comes.
        link.whenThere(() => {
          try {
            link.send('rpc.abort', [id, ...reason])
          } catch {
            // A reason that cannot be sent: it aborts all the same.
            link.tell('rpc.abort', [id])
          }
        })
      }
      signal.addEventListener('abort', onAbort)
      ids.set(signal, id)
      exports.set(id, { weak, onAbort, count: 1 })
      collected.register(signal, id)
      return { mark: ['signal', id] }
    },
    revive: (id, value) => {
      const known = imports.get(id)
      if (known) return known.signal
      const controller = new AbortController()
      const [error, reason] = Array.isArray(value) ? (value as readonly unknown[]) : []
      if (id === 0) controller.abort(fromReason(error, reason))
      else if (imports.size < maxReferences) imports.set(id, controller)
      else throw new RPCError(BUSY, `${imports.size} signals are held already`)
      return controller.signal
    },
    retract: (id) => {
      const entry = exports.get(id)
      if (!entry || --entry.count > 0) return
      exports.delete(id)
      entry.weak.deref()?.removeEventListener('abort', entry.onAbort)
    },
    notices: {
      'rpc.abort': (id: unknown, error: unknown, reason: unknown) => {
        const controller = imports.get(id)
        imports.delete(id)
        controller?.abort(fromReason(error, reason))
      },
      'rpc.forget': (id: unknown) => void imports.delete(id),
    },
    size: () => exports.size + imports.size,
    lost: (reason) => {
      for (const { weak, onAbort } of exports.values()) weak.deref()?.removeEventListener('abort', onAbort)
      exports.clear()
      const orphans = [...imports.values()]
      imports.clear()
      for (const controller of orphans) controller.abort(reason)
    },
  }
}
