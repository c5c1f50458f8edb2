/** The class RPC as `portcall/core` has it: with the features that are listed, over a Worker, port or thread. */
import { refusal } from '../peer/reading.ts'
import type { Feature, Hooks, Peer } from '../peer/seam.ts'
import { INVALID_REQUEST, messageOf, METHOD_NOT_FOUND, RPCError } from '../protocol/errors.ts'
import { isObject, own } from '../protocol/guards.ts'
import { leanTransport } from '../transport/lean-endpoint.ts'
import type { Transport } from '../transport/transport.ts'
import type { RPCInitOptions } from './options.ts'
import { BaseRPC, inChannel, type TransportOf } from './rpc.ts'
import { type RPCMaker, shared } from './shared-rpc.ts'

const transportOf: TransportOf = ({ transport, channel }) =>
  inChannel(leanTransport(transport as Transport), channel)

/** One JSON-RPC 2.0 peer with the features that `use` lists: `new RPC({ transport: worker, use: [references] })`. */
export class CoreRPC extends BaseRPC {
  /** @throws TypeError for wrong options, and while another RPC uses the endpoint. */
  constructor(options: RPCInitOptions) {
    super(options, [absence as Feature], transportOf)
  }
}

/** The RPC that `wrap` and `expose` share. */
export const sharedCoreRPC: RPCMaker<CoreRPC> = (options) => shared(options, CoreRPC, transportOf)

/** Names the features that are missing, where something fails for want of one. */
function absence(peer: Peer): Hooks {
  const without = (...names: string[]): string => {
    const missing = names.filter((name) => !peer.has(name))
    return missing.length ? ` (not in \`use\`: ${missing.join(', ')})` : ''
  }
  const named = (error: unknown): unknown =>
    error instanceof RPCError
      ? error
      : new TypeError(
          messageOf(error) +
            without('references', 'signals', 'streams', 'webStreams', 'transfers', 'collections'),
          { cause: error },
        )
  const lacks = (name: string) => (): never => {
    throw new RPCError(METHOD_NOT_FOUND, `The other side lacks the feature \`${name}\``)
  }
  return {
    // Those of the features that are there take their place.
    requests: {
      'rpc.call': lacks('references'),
      'rpc.new': lacks('classes'),
      'rpc.get': lacks('properties'),
      'rpc.set': lacks('properties'),
    },
    around: {
      pack: (next) => (message, member, options, call) => {
        try {
          return next(message, member, options, call)
        } catch (error) {
          throw named(error)
        }
      },
      explain: (next) => (message, transfer, error) => named(next(message, transfer, error)),
      receive: (next) => (data, origin) => {
        const why = Array.isArray(data) && without('batches')
        if (!why) return next(data, origin)
        // Whoever sent a batch waits for an answer to each of its entries.
        for (const one of Object.values(data as readonly unknown[]))
          if (
            isObject(one) &&
            own(one, 'jsonrpc') === '2.0' &&
            own(one, 'method') &&
            own(one, 'id') !== undefined
          )
            peer.reply(refusal(own(one, 'id'), INVALID_REQUEST, `No batches are taken here${why}`))
      },
    },
  }
}
