/** The codec of a medium that clones: only what is of a kind is marked. */
import type { Codec, Medium } from '../../values/codec.ts'
import { decode, type Late } from '../../values/decode.ts'
import { encode } from '../../values/encode.ts'
import { isPlainData } from '../../values/look.ts'
import type { Substitute } from '../../values/marks.ts'
import { isMarked, type Kind } from './kinds.ts'
import { refuseKind } from './needed.ts'

/** Makes lists of Maps and Sets, and back. */
export interface Lists {
  readonly listOf: (value: object) => Substitute | undefined
  readonly createLate: () => Late
}

export function createCloneMarks(kinds: readonly Kind[], lists: () => Lists | undefined): Codec {
  const medium: Medium = {
    isClone: true,
    carries: () => true,
    // Those with something marked in them.
    list: (items) =>
      (items instanceof Map || items instanceof Set) && !isPlainData(items, Infinity, isMarked(kinds))
        ? lists()?.listOf(items)
        : undefined,
  }
  return {
    encode: (payload, take, depth) => encode(payload, take, medium, depth),
    decode: (payload, marks, revive, maxDepth) =>
      decode(
        payload,
        marks,
        (kind, ...mark) => revive(kind, ...mark) ?? refuseKind(kind),
        maxDepth,
        lists()?.createLate(),
      ),
  }
}
