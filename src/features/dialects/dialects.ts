/** The feature `dialects`: calls of a plain peer are cancelled as its protocol has it, by the option `dialect`. */
import { cancelParams } from '../../peer/hello.ts'
import type { Hooks, Peer } from '../../peer/seam.ts'
import type { RPCId, RPCParams } from '../../protocol/messages.ts'
import { TIMEOUT } from '../../protocol/errors.ts'
import { ANYWHERE } from '../ranks.ts'

/** How a peer is told that a call is no longer wanted. JSON-RPC 2.0 leaves that open, so every protocol has its own way. */
export interface Dialect {
  /** The notification's method. */
  readonly method: string
  /** Its params for the call `id`. */
  readonly params: (id: RPCId, reason: unknown) => RPCParams
  /** The call's id in params that the peer sent. */
  readonly idOf: (params: RPCParams | undefined) => unknown
  /** Whether a cancelled call is still answered: with its result, or with `code` if its handler threw. */
  readonly answerExpected: boolean
  readonly code: number
}

const member =
  (name: string) =>
  (params: RPCParams | undefined): unknown =>
    params && Reflect.get(params, name)

const reasonOf = (reason: unknown): { reason?: string } =>
  reason instanceof Error ? { reason: reason.message } : typeof reason === 'string' ? { reason } : {}

/** Between portcall peers: the answer is dropped. */
export const portcallDialect: Dialect = {
  method: 'rpc.cancel',
  params: cancelParams,
  idOf: /* @__PURE__ */ member('0'),
  answerExpected: false,
  code: -32800,
}

/** Language Server Protocol 3.17, "Cancellation Support": the server still answers, with -32800 if it gave up. */
export const lspDialect: Dialect = {
  method: '$/cancelRequest',
  params: (id) => ({ id }),
  idOf: /* @__PURE__ */ member('id'),
  answerExpected: true,
  code: -32800,
}

/** Agent Client Protocol, `$/cancel_request`: the agent still answers, with -32800 if it gave up. */
export const acpDialect: Dialect = {
  method: '$/cancel_request',
  params: (id) => ({ requestId: id }),
  idOf: /* @__PURE__ */ member('requestId'),
  answerExpected: true,
  code: -32800,
}

/** Model Context Protocol, "Cancellation": the receiver should not answer. */
export const mcpDialect: Dialect = {
  method: 'notifications/cancelled',
  params: (id, reason) => ({ requestId: id, ...reasonOf(reason) }),
  idOf: /* @__PURE__ */ member('requestId'),
  answerExpected: false,
  code: -32800,
}

/** Options of `dialects`. */
export interface DialectOptions {
  /** How the peer is told that a call is cancelled; implies `plain`. Default: portcall's own way, between portcall peers. */
  readonly dialect?: Dialect | undefined
}

/** A peer that answers none of them is not remembered for ever. */
const MAX_OWED = 1_024

export function dialects(peer: Peer, { dialect }: DialectOptions): Hooks {
  if (!dialect) return { name: 'dialects' }
  const { method, params, idOf, answerExpected, code } = dialect
  peer.isPlain = true
  // Cancelled calls whose answers still come, by id: they are no diagnostics.
  const owed = new Set<unknown>()
  const { settle } = peer
  peer.settle = (id, ...answer) => {
    if (peer.pending.has(id) || !owed.delete(id)) settle(id, ...answer)
  }
  return {
    name: 'dialects',
    rank: ANYWHERE,
    around: {
      cancel: () => (id, reason) => {
        if (answerExpected && owed.add(id).size > MAX_OWED) owed.delete(owed.values().next().value)
        peer.attempt(method, () => peer.post({ jsonrpc: '2.0', method, params: params(id, reason) }))
      },
    },
    notices: {
      [method]: (given: RPCParams | undefined) =>
        peer.stop(idOf(given), answerExpected, code, member('1')(given) === TIMEOUT),
    },
  }
}
