/** How much waits in the engine of a socket.io socket, at the client or at the server, for the peer to read it. */
import { isObject } from '../../protocol/guards.ts'
import type { EngineLike } from './socket.ts'

/** What a packet takes besides its data. */
const PACKET = 64

const bytesOf = ({ data }: { readonly data?: unknown }): number => {
  if (typeof data === 'string') return PACKET + data.length
  const { byteLength, size } = (isObject(data) ? data : {}) as Partial<Record<string, unknown>>
  return (
    PACKET +
    (Number.isFinite(byteLength) ? (byteLength as number) : Number.isFinite(size) ? (size as number) : 0)
  )
}

/** What an engine.io Socket holds, by the names that it has on both sides, though it declares them private. */
interface Held {
  readonly writeBuffer?: readonly { readonly data?: unknown }[]
  readonly transport?: Partial<Record<'ws' | 'socket', { readonly bufferedAmount?: number }>>
}

/** @returns what tells the bytes that wait now: packets that are not with the transport, and what its WebSocket holds. */
export function measureEngine(engineOf: () => EngineLike | undefined): () => number {
  // What was counted already: packets are only added at the end, or all taken away.
  let known: readonly object[] | undefined
  let count = 0
  let last: object | undefined
  let bytes = 0
  return () => {
    const { writeBuffer = [], transport } = (engineOf() ?? {}) as Held
    const isSame = known === writeBuffer && count <= writeBuffer.length && writeBuffer[count - 1] === last
    if (!isSame) count = bytes = 0
    for (; count < writeBuffer.length; count++) bytes += bytesOf(writeBuffer[count] ?? {})
    known = writeBuffer
    last = writeBuffer[count - 1]
    // The engine calls it `ws` at the client, `socket` at the server.
    return bytes + ((transport?.ws ?? transport?.socket)?.bufferedAmount ?? 0)
  }
}
