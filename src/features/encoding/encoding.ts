/**
 * The feature `encoding`: values that a medium cannot carry as they are. It has the one walker that marks them, and asks the
 * kinds that other features add. By itself it checks what is sent, and says by its path what cannot be.
 */
import type { Codec } from '../../values/codec.ts'
import { type Draft, type Hooks, limitOf, type Peer, type Points } from '../../peer/seam.ts'
import { tagOf } from '../../protocol/guards.ts'
import { isA, type Path, pathText } from '../../protocol/paths.ts'
import { spend } from '../../values/budget.ts'
import { isPlainData } from '../../values/look.ts'
import type { Mark, Revive } from '../../values/marks.ts'
import { budget } from '../budget/budget.ts'
import { ENCODING } from '../ranks.ts'
import { createCloneMarks, type Lists } from './clone-marks.ts'
import { isSpecial, type Kind, type Passing, takeBy } from './kinds.ts'
import { mending } from './mend.ts'
import { createPlain, named } from './plain.ts'
import { capabilitiesOf, type FeatureName, isOld, needed, refuseKind } from './needed.ts'

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

/** What is copied takes stack for each level. */
export const MAX_DEPTH = 1_000

export function encoding(peer: Peer): Hooks<Encoding> {
  peer.need(budget)
  const limit = limitOf(peer, 'maxDepth', 1_000)
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
  const takes = (feature: FeatureName): boolean =>
    takesAny() && (peer.can(feature) || (!peer.can('partial') && isOld(feature)))

  // Undefined where the codec of the medium knows the kind by itself.
  const featureOf = (kind: string): FeatureName | undefined =>
    ofMedium && /^(Map|Set|Error)$/.test(kind) ? undefined : needed[kind]

  const [send, tell] = createTelling(peer, takesAny)

  const retract = ([, kind, id]: Mark, wasSent: boolean): void =>
    byName.get(kind)?.retract?.(id, wasSent, kind)

  const drop = (message: Draft, wasSent = false): void => {
    message.values?.forEach((mark) => retract(mark, wasSent))
    delete message.values
  }

  // What these marks pass is released: it arrived, and nobody takes it. One list may stand in many messages of a batch.
  const discard = (marks: unknown, taken?: ReadonlySet<unknown>): void => {
    if (takesAny() && Array.isArray(marks)) peer.attempt('rpc.release', () => releaseAll(peer, marks, taken))
  }

  const check = (message: Draft): void => {
    choose(message)
    for (const [path, kind] of message.values ?? []) {
      const feature = featureOf(kind)
      if (!(feature ? takes(feature) : takesAny())) refuseMark(peer, message, path, kind, feature)
    }
  }

  const { pack: packPlain, choose } = createPlain(peer, ofMedium, maxDepth, (mark) => retract(mark, false))
  const pack =
    (next: Points['pack']): Points['pack'] =>
    (message, member, options, call) => {
      // Params are one level above what is passed.
      const level = member === 'params' ? 0 : 1
      const isCut = provided.has('deep') && mayBe(peer, 'deep')
      // Most messages.
      const isRead = call?.access === 'get'
      const isMarked = isRead ? orShared(isOfKind) : isOfKind
      if (!ofMedium && isPlainData(message[member], isCut ? MAX_DEPTH : limit, isMarked, level, isRead))
        return next(message, member, options, call)
      if (packPlain(message, member, level)) return next(message, member, options, call)
      const moved = new Set(options?.transfer)
      const passing: Passing = { moved, scope: options?.scoped ? new Map() : undefined, call }
      const made: Mark[] = []
      try {
        const { payload, marks } = encodeBy(peer, codec)(
          message[member],
          (value) => {
            // Memory that both sides have is no copy.
            if (isRead && isShared(value))
              return { refusal: ' is shared memory, which does not leave by being read' }
            // The call's own transfer list moves it, whatever it is.
            if (!ofMedium && moved.has(value as object)) return { value }
            const taken = takeBy(kinds, value, passing)
            if (taken?.mark) made.push([[], ...taken.mark])
            return taken
          },
          { maxDepth: isCut ? MAX_DEPTH : maxDepth, level },
        )
        message[member] = payload
        if (marks.length) message.values = marks
        return next(message, member, moved.size ? { ...options, transfer: [...moved] } : options, call)
      } catch (error) {
        delete message.values
        made.forEach((mark) => retract(mark, false))
        throw named(member, error)
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
      discard(marks, taken)
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
      drop: () => drop,
      discard: () => (marks) => discard(marks),
      post: (next) => postBy(peer, next, check),
      mend: ofMedium ? undefined : (next) => mending(next, maxDepth),
    },
  }
}

// What is queued before the hello as text, too: who does not announce it reads it all the same.
const encodeBy = (peer: Peer, { encode, encodeAsText = encode }: Codec): Codec['encode'] =>
  mayBe(peer, 'base64') ? encodeAsText : encode

/** Whether the peer announced a capability, or has not said yet. */
const mayBe = (peer: Peer, capability: string): boolean => peer.state === 'waiting' || peer.can(capability)

const postBy =
  (peer: Peer, post: Points['post'], check: (message: Draft) => void): Points['post'] =>
  (message, transfer) => {
    if (Array.isArray(message)) message.forEach(check)
    else if (message.plain || message.values) check(message)
    try {
      post(message, transfer)
    } catch (error) {
      post(peer.mend(message, error), transfer)
    }
  }

const orShared =
  (is: ReturnType<typeof isSpecial>): ReturnType<typeof isSpecial> =>
  (value, tag) =>
    isShared(value) || is(value, tag)

const isShared = (value: unknown): boolean =>
  tagOf(ArrayBuffer.isView(value) ? value.buffer : value) === 'SharedArrayBuffer'

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

/** References in one `rpc.release`, and messages in one batch. */
const MANY = 1_024
const TOGETHER = 64

// In few messages, however many there are.
function releaseAll(peer: Peer, marks: readonly unknown[], taken?: ReadonlySet<unknown>): void {
  spend(8 * marks.length)
  const released: number[] = []
  const said: Draft[] = []
  const say = (method: string, params: unknown[]): void => void said.push({ jsonrpc: '2.0', method, params })
  // Not to its length: a sparse list of a few bytes can be as long as it likes.
  for (const mark of Object.values(marks)) {
    const [, kind, id] = Array.isArray(mark) ? (mark as readonly unknown[]) : []
    if (typeof id !== 'number' || taken?.has(mark)) continue
    if (kind === 'stream' || kind === 'readable') say('rpc.stop', [id])
    else if (kind === 'function' || kind === 'object' || kind === 'writable') released.push(id, 1)
  }
  while (released.length) say('rpc.release', released.splice(-2 * MANY))
  while (said.length) {
    const some = said.splice(-TOGETHER)
    peer.attempt('rpc.release', () => peer.owe(some[1] ? some : (some[0] as Draft)))
  }
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
  const what = `${member}${pathText(path)} ${isA(kind)}, which the peer does not take`
  throw new TypeError(peer.can('close') ? `${what}: it lacks the feature \`${feature ?? 'encoding'}\`` : what)
}
