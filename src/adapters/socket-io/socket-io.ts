/**
 * A socket of socket.io, at the client or at the server, as a Transport. Each message is one event `rpc.message`, as of
 * `new RPC({ event: socket })`, which may be at the other side. What this one does besides:
 *
 * 1. A message leaves while the socket is connected, or is refused: socket.io's own buffer, which is sent after the next
 *    connect, stays empty. What comes before `connect` is told is of the connection before, and dropped.
 * 2. A drop is the end of the other side, with socket.io's reason. A client's socket that connects again says hello again.
 * 3. A message is measured before it is sent, because a server cuts the connection at `maxHttpBufferSize`.
 * 4. A request that wants a socket.io acknowledgement (`room`) is answered by that.
 * 5. What waits is counted, because socket.io holds whatever a slow reader does not take.
 */
import { bytesCodec } from '../../values/bytes-codec.ts'
import { createBacklog } from '../sockets/backlog.ts'
import { MAX_BUFFERED } from '../sockets/bounds.ts'
import { createAcks } from './acks.ts'
import { measureEngine } from './engine.ts'
import { sizeOf } from './message-size.ts'
import { needMethod } from '../../protocol/guards.ts'
import { PEER_GONE, RPCError, TOO_LARGE } from '../../protocol/errors.ts'
import type { Receiver, Transport } from '../../transport/transport.ts'
import type { EngineLike, SocketLike } from './socket.ts'

export type { EngineLike, HandshakeLike, ManagerLike, SocketLike } from './socket.ts'

/** The event of every message. */
export const EVENT = 'rpc.message'

/** Options of `socketIoTransport`. */
export interface SocketIoOptions {
  /**
   * Bytes of one message that is sent; a longer one rejects TOO_LARGE. Default: 1,000,000, as socket.io's `maxHttpBufferSize`,
   * over which a server cuts the connection. Bounds one call that ends all others.
   */
  readonly maxSize?: number | undefined
  /** Bytes that may wait in socket.io; over that, what is sent is refused BUSY, and streams wait over half of it. Default: 16,777,216 (16 MiB). */
  readonly maxBuffered?: number | undefined
}

/** A transport that tells a handler who calls: `callContext().transport`. */
export interface SocketIoTransport<S extends SocketLike = SocketLike> extends Transport {
  readonly socket: S
  /** What the client sent as `auth`; {} at the client. Whether it is true is for the server's middleware to say. */
  readonly auth: { readonly [key: string]: unknown }
}

const MAX_SIZE = 1_000_000

/**
 * Speak over a socket of socket.io 4. It stays its owner's: `destroy()` of the RPC leaves it connected.
 * @throws TypeError for a socket with the option `retries`, which sends again what may have run.
 */
export function socketIoTransport<S extends SocketLike>(
  socket: S,
  { maxSize = MAX_SIZE, maxBuffered = MAX_BUFFERED }: SocketIoOptions = {},
): SocketIoTransport<S> {
  needMethod(socket, 'emit', "a socket of socket.io: io(url), or at the server that of 'connection'")
  const { handshake, io } = socket
  if (io?.opts && Reflect.get(io.opts, 'retries'))
    throw new TypeError('A socket with `retries` sends again what may have run: leave that option out')
  const isClient = handshake === undefined
  const origin = handshake?.headers.origin
  const acks = createAcks()
  const engine = (): EngineLike | undefined => socket.conn ?? io?.engine
  const backlog = createBacklog([{ waiting: measureEngine(engine), limit: maxBuffered }], true)
  let isOpen = false
  let stop: (() => void) | undefined
  let cut: ((reason: string) => void) | undefined

  const emit = (message: unknown): void => {
    const { sendBuffer } = socket
    const before = sendBuffer?.length ?? 0
    socket.emit(EVENT, message)
    // Its pings have stopped, which it has not told yet: it keeps the message for the next connection.
    if (sendBuffer && sendBuffer.length > before) {
      sendBuffer.length = before
      throw new RPCError(PEER_GONE, 'The socket is about to disconnect')
    }
  }

  const listen = ({ message, gone, opened, drained }: Receiver): (() => void) => {
    const unwatch = drained && backlog.listen(drained)
    const onMessage = (data: unknown, ack?: unknown): void => {
      // Sent to the connection before: socket.io delivers that late if it recovers a connection's state.
      if (!isOpen) return
      if (acks.take(data, ack)) message(data, origin)
    }
    const onConnect = (): void => {
      isOpen = true
      opened()
    }
    const end = (reason: unknown, final: boolean): void => {
      isOpen = false
      acks.clear()
      gone(reason, final)
    }
    const willReturn = (): boolean => isClient && socket.active !== false && io?.reconnection() !== false
    const onDisconnect = (reason: unknown): void => end(reason, !willReturn())
    // Told of each attempt that fails; after the server's refusal there is no further one.
    const onConnectError = (error: unknown): void => end(error, !willReturn())
    // Its disconnect comes when its WebSocket is closed, which may take the peer's answer.
    cut = (reason) => {
      end(reason, !willReturn())
      engine()?.close?.(true)
    }
    const onFailed = (): void => end('reconnect_failed', true)
    socket.on(EVENT, onMessage)
    socket.on('disconnect', onDisconnect)
    if (isClient) {
      socket.on('connect', onConnect)
      socket.on('connect_error', onConnectError)
      io?.on('reconnect_failed', onFailed)
    }
    if (socket.connected) onConnect()
    else if (!isClient) end('the socket is disconnected', true)
    return () => {
      isOpen = false
      unwatch?.()
      cut = undefined
      socket.off(EVENT, onMessage)
      socket.off('disconnect', onDisconnect)
      socket.off('connect', onConnect)
      socket.off('connect_error', onConnectError)
      io?.off('reconnect_failed', onFailed)
      acks.clear()
    }
  }

  return {
    socket,
    auth: handshake?.auth ?? {},
    medium: 'socket.io',
    endpoint: socket,
    policy: 'strict',
    successor: isClient,
    // A room's notifications come also from servers that this client has not met.
    emitsEvents: isClient,
    opens: true,
    codec: bytesCodec,
    hasRoom: backlog.hasRoom,
    cut: (reason) => cut?.(reason),
    post: (message) => {
      if (!socket.connected || !isOpen) throw new RPCError(PEER_GONE, 'The socket is not connected')
      const size = sizeOf(message)
      if (size > maxSize)
        throw new RPCError(TOO_LARGE, `A message of ${size} bytes is over the limit of ${maxSize}`)
      backlog.check()
      if (!acks.answer(message)) emit(message)
    },
    listen: (receiver) => {
      stop = listen(receiver)
    },
    close: () => {
      stop?.()
      stop = undefined
    },
  }
}
