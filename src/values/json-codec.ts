/**
 * What JSON lacks, as JSON and a mark: undefined, NaN, ±Infinity, -0, bigint, Date, RegExp, Map, Set, bytes, errors,
 * holes, repeats and cycles. For media that carry text.
 */
import { fromBase64, toBase64 } from './base64.ts'
import { spend, spendRare } from './budget.ts'
import { createBlobLine, readBytes } from './blobs.ts'
import { errorParts } from './error-details.ts'
import { rebuildError } from './error-reading.ts'
import { createLate, holesOf, listOf } from './collections.ts'
import type { Codec, Medium } from './codec.ts'
import { decode } from './decode.ts'
import { encode } from './encode.ts'
import type { Substitute, Take } from './marks.ts'
import { toPlainJson } from './plain-json.ts'
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

// Decimal digits of a bigint take engines a time that grows with their square, hexadecimal ones do not.
const MAX_DIGITS = 32_768

function toDigits(value: bigint): string {
  const hex = value.toString(16)
  if (hex.length < MAX_DIGITS / 2) return String(value)
  return value < 0 ? `-0x${hex.slice(1)}` : `0x${hex}`
}

function fromDigits(text: string): bigint {
  const [, minus, hex] = /^(-?)(0x)?/.exec(text) ?? []
  if (!hex && text.length > MAX_DIGITS) throw new RangeError(`A bigint of ${text.length} decimal digits`)
  return hex && minus ? -BigInt(text.slice(1)) : BigInt(text)
}

const takePrimitive = (value: unknown): Substitute | undefined => {
  if (value === undefined) return { mark: ['undefined'] }
  if (typeof value === 'bigint') return { mark: ['bigint'], value: toDigits(value) }
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

// Engines make the set of all its characters for each property: 0.2 ms for five letters, and 7 ms for one of strings.
const rarities = (source: string): number => {
  let count = 0
  for (const [, property, isOfStrings] of source.matchAll(/\\(?:[wW]|(p)\{(RGI_|Basic_|Emoji_Keycap_)?)/gi))
    count += isOfStrings ? 32 : property ? 1 : 1 / 16
  return count
}

const reviveJson = (kind: string, [flags]: readonly unknown[], value: unknown): unknown => {
  if (kind === 'undefined') return undefined
  if (kind === 'Error') return rebuildError(value)
  if (kind === 'Date' && value === null) return new Date(Number.NaN)
  if (typeof value !== 'string') throw new TypeError(`A ${kind} is not made of a ${typeof value}`)
  spend(value.length / 16)
  switch (kind) {
    case 'bigint':
      return fromDigits(value)
    case 'number':
      return Number(value)
    case 'Date':
      return new Date(value)
    case 'RegExp':
      if (typeof flags !== 'string') throw new TypeError('The flags of a RegExp must be a string')
      if (/[uv]/.test(flags)) spendRare(rarities(value))
      return new RegExp(value, flags)
    case 'ArrayBuffer':
      return fromBase64(value)
    default:
  }
  if (!Object.hasOwn(views, kind)) throw new TypeError(`There is no kind \`${kind}\` of values`)
  return new (views[kind as keyof typeof views] as new (buffer: ArrayBuffer) => ArrayBufferView)(
    fromBase64(value),
  )
}

const medium: Medium = { isClone: false, carries: () => false, list: listOf, holesOf }

/** Characters of a message where the medium names no limit. */
export const MAX_LENGTH = 16_777_216

/** The codec of a medium that carries JSON, of `maxLength` characters in a message. */
export function jsonCodec(maxLength: number = MAX_LENGTH): Codec {
  return {
    plain: (payload, depth) => toPlainJson(payload, depth, maxLength),
    blobs: () =>
      createBlobLine({
        write: (bytes) => toBase64(bytes, 0, bytes.byteLength),
        read: readBytes(fromBase64),
      }),
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
