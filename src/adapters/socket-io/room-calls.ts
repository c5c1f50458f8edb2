/** Who is in a room, and a call to each of them. */
import {
  callError,
  cannotSend,
  fromErrorObject,
  INVALID_RESPONSE,
  PEER_GONE,
  TIMEOUT,
} from '../../protocol/errors.ts'
import { isObject } from '../../protocol/guards.ts'
import { uuid } from '../../protocol/uuid.ts'
import { enterMessage, leaveMessage } from '../../values/budget.ts'
import { bytesCodec } from '../../values/bytes-codec.ts'
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

/** How one client answered: `id` is its socket's. */
export type Gathered<T> =
  | { readonly id: string; readonly status: 'fulfilled'; readonly value: T }
  | { readonly id: string; readonly status: 'rejected'; readonly reason: Error }

const MAX_DEPTH = 1_000

/** Ask. A question that changes nothing may be asked twice: a server that has just died does not answer it. @throws RPCError UNDELIVERABLE. */
export const whoIsThere = (to: RoomLike, method: string): Promise<readonly RoomSocketLike[]> =>
  to
    .fetchSockets()
    .catch(() => to.fetchSockets())
    .catch((error: unknown) => {
      throw cannotSend(method, error)
    })

/** Call each of these sockets, and look who has left while answers are missing. */
export async function callAll(
  to: RoomLike,
  sockets: readonly RoomSocketLike[],
  { method, params }: { readonly method: string; readonly params?: unknown },
  { ms, heartbeat }: { readonly ms: number; readonly heartbeat: number },
): Promise<Gathered<unknown>[]> {
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

function settle(
  method: string,
  id: string,
  answer: unknown,
  resolve: (value: unknown) => void,
  reject: (reason: Error) => void,
): void {
  const { id: of, result, error, values } = Object(answer) as { readonly [key: string]: unknown }
  if (of === id && isObject(error)) return reject(fromErrorObject(error))
  const former = enterMessage(answer)
  try {
    if (of !== id || result === undefined) throw new TypeError('it is not JSON-RPC 2.0')
    resolve(values === undefined ? result : bytesCodec.decode(result, values, () => undefined, MAX_DEPTH))
  } catch (cause) {
    const why = `got an answer that cannot be read: ${String(cause)}`
    reject(callError(INVALID_RESPONSE, method, why, { cause }))
  } finally {
    leaveMessage(former)
  }
}
