/** The class RPC as `portcall/core` has it: with the features that are listed, over a Worker, port or thread. */
import type { Feature, Hooks } from '../peer/seam.ts'
import { messageOf, METHOD_NOT_FOUND, RPCError } from '../protocol/errors.ts'
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
    super(options, [absence], transportOf)
  }
}

/** The RPC of one client, for what serves many. */
export const makeCoreRPC: RPCMaker<CoreRPC> = (options) => new CoreRPC(options)

/** The RPC that `wrap` and `expose` share. */
export const sharedCoreRPC: RPCMaker<CoreRPC> = (options) => shared(options, CoreRPC, transportOf)

const lacks = (name: string) => (): never => {
  throw new RPCError(METHOD_NOT_FOUND, `The other side lacks the feature \`${name}\``)
}

function iterate(this: Promise<unknown>): never {
  this.catch(() => {})
  throw new TypeError('for await needs the feature `streams`: add it to `use`')
}

/** Names the feature that is missing, where something fails for want of one. Those that are there take the place of its answers. */
const absence: Feature = (peer): Hooks => ({
  requests: {
    'rpc.call': lacks('references'),
    'rpc.new': lacks('classes'),
    'rpc.get': lacks('properties'),
    'rpc.set': lacks('properties'),
  },
  around: {
    // JSON leaves them out without a word.
    pack:
      (next) =>
      (message, member, ...more) => {
        if (!peer.has('encoding')) {
          if (typeof message[member] === 'function')
            throw new TypeError(`${member} is a function, for which \`use\` lacks \`references\``)
          if (peer.transport.codec) message[member] ??= null
        }
        return next(message, member, ...more)
      },
    explain: (next) => (message, transfer, error) => {
      const why = next(message, transfer, error)
      // With `encoding`, which they bring, it is named already.
      return peer.has('encoding') || why instanceof RPCError
        ? why
        : new TypeError(
            `${messageOf(why)} (is \`references\`, \`signals\`, \`streams\` or \`transfers\` missing in \`use\`?)`,
            { cause: error },
          )
    },
    ask: (next) => (call) => {
      const asked = next(call) as Promise<unknown> & { [Symbol.asyncIterator]?: typeof iterate }
      asked[Symbol.asyncIterator] = iterate
      return asked
    },
  },
})
