/** The codec of media that clone and transfer nothing: Node's child processes, Electron's IPC. */
import { createBlobLine, readBytes } from './blobs.ts'
import { createLate, listOf } from './collections.ts'
import type { Codec, Medium } from './codec.ts'
import { decode } from './decode.ts'
import { encode } from './encode.ts'
import { errorParts } from './error-details.ts'
import { rebuildError } from './error-reading.ts'
import { isDetached } from './transferables.ts'
import { isObject, tagOf } from '../protocol/guards.ts'

const carried = ['Date', 'RegExp', 'Map', 'Set', 'ArrayBuffer', 'Boolean', 'Number', 'String']

// Of anything else Node makes {}, since version 24 also of a view whose bytes were moved away.
const carries = (value: object): boolean =>
  ArrayBuffer.isView(value) ? !isDetached(value.buffer) : carried.includes(tagOf(value))

const medium: Medium = { isClone: true, carries, list: listOf }

/**
 * Structured clone where nothing can be transferred, as between Node's processes: errors and exceptions are marked, as
 * they would lose what they are.
 */
export const cloneCodec: Codec = {
  blobs: () => createBlobLine({ write: (bytes) => bytes, read: readBytes() }),
  encode: (payload, take, depth) =>
    encode(
      payload,
      (value) => {
        const taken = take(value)
        if (taken || !isObject(value) || !['Error', 'DOMException'].includes(tagOf(value))) return taken
        return { mark: ['Error'], value: errorParts(value as Error), isNested: true }
      },
      medium,
      depth,
    ),
  decode: (payload, marks, revive, maxDepth) =>
    decode(
      payload,
      marks,
      (kind, details, value, mark) =>
        revive(kind, details, value, mark) ?? (kind === 'Error' ? rebuildError(value) : unknownKind(kind)),
      maxDepth,
      createLate(),
    ),
}

function unknownKind(kind: string): never {
  throw new TypeError(`There is no kind \`${kind}\` of values`)
}
