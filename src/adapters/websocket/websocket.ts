/** `websocketTransport`: a WebSocket, which may be made anew when it is lost. */
import { isObject, isThenable, needMethod } from '../../protocol/guards.ts'
import { type TextEars, textTransport } from '../../transport/text.ts'
import type { Transport } from '../../transport/transport.ts'
import { backOffTimes, createBackOff } from '../sockets/back-off.ts'
import { createBacklog } from '../sockets/backlog.ts'
import { MAX_BUFFERED, MAX_LENGTH, tooLarge } from '../sockets/bounds.ts'
import { CLOSED, CONNECTING, OPEN, type WebSocketLike } from './socket.ts'

export type { WebSocketLike } from './socket.ts'

/** Options of `websocketTransport`. */
export interface WebSocketOptions {
  /**
   * Only for a URL or a function. A lost connection is made anew, first after about `initial` milliseconds, then twice as
   * long each time, at most `max`; false: it is the end. Default: `{ initial: 500, max: 30_000 }`.
   */
  readonly reconnect?: false | { readonly initial?: number; readonly max?: number } | undefined
  /** Characters of one message, in and out. Default: 16,777,216 (16 Mi). One that arrives and is longer ends the connection. */
  readonly maxLength?: number | undefined
  /** Bytes that may wait to be sent; over that, what is sent is refused BUSY, and streams wait over half of it. Default: 16,777,216 (16 MiB). */
  readonly maxBuffered?: number | undefined
}

const WHAT = 'a WebSocket, a URL, or a function that makes a WebSocket (or a promise of one)'

type Make = () => WebSocketLike | PromiseLike<WebSocketLike>

/** RFC 6455 section 7.4.2, private use: a browser's own code may not close with 1009. */
const TOO_BIG = 4009
const NOT_READING = 4008

/**
 * Speak through a WebSocket (RFC 6455), one text message for each JSON-RPC message.
 * @param target a socket, opening or open, which stays its owner's; or a URL, or a function that makes a socket or promises one,
 * to be connected again whenever the connection is lost. Each new connection is a new epoch: what was pending has rejected
 * PEER_GONE and nothing is sent again.
 * @throws TypeError for a URL where there is no global WebSocket, and for back-off times that are none.
 */
export function websocketTransport(
  target: WebSocketLike | Make | string | { readonly href: string },
  { reconnect = {}, maxLength = MAX_LENGTH, maxBuffered = MAX_BUFFERED }: WebSocketOptions = {},
): Transport {
  const made = isObject(target) && 'send' in target ? undefined : makerOf(target)
  const times = backOffTimes(reconnect)
  let socket = made ? undefined : (target as WebSocketLike)
  let lose: ((reason: Error) => void) | undefined
  const backlog = createBacklog(
    [{ waiting: () => (socket?.readyState === OPEN ? socket.bufferedAmount : 0), limit: maxBuffered }],
    true,
  )
  const earsOf = (ears: TextEars, at: WebSocketLike): (() => void) =>
    hear(at, ears, maxLength, (end) => (lose = end))

  // Make sockets until it is stopped.
  const connect = (make: Make, ears: TextEars): (() => void) => {
    const backOff = createBackOff(times)
    let timer: ReturnType<typeof setTimeout> | undefined
    let leave = (): void => {}
    let isStopped = false

    const open = (): void => {
      const next = make()
      if (isThenable(next))
        void Promise.resolve(next)
          .then(use)
          .catch((error: unknown) => isStopped || lost(error))
      else use(next)
    }
    const use = (next: WebSocketLike): void => {
      needMethod(next, 'send', WHAT)
      if (isStopped) return next.close()
      socket = next
      // Of `ws`, one that is closed while it opens throws where nobody listens.
      next.addEventListener('error', () => {})
      // Who accepts and closes at once is not back.
      const text = (data: string): void => {
        backOff.reset()
        ears.text(data)
      }
      leave = earsOf({ ...ears, text, gone: lost }, next)
    }
    const lost = (reason: unknown): void => {
      ears.gone(reason)
      if (isStopped || reconnect === false) return
      timer = setTimeout(retry, backOff.next())
    }
    const retry = (): void => {
      try {
        open()
      } catch (error) {
        lost(error)
      }
    }

    open()
    return () => {
      isStopped = true
      clearTimeout(timer)
      leave()
      socket?.close()
      socket = undefined
    }
  }

  return textTransport({
    medium: 'WebSocket',
    guard: [maxLength, maxBuffered],
    endpoint: made ? {} : (target as WebSocketLike),
    successor: made !== undefined && reconnect !== false,
    opens: true,
    maxLength,
    send: (text) => {
      if (socket?.readyState !== OPEN) throw new Error('The WebSocket is not open')
      socket.send(text)
    },
    listen: (ears) => (made ? connect(made, ears) : earsOf(ears, target as WebSocketLike)),
    backlog,
    cut: (reason) => {
      const last = socket
      last?.close(NOT_READING, reason)
      lose?.(new Error(reason))
      // Who does not read does not close either. Browsers have no such thing, and give up by themselves.
      last?.terminate?.()
    },
  })
}

function makerOf(target: Make | string | { readonly href: string }): Make {
  if (typeof target === 'function') return target
  const { href = target } = Object(target) as { readonly href?: unknown }
  if (typeof href !== 'string') throw new TypeError(`Pass ${WHAT}`)
  const { WebSocket: Host } = globalThis as unknown as { WebSocket?: new (url: string) => WebSocketLike }
  if (!Host) throw new TypeError('Here is no WebSocket: pass () => new WebSocket(url), with that of `ws`')
  return () => new Host(href)
}

/**
 * @param ends takes what ends the connection from this side.
 * @returns how to stop.
 */
function hear(
  socket: WebSocketLike,
  { text, unreadable, opened, gone }: TextEars,
  maxLength: number,
  ends: (end: (reason: Error) => void) => void,
): () => void {
  let failure = ''
  let isOver = false
  const end = (reason: Error): void => {
    if (isOver) return
    stop()
    gone(reason)
  }
  const listeners = {
    open: opened,
    message: ({ data }: { readonly data: unknown }) => {
      if (typeof data !== 'string') return unreadable(new TypeError('A binary message is not JSON text'))
      if (data.length <= maxLength) return text(data)
      const error = tooLarge(data.length, maxLength, 'characters')
      unreadable(error)
      socket.close(TOO_BIG, 'Message too large')
      end(error)
    },
    // Only `ws` says what it was.
    error: ({ message = '' }: { readonly message?: string }) => {
      failure = message
      // WebKit tells nothing more of a port that it blocks. 1006: it was not closed by a frame (RFC 6455 section 7.4.1).
      if (socket.readyState === CONNECTING) listeners.close({ code: 1006, reason: '' })
    },
    close: ({ code, reason }: { readonly code: number; readonly reason: string }) => {
      const why = reason || failure
      const text = `the WebSocket was closed with code ${code}${why && `: ${why}`}`
      end(Object.assign(new Error(text), { code, reason }))
    },
  }
  const all = Object.entries(listeners) as [keyof typeof listeners, () => void][]
  const stop = (): void => {
    isOver = true
    for (const [type, listener] of all) socket.removeEventListener(type, listener)
  }
  for (const [type, listener] of all) socket.addEventListener(type, listener)
  ends(end)
  if (socket.readyState === OPEN) opened()
  if (socket.readyState === CLOSED) end(new Error('the WebSocket was closed before'))
  return stop
}
