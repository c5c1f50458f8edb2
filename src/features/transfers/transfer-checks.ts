/** The checks of what is transferred, before anything moves. */
import type { Core, Hooks } from '../../peer/seam.ts'
import { checkTransfer, noteMoved } from '../../values/transferables.ts'

export function checks({ transport, options }: Core): Hooks {
  return {
    around: {
      pack: (next) => (message, member, given, context) => {
        const moved = next(message, member, given, context)
        if (!moved?.length) return moved
        if (!transport.codec) return checkTransfer([...new Set(moved)], transport.endpoint)
        if (!options.copyTransfers)
          throw new TypeError('this medium transfers nothing: set `copyTransfers` to send copies')
        checkTransfer([...new Set(moved)], transport.endpoint)
        return undefined
      },
      post: (next) => (message, transfer) => {
        next(message, transfer)
        if (transfer?.length) noteMoved(transfer)
      },
    },
  }
}
