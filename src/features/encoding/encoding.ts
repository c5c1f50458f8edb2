/**
 * Values that a medium cannot carry as they are: one walker, and the kinds that other features give it. By itself it
 * checks what is sent, and says where that stands which cannot be.
 */
import type { RPCInvokeOptions } from '../../peer/arguments.ts'
import type { Running } from '../../peer/context.ts'
import { type Core, type Draft, type Hooks, limitOf } from '../../peer/seam.ts'
import { messageOf, RPCError } from '../../protocol/errors.ts'
import { isObject, tagOf } from '../../protocol/guards.ts'
import { pathText } from '../../protocol/paths.ts'
import type { Codec } from '../../transport/transport.ts'
import { decode, encode, type Late, type Mark, type Medium, type Substitute } from '../../values/encode.ts'
import { createLate, listOf } from '../../values/collections.ts'
import { isPlainData } from '../../values/look.ts'

/** What takes part in the making of one message. */
export interface Passing {
  /** What is transferred. */
  readonly moved: Set<object>
  /** The numbers of what is passed for one call alone. */
  readonly scope: Map<object, number> | undefined
  readonly context: Running | undefined
}

/** One kind of values, or a few that are alike. */
export interface Kind {
  /** The capability that the other side must have announced, if not `values`, which means all kinds. */
  readonly capability: string
  /** The kinds of its marks. */
  readonly names: readonly string[]
  /** Whether something is of it; `tag` is its class's name. A plain object is asked only if it has `SPECIAL`. */
  is(value: object, tag: string): boolean
  /** Whether it is marked, too; else it moves, and stays where it is. Default: true. */
  isMarked?(tag: string): boolean
  /** What stands for it. */
  take(value: object, passing: Passing): Substitute | undefined
  revive?(kind: string, details: readonly unknown[], value: unknown, options?: RPCInvokeOptions): unknown
  /** It was not passed after all; or (`wasSent`) what was passed for one call is let go of. */
  retract?(id: unknown, wasSent: boolean, kind: string): void
  /** It arrived and nobody waits for it. */
  discard?(id: unknown, kind: string): void
}

/** What makes lists of Maps and Sets, and back. */
export interface Lists {
  readonly listOf: (value: object) => Substitute | undefined
  readonly createLate: () => Late
}

export interface Values {
  readonly collect: (lists: Lists) => void
  readonly add: (kind: Kind) => void
  /** Whether the other side takes a kind. */
  readonly takes: (capability: string) => boolean
  /** Tell the other side something, if it is there. @throws what cannot be sent. */
  readonly send: (method: string, params: readonly unknown[]) => void
  /** The same; what fails becomes a diagnostic. */
  readonly tell: (method: string, params: readonly unknown[]) => void
}

const ALL = ['references', 'signals', 'streams']

export const among: readonly string[] = ['values']

export function values(core: Core): Hooks<Values> {
  const { transport } = core
  const maxDepth = limitOf(core, 'maxDepth', 1_000)
  const kinds: Kind[] = []
  let lists: Lists | undefined
  const byName = new Map<string, Kind>()

  const isSpecial = (value: object, tag: string): boolean => {
    for (const kind of kinds) if (kind.is(value, tag)) return true
    return false
  }
  // What moves stays where it is.
  const isMarked = (value: object, tag: string): boolean | null => {
    const kind = kinds.find((kind) => kind.is(value, tag))
    return kind !== undefined && (kind.isMarked?.(tag) !== false || null)
  }

  const unknownKind = (kind: string): never => {
    throw new TypeError(`There is no kind \`${kind}\` of values`)
  }

  const medium: Medium = {
    isClone: true,
    carries: () => true,
    // Those with something marked in them.
    list: (items) =>
      (items instanceof Map || items instanceof Set) && !isPlainData(items, Infinity, isMarked)
        ? lists?.listOf(items)
        : undefined,
  }
  const codec: Codec = transport.codec ?? {
    encode: (payload, take, depth) => encode(payload, take, medium, depth),
    decode: (payload, marks, revive, maxDepth) =>
      decode(
        payload,
        marks,
        (kind, details, value) => revive(kind, details, value) ?? unknownKind(kind),
        maxDepth,
        lists?.createLate(),
      ),
  }

  const take = (value: unknown, passing: Passing): Substitute | undefined => {
    if (!isObject(value) && typeof value !== 'function') return undefined
    const tag = typeof value === 'function' ? 'function' : tagOf(value)
    for (const kind of kinds) {
      const taken = kind.is(value, tag) ? kind.take(value, passing) : undefined
      if (taken) return taken
    }
    return undefined
  }

  const takes = (capability: string): boolean =>
    kinds.length > 0 &&
    core.can('values') &&
    (capability === 'values' || !core.can('partial') || core.can(capability))
  const takesAny = (): boolean => takes('values')

  const retract = ([, kind, id]: Mark, wasSent: boolean): void =>
    byName.get(kind)?.retract?.(id, wasSent, kind)

  const drop = (message: Draft, wasSent = false): void => {
    const { values: marks = [] } = message
    delete message.values
    marks.forEach((mark) => retract(mark, wasSent))
  }

  // Whether any message had marks.
  let hasMarked = false
  const checkPeer = (message: Draft): void => {
    if (!message.values) return
    for (const [path, kind] of message.values)
      if (!takes(byName.get(kind)?.capability ?? 'values')) {
        const member = 'params' in message ? 'params' : 'result' in message ? 'result' : 'error'
        throw new TypeError(`${member}${pathText(path)} is a ${kind}, which the other side does not take`)
      }
  }

  const send = (method: string, params: readonly unknown[]): void => {
    if (!takesAny()) return
    // A long list is better not looked at twice.
    if (params.length <= 8 && core.join(null, method, params)) return
    const message: Draft = { jsonrpc: '2.0', method, params }
    core.post(message, core.pack(message, 'params'))
  }

  return {
    // Who takes only some says so, after the one word for all.
    get capabilities() {
      const own = ALL.filter((name) => kinds.some((kind) => kind.capability === name))
      return own.length === ALL.length ? ['values'] : own.length ? ['values', 'partial', ...own] : []
    },
    face: {
      collect: (given) => void (lists = given),
      add: (kind) => {
        kinds.push(kind)
        for (const name of kind.names) byName.set(name, kind)
      },
      takes,
      send,
      tell: (method, params) => void core.attempt(method, () => send(method, params)),
    },
    around: {
      pack: (next) => (message, member, given, context) => {
        // Params are one level above what is passed.
        const level = member === 'params' ? 0 : 1
        // Most messages.
        if (!transport.codec && isPlainData(message[member], maxDepth, isSpecial, level))
          return next(message, member, given, context)
        const moved = new Set(given?.transfer)
        const passing: Passing = { moved, scope: given?.scoped ? new Map() : undefined, context }
        const made: Mark[] = []
        try {
          const { payload, marks } = codec.encode(
            message[member],
            (value) => {
              const taken = take(value, passing)
              if (taken?.mark) made.push([[], ...taken.mark])
              return taken
            },
            { maxDepth, level },
          )
          message[member] = payload
          if (marks.length) {
            message.values = marks
            hasMarked = true
          }
          return next(message, member, moved.size ? { ...given, transfer: [...moved] } : given, context)
        } catch (error) {
          delete message.values
          made.forEach((mark) => retract(mark, false))
          // Its path begins where the member does.
          throw error instanceof RPCError ? error : new TypeError(member + messageOf(error), { cause: error })
        }
      },
      unpack: () => (payload, marks, given) => decodeAll(payload, marks, given),
      drop: () => drop,
      discard: () => (marks) => {
        for (const mark of Array.isArray(marks) ? (marks as readonly unknown[]) : []) {
          const [, kind, id] = Array.isArray(mark) ? (mark as readonly unknown[]) : []
          byName.get(String(kind))?.discard?.(id, String(kind))
        }
      },
      post: (next) => (message, transfer) => {
        if (hasMarked) [message].flat().forEach(checkPeer)
        next(message, transfer)
      },
    },
  }

  function decodeAll(payload: unknown, marks: unknown, given?: RPCInvokeOptions): unknown {
    // Who announced nothing gets nothing made of it.
    if (!takesAny()) return payload
    return codec.decode(
      payload,
      marks,
      (kind, details, value) => byName.get(kind)?.revive?.(kind, details, value, given),
      maxDepth,
    )
  }
}

/** References, signals and streams also in Maps and Sets. */
export function collections(core: Core): Hooks {
  core.need(values).collect({ listOf, createLate })
  return {}
}
