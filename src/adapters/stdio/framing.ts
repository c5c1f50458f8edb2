/**
 * Where a message begins and ends in a stream of bytes. Nothing here knows streams.
 *
 * `newline`: one line of JSON (UTF-8) for each message; empty lines are skipped.
 * `content-length`: the header of the Language Server Protocol 3.17, base protocol: `Content-Length: <bytes>`, other
 * headers, an empty line, and that many bytes. What is no such header cannot be skipped: nobody knows where the next begins.
 */
import { tooLarge } from '../sockets/bounds.ts'

export type Framing = 'newline' | 'content-length'

/** Cuts what arrives into messages. */
export interface Cutter {
  readonly push: (chunk: Uint8Array) => void
  /**
   * The bytes of the next message that is there as a whole.
   * @throws when there can be no next one: RPCError TOO_LARGE, or an Error for what is no header.
   */
  readonly next: () => Uint8Array | undefined
  /** How many bytes wait for the rest of their message. */
  readonly size: () => number
}

/** Bytes of all headers of one message. */
const MAX_HEADER = 8_192
const NEWLINE = 10
const RETURN = 13

const encoder = new TextEncoder()

const checkLength = (length: number, maxLength: number): void => {
  if (length > maxLength) throw tooLarge(length, maxLength, 'bytes')
}

/** A message with what goes around it. @throws RPCError TOO_LARGE over `maxLength` bytes. */
export function frameText(text: string, framing: Framing, maxLength: number): Uint8Array {
  const isLine = framing === 'newline'
  const body = encoder.encode(isLine ? `${text}\n` : text)
  checkLength(isLine ? body.length - 1 : body.length, maxLength)
  if (isLine) return body
  const header = encoder.encode(`Content-Length: ${body.length}\r\n\r\n`)
  const whole = new Uint8Array(header.length + body.length)
  whole.set(header)
  whole.set(body, header.length)
  return whole
}

export function createCutter(framing: Framing, maxLength: number): Cutter {
  let store = new Uint8Array()
  // What of it is not used up.
  let rest: Uint8Array = store
  // How much of the rest was looked through in vain.
  let searched = 0
  // The length of the body whose header is used up.
  let expected: number | undefined

  const take = (length: number, skip = 0): Uint8Array => {
    const taken = rest.subarray(0, length)
    rest = rest.subarray(length + skip)
    searched = 0
    return taken
  }

  const nextLine = (): Uint8Array | undefined => {
    for (;;) {
      const at = rest.indexOf(NEWLINE, searched)
      searched = rest.length
      checkLength(at < 0 ? rest.length : at, maxLength)
      if (at < 0) return undefined
      const line = take(at, 1)
      const length = line.at(-1) === RETURN ? line.length - 1 : line.length
      if (length) return line.subarray(0, length)
    }
  }

  const nextBody = (): Uint8Array | undefined => {
    expected ??= readHeader()
    if (expected === undefined || rest.length < expected) return undefined
    const body = take(expected)
    expected = undefined
    return body
  }

  const readHeader = (): number | undefined => {
    for (let at = Math.max(searched, 3); (at = rest.indexOf(NEWLINE, at)) >= 0 && at < MAX_HEADER; at++)
      if (rest[at - 1] === RETURN && rest[at - 2] === NEWLINE && rest[at - 3] === RETURN)
        return lengthIn(String.fromCharCode(...take(at - 3, 4)), maxLength)
    searched = rest.length
    if (rest.length >= MAX_HEADER) throw new Error(`There is no end of the header in ${MAX_HEADER} bytes`)
    return undefined
  }

  return {
    push: (chunk) => {
      if (!rest.length) {
        rest = chunk
        return
      }
      const length = rest.length + chunk.length
      const offset = rest.buffer === store.buffer ? rest.byteOffset : store.length
      if (offset + length > store.length) {
        // Twice what has arrived, whatever a header claims.
        const larger = new Uint8Array(Math.max(length, Math.min(length * 2, maxLength)))
        larger.set(rest)
        store = larger
        rest = store.subarray(0, rest.length)
      }
      store.set(chunk, rest.byteOffset + rest.length)
      rest = store.subarray(rest.byteOffset, rest.byteOffset + length)
    },
    next: framing === 'newline' ? nextLine : nextBody,
    size: () => rest.length,
  }
}

function lengthIn(header: string, maxLength: number): number {
  const lines = header.split('\r\n')
  const lengths = lines.filter((line) => /^content-length:/i.test(line))
  const [, length] = (lengths.length === 1 && /:[ \t]*(\d{1,15})[ \t]*$/.exec(lengths[0] ?? '')) || []
  if (length === undefined || !lines.every((line) => /^[!#-'*+.^`|~\w-]+:/.test(line)))
    throw new Error(`This is no header with one Content-Length: ${JSON.stringify(header.slice(0, 80))}`)
  checkLength(Number(length), maxLength)
  return Number(length)
}
