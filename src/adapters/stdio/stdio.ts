/** `stdioTransport`: a pair of Node streams. */
import { needMethod } from '../../protocol/guards.ts'
import { textTransport } from '../../transport/text.ts'
import { createRester, type Rester } from '../../transport/resting.ts'
import type { Transport } from '../../transport/transport.ts'
import { createBacklog } from '../sockets/backlog.ts'
import { MAX_BUFFERED, MAX_LENGTH } from '../sockets/bounds.ts'
import { createCutter, type Framing, frameText } from './framing.ts'

interface Stream {
  listenerCount?(type: string): number
  on(type: string, listener: () => void): unknown
  off(type: string, listener: () => void): unknown
  readonly destroyed: boolean
}

/** A Node readable stream as far as it is needed here, with or without an encoding. */
export interface ReadableLike extends Stream {
  pause(): unknown
  resume(): unknown
  unref?(): unknown
  readonly readableEnded: boolean
}

/** A Node writable stream as far as it is needed here. */
export interface WritableLike extends Stream {
  write(data: Uint8Array, done: (error?: Error | null) => void): unknown
  readonly writable: boolean
  readonly writableLength: number
}

/** What `stdioTransport` is made with. */
export interface StdioOptions {
  /** Where messages arrive: a child's `stdout`, `process.stdin`, a socket. */
  readonly readable: ReadableLike
  /** Where they go: the child's `stdin`, `process.stdout`, the same socket. */
  readonly writable: WritableLike
  /** One message for each line, or the `Content-Length` headers of LSP. Default: `newline`. */
  readonly framing?: Framing | undefined
  /** Bytes of one message, in and out. Default: 16,777,216 (16 MiB). One that arrives and is longer ends the connection. */
  readonly maxLength?: number | undefined
  /** Bytes that may wait to be written; over that, what is sent is refused BUSY, and streams wait over half of it. Default: 16,777,216 (16 MiB). */
  readonly maxBuffered?: number | undefined
}

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true })

/**
 * Speak through a pair of Node streams: a child's stdio, this process's own, a socket. They stay their owner's.
 * The end, close or error of either is the end of the other side. So is a header that is none, as nobody knows where the
 * next message begins. Nothing else may be printed there: let logs go to stderr.
 * @throws TypeError for another `framing`. Source: Language Server Protocol 3.17, base protocol.
 */
export function stdioTransport(options: StdioOptions): Transport {
  const {
    readable,
    writable,
    framing = 'newline',
    maxLength = MAX_LENGTH,
    maxBuffered = MAX_BUFFERED,
  } = Object(options) as StdioOptions
  const what = "{ readable, writable }: of a child with stdio: ['pipe', 'pipe', …] its stdout and stdin"
  needMethod(readable, 'on', what)
  needMethod(writable, 'write', what)
  if (framing !== 'newline' && framing !== 'content-length')
    throw new TypeError('`framing` is newline or content-length')
  // Whoever listens next goes on in the middle of a message.
  const cutter = createCutter(framing, maxLength)
  let writing = 0
  let lose: ((reason: unknown) => void) | undefined
  const backlog = createBacklog([
    { waiting: () => (writable.writable ? writable.writableLength : 0), limit: maxBuffered },
  ])

  // A write that fails after nobody listens any more would end this process.
  const ignore = (): void => {}
  const written = (error?: Error | null): void => {
    if (!--writing && !error) writable.off('error', ignore)
    backlog.look()
  }

  let rester: Rester | undefined

  const transport = textTransport({
    medium: 'stdio',
    endpoint: readable,
    guard: [writable, framing, maxLength, maxBuffered],
    opens: true,
    maxLength,
    send: (text) => {
      if (!writable.writable) throw new Error('The stream has ended')
      const data = frameText(text, framing, maxLength)
      writing++
      writable.write(data, written)
    },
    backlog,
    cut: (reason) => lose?.(new Error(reason)),
    listen: ({ text, unreadable, opened, gone }) => {
      const undo: (() => void)[] = []
      let isOpen = true
      const on = (stream: Stream, type: string, listener: (event: never) => void): void => {
        stream.on(type, listener as () => void)
        undo.push(() => stream.off(type, listener as () => void))
      }
      const stop = (): void => {
        isOpen = false
        rester?.leave()
        rester = undefined
        for (const step of undo.splice(0)) step()
        writable.off('error', ignore)
        if (writing) writable.on('error', ignore)
      }
      const lost = (reason: unknown): void => {
        if (!isOpen) return
        stop()
        gone(reason)
      }
      lose = lost
      const ended = (how: string) => (): void =>
        lost(new Error(`the stream ${how}${cutter.size() ? ' in the middle of a message' : ''}`))

      const read = (bytes: Uint8Array): void => {
        let data: string
        try {
          data = decoder.decode(bytes)
        } catch (error) {
          return unreadable(error)
        }
        text(data)
      }
      const drain = (): void => {
        try {
          for (let bytes; isOpen && (bytes = cutter.next());) read(bytes)
        } catch (error) {
          unreadable(error)
          lost(error)
        }
      }

      on(readable, 'data', (chunk: Uint8Array | string) => {
        cutter.push(typeof chunk === 'string' ? encoder.encode(chunk) : chunk)
        drain()
      })
      on(readable, 'end', ended('ended'))
      for (const stream of [readable, writable]) {
        on(stream, 'error', lost)
        on(stream, 'close', ended('was closed'))
      }
      if (readable.readableEnded || readable.destroyed || !writable.writable) ended('has ended')()
      else {
        readable.resume()
        opened()
      }
      void Promise.resolve().then(drain)
      if (readable.unref) rester = createRester(readable, () => readable.listenerCount?.('data') ?? 0)
      return () => {
        if (isOpen) readable.pause()
        stop()
      }
    },
  })
  return { ...transport, rest: (isResting) => rester?.rest(isResting) }
}
