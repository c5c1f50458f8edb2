/** RTCDataChannel: two browsers, or two pages, with nobody in between. */
import { needMethod } from '../../protocol/guards.ts'
import { textTransport } from '../../transport/text.ts'
import type { Transport } from '../../transport/transport.ts'
import { createBacklog } from '../sockets/backlog.ts'
import { MAX_BUFFERED, MAX_LENGTH } from '../sockets/bounds.ts'
import { joinParts, partsOf } from './message-parts.ts'

/** An RTCDataChannel as far as it is needed here. */
export interface DataChannelLike {
  readonly ordered: boolean
  readonly maxPacketLifeTime: number | null
  readonly maxRetransmits: number | null
  readonly readyState: string
  readonly bufferedAmount: number
  send(text: string): void
  close(): void
  addEventListener(type: string, listener: (event: object) => void): void
  removeEventListener(type: string, listener: (event: object) => void): void
}

/** Options of `dataChannelTransport`. */
export interface DataChannelOptions {
  /** Bytes of one message on the channel; longer ones are sent in parts. Default: 16,384, which every browser takes (RFC 8831 section 6.6). `pc.sctp.maxMessageSize` is what these two take. */
  readonly maxMessageSize?: number | undefined
  /** Characters of one JSON-RPC message, in and out. Default: 16,777,216. */
  readonly maxLength?: number | undefined
  /** Characters that may wait to be sent; over that, what is sent is refused BUSY, and streams wait over half of it. Default: 16,777,216. Bounds a peer that takes nothing. */
  readonly maxBuffered?: number | undefined
}

/** Bytes that wait in the browser; Chromium closes a channel in which 16 MiB do. */
const HIGH_WATER = 1_048_576

/** Parts that were sent before they are let go of. */
const SENT = 4_096

/** UTF-8 bytes of a UTF-16 code unit, at most. */
const UNIT_BYTES = 3

/**
 * Speak over an RTCDataChannel, open or opening. Text crosses, so nothing is transferred. The channel stays its owner's.
 * @throws TypeError for one that is unordered or may lose messages.
 */
export function dataChannelTransport(channel: DataChannelLike, options: DataChannelOptions = {}): Transport {
  const { maxMessageSize = 16_384, maxLength = MAX_LENGTH, maxBuffered = MAX_BUFFERED } = options
  needMethod(channel, 'send', 'an RTCDataChannel')
  if (!channel.ordered || channel.maxPacketLifeTime !== null || channel.maxRetransmits !== null)
    throw new TypeError(
      'RPC needs a channel that is ordered and reliable: createDataChannel(label) without options',
    )
  // 0: there is no limit (RFC 8841 section 6).
  const most = maxMessageSize || Infinity
  // Of a part, in UTF-16 code units, besides its mark.
  const size = Math.floor(most / UNIT_BYTES) - 1
  if (!(size > 1)) throw new TypeError('maxMessageSize is at least 9 bytes')
  let queue: string[] = []
  // The next one in it.
  let at = 0
  let queued = 0
  let lose: ((reason: unknown) => void) | undefined
  let tellFailed: ((reason: unknown) => void) | undefined

  const fits = (text: string): boolean =>
    text.length <= size || (text.length <= most && new TextEncoder().encode(text).length <= most)

  const empty = (): void => {
    queue = []
    at = queued = 0
  }
  const pump = (limit: number): void => {
    try {
      for (let part; channel.bufferedAmount < limit && (part = queue[at]) !== undefined; at++) {
        channel.send(part)
        queued -= part.length
      }
      if (at === queue.length) empty()
      else if (at > SENT) {
        queue.splice(0, at)
        at = 0
      }
    } catch (error) {
      // Half of a message is worth nothing, nor is what follows it.
      empty()
      tellFailed?.(error)
    }
  }
  const waiting = (): number => (channel.readyState === 'open' ? channel.bufferedAmount + queued : 0)
  const backlog = createBacklog([{ waiting, limit: maxBuffered, unit: 'characters' }])

  return textTransport({
    endpoint: channel,
    opens: true,
    maxLength,
    send: (text) => {
      if (channel.readyState !== 'open') throw new TypeError(`The channel is ${channel.readyState}`)
      if (!waiting() && fits(text)) return channel.send(text)
      const parts = fits(text) ? [text] : partsOf(text, size)
      for (const part of parts) {
        queued += part.length
        queue.push(part)
      }
      return pump(HIGH_WATER)
    },
    backlog,
    cut: (reason) => {
      lose?.(reason)
      channel.close()
    },
    listen: ({ text: whole, gone, opened, failed, unreadable }) => {
      tellFailed = failed
      lose = gone
      const read = joinParts(maxLength, whole, unreadable)
      const events: Record<string, (event: object) => void> = {
        open: opened,
        message: (event) => read((event as { readonly data?: unknown }).data),
        bufferedamountlow: () => {
          pump(HIGH_WATER)
          backlog.look()
        },
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
        empty()
        lose = undefined
      }
    },
  })
}
