import { errorParts } from '../../features/error-details/error-details.ts'
import { createLate, listOf } from '../../values/collections.ts'
import { decode, encode, type Medium } from '../../values/encode.ts'
import { isObject, tagOf } from '../../protocol/guards.ts'
import { isDetached } from '../../values/transferables.ts'
import type { Codec } from '../../transport/transport.ts'

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
  decode: (payload, marks, revive, maxDepth) => decode(payload, marks, revive, maxDepth, createLate()),
}
