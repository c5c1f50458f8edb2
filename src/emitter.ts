import { bytesCodec } from './bytes-codec.ts'
import type { RPCEmitter } from './events.ts'
import type { Transport } from './transport.ts'

const EVENT = 'rpc.message'

/**
 * An event emitter of somebody else, such as a socket.io socket, as a Transport: each message is one event `rpc.message`.
 * Its event `disconnect`, where it has one, is the end of the other side. It stays its owner's.
 */
export function emitterTransport(event: RPCEmitter): Transport {
  let stop: (() => void) | undefined
  return {
    endpoint: event,
    successor: true,
    codec: bytesCodec,
    post: (message) => event.emit(EVENT, message),
    listen: ({ message, gone }) => {
      const onMessage = (data: unknown): void => message(data)
      const onDisconnect = (reason: unknown): void => gone(reason ?? 'disconnect')
      event.on(EVENT, onMessage)
      event.on('disconnect', onDisconnect)
      stop = () => {
        event.off(EVENT, onMessage)
        event.off('disconnect', onDisconnect)
      }
    },
    close: () => stop?.(),
  }
}
