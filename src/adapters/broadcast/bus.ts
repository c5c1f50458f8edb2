/** A bus over a BroadcastChannel: everybody of an origin, or of a Node process, who opened the same one. */
import { createDiagnose } from '../../features/diagnostics/diagnostics.ts'
import { type Endpoint, isBroadcastChannel } from '../../transport/endpoint.ts'
import { METHOD_NOT_FOUND, RPCError } from '../../protocol/errors.ts'
import { isObject } from '../../protocol/guards.ts'
import type { Methods } from '../../peer/methods.ts'
import type { InvokeParams } from '../../protocol/messages.ts'
import type { RPCInitOptions } from '../../api/options.ts'
import type { BaseRPC } from '../../api/rpc.ts'
import type { RPCMaker } from '../../api/shared-rpc.ts'
import type { Receiver } from '../../transport/transport.ts'
import { joinBus } from './membership.ts'
import type { BusPeer } from './known-peers.ts'

/** Options of `broadcastBus`; those of an RPC count for each peer's. */
export interface BusOptions extends Omit<
  RPCInitOptions,
  'transport' | 'event' | 'channel' | 'plain' | 'dialect' | 'policy'
> {
  /** What this side calls itself. Default: ''. */
  readonly name?: string | undefined
  /** What everybody on the bus may call. */
  readonly methods?: Methods | undefined
}

/** How one peer answered. */
export type BusAnswer<T = unknown> =
  | { readonly peer: BusPeer; readonly status: 'fulfilled'; readonly value: T }
  | { readonly peer: BusPeer; readonly status: 'rejected'; readonly reason: unknown }

/** A BroadcastChannel with an RPC to everybody on it. */
export interface Bus<R extends BaseRPC = BaseRPC> {
  readonly id: string
  /** Who is there, as far as is known; whoever is there already is known soon after this side has joined. */
  peers(): readonly BusPeer[]
  /** The RPC to one of them: `bus.peer(id).invoke('add', [1, 2])`. @throws TypeError for an id that is not, or no longer, there. */
  peer(id: string): R
  /**
   * Notify everybody, known or not. A plain message: no functions, signals or streams in it.
   * @throws RPCError UNDELIVERABLE for what cannot be sent.
   */
  broadcast(method: string, params?: InvokeParams | null): void
  /**
   * Call everybody who is known now, and wait for all answers. Whoever has no such method is left out.
   * @param options.deadline milliseconds, after which whoever has not answered has TIMEOUT; one that left has PEER_GONE.
   */
  gather<T = unknown>(
    method: string,
    params: InvokeParams | null,
    options: { readonly deadline: number },
  ): Promise<BusAnswer<T>[]>
  /** Tell `listener` of everybody who is there, and of whoever joins. @returns a function that stops it. */
  onJoin(listener: (peer: BusPeer) => void): () => void
  /** @returns a function that stops it. */
  onLeave(listener: (peer: BusPeer) => void): () => void
  /** Leave the bus. A BroadcastChannel that was passed stays open. */
  close(): void
}

const lacksMethod = (answer: PromiseSettledResult<unknown>): boolean =>
  answer.status === 'rejected' && answer.reason instanceof RPCError && answer.reason.code === METHOD_NOT_FOUND

/**
 * Join a bus. A call to one reaches that one alone; a broadcast and a gathered call reach all who have the method, also two
 * servers of one name.
 * @param channel the name of a BroadcastChannel, or one.
 * @throws TypeError for what is neither.
 */
export type BroadcastBus<R extends BaseRPC> = (channel: string | Endpoint, options?: BusOptions) => Bus<R>

export const createBroadcastBus =
  <R extends BaseRPC>(make: RPCMaker<R>): BroadcastBus<R> =>
  (channel, options = {}) => {
    const { name = '', methods = {}, ...rest } = options
    if (typeof channel !== 'string' && !isBroadcastChannel(channel))
      throw new TypeError('Pass a BroadcastChannel, or the name of one')
    const rpcs = new Map<string, R>()
    let all: Receiver | undefined
    let isClosed = false

    const rpcTo = (id: string): R => {
      if (!members.has(id)) throw new TypeError(`Nobody on the bus has the id ${id}`)
      const rpc = rpcs.get(id) ?? make({ ...rest, methods, transport: members.transportTo(id) })
      rpcs.set(id, rpc)
      return rpc
    }

    const members = joinBus(channel, name, {
      diagnose: createDiagnose(rest.onDiagnostic),
      toAll: (message) => all?.message(message),
      toUs: rpcTo,
    })
    members.onLeave(({ id }) => rpcs.delete(id))

    // Says and hears what is for everybody: nobody introduces itself there.
    const everybody = make({
      ...rest,
      methods,
      plain: true,
      transport: {
        public: true,
        emitsEvents: true,
        post: (message) => {
          // Nothing is answered to all.
          if (isObject(message) && 'method' in message) members.post(message)
        },
        listen: (receiver) => (all = receiver),
        close: () => (all = undefined),
      },
    })

    return {
      id: members.id,
      peers: members.list,
      peer: rpcTo,
      broadcast: (method, params) => everybody.notify(method, params),
      gather: async <T>(
        method: string,
        params: InvokeParams | null,
        { deadline }: { readonly deadline: number },
      ): Promise<BusAnswer<T>[]> => {
        const asked = members.list()
        const settled = await Promise.allSettled(
          asked.map(({ id }) => rpcTo(id).invoke<T>(method, params, { timeout: deadline })),
        )
        return asked.flatMap((peer, i) => {
          const answer = settled[i]
          return !answer || lacksMethod(answer) ? [] : [{ peer, ...answer }]
        })
      },
      onJoin: members.onJoin,
      onLeave: members.onLeave,
      close: () => {
        if (isClosed) return
        isClosed = true
        for (const rpc of rpcs.values()) rpc.destroy()
        everybody.destroy()
        members.close()
      },
    }
  }
