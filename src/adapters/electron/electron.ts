/** `electronTransport`: MessagePorts and utility processes of Electron. Its IPC is re-exported. */
import { isObject } from '../../protocol/guards.ts'
import { endpointTransport, type Endpoint } from '../../transport/endpoint.ts'
import { PEER_GONE, RPCError } from '../../protocol/errors.ts'
import type { Transport } from '../../transport/transport.ts'
import { cloneCodec } from '../../values/clone-codec.ts'

export { exposeIpc, ipcMainTransport, type IpcMainOptions, ipcRendererTransport } from './electron-ipc.ts'

/** A MessagePortMain, a UtilityProcess or its `process.parentPort`, as far as it is needed here. */
export interface ElectronPort {
  postMessage(message: unknown): void
  on(type: string, listener: () => void): unknown
  off(type: string, listener: () => void): unknown
}

interface Known extends ElectronPort {
  readonly start?: () => void
  readonly close?: () => void
  readonly kill?: () => boolean
}

/**
 * Speak over one of Electron's ports: a MessagePortMain, in the main process a UtilityProcess, in that
 * `process.parentPort`. In a renderer pass its MessagePort whose other end is a MessagePortMain: what is transferred there
 * would be lost (electron issue 34905), so here nothing is. All stay their owner's.
 */
export function electronTransport(port: ElectronPort | Endpoint): Transport {
  if (!isObject(port) || !('on' in port)) return { ...endpointTransport(port), codec: cloneCodec }
  const known: Known = port
  const isProcess = known.kill !== undefined
  let hasEnded = false
  let stop = (): void => {}

  return {
    endpoint: port,
    // A utility process runs code of this application, a port's other end may be any page.
    trusted: !known.close,
    codec: cloneCodec,
    post: (message) => {
      // In its `exit` event some versions of Electron crash (electron issue 53923).
      if (hasEnded) throw new RPCError(PEER_GONE, 'The other side of this port has ended')
      port.postMessage(message)
    },
    listen: ({ message, gone, failed }) => {
      const undo: (() => void)[] = []
      const on = (type: string, listener: (event: never) => void): void => {
        port.on(type, listener as () => void)
        undo.push(() => port.off(type, listener as () => void))
      }
      const end = (reason: string): void => {
        hasEnded = true
        gone(reason, true)
      }
      // A UtilityProcess emits the message itself, the others an event.
      on('message', (event: unknown) =>
        message(isProcess ? event : (Object(event) as { data?: unknown }).data),
      )
      if (isProcess) {
        on('exit', (code: number) => end(`the utility process exited with code ${code}`))
        on('error', (type: string, location?: string) => failed(new Error(`${type} in ${location}`)))
      } else on('close', () => end('the port was closed'))
      stop = () => undo.splice(0).forEach((step) => step())
      if (known.close) known.start?.()
    },
    close: () => stop(),
  }
}
