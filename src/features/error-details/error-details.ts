/** The feature `errorDetails`: errors keep their class, and, where the peer is trusted, their causes, fields and stacks. */
import type { Hooks, Peer } from '../../peer/seam.ts'
import { dataOf, detailOf, type ErrorDetail, toDetailedError } from '../../values/error-details.ts'
import { addCallers, readDetailedError } from '../../values/error-reading.ts'
import { budget } from '../budget/budget.ts'
import { ERROR_DETAILS } from '../ranks.ts'

/** Options of `errorDetails`. */
export interface ErrorDetailOptions {
  /**
   * How much of a thrown error a portcall peer gets: `message`: code, message, data and its class; `fields`: also cause and
   * own fields; `stack`: also the stack, without the frames of this library. Default: `stack` for workers, threads, child
   * processes and windows of this origin, else `message`. A stack that arrives is taken only where this is `stack`, too; then
   * it also shows where the call was awaited, in engines that know that.
   */
  readonly errors?: ErrorDetail | undefined
}

export function errorDetails(peer: Peer, { errors }: ErrorDetailOptions): Hooks {
  peer.need(budget)
  const takesStack = (): boolean => detailOf(peer.transport, errors) === 'stack'
  return {
    name: 'errorDetails',
    rank: ERROR_DETAILS,
    capabilities: ['details'],
    around: {
      errorOut: (next) => (thrown, call) => ({
        ...dataOf(thrown),
        // A peer that is not known yet gets it too: what is not for portcall peers is never sent to others.
        ...(peer.state === 'waiting' || peer.can('details')
          ? toDetailedError(thrown, detailOf(peer.transport, errors))
          : next(thrown, call)),
      }),
      errorIn: (next) => (object) =>
        peer.can('details') ? readDetailedError(object, takesStack()) : next(object),
      fail: (next) => (entry, error) => {
        if (!takesStack()) return next(entry, error)
        // Two turns, so that the call's promise follows this one when the stack is read.
        const failed = Promise.resolve().then(() => {})
        entry.resolve(
          failed.then(() => {
            addCallers(error, new Error().stack)
            throw error
          }),
        )
      },
    },
  }
}
