/** The feature `errorDetails`: errors keep their class, and, where the peer is trusted, their causes and fields. */
import type { Hooks, Peer } from '../../peer/seam.ts'
import { type ErrorDetail, toDetailedError } from '../../values/error-details.ts'
import { addCallSite, readDetailedError } from '../../values/error-reading.ts'
import { budget } from '../budget/budget.ts'
import { ERROR_DETAILS } from '../ranks.ts'

/** Options of `errorDetails`. */
export interface ErrorDetailOptions {
  /**
   * How much of a thrown error a portcall peer gets: `message`: code, message, data and its class; `fields`: also cause and
   * own fields; `stack`: also the stack. Default: `fields` for workers, threads and windows of this origin, else `message`.
   * With `stack`, errors that arrive here show the stack of the call, too.
   */
  readonly errors?: ErrorDetail | undefined
}

export function errorDetails(peer: Peer, { errors }: ErrorDetailOptions): Hooks {
  peer.need(budget)
  const keepsSite = errors === 'stack'
  const arrived = new WeakSet<object>()
  return {
    name: 'errorDetails',
    rank: ERROR_DETAILS,
    capabilities: ['details'],
    around: {
      errorOut: (next) => (thrown, call) =>
        // A peer that is not known yet gets it too: what is not for portcall peers is never sent to others.
        peer.state === 'waiting' || peer.can('details')
          ? toDetailedError(thrown, errors ?? (peer.transport.trusted ? 'fields' : 'message'))
          : next(thrown, call),
      errorIn: (next) => (object) => {
        const error = peer.can('details') ? readDetailedError(object, keepsSite) : next(object)
        if (keepsSite) arrived.add(error)
        return error
      },
      call: keepsSite
        ? (next) =>
            (...call) => {
              const site = new Error().stack
              return next(...call).catch((error: Error) => {
                if (site && arrived.has(Object(error) as object)) addCallSite(error, site)
                throw error
              })
            }
        : undefined,
    },
  }
}
