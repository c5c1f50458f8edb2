/**
 * The feature `diagnostics`: tells the option `onDiagnostic` what went wrong without being anyone's rejected call, and says why a
 * peer does not connect.
 */
import type { Diagnose, Diagnostic } from '../../peer/diagnostics.ts'
import { peerOf } from '../../peer/registry.ts'
import type { Draft, Hooks, Peer } from '../../peer/seam.ts'
import { ANYWHERE } from '../ranks.ts'
import { follow, type Follower } from './connection.ts'
import type { ConnectionInfo } from './connection-info.ts'
import { createWaiting } from './waiting.ts'

/** Options of `diagnostics`. */
export interface DiagnosticOptions {
  /**
   * Told of what went wrong without being a rejected call, at most 100 times a second. Default: nothing is said anywhere, except one
   * `console.warn` when a call or `connect()` has waited 3 s for the first peer.
   */
  readonly onDiagnostic?: ((event: Diagnostic) => void) | undefined
}

export function diagnostics(peer: Peer, options: DiagnosticOptions): Hooks<Follower> {
  const { onDiagnostic } = options
  const diagnose = createDiagnose(onDiagnostic)
  const waiting = createWaiting(peer, () => {
    const { medium, explanation } = follower.info()
    const text = `The peer has not answered the handshake within 3 s (${medium}). ${explanation}`
    if (onDiagnostic) diagnose('waiting', medium, new Error(text))
    else if (!follower.hasMet()) warnOnce(text)
  })
  const follower = follow(peer, waiting.clear)
  let hasWarned = false
  const warnOnce = (text: string): void => {
    const { console: host } = globalThis as { readonly console?: Partial<Console> }
    if (!hasWarned) host?.warn?.(`portcall: ${text}`)
    hasWarned = true
  }
  const told = new Set<string>()
  const look = (given: object, known: string): void => {
    for (const [option, value] of Object.entries(given))
      if (value !== undefined && !known.split(', ').includes(option) && told.size < told.add(option).size)
        diagnose('unknown-option', option, new TypeError(`Unknown option \`${option}\`: there are ${known}`))
  }
  if (onDiagnostic) look(options, RPC_OPTIONS)
  return {
    name: 'diagnostics',
    rank: ANYWHERE,
    face: follower,
    around: {
      diagnose: () => (kind, about, error) => {
        follower.diagnose(kind, about, error)
        diagnose(kind, about, error)
      },
      call:
        onDiagnostic &&
        ((next) => (method, params, given) => {
          look(given, CALL_OPTIONS)
          return next(method, params, given)
        }),
      // What is held while this side waits for its peer is a message that is queued.
      hold:
        (next) =>
        (value, ...more) => {
          if (peer.state === 'waiting') {
            const request = [value].flat().find((one) => (Object(one) as Draft).id !== undefined)
            if (request) waiting.add((request as Draft).id)
          }
          return next(value, ...more)
        },
      wait:
        (next) =>
        (method, held, ...more) => {
          if (method === 'rpc.connect') waiting.add(held)
          next(method, held, ...more)
        },
      lost: (next) => (reason) => {
        follower.lost(reason)
        next(reason)
      },
      why: (next) => () => {
        const { explanation } = follower.info()
        return explanation ? `. ${explanation}` : next()
      },
    },
  }
}

/**
 * Tell how the connection of an RPC stands: `rpc.connection` of `portcall`.
 * @throws TypeError without the feature `diagnostics`.
 */
export function connectionOf(rpc: object): ConnectionInfo {
  const peer = peerOf(rpc)
  if (!peer.has('diagnostics'))
    throw new TypeError('connectionOf() needs the feature `diagnostics`: add it to `use`')
  return peer.need(diagnostics).info()
}

const CALL_OPTIONS = 'timeout, signal, isNotify, transfer, scoped, id'
const RPC_OPTIONS =
  'transport, event, methods, timeout, connectTimeout, channel, use, plain, dialect, policy, limits, errors, coalesce, copyTransfers, heartbeat, fallback, validate, mapError, onDiagnostic'

const PER_SECOND = 100

/** Call `listener` at most 100 times a second, and never let it throw into the receive path. */
export function createDiagnose(listener: ((event: Diagnostic) => void) | undefined): Diagnose {
  let since = 0
  let told = 0
  return (kind, about, error) => {
    if (!listener) return
    const now = Date.now()
    if (now - since >= 1_000 || now < since) {
      since = now
      told = 0
    }
    if (++told > PER_SECOND) return
    try {
      listener({ kind, about, error })
    } catch {}
  }
}
