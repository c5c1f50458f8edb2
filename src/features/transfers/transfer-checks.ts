/** The feature `transferChecks`: what is to be transferred is checked before anything moves, so that a failed send does no harm. */
import type { Hooks, Peer } from '../../peer/seam.ts'
import { checkTransfer, noteMoved } from '../../values/transferables.ts'
import { TRANSFER_CHECKS } from '../ranks.ts'

/** Options of `transferChecks`. */
export interface TransferOptions {
  /** Copy what is to be transferred where the medium transfers nothing. Default: false: such a call rejects. */
  readonly copyTransfers?: boolean | undefined
}

export function transferChecks({ transport }: Peer, { copyTransfers }: TransferOptions): Hooks {
  return {
    name: 'transferChecks',
    rank: TRANSFER_CHECKS,
    around: {
      pack: (next) => (message, member, options, call) => {
        const moved = next(message, member, options, call)
        if (!moved?.length) return moved
        if (transport.codec && !copyTransfers)
          throw new TypeError('this medium transfers nothing: set `copyTransfers` to send copies')
        const checked = checkTransfer(moved, transport.endpoint)
        return transport.codec ? undefined : checked
      },
      post: (next) => (message, transfer) => {
        next(message, transfer)
        if (transfer?.length) noteMoved(transfer)
      },
    },
  }
}
