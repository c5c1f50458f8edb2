/** The feature `findUncloneable`: finds what the platform refused to clone, which it does not say. */
import { clone } from '../../values/clone.ts'
import type { Draft, Hooks } from '../../peer/seam.ts'
import { messageOf } from '../../protocol/errors.ts'
import { isObject } from '../../protocol/guards.ts'
import type { Medium } from '../../values/codec.ts'
import { encode } from '../../values/encode.ts'
import { isTakenApart, type Take } from '../../values/marks.ts'
import { ANYWHERE } from '../ranks.ts'

const isCloneable = (value: unknown): boolean => {
  try {
    clone(value)
    return true
  } catch {
    return false
  }
}

const medium: Medium = { isClone: true, carries: () => true }

/** The error of a post that failed gets the path of what it failed for, if that can be found. */
export const findUncloneable = (): Hooks => ({
  name: 'findUncloneable',
  rank: ANYWHERE,
  around: {
    explain: (next) => (message, transfer, given) => {
      const error = next(message, transfer, given)
      if (error instanceof RangeError)
        return new TypeError('It is nested deeper than this engine can copy', { cause: error })
      const take: Take = (value) => {
        if (isObject(value)) {
          if (transfer.includes(value)) return {}
          if (isTakenApart(value)) return undefined
        }
        return isCloneable(value) ? {} : { refusal: `: ${messageOf(error)}` }
      }
      for (const one of [message].flat() as Draft[])
        for (const member of ['params', 'result', 'error'] as const)
          try {
            encode(one[member], take, medium)
          } catch (refused) {
            return new TypeError(member + messageOf(refused), { cause: error })
          }
      return error
    },
  },
})
