/**
 * The feature `signals`: AbortSignals that cross. Who has the signal listens to it and tells: `rpc.abort [id, error?, reason?]`. The other side
 * keeps its controller as long as the signal may still abort: its listeners need no other reason to live.
 * When the signal itself has been collected, it cannot: `rpc.forget [id]`.
 */
import type { SignalLike } from '../../peer/context.ts'
import { type Hooks, limitOf, type Peer } from '../../peer/seam.ts'
import { BUSY, RPCError } from '../../protocol/errors.ts'
import { isObject, keyOf, tagOf } from '../../protocol/guards.ts'
import { createController, createRegistry, createWeakRef, microtask } from '../../protocol/realm.ts'
import { spendRare } from '../../values/budget.ts'
import { isPlainData } from '../../values/look.ts'
import { among, encoding } from '../encoding/encoding.ts'
import { heldBytes } from '../held-bytes/held-bytes.ts'
import { ANYWHERE } from '../ranks.ts'

interface Export {
  readonly weak: Pick<WeakRef<SignalLike>, 'deref'>
  readonly onAbort: () => void
  /** How often it was passed. */
  count: number
}

type Controller = ReturnType<typeof createController>

/** About what engines keep for an AbortSignal. */
const BYTES = 1_024
/** Of a reason that is no error. */
const MAX_DEPTH = 32

export function signals(peer: Peer): Hooks {
  const { add, send, tell } = peer.need(encoding)
  peer.need(heldBytes)
  const maxReferences = limitOf(peer, 'maxReferences', 262_144)
  const ids = new WeakMap<SignalLike, number>()
  const exports = new Map<unknown, Export>()
  const imports = new Map<unknown, { readonly controller: Controller; readonly release: () => void }>()
  let lastId = 0

  const collected = createRegistry<number>((id) => {
    if (exports.delete(id)) tell('rpc.forget', [id])
  })

  const forget = (id: unknown): Controller | undefined => {
    const known = imports.get(keyOf(id))
    imports.delete(keyOf(id))
    known?.release()
    return known?.controller
  }

  // An error as such, anything else as it is.
  const reasonOf = (reason: unknown): readonly unknown[] =>
    reason instanceof Error || tagOf(reason) === 'DOMException'
      ? [peer.errorOut(reason)]
      : reason === undefined
        ? []
        : isPlainData(reason, MAX_DEPTH)
          ? [null, reason]
          : []

  const fromReason = (error: unknown, reason: unknown): unknown =>
    isObject(error) ? peer.errorIn(error) : reason

  // Whoever is not there yet is told when it comes, after what was held for it.
  const whenThere = (step: () => void): void => {
    if (peer.state !== 'waiting') return step()
    const stop = peer.onPeer((now) => {
      if (now === 'waiting') return
      stop()
      microtask(step)
    })
  }

  add({
    feature: 'signals',
    names: ['signal'],
    is: (_, tag) => tag === 'AbortSignal',
    take: (value) => {
      const signal = value as SignalLike
      if (signal.aborted) return { mark: ['signal', 0], value: reasonOf(signal.reason), isNested: true }
      const known = exports.get(ids.get(signal))
      if (known) {
        known.count++
        return { mark: ['signal', ids.get(signal)] }
      }
      if (exports.size >= maxReferences)
        throw new RPCError(BUSY, `${exports.size} signals are held by the other side already`)
      const id = ++lastId
      const weak = createWeakRef(signal)
      const onAbort = (): void => {
        if (!exports.delete(id)) return
        const reason = reasonOf(weak.deref()?.reason)
        whenThere(() => {
          try {
            send('rpc.abort', [id, ...reason], true)
          } catch {
            // A reason that cannot be sent: it aborts all the same.
            tell('rpc.abort', [id])
          }
        })
      }
      signal.addEventListener('abort', onAbort)
      ids.set(signal, id)
      exports.set(id, { weak, onAbort, count: 1 })
      collected.register(signal, id)
      return { mark: ['signal', id] }
    },
    revive: (_, [id], value) => {
      // It is kept.
      if (typeof id !== 'number') throw new TypeError('A signal must have a number')
      spendRare(1)
      const key = keyOf(id)
      const known = imports.get(key)
      if (known) return known.controller.signal
      const controller = createController()
      const [error, reason] = Array.isArray(value) ? (value as readonly unknown[]) : []
      if (id === 0) controller.abort(fromReason(error, reason))
      else if (imports.size < maxReferences)
        imports.set(key, { controller, release: peer.hold(undefined, BYTES) })
      else throw new RPCError(BUSY, `${imports.size} signals are held already`)
      return controller.signal
    },
    retract: (id, wasSent) => {
      const entry = exports.get(id)
      if (wasSent || !entry || --entry.count > 0) return
      exports.delete(id)
      entry.weak.deref()?.removeEventListener('abort', entry.onAbort)
    },
  })
  return {
    name: 'signals',
    rank: ANYWHERE,
    among,
    notices: {
      'rpc.abort': ([id, error, reason]: unknown[]) => {
        forget(id)?.abort(fromReason(error, reason))
      },
      'rpc.forget': ([id]: unknown[]) => void forget(id),
    },
    around: {
      isInUse: (next) => () => exports.size + imports.size > 0 || next(),
      lost: (next) => (reason) => {
        for (const { weak, onAbort } of exports.values()) weak.deref()?.removeEventListener('abort', onAbort)
        exports.clear()
        const orphans = [...imports.values()]
        imports.clear()
        for (const { controller } of orphans) controller.abort(reason)
        next(reason)
      },
    },
  }
}
