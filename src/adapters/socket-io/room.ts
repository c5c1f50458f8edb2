/**
 * The clients of a socket.io room, whichever server process they are connected to: notify all, call one, gather the
 * answers of all. It goes through socket.io's own adapter (Redis streams and others), so no server needs to know another.
 *
 * 1. Who is there is asked first (`fetchSockets`). Each is sent a request of its own, which wants a socket.io
 *    acknowledgement: so nobody can answer for another.
 * 2. While answers are missing, who is there is asked again: who is not there any more will not answer (PEER_GONE).
 * 3. A client takes it by `socketIoTransport`, which answers by the acknowledgement. It has met only its own server, so
 *    params are JSON, and nothing crosses by reference.
 */
import { checkCall, checkTimeout, type RPCInvokeOptions } from '../../peer/arguments.ts'
import { callError, cannotSend, PEER_GONE } from '../../protocol/errors.ts'
import type { InvokeParams } from '../../protocol/messages.ts'
import { isA, pathText } from '../../protocol/paths.ts'
import { bytesCodec } from '../../values/bytes-codec.ts'
import { EVENT } from './socket-io.ts'
import { callAll, type Gathered, type RoomLike, whoIsThere } from './room-calls.ts'

export type { Gathered, RoomLike, RoomSocketLike } from './room-calls.ts'

/** Options of `room`. */
export interface RoomOptions {
  /** Milliseconds until a call rejects TIMEOUT. Default: 30,000. A room's calls always have a deadline. */
  readonly timeout?: number | undefined
  /** Milliseconds between two looks whether those who have not answered are still there. Default: 1,000. */
  readonly heartbeat?: number | undefined
}

type CallOptions = Pick<RPCInvokeOptions, 'timeout'>

/** All clients of a room. */
export interface Room {
  /** Call a method of all, and expect no answer. @throws RPCError UNDELIVERABLE; TypeError as `RPC.invoke`. */
  readonly notify: (method: string, params?: InvokeParams | null) => void
  /**
   * Call a method of all that are there now.
   * @returns a promise of how each answered, by its deadline at the latest: a client that left has PEER_GONE, a late one TIMEOUT.
   */
  readonly gather: <T = unknown>(
    method: string,
    params?: InvokeParams | null,
    options?: CallOptions,
  ) => Promise<Gathered<T>[]>
  /** Call a method of the one that is there. @returns a promise that rejects PEER_GONE if nobody is, or TypeError if several are. */
  readonly invoke: <T = unknown>(
    method: string,
    params?: InvokeParams | null,
    options?: CallOptions,
  ) => Promise<T>
}

const LONGEST = 2_147_483_647

/** Speak with the clients of a room: `room(io.to('lobby'))`, `room(io.to(socketId))`, `room(io)`. */
export function room(to: RoomLike, { timeout = 30_000, heartbeat = 1_000 }: RoomOptions = {}): Room {
  const draft = (
    method: string,
    params: InvokeParams | null | undefined,
  ): { method: string; params?: unknown } => {
    const checked = checkCall(method, params, {})
    if (checked === undefined) return { method }
    let encoded
    try {
      encoded = bytesCodec.encode(checked, () => undefined)
    } catch (error) {
      throw cannotSend(method, error)
    }
    const [first] = encoded.marks
    if (first)
      throw cannotSend(method, `params${pathText(first[0])} ${isA(first[1])}, which JSON does not have`)
    return { method, params: encoded.payload }
  }

  const deadline = (ms = timeout): number => {
    checkTimeout(ms)
    return Math.min(ms || LONGEST, LONGEST)
  }

  return {
    notify: (method, params) => void to.emit(EVENT, { jsonrpc: '2.0', ...draft(method, params) }),
    gather: async <T>(method: string, params?: InvokeParams | null, options: CallOptions = {}) => {
      const message = draft(method, params)
      const ms = deadline(options.timeout)
      return callAll(to, await whoIsThere(to, method), message, { ms, heartbeat }) as Promise<Gathered<T>[]>
    },
    invoke: async <T>(method: string, params?: InvokeParams | null, options: CallOptions = {}) => {
      const message = draft(method, params)
      const ms = deadline(options.timeout)
      const sockets = await whoIsThere(to, method)
      if (sockets.length > 1) throw new TypeError(`${sockets.length} clients are there: gather their answers`)
      const [answer] = await callAll(to, sockets, message, { ms, heartbeat })
      if (!answer) throw callError(PEER_GONE, method, 'was not sent: nobody is there')
      if (answer.status === 'rejected') throw answer.reason
      return answer.value as T
    },
  }
}
