import type { RPCEvent } from './events.ts'
import type { Transport } from './transport.ts'

const EVENT = 'rpc.message'

/** An event emitter of somebody else, such as a socket.io socket, as a Transport: each message is one event `rpc.message`. */
export function emitterTransport(event: RPCEvent): Transport {
  let listener: ((message: unknown) => void) | undefined
  return {
    endpoint: event,
    successor: true,
    post: (message) => event.emit(EVENT, message),
    listen: ({ message }) => {
      listener = (data) => message(data)
      event.on(EVENT, listener)
    },
    close: () => {
      event.off(EVENT, listener)
      event.destroy?.()
    },
  }
}
