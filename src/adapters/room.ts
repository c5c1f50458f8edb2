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
import { checkCall, checkTimeout, type RPCInvokeOptions } from '../arguments.ts'
import { callError, cannotSend, fromErrorObject, INVALID_RESPONSE, PEER_GONE, TIMEOUT } from '../errors.ts'
import { isObject } from '../guards.ts'
import type { RPCParams } from '../messages.ts'
import { pathText } from '../paths.ts'
import { uuid } from '../uuid.ts'
import { bytesCodec } from '../bytes-codec.ts'
import { EVENT } from './socket-io.ts'

/** One client of a room, connected to this server process or to another. */
export interface RoomSocketLike {
  readonly id: string
  timeout(ms: number): { emit(event: string, ...args: unknown[]): unknown }
}

/** What `io.to(room)` gives, or `io` itself, or a namespace, as far as it is needed here. */
export interface RoomLike {
  emit(event: string, ...args: unknown[]): unknown
  fetchSockets(): Promise<readonly RoomSocketLike[]>
}

/** Options of `room`. */
export interface RoomOptions {
  /** Milliseconds until a call rejects TIMEOUT. Default: 30,000. A room's calls always have a deadline. */
  readonly timeout?: number | undefined
  /** Milliseconds between two looks whether those who have not answered are still there. Default: 1,000. */
  readonly heartbeat?: number | undefined
}

/** How one client answered: `id` is its socket's. */
export type Gathered<T> =
  | { readonly id: string; readonly status: 'fulfilled'; readonly value: T }
  | { readonly id: string; readonly status: 'rejected'; readonly reason: Error }

type CallOptions = Pick<RPCInvokeOptions, 'timeout'>

/** All clients of a room. */
export interface Room {
  /** Call a method of all, and expect no answer. @throws RPCError UNDELIVERABLE; TypeError as `RPC.invoke`. */
  readonly notify: (method: string, params?: RPCParams | null) => void
  /**
   * Call a method of all that are there now.
   * @returns a promise of how each answered, by its deadline at the latest: a client that left has PEER_GONE, a late one TIMEOUT.
   */
  readonly gather: <T = unknown>(
    method: string,
    params?: RPCParams | null,
    options?: CallOptions,
  ) => Promise<Gathered<T>[]>
  /** Call a method of the one that is there. @returns a promise that rejects PEER_GONE if nobody is, or TypeError if several are. */
  readonly invoke: <T = unknown>(
    method: string,
    params?: RPCParams | null,
    options?: CallOptions,
  ) => Promise<T>
}

const MAX_DEPTH = 1_000
const LONGEST = 2_147_483_647

/** Speak with the clients of a room: `room(io.to('lobby'))`, `room(io.to(socketId))`, `room(io)`. */
export function room(to: RoomLike, { timeout = 30_000, heartbeat = 1_000 }: RoomOptions = {}): Room {
  const draft = (
    method: string,
    params: RPCParams | null | undefined,
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
      throw cannotSend(method, `params${pathText(first[0])} is a ${first[1]}, which JSON does not have`)
    return { method, params: encoded.payload }
  }

  // A question that changes nothing may be asked twice: a server that has just died does not answer it.
  const whoIsThere = (method: string): Promise<readonly RoomSocketLike[]> =>
    to
      .fetchSockets()
      .catch(() => to.fetchSockets())
      .catch((error: unknown) => {
        throw cannotSend(method, error)
      })

  const callAll = async (
    sockets: readonly RoomSocketLike[],
    { method, params }: { readonly method: string; readonly params?: unknown },
    ms: number,
  ): Promise<Gathered<unknown>[]> => {
    const waiting = new Map<string, (why: Error) => void>()
    const watch = setInterval(() => void look(), heartbeat)
    const look = async (): Promise<void> => {
      // Not to be known is not to be gone.
      const there = await to.fetchSockets().catch(() => undefined)
      const ids = there && new Set(there.map(({ id }) => id))
      if (ids)
        for (const [id, lose] of waiting)
          if (!ids.has(id)) lose(callError(PEER_GONE, method, `failed: ${id} is not there any more`))
    }
    const call = (socket: RoomSocketLike): Promise<unknown> =>
      new Promise((resolve, reject) => {
        waiting.set(socket.id, reject)
        const id = uuid()
        const request = { jsonrpc: '2.0', id, method, ...(params !== undefined && { params }) }
        socket.timeout(ms).emit(EVENT, request, (late: unknown, answer: unknown) => {
          if (late) reject(callError(TIMEOUT, method, `timed out after ${ms} ms`, { data: { timeout: ms } }))
          // socket.io's servers are unanimous that it left between the question and the call.
          else if (answer === undefined)
            reject(callError(PEER_GONE, method, `was not sent: ${socket.id} has left`))
          else settle(method, id, answer, resolve, reject)
        })
      }).finally(() => waiting.delete(socket.id))
    try {
      return await Promise.all(
        sockets.map((socket) =>
          call(socket).then(
            (value) => ({ id: socket.id, status: 'fulfilled' as const, value }),
            (reason: Error) => ({ id: socket.id, status: 'rejected' as const, reason }),
          ),
        ),
      )
    } finally {
      clearInterval(watch)
    }
  }

  const deadline = (ms = timeout): number => {
    checkTimeout(ms)
    return Math.min(ms || LONGEST, LONGEST)
  }

  return {
    notify: (method, params) => void to.emit(EVENT, { jsonrpc: '2.0', ...draft(method, params) }),
    gather: async <T>(method: string, params?: RPCParams | null, options: CallOptions = {}) => {
      const message = draft(method, params)
      const ms = deadline(options.timeout)
      return callAll(await whoIsThere(method), message, ms) as Promise<Gathered<T>[]>
    },
    invoke: async <T>(method: string, params?: RPCParams | null, options: CallOptions = {}) => {
      const message = draft(method, params)
      const ms = deadline(options.timeout)
      const sockets = await whoIsThere(method)
      if (sockets.length > 1) throw new TypeError(`${sockets.length} clients are there: gather their answers`)
      const [answer] = await callAll(sockets, message, ms)
      if (!answer) throw callError(PEER_GONE, method, 'was not sent: nobody is there')
      if (answer.status === 'rejected') throw answer.reason
      return answer.value as T
    },
  }
}

function settle(
  method: string,
  id: string,
  answer: unknown,
  resolve: (value: unknown) => void,
  reject: (reason: Error) => void,
): void {
  const { id: of, result, error, values } = Object(answer) as { readonly [key: string]: unknown }
  if (of === id && isObject(error)) return reject(fromErrorObject(error))
  try {
    if (of !== id || result === undefined) throw new TypeError('it is not JSON-RPC 2.0')
    resolve(values === undefined ? result : bytesCodec.decode(result, values, () => undefined, MAX_DEPTH))
  } catch (cause) {
    const why = `got an answer that cannot be read: ${String(cause)}`
    reject(callError(INVALID_RESPONSE, method, why, { cause }))
  }
}
