/** The codec of a medium that carries JSON and bytes, but not what kind of bytes: Node's sockets make all of them a Buffer. */
import { isObject, tagOf } from '../protocol/guards.ts'
import { fromBase64 } from './base64.ts'
import { createBlobLine, readBytes } from './blobs.ts'
import { spend } from './budget.ts'
import type { Codec } from './codec.ts'
import { jsonCodec, MAX_LENGTH } from './json-codec.ts'
import { type Encoded, put } from './marks.ts'
import { toPlainJson } from './plain-json.ts'
import { isDetached } from './transferables.ts'

const KINDS =
  /^(ArrayBuffer|DataView|(Ui|I)nt(8|16|32)Array|Uint8ClampedArray|Float(32|64)Array|Big(Ui|I)nt64Array)$/

type BytesClass = new (buffer: ArrayBufferLike) => ArrayBufferView

// Names that socket.io loses, or reads as its own, in a message that has bytes.
const LOST = ['__proto__', '_placeholder']

const json = jsonCodec()

/** JSON and marks for what it lacks; bytes stand as they are, and their mark says of what kind they were. */
export const bytesCodec: Codec = {
  plain: (payload, depth) => toPlainJson(payload, depth, MAX_LENGTH, (value) => KINDS.test(tagOf(value))),
  blobs: () => createBlobLine({ write: (bytes) => new Uint8Array(bytes), read: readBytes(fromBase64) }),
  encode: (payload, take, depth) => {
    let losesNames = false
    const encoded = json.encode(
      payload,
      (value) => {
        losesNames ||= isObject(value) && LOST.some((name) => Object.hasOwn(value, name))
        return take(value) ?? takeBytes(value)
      },
      depth,
    )
    return losesNames ? asText(encoded) : encoded
  },
  decode: (payload, marks, revive, maxDepth) =>
    json.decode(
      payload,
      marks,
      (kind, details, value, mark) => revive(kind, details, value, mark) ?? reviveBytes(kind, value),
      maxDepth,
    ),
}

/** The same for a medium that may be JSON: bytes are text for peers that know it. Who takes Blobs at all reads them as text. */
export const textBytesCodec: Codec = { ...bytesCodec, blobs: json.blobs, encodeAsText: json.encode }

const takeBytes: Parameters<Codec['encode']>[1] = (value) => {
  if (!isObject(value)) return undefined
  const kind = tagOf(value)
  if (!KINDS.test(kind)) return undefined
  const { buffer, byteOffset, byteLength } = ArrayBuffer.isView(value)
    ? value
    : new Part(value as ArrayBuffer)
  // Refused, with its path, by whoever finds that it is nothing of JSON.
  if (isDetached(buffer)) return undefined
  return { mark: [kind], value: new Uint8Array(buffer, byteOffset, byteLength) }
}

/** All of a buffer, as a view tells it. */
class Part {
  readonly buffer: ArrayBufferLike
  readonly byteOffset = 0
  readonly byteLength: number
  constructor(buffer: ArrayBufferLike) {
    this.buffer = buffer
    this.byteLength = buffer.byteLength
  }
}

/** The same with all bytes as text. */
function asText({ payload, marks }: Encoded): Encoded {
  const holder = { payload }
  for (const [path, kind] of marks) {
    if (!KINDS.test(kind)) continue
    const parent = ['payload', ...path]
      .slice(0, -1)
      .reduce<object>((at, key) => Reflect.get(at, key) as object, holder)
    const key = path.at(-1) ?? 'payload'
    put(parent, key, json.encode(Reflect.get(parent, key), () => undefined).payload)
  }
  return { payload: holder.payload, marks }
}

// Undefined: text, from a sender that writes bytes as base64.
function reviveBytes(kind: string, value: unknown): unknown {
  if (!KINDS.test(kind) || !isObject(value)) return undefined
  const isView = ArrayBuffer.isView(value)
  if (!isView && tagOf(value) !== 'ArrayBuffer') return undefined
  // The same bytes may stand in many places.
  spend((value as ArrayBuffer).byteLength / 16)
  // A copy: a Buffer may be part of a larger one, at an address that not every kind can begin at.
  const { buffer } = new Uint8Array(
    isView ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength) : (value as ArrayBuffer),
  )
  return kind === 'ArrayBuffer' ? buffer : new (Reflect.get(globalThis, kind) as BytesClass)(buffer)
}
