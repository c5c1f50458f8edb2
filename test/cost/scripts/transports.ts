/** The way between the receiver and its hostile peer, for portcall as it is and as it was in 0.1.0, whose file has no adapters. */
import type { ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { MessagePort } from 'node:worker_threads'
import type { WebSocket } from 'ws'
import { processTransport } from '../../../src/adapters/process/process.ts'
import { stdioTransport } from '../../../src/adapters/stdio/stdio.ts'
import { websocketTransport } from '../../../src/adapters/websocket/websocket.ts'
import type * as current from '../../../src/index.ts'
import { textTransport } from '../../../src/transport/text.ts'

export type Library = typeof current
export type Options = Omit<current.RPCInitOptions, 'transport'>
export type Connect = (library: Library, options: Options, see: (message: unknown) => void) => current.RPC

interface TextWire {
  readonly send: (text: string) => void
  readonly listen: (on: (text: string) => void) => () => void
}

const isOld = (library: Library): boolean => !('channelTransport' in library)

const watched = (transport: current.Transport, see: (message: unknown) => void): current.Transport => ({
  ...transport,
  post: (message, transfer) => {
    see(message)
    transport.post(message, transfer)
  },
})

/** What 0.1.0 can do with text: an event that carries JSON. */
function oldEvent({ send, listen }: TextWire, see: (message: unknown) => void): current.RPCEvent {
  let stop = (): void => {}
  return {
    emit: (_, message) => {
      see(message)
      send(JSON.stringify(message))
    },
    on: (name, on) => {
      if (name !== 'rpc.message') return
      stop = listen((text) => {
        let message: unknown
        try {
          message = JSON.parse(text)
        } catch {
          return
        }
        on(message as never)
      })
    },
    off: () => stop(),
  }
}

const connectBy =
  (wire: TextWire | undefined, old: () => current.Transport, now: () => current.Transport): Connect =>
  (library, options, see) =>
    isOld(library) && wire
      ? new library.RPC({ ...options, event: oldEvent(wire, see) })
      : new library.RPC({ ...options, transport: watched(isOld(library) ? old() : now(), see) })

const none = (): never => {
  throw new TypeError('There is no such transport')
}

export const overPort =
  (port: MessagePort): Connect =>
  (library, options, see) =>
    new library.RPC({ ...options, transport: watched(library.endpointTransport(port), see) })

export function overText(port: MessagePort): Connect {
  const wire: TextWire = {
    send: (text) => port.postMessage(text),
    listen: (on) => {
      port.on('message', on)
      return () => port.removeAllListeners('message')
    },
  }
  const now = (): current.Transport =>
    textTransport({ endpoint: port, send: wire.send, listen: ({ text }) => wire.listen(text) })
  return connectBy(wire, none, now)
}

export function overSocket(socket: WebSocket): Connect {
  const wire: TextWire = {
    send: (text) => socket.send(text),
    listen: (on) => {
      socket.on('message', (data: Buffer) => on(data.toString()))
      return () => socket.removeAllListeners('message')
    },
  }
  return connectBy(wire, none, () => websocketTransport(socket))
}

export function overStdio(child: ChildProcess): Connect {
  const { stdin, stdout } = child
  if (!stdin || !stdout) return none()
  const wire: TextWire = {
    send: (text) => void stdin.write(`${text}\n`),
    listen: (on) => {
      const lines = createInterface({ input: stdout })
      lines.on('line', on)
      return () => lines.close()
    },
  }
  return connectBy(wire, none, () => stdioTransport({ readable: stdout, writable: stdin }))
}

export const overProcess = (child: ChildProcess): Connect =>
  connectBy(
    undefined,
    () => ({
      post: (message) => void child.send(message as object),
      listen: ({ message }) => void child.on('message', (data) => message(data)),
      close: () => void child.removeAllListeners('message'),
    }),
    () => processTransport(child, { serialization: 'advanced' }),
  )
