/** RTCDataChannel: two browsers, or two pages, with nobody in between. */
import { BUSY, RPCError } from '../../protocol/errors.ts'
import { textTransport } from '../../transport/text.ts'
import type { Transport } from '../../transport/transport.ts'
import { joinParts, partsOf } from './message-parts.ts'

/** An RTCDataChannel as far as it is needed here. */
export interface DataChannelLike {
  readonly ordered: boolean
  readonly maxPacketLifeTime: number | null
  readonly maxRetransmits: number | null
  readonly readyState: string
  readonly bufferedAmount: number
  send(text: string): void
  addEventListener(type: string, listener: (event: object) => void): void
  removeEventListener(type: string, listener: (event: object) => void): void
}

/** Options of `dataChannelTransport`. */
export interface DataChannelOptions {
  /** Bytes of one message on the channel; longer ones are sent in parts. Default: 16,384, which every browser takes (RFC 8831 section 6.6). `pc.sctp.maxMessageSize` is what these two take. */
  readonly maxMessageSize?: number | undefined
  /** Characters of one JSON-RPC message, in and out. Default: 16,777,216. */
  readonly maxLength?: number | undefined
  /** Characters that may wait to be sent; a call that would be more rejects. Default: 16,777,216. Bounds a peer that takes nothing. */
  readonly maxBuffered?: number | undefined
}

/** Bytes that wait in the browser; Chromium closes a channel in which 16 MiB do. */
const HIGH_WATER = 1_048_576

/** UTF-8 bytes of a UTF-16 code unit, at most. */
const UNIT_BYTES = 3

/**
 * Speak over an RTCDataChannel, open or opening. Text crosses, so nothing is transferred. The channel stays its owner's.
 * @throws TypeError for one that is unordered or may lose messages.
 */
export function dataChannelTransport(channel: DataChannelLike, options: DataChannelOptions = {}): Transport {
  const { maxMessageSize = 16_384, maxLength = 16_777_216, maxBuffered = 16_777_216 } = options
  if (!channel.ordered || channel.maxPacketLifeTime !== null || channel.maxRetransmits !== null)
    throw new TypeError(
      'RPC needs a channel that is ordered and reliable: createDataChannel(label) without options',
    )
  // 0: there is no limit (RFC 8841 section 6).
  const most = maxMessageSize || Infinity
  // Of a part, in UTF-16 code units, besides its mark.
  const size = Math.floor(most / UNIT_BYTES) - 1
  if (!(size > 1)) throw new TypeError('maxMessageSize is at least 9 bytes')
  const queue: string[] = []
  let queued = 0
  let tellFailed: ((reason: unknown) => void) | undefined

  const fits = (text: string): boolean =>
    text.length <= size || (text.length <= most && new TextEncoder().encode(text).length <= most)

  const pump = (limit: number): void => {
    try {
      for (let part; channel.bufferedAmount < limit && (part = queue[0]) !== undefined;) {
        channel.send(part)
        queue.shift()
        queued -= part.length
      }
    } catch (error) {
      // Half of a message is worth nothing, nor is what follows it.
      queue.length = queued = 0
      tellFailed?.(error)
    }
  }

  return textTransport({
    endpoint: channel,
    opens: true,
    maxLength,
    send: (text) => {
      if (channel.readyState !== 'open') throw new TypeError(`The channel is ${channel.readyState}`)
      const waiting = channel.bufferedAmount + queued
      if (waiting + text.length > maxBuffered)
        throw new RPCError(BUSY, `${waiting} bytes wait to be sent, at most ${maxBuffered} may`)
      if (!waiting && fits(text)) return channel.send(text)
      const parts = fits(text) ? [text] : partsOf(text, size)
      for (const part of parts) queued += part.length
      queue.push(...parts)
      return pump(HIGH_WATER)
    },
    listen: ({ text: whole, gone, opened, failed, unreadable }) => {
      tellFailed = failed
      const read = joinParts(maxLength, whole, unreadable)
      const events: Record<string, (event: object) => void> = {
        open: opened,
        message: (event) => read((event as { readonly data?: unknown }).data),
        bufferedamountlow: () => pump(HIGH_WATER),
        close: () => gone('the channel was closed'),
        error: (event) => failed((event as { readonly error?: unknown }).error),
      }
      for (const [type, listener] of Object.entries(events)) channel.addEventListener(type, listener)
      if (channel.readyState === 'open') opened()
      else if (channel.readyState !== 'connecting') gone('the channel was closed')
      return () => {
        for (const [type, listener] of Object.entries(events)) channel.removeEventListener(type, listener)
        // What was said last, such as goodbye.
        if (channel.readyState === 'open') pump(Infinity)
        queue.length = queued = 0
      }
    },
  })
}
