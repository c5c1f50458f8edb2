/**
 * The feature `encoding`: values that a medium cannot carry as they are. It has the one walker that marks them, and asks the
 * kinds that other features add. By itself it checks what is sent, and says by its path what cannot be.
 */
import type { IncomingCall } from '../../peer/context.ts'
import { type CallOptions, type Draft, type Hooks, limitOf, type Peer } from '../../peer/seam.ts'
import { messageOf, METHOD_NOT_FOUND, RPCError } from '../../protocol/errors.ts'
import { isObject, tagOf } from '../../protocol/guards.ts'
import { pathText } from '../../protocol/paths.ts'
import type { Codec, Medium } from '../../values/codec.ts'
import { decode, type Late } from '../../values/decode.ts'
import { encode } from '../../values/encode.ts'
import { isPlainData } from '../../values/look.ts'
import type { Mark, Substitute } from '../../values/marks.ts'
import { ENCODING } from '../ranks.ts'

/** Limits of `encoding`. */
export interface EncodingLimits {
  /** Levels of nesting in params and results. Bounds stack use here, and values that engines lose silently: deeper rejects UNDELIVERABLE. */
  readonly maxDepth: number
}

/** What takes part in the making of one message. */
export interface Passing {
  /** What is transferred with it. */
  readonly moved: Set<object>
  /** The numbers of what is passed for one call alone. */
  readonly scope: Map<object, number> | undefined
  readonly call: IncomingCall | undefined
}

/** One kind of values, or a few that are alike. */
export interface Kind {
  /** The feature that the peer needs for it. Default: any that has marks. */
  readonly feature?: FeatureName
  /** The kinds of its marks (docs/wire.md, "Values"). */
  readonly names: readonly string[]
  /** It is asked after all others. Default: false. */
  readonly isLast?: boolean
  /** Whether something is of it; `tag` is its class's name. A plain object is asked only if it has `SPECIAL`. */
  is(value: object, tag: string): boolean
  /** Whether it is marked; else it moves, and stays where it is. Default: true. */
  isMarked?(tag: string): boolean
  /** What stands for it. */
  take(value: object, passing: Passing): Substitute | undefined
  revive?(kind: string, details: readonly unknown[], value: unknown, options?: CallOptions): unknown
  /** It was not passed after all; or (`wasSent`) what was passed for one call is released. */
  retract?(id: unknown, wasSent: boolean, kind: string): void
}

/** Makes lists of Maps and Sets, and back. */
export interface Lists {
  readonly listOf: (value: object) => Substitute | undefined
  readonly createLate: () => Late
}

export interface Encoding {
  readonly add: (kind: Kind) => void
  /** A feature that adds no kind is there. */
  readonly provide: (feature: FeatureName) => void
  readonly collect: (lists: Lists) => void
  /** Call an `rpc.*` method; if the peer lacks the feature that answers it, the error says so. */
  readonly request: (
    feature: FeatureName,
    method: string,
    params: readonly unknown[],
    options: CallOptions,
  ) => Promise<unknown>
  /** Tell the peer something, if it has marks at all. @throws what cannot be sent. */
  readonly send: (method: string, params: readonly unknown[]) => void
  /** The same; what fails becomes a diagnostic. */
  readonly tell: (method: string, params: readonly unknown[]) => void
}

/**
 * What the capability `values` stands for. A peer that has only some of it announces `values`, `partial` and their names:
 * portcall 0.1.0, which does not know `partial`, then sends all of it and is refused what is missing.
 */
export type FeatureName =
  | 'references'
  | 'properties'
  | 'classes'
  | 'collections'
  | 'signals'
  | 'exceptions'
  | 'streams'
  | 'webStreams'

/** How many those are. */
const ALL = 8

/** The feature that a mark needs. */
const needed: { readonly [kind: string]: FeatureName } = {
  __proto__: null as never,
  function: 'references',
  object: 'references',
  home: 'references',
  signal: 'signals',
  stream: 'streams',
  readable: 'webStreams',
  writable: 'webStreams',
  Map: 'collections',
  Set: 'collections',
  Error: 'exceptions',
}

export const among: readonly string[] = ['values']

export function encoding(peer: Peer): Hooks<Encoding> {
  const { transport } = peer
  const maxDepth = limitOf(peer, 'maxDepth', 1_000)
  const kinds: Kind[] = []
  const byName = new Map<string, Kind>()
  const provided = new Set<FeatureName>()
  let lists: Lists | undefined

  const isSpecial = (value: object, tag: string): boolean => kinds.some((kind) => kind.is(value, tag))
  // What moves stays where it is.
  const isMarked = (value: object, tag: string): boolean | null => {
    const kind = kinds.find((kind) => kind.is(value, tag))
    return kind !== undefined && (kind.isMarked?.(tag) !== false || null)
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
        (kind, ...mark) => revive(kind, ...mark) ?? unknownKind(kind),
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

  // The peer has marks, and so has this side.
  const takesAny = (): boolean => provided.size > 0 && peer.can('values')
  const takes = (feature: FeatureName): boolean =>
    takesAny() && (!peer.can('partial') || peer.can(feature))

  const retract = ([, kind, id]: Mark, wasSent: boolean): void =>
    byName.get(kind)?.retract?.(id, wasSent, kind)

  // Undefined where the codec of the medium knows the kind by itself.
  const featureOf = (kind: string): FeatureName | undefined =>
    transport.codec && /^(Map|Set|Error)$/.test(kind) ? undefined : needed[kind]

  // Whether any message had marks.
  let hasMarked = false
  const checkPeer = (message: Draft): void => {
    for (const [path, kind] of message.values ?? []) {
      const feature = featureOf(kind)
      if (feature ? takes(feature) : takesAny()) continue
      const member = 'params' in message ? 'params' : 'result' in message ? 'result' : 'error'
      const what = `${member}${pathText(path)} is a ${kind}, which the other side does not take`
      throw new TypeError(peer.can('close') ? `${what}: it lacks the feature \`${feature}\`` : what)
    }
  }

  const send = (method: string, params: readonly unknown[]): void => {
    if (!takesAny()) return
    // A long list is better not looked at twice.
    if (params.length <= 8 && peer.join(null, method, params)) return
    const message: Draft = { jsonrpc: '2.0', method, params }
    peer.post(message, peer.pack(message, 'params'))
  }
  const tell = (method: string, params: readonly unknown[]): void =>
    void peer.attempt(method, () => send(method, params))

  // What these marks pass is released: it arrived, and nobody takes it.
  const discard = (marks: unknown): void => {
    if (!takesAny() || !Array.isArray(marks)) return
    const released: unknown[] = []
    // Not to its length: a sparse list of a few bytes can be as long as it likes.
    for (const mark of Object.values(marks as readonly unknown[])) {
      const [, kind, id] = Array.isArray(mark) ? (mark as readonly unknown[]) : []
      if (kind === 'stream' || kind === 'readable') tell('rpc.stop', [id])
      else if (kind === 'function' || kind === 'object' || kind === 'writable') released.push(id, 1)
    }
    if (released.length) tell('rpc.release', released)
  }

  return {
    name: 'encoding',
    rank: ENCODING,
    get capabilities() {
      if (!provided.size) return []
      return provided.size === ALL ? ['values'] : ['values', 'partial', ...provided]
    },
    face: {
      add: (kind) => {
        if (kind.feature) provided.add(kind.feature)
        if (kind.isLast) kinds.push(kind)
        else kinds.unshift(kind)
        for (const name of kind.names) byName.set(name, kind)
      },
      provide: (feature) => provided.add(feature),
      collect: (given) => {
        lists = given
        provided.add('collections')
      },
      request: (feature, method, params, options) => {
        const call = peer.call(method, params, options)
        // Whoever passed a reference has references.
        if (feature === 'references') return call
        return call.catch((error: Partial<RPCError>) => {
          if (error.code !== METHOD_NOT_FOUND || takes(feature)) throw error
          throw new RPCError(METHOD_NOT_FOUND, `The other side lacks the feature \`${feature}\``)
        })
      },
      send,
      tell,
    },
    around: {
      pack: (next) => (message, member, options, call) => {
        // Params are one level above what is passed.
        const level = member === 'params' ? 0 : 1
        // Most messages.
        if (!transport.codec && isPlainData(message[member], maxDepth, isSpecial, level))
          return next(message, member, options, call)
        const moved = new Set(options?.transfer)
        const passing: Passing = { moved, scope: options?.scoped ? new Map() : undefined, call }
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
          return next(message, member, moved.size ? { ...options, transfer: [...moved] } : options, call)
        } catch (error) {
          delete message.values
          made.forEach((mark) => retract(mark, false))
          // Its path begins where the member does.
          throw error instanceof RPCError ? error : new TypeError(member + messageOf(error), { cause: error })
        }
      },
      unpack: () => (payload, marks, options) => {
        // A peer that announced nothing gets nothing made of it.
        if (!takesAny()) return payload
        const taken: unknown[] = []
        try {
          return codec.decode(
            payload,
            marks,
            (kind, details, value, mark) => {
              const known = byName.get(kind)
              if (!known && featureOf(kind)) unknownKind(kind)
              const revived = known?.revive?.(kind, details, value, options)
              if (revived !== undefined) taken.push(mark)
              return revived
            },
            maxDepth,
          )
        } catch (error) {
          const isTaken = new Set(taken)
          if (Array.isArray(marks)) discard(Object.values(marks).filter((mark) => !isTaken.has(mark)))
          throw error
        }
      },
      drop: () => (message, wasSent = false) => {
        const { values = [] } = message
        delete message.values
        values.forEach((mark) => retract(mark, wasSent))
      },
      discard: () => discard,
      post: (next) => (message, transfer) => {
        if (hasMarked) [message].flat().forEach(checkPeer)
        next(message, transfer)
      },
    },
  }
}

function unknownKind(kind: string): never {
  const feature = needed[kind]
  throw new TypeError(
    feature
      ? `a ${kind} arrived, and this side lacks the feature \`${feature}\``
      : `There is no kind \`${kind}\` of values`,
  )
}
