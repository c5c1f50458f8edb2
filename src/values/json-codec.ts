/**
 * What JSON lacks, as JSON and a mark: undefined, NaN, ±Infinity, -0, bigint, Date, RegExp, Map, Set, bytes, errors,
 * holes, repeats and cycles. For media that carry text.
 */
import { errorParts, rebuildError } from './error-details.ts'
import { createLate, holesOf, listOf } from './collections.ts'
import type { Codec, Medium } from './codec.ts'
import { decode } from './decode.ts'
import { encode } from './encode.ts'
import type { Substitute, Take } from './marks.ts'
import { isObject, tagOf } from '../protocol/guards.ts'
import { isDetached } from './transferables.ts'

const views = {
  DataView,
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
}

/** Bytes → base64 (RFC 4648 section 4). */
function toBase64(buffer: ArrayBufferLike, offset: number, length: number): string {
  const bytes = new Uint8Array(buffer, offset, length)
  let text = ''
  // In parts, as the number of arguments of a call is limited.
  for (let i = 0; i < bytes.length; i += 8_192) text += String.fromCharCode(...bytes.subarray(i, i + 8_192))
  return btoa(text)
}

const fromBase64 = (text: unknown): ArrayBuffer =>
  Uint8Array.from(atob(String(text)), (char) => char.charCodeAt(0)).buffer

const takePrimitive = (value: unknown): Substitute | undefined => {
  if (value === undefined) return { mark: ['undefined'] }
  if (typeof value === 'bigint') return { mark: ['bigint'], value: String(value) }
  if (typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0)))
    return { mark: ['number'], value: Object.is(value, -0) ? '-0' : String(value) }
  return undefined
}

const takeJson: Take = (value) => {
  if (!isObject(value)) return takePrimitive(value)
  if (Array.isArray(value)) return undefined
  switch (tagOf(value)) {
    case 'Date':
      // Null for an invalid date, as JSON has it.
      return { mark: ['Date'], value: (value as Date).toJSON() }
    case 'RegExp': {
      const { source, flags } = value as RegExp
      return { mark: ['RegExp', flags], value: source }
    }
    case 'Error':
    case 'DOMException':
      return { mark: ['Error'], value: errorParts(value as Error), isNested: true }
    case 'ArrayBuffer':
      if (isDetached(value as ArrayBuffer)) return undefined
      return {
        mark: ['ArrayBuffer'],
        value: toBase64(value as ArrayBuffer, 0, (value as ArrayBuffer).byteLength),
      }
    default:
  }
  if (!ArrayBuffer.isView(value)) return undefined
  const { buffer, byteOffset, byteLength } = value
  const kind = tagOf(value)
  if (!Object.hasOwn(views, kind) || isDetached(buffer)) return undefined
  return { mark: [kind], value: toBase64(buffer, byteOffset, byteLength) }
}

const reviveJson = (kind: string, details: readonly unknown[], value: unknown): unknown => {
  switch (kind) {
    case 'undefined':
      return undefined
    case 'bigint':
      return BigInt(String(value))
    case 'number':
      return Number(value)
    case 'Date':
      return new Date(typeof value === 'string' ? value : Number.NaN)
    case 'RegExp':
      return new RegExp(String(value), String(details[0]))
    case 'ArrayBuffer':
      return fromBase64(value)
    case 'Error':
      return rebuildError(value)
    default:
  }
  if (!Object.hasOwn(views, kind)) throw new TypeError(`There is no kind \`${kind}\` of values`)
  return new (views[kind as keyof typeof views] as new (buffer: ArrayBuffer) => ArrayBufferView)(
    fromBase64(value),
  )
}

const medium: Medium = { isClone: false, carries: () => false, list: listOf, holesOf }

/** The codec of a medium that carries JSON. */
export function jsonCodec(): Codec {
  return {
    encode: (payload, take, depth) =>
      encode(payload, (value) => take(value) ?? takeJson(value), medium, depth),
    decode: (payload, marks, revive, maxDepth) =>
      decode(
        payload,
        marks,
        (kind, details, value, mark) =>
          revive(kind, details, value, mark) ?? reviveJson(kind, details, value),
        maxDepth,
        createLate(),
      ),
  }
}
