/** What a platform refuses to clone and is plain data all the same: ES proxies of it (Vue, MobX, Immer). */
import type { Draft, Points } from '../../peer/seam.ts'
import { messageOf } from '../../protocol/errors.ts'
import { isObject } from '../../protocol/guards.ts'
import type { Medium } from '../../values/codec.ts'
import { encode } from '../../values/encode.ts'
import { isTakenApart } from '../../values/marks.ts'

const medium: Medium = { isClone: true, carries: () => true }

/** A copy of a message: of objects, arrays, Maps and Sets; everything else stays what it is. @throws TypeError with the path of what cannot be read. */
const mend = (message: Draft, maxDepth: number): Draft => {
  const copy = { ...message }
  for (const member of ['params', 'result', 'error'] as const)
    if (isObject(copy[member]))
      try {
        copy[member] = encode(
          copy[member],
          (value) => (isObject(value) && !isTakenApart(value) ? { value } : undefined),
          medium,
          { maxDepth, level: 0 },
        ).payload
      } catch (error) {
        throw new TypeError(member + messageOf(error), { cause: error })
      }
  return copy
}

/** A wrapper of the point `mend`. */
export const mending =
  (next: Points['mend'], maxDepth: number): Points['mend'] =>
  (message, error) => {
    if ((error as Error | undefined)?.name !== 'DataCloneError') return next(message, error)
    return Array.isArray(message) ? message.map((one) => mend(one, maxDepth)) : mend(message, maxDepth)
  }
