import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'
import { websocketTransport } from '../../../src/adapters/websocket/websocket.ts'
import { answerPlainly } from '../../contract/plain.ts'
import { serve } from '../../contract/service.ts'

/** A real server on loopback: what is in the path runs behind each connection. */
export interface TestServer {
  readonly url: string
  readonly port: number
  /** The connections, in the order in which they came. */
  readonly sockets: WebSocket[]
  close(): Promise<void>
}

/** Run over there what a path names: the service, a hand-written peer, or nothing. */
export function runService(socket: WebSocket, path: string): void {
  if (path === '/plain')
    socket.on('message', (data) =>
      answerPlainly(
        { postMessage: (message) => socket.send(JSON.stringify(message)) },
        JSON.parse((data as Buffer).toString()),
      ),
    )
  if (path !== '/service') return
  const runs: string[] = []
  serve(websocketTransport(socket), {
    closeSocket: (code: number, reason: string) => socket.close(code, reason),
    terminate: () => socket.terminate(),
    sendRaw: (text: string) => socket.send(text),
    sendBinary: () => socket.send(Buffer.from('{"jsonrpc":"2.0","method":"never"}')),
    long: (length: number) => 'x'.repeat(length),
    ran: (name: string) => runs.push(name),
    async *forever() {
      for (let i = 0; ; i++) {
        yield i
        await new Promise((resolve) => setTimeout(resolve, 1))
      }
    },
    makeCallback: (n: number) => () => n,
    pause: () => socket.pause(),
  })
}

/** Listen at `port`, or at any that is free. */
export async function listen(
  accept: (socket: WebSocket, path: string) => void = runService,
  port = 0,
): Promise<TestServer> {
  const server = new WebSocketServer({ host: '127.0.0.1', port, maxPayload: 256 * 1024 * 1024 })
  const sockets: WebSocket[] = []
  server.on('connection', (socket, { url = '' }) => {
    sockets.push(socket)
    accept(socket, url)
  })
  await once(server, 'listening')
  const at = (server.address() as AddressInfo).port
  return {
    url: `ws://127.0.0.1:${at}`,
    port: at,
    sockets,
    close: () =>
      new Promise((resolve) => {
        for (const socket of server.clients) socket.terminate()
        server.close(() => resolve())
      }),
  }
}
