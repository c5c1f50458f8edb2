/**
 * The feature `encoding`: values that a medium cannot carry as they are. It has the one walker that marks them, and asks the
 * kinds that other features add. By itself it checks what is sent, and says by its path what cannot be.
 */
import type { Codec } from '../../values/codec.ts'
import { type Draft, type Hooks, limitOf, type Peer, type Points } from '../../peer/seam.ts'
import { messageOf, RPCError } from '../../protocol/errors.ts'
import { type Path, pathText } from '../../protocol/paths.ts'
import { isPlainData } from '../../values/look.ts'
import type { Mark, Revive } from '../../values/marks.ts'
import { budget } from '../budget/budget.ts'
import { ENCODING } from '../ranks.ts'
import { createCloneMarks, type Lists } from './clone-marks.ts'
import { isSpecial, type Kind, type Passing, takeBy } from './kinds.ts'
import { capabilitiesOf, type FeatureName, needed, refuseKind } from './needed.ts'

export type { FeatureName } from './needed.ts'

/** Limits of `encoding`. */
export interface EncodingLimits {
  /** Levels of nesting in params and results. Bounds stack use here, and values that engines lose silently: deeper rejects UNDELIVERABLE. */
  readonly maxDepth: number
}

export interface Encoding {
  readonly add: (kind: Kind) => void
  /** A feature that adds no kind is there. */
  readonly provide: (feature: FeatureName) => void
  readonly collect: (lists: Lists) => void
  /** Tell the peer something, if it has marks at all; if it `mayWait`, as soon as there is room. @throws what cannot be sent. */
  readonly send: (method: string, params: readonly unknown[], mayWait?: boolean) => void
  /** The same, which may wait; what fails becomes a diagnostic. */
  readonly tell: (method: string, params: readonly unknown[]) => void
}

export const among: readonly string[] = ['values']

const MAX_DEPTH = 1_000

export function encoding(peer: Peer): Hooks<Encoding> {
  peer.need(budget)
  const limit = limitOf(peer, 'maxDepth', 1_000)
  // What is copied here takes stack for each level.
  const maxDepth = limit < Infinity ? limit : MAX_DEPTH
  const ofMedium = peer.transport.codec
  const kinds: Kind[] = []
  const byName = new Map<string, Kind>()
  const provided = new Set<FeatureName>()
  let lists: Lists | undefined
  const codec = ofMedium ?? createCloneMarks(kinds, () => lists)
  const isOfKind = isSpecial(kinds)

  // A codec has some by itself.
  const hasMarks = (): boolean => Boolean(ofMedium || provided.size)
  // The peer has marks, and so has this side.
  const takesAny = (): boolean => hasMarks() && peer.can('values')
  const takes = (feature: FeatureName): boolean => takesAny() && (!peer.can('partial') || peer.can(feature))

  // Undefined where the codec of the medium knows the kind by itself.
  const featureOf = (kind: string): FeatureName | undefined =>
    ofMedium && /^(Map|Set|Error)$/.test(kind) ? undefined : needed[kind]

  const [send, tell] = createTelling(peer, takesAny)

  const retract = ([, kind, id]: Mark, wasSent: boolean): void =>
    byName.get(kind)?.retract?.(id, wasSent, kind)

  // What these marks pass is released: it arrived, and nobody takes it.
  const discard = (marks: unknown): void => {
    if (takesAny() && Array.isArray(marks)) releaseAll(marks, tell)
  }

  const checkMarks = (message: Draft): void => {
    for (const [path, kind] of message.values ?? []) {
      const feature = featureOf(kind)
      if (!(feature ? takes(feature) : takesAny())) refuseMark(peer, message, path, kind, feature)
    }
  }

  // What is queued before the hello, too: who does not announce it reads it all the same.
  const encodeBy = (): Codec['encode'] =>
    (ofMedium?.encodeAsText && (peer.state === 'waiting' || peer.can('base64')) && ofMedium.encodeAsText) ||
    codec.encode

  const pack =
    (next: Points['pack']): Points['pack'] =>
    (message, member, options, call) => {
      // Params are one level above what is passed.
      const level = member === 'params' ? 0 : 1
      // Most messages.
      if (!ofMedium && isPlainData(message[member], limit, isOfKind, level))
        return next(message, member, options, call)
      const moved = new Set(options?.transfer)
      const passing: Passing = { moved, scope: options?.scoped ? new Map() : undefined, call }
      const made: Mark[] = []
      try {
        const { payload, marks } = encodeBy()(
          message[member],
          (value) => {
            // The call's own transfer list moves it, whatever it is.
            if (!ofMedium && moved.has(value as object)) return { value }
            const taken = takeBy(kinds, value, passing)
            if (taken?.mark) made.push([[], ...taken.mark])
            return taken
          },
          { maxDepth, level },
        )
        message[member] = payload
        if (marks.length) message.values = marks
        return next(message, member, moved.size ? { ...options, transfer: [...moved] } : options, call)
      } catch (error) {
        delete message.values
        made.forEach((mark) => retract(mark, false))
        if (error instanceof RPCError) throw error
        const why = messageOf(error)
        // Its path begins where the member does; what the transfer checks say has none.
        throw new TypeError(member + (/^[[. :]/.test(why) ? why : `: ${why}`), { cause: error })
      }
    }

  const unpack: Points['unpack'] = (payload, marks, options) => {
    // A peer that announced nothing gets nothing made of it.
    if (!takesAny()) return payload
    const taken = new Set<unknown>()
    const revive: Revive = (kind, details, value, mark) => {
      const known = byName.get(kind)
      if (!known && featureOf(kind)) refuseKind(kind)
      const revived = known?.revive?.(kind, details, value, options)
      if (revived !== undefined) taken.add(mark)
      return revived
    }
    try {
      return codec.decode(payload, marks, revive, maxDepth)
    } catch (error) {
      if (Array.isArray(marks)) discard(Object.values(marks).filter((mark) => !taken.has(mark)))
      throw error
    }
  }

  return {
    name: 'encoding',
    rank: ENCODING,
    get capabilities() {
      const taken = hasMarks() ? capabilitiesOf(provided) : []
      return ofMedium?.encodeAsText ? ['base64', ...taken] : taken
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
      send,
      tell,
    },
    around: {
      pack,
      unpack: () => unpack,
      drop:
        () =>
        (message, wasSent = false) => {
          const { values = [] } = message
          delete message.values
          values.forEach((mark) => retract(mark, wasSent))
        },
      discard: () => discard,
      post: (next) => (message, transfer) => {
        if (Array.isArray(message)) message.forEach(checkMarks)
        else if (message.values) checkMarks(message)
        next(message, transfer)
      },
    },
  }
}

function createTelling(
  peer: Peer,
  takesAny: () => boolean,
): readonly [send: Encoding['send'], tell: Encoding['tell']] {
  const send: Encoding['send'] = (method, params, mayWait = false) => {
    if (!takesAny()) return
    // A long list is better not looked at twice.
    if (params.length <= 8 && peer.join(null, method, params)) return
    const message: Draft = { jsonrpc: '2.0', method, params }
    const transfer = peer.pack(message, 'params')
    if (mayWait) peer.owe(message)
    else peer.post(message, transfer)
  }
  return [send, (method, params) => peer.attempt(method, () => send(method, params, true))]
}

function releaseAll(marks: readonly unknown[], tell: Encoding['tell']): void {
  const released: unknown[] = []
  // Not to its length: a sparse list of a few bytes can be as long as it likes.
  for (const mark of Object.values(marks)) {
    const [, kind, id] = Array.isArray(mark) ? (mark as readonly unknown[]) : []
    if (kind === 'stream' || kind === 'readable') tell('rpc.stop', [id])
    else if (kind === 'function' || kind === 'object' || kind === 'writable') released.push(id, 1)
  }
  if (released.length) tell('rpc.release', released)
}

/** @throws TypeError for a mark that the peer does not take. */
function refuseMark(
  peer: Peer,
  message: Draft,
  path: Path,
  kind: string,
  feature: string | undefined,
): never {
  const member = 'params' in message ? 'params' : 'result' in message ? 'result' : 'error'
  const what = `${member}${pathText(path)} is a ${kind}, which the other side does not take`
  throw new TypeError(peer.can('close') ? `${what}: it lacks the feature \`${feature ?? 'encoding'}\`` : what)
}
