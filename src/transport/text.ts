/** The string twin of endpoint.ts: any connection that carries text as a Transport. */
import { jsonCodec, MAX_LENGTH } from '../values/json-codec.ts'
import { RPCError, TOO_LARGE } from '../protocol/errors.ts'
import type { Receiver, Transport } from './transport.ts'

/** What a connection tells. */
export interface TextEars extends Pick<Receiver, 'gone' | 'opened' | 'failed' | 'unreadable'> {
  /** One whole message. */
  readonly text: (text: string) => void
}

/** What waits for the peer to read it. */
export interface Backlog {
  /** @throws RPCError BUSY when too much waits. */
  readonly check: () => void
  readonly hasRoom: () => boolean
  /** @param drained there is room again, after `check` threw or `hasRoom` was false. @returns how to stop. */
  readonly listen: (drained: () => void) => () => void
}

/** A connection that carries text, one message at a time. */
export interface TextConnection {
  /** The host object that it speaks through. */
  readonly endpoint: object
  readonly medium?: string
  /** @throws if it cannot be sent. */
  readonly send: (text: string) => void
  /** @returns how to stop, which leaves the host object to its owner. */
  readonly listen: (ears: TextEars) => () => void
  /** What another transport of the same endpoint is compared by. */
  readonly guard?: readonly unknown[]
  /** Default: false. */
  readonly successor?: boolean
  /** Default: false. */
  readonly opens?: boolean
  /** Characters of one message, in and out. Default: 16,777,216 (16 Mi). Bounds one message that fills the memory. */
  readonly maxLength?: number | undefined
  /** Default: nothing is known of it. */
  readonly backlog?: Backlog
  /** End the connection from this side, as the other one does not read. */
  readonly cut?: (reason: string) => void
}

/** Values that JSON lacks cross by the codec, between portcall peers; nothing is transferred. */
export function textTransport(connection: TextConnection): Transport {
  const {
    endpoint,
    medium,
    send,
    listen,
    successor = false,
    opens = false,
    maxLength = MAX_LENGTH,
    backlog,
    cut,
    guard,
  } = connection
  let stop: (() => void) | undefined
  let unwatch: (() => void) | undefined

  const check = (length: number): void => {
    if (length > maxLength)
      throw new RPCError(TOO_LARGE, `A message of ${length} characters is over the limit of ${maxLength}`)
  }

  return {
    endpoint,
    ...(medium && { medium }),
    ...(guard && { guard }),
    successor,
    opens,
    policy: 'strict',
    codec: jsonCodec(maxLength),
    ...(backlog && { hasRoom: backlog.hasRoom }),
    ...(cut && { cut }),
    post: (message) => {
      const text = JSON.stringify(message)
      check(text.length)
      backlog?.check()
      send(text)
    },
    listen: ({ message, unreadable, gone, opened, failed, drained }) => {
      unwatch = drained && backlog?.listen(drained)
      const read = (text: string): unknown => {
        check(text.length)
        return JSON.parse(text)
      }
      stop = listen({
        text: (text) => {
          let data: unknown
          try {
            data = read(text)
          } catch (error) {
            // What is too long was a message, perhaps an answer.
            return unreadable(error, text.length > maxLength)
          }
          message(data)
        },
        unreadable,
        gone,
        opened,
        failed,
      })
    },
    close: () => {
      stop?.()
      unwatch?.()
      stop = unwatch = undefined
    },
  }
}
