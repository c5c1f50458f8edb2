/** What a BroadcastChannel carries: envelopes `{ portcall: 1, from, to?, message }`, and Transports between two of those on it. */
import { createLate, listOf } from '../../values/collections.ts'
import type { Codec, Medium } from '../../values/codec.ts'
import { decode } from '../../values/decode.ts'
import { encode } from '../../values/encode.ts'
import { type Ears, type Endpoint, hear, type Host } from '../../transport/endpoint.ts'
import { isObject } from '../../protocol/guards.ts'
import type { Receiver, Transport } from '../../transport/transport.ts'
import { uuid } from '../../protocol/uuid.ts'

interface Envelope {
  readonly portcall: 1
  readonly from: string
  /** Default: to everybody. */
  readonly to?: string
  readonly message: object
}

/** This side of a channel. */
export interface Envelopes {
  readonly id: string
  /** Listen to the channel, from now on. */
  readonly enter: () => void
  /** Not any more. */
  readonly leave: () => void
  /** Send to everybody. @throws what `postMessage` throws. */
  readonly post: (message: object, to?: string) => void
  readonly transportTo: (id: string) => Transport
  /** Whether a call, stream or reference is open between this side and one of them. */
  readonly isInUse: () => boolean
  /** Whether there is a transport to it that is listened to. */
  readonly isMet: (id: string) => boolean
  /** The other one is gone. */
  readonly drop: (id: string, reason: string) => void
}

/** What is heard besides the messages to transports. */
export interface EnvelopeEars {
  readonly toAll: (message: object, from: string) => void
  /** To this side, from one to whom there is no transport yet: `transportTo` it now to let it be heard. */
  readonly toUs: (message: object, from: string) => void
  /** Each message between this side and one of them. */
  readonly passes?: (message: object) => void
}

const MAX_ID = 64

const isEnvelope = (data: unknown): data is Envelope => {
  if (!isObject(data)) return false
  const { portcall, from, to, message } = data as Partial<Envelope>
  return (
    portcall === 1 &&
    typeof from === 'string' &&
    from.length <= MAX_ID &&
    (to === undefined || typeof to === 'string') &&
    isObject(message)
  )
}

// It clones, and transfers nothing.
const medium: Medium = { isClone: true, carries: () => true, list: listOf }

const codec: Codec = {
  encode: (payload, take, depth) => encode(payload, take, medium, depth),
  decode: (payload, marks, revive, maxDepth) =>
    decode(
      payload,
      marks,
      (kind, details, value, mark) => {
        const revived = revive(kind, details, value, mark)
        if (revived === undefined) throw new TypeError(`There is no kind \`${kind}\` of values`)
        return revived
      },
      maxDepth,
      createLate(),
    ),
}

/**
 * @param channel one that stays its owner's, or the name of one: that is closed whenever this side leaves, as a message puts
 * a page out of the back/forward cache.
 */
export function envelopes(channel: Endpoint | string, ears: EnvelopeEars, id: string = uuid()): Envelopes {
  const receivers = new Map<string, Receiver>()
  let medium: Endpoint | undefined
  let stop = (): void => {}

  const open = (): Endpoint => (typeof channel === 'string' ? new BroadcastChannel(channel) : channel)
  const shut = (opened: Endpoint): void => {
    if (opened !== channel) (opened as BroadcastChannel).close()
  }

  const post = (message: object, to?: string): void => {
    const envelope: Envelope = { portcall: 1, from: id, ...(to !== undefined && { to }), message }
    const last = medium ?? open()
    try {
      last.postMessage(envelope)
    } finally {
      if (!medium) shut(last)
    }
  }

  const leave = (): void => {
    stop()
    if (medium) shut(medium)
    medium = undefined
  }

  const all: Ears = {
    message: (data) => {
      // Bystanders say nothing, whatever it is; nor does whoever hears itself.
      if (!isEnvelope(data) || data.from === id) return
      const { from, to, message } = data
      if (to === undefined) return ears.toAll(message, from)
      if (to !== id) return
      ears.passes?.(message)
      if (!receivers.has(from)) ears.toUs(message, from)
      receivers.get(from)?.message(message)
    },
    unreadable: (reason) => receivers.forEach((receiver) => receiver.unreadable(reason)),
    gone: (reason) => receivers.forEach((receiver) => receiver.gone(reason)),
    failed() {},
  }

  return {
    id,
    enter: () => {
      leave()
      medium = open()
      stop = hear(medium as Host, all)
    },
    leave,
    post,
    transportTo: (to) => {
      const transport: Transport = {
        public: true,
        trusted: true,
        codec,
        medium: 'bus',
        post: (message) => {
          ears.passes?.(message as object)
          post(message as object, to)
        },
        listen: (receiver) => void receivers.set(to, receiver),
        close: () => void receivers.delete(to),
      }
      return transport
    },
    isInUse: () => Array.from(receivers.values()).some((receiver) => receiver.isInUse?.()),
    isMet: (from) => receivers.has(from),
    drop: (from, reason) => {
      const receiver = receivers.get(from)
      receivers.delete(from)
      receiver?.gone(reason, true)
    },
  }
}
