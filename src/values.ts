/** Makes a message of values that a medium cannot carry as they are, and values of such a message. */
import type { RPCInvokeOptions } from './arguments.ts'
import type { Running, SignalLike } from './context.ts'
import { errorParts, rebuildError } from './details.ts'
import { decode, encode, type Mark, type Medium, type Substitute } from './encode.ts'
import { messageOf, RPCError } from './errors.ts'
import { isObject, tagOf } from './guards.ts'
import type { Draft, Link, Member, Values } from './link.ts'
import { targetOf } from './proxy.ts'
import { createReferences, type Scope } from './references.ts'
import { ENCODE, scan } from './scan.ts'
import { createSignals, isSignal } from './signals.ts'
import { createStreams } from './streams.ts'
import { checkTransfer, mustMove, Transferred } from './transfer.ts'
import type { Codec, Transport } from './transport.ts'
import { chunksOf, readableOf, sinkOf, transfersStreams, writableTo } from './webstreams.ts'

// What moves stays where it is.
const needsMark: typeof isSpecial = (value, tag) =>
  isSpecial(value, tag) && !(mustMove(value, tagOf(value)) && moves(tagOf(value)))

const moves = (tag: string): boolean => !tag.endsWith('Stream') || transfersStreams()

const cloneMedium: Medium = {
  isClone: true,
  carries: () => true,
  // Those with something special in them.
  splits: (items) => scan(items, Infinity, needsMark) === ENCODE,
}

const cloneCodec: Codec = {
  encode: (payload, take) => encode(payload, take, cloneMedium),
  decode: (payload, marks, revive, maxDepth) =>
    decode(
      payload,
      marks,
      (kind, details, value) => revive(kind, details, value) ?? unknownKind(kind),
      maxDepth,
    ),
}

const unknownKind = (kind: string): never => {
  throw new TypeError(`There is no kind \`${kind}\` of values`)
}

let keepsExceptions: boolean | undefined

// Node 20 clones a DOMException to {}.
const isLostException = (value: object, tag: string): boolean => {
  if (tag !== 'DOMException') return false
  keepsExceptions ??= tagOf(structuredClone(value)) === tag
  return !keepsExceptions
}

const isSpecial = (value: object, tag: string): boolean =>
  targetOf(value) !== undefined ||
  (tag !== 'common' &&
    (['function', 'async iterable', 'AbortSignal'].includes(tag) ||
      mustMove(value, tag) ||
      isLostException(value, tag)))

/** What takes part in the making of one message. */
interface Passing {
  readonly moved: Set<object>
  readonly scope: Scope | undefined
  readonly context: Running | undefined
}

const NO_OPTIONS: Pick<RPCInvokeOptions, 'transfer' | 'scoped'> = {}

export function createValues(link: Link, transport: Transport): Values {
  const { maxDepth } = link.limits
  const { codec } = transport
  const { encode, decode } = codec ?? cloneCodec
  const references = createReferences(link)
  const signals = createSignals(link)
  const streams = createStreams(link)

  const takeStream = (value: object, tag: string, { moved, scope }: Passing): Substitute | undefined => {
    if ((value as { readonly locked?: boolean }).locked) return { refusal: ` is a ${tag} that is locked` }
    if (!codec && moves(tag)) {
      moved.add(value)
      return { value }
    }
    if (tag === 'ReadableStream')
      return { mark: ['readable', streams.produce(chunksOf(value as ReadableStream), undefined)] }
    if (tag !== 'WritableStream') return undefined
    const { mark } = references.take(sinkOf(value as WritableStream), scope) ?? {}
    return mark && { mark: ['writable', mark[1]] }
  }

  const take = (value: unknown, passing: Passing): Substitute | undefined => {
    const { moved, scope, context } = passing
    const referred = references.take(value, scope)
    if (referred || !isObject(value)) return referred
    if (value instanceof Transferred) {
      for (const object of value.objects) moved.add(object)
      return { value: value.value, isNested: true }
    }
    if (isSignal(value)) return signals.take(value)
    if (isLostException(value, tagOf(value)))
      return { mark: ['Error'], value: errorParts(value as Error), isNested: true }
    const tag = tagOf(value)
    if (mustMove(value, tag)) return takeStream(value, tag, passing)
    if (Symbol.asyncIterator in value && !(value instanceof Promise))
      return { mark: ['stream', streams.produce(value as AsyncIterable<unknown>, context)] }
    return undefined
  }

  const revive = (
    kind: string,
    details: readonly unknown[],
    value: unknown,
    signal: SignalLike | undefined,
  ): unknown => {
    switch (kind) {
      case 'signal':
        return signals.revive(details[0], value)
      case 'Error':
        return rebuildError(value)
      case 'stream':
        return streams.consume(details[0], signal)
      case 'readable':
        return readableOf(streams.consume(details[0], signal))
      case 'writable':
        return writableTo(references.revive('function', details) as () => Promise<unknown>)
      default:
        return references.revive(kind, details)
    }
  }

  const retract = ([, kind, id]: Mark, wasSent = false): void => {
    if (kind === 'stream' || kind === 'readable') streams.retract(id, wasSent)
    else if (kind === 'signal' && !wasSent) signals.retract(id)
    else if (['function', 'object', 'writable'].includes(kind)) references.retract(id, wasSent)
  }

  const takeMarks = (message: Draft): readonly Mark[] => {
    const { values = [] } = message
    delete message.values
    return values
  }

  const encodeInto = (message: Draft, member: Member, passing: Passing): void => {
    const made: Mark[] = []
    try {
      const { payload, marks } = encode(message[member], (value) => {
        const taken = take(value, passing)
        if (taken?.mark) made.push([[], ...taken.mark])
        return taken
      })
      message[member] = payload
      if (marks.length) message.values = marks
    } catch (error) {
      made.forEach((mark) => retract(mark))
      // Its path begins where the member does.
      throw error instanceof RPCError ? error : new TypeError(member + messageOf(error), { cause: error })
    }
  }

  return {
    pack: (message, member, { transfer, scoped } = NO_OPTIONS, context) => {
      // Params are one level above what is passed.
      const why = scan(message[member], maxDepth, isSpecial, member === 'params' ? 0 : 1)
      if (typeof why === 'string') throw new TypeError(member + why)
      // Most messages.
      if (!codec && !why && !transfer) return undefined
      const moved = new Set(transfer)
      if (codec || why) encodeInto(message, member, { moved, context, scope: scoped ? new Map() : undefined })
      if (!moved.size) return undefined
      try {
        if (codec && !link.copiesTransfer)
          throw new TypeError('this medium transfers nothing: set `copyTransfers` to send copies')
        const checked = checkTransfer([...moved], transport.endpoint)
        return codec ? undefined : checked
      } catch (error) {
        takeMarks(message).forEach((mark) => retract(mark))
        throw error
      }
    },
    unpack: (payload, marks, signal) =>
      decode(payload, marks, (kind, details, value) => revive(kind, details, value, signal), maxDepth),
    retract: (message) => takeMarks(message).forEach((mark) => retract(mark)),
    endScope: (message) => takeMarks(message).forEach((mark) => retract(mark, true)),
    discard: (marks) => {
      for (const mark of Array.isArray(marks) ? (marks as readonly unknown[]) : []) {
        const [, kind, id] = Array.isArray(mark) ? (mark as readonly unknown[]) : []
        if (kind === 'stream' || kind === 'readable') link.tell('rpc.stop', [id])
        else if (['function', 'object', 'writable'].includes(String(kind))) link.tell('rpc.release', [id, 1])
      }
    },
    handlers: references.handlers,
    notices: { ...references.notices, ...signals.notices, ...streams.notices },
    isOpen: () => references.size() + signals.size() + streams.size() > 0,
    lost: (reason) => {
      references.lost(reason)
      streams.lost(reason)
      signals.lost(reason)
    },
  }
}
