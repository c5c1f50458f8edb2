/** A real socket.io server on a free port of the loopback, and clients of it. */
import { createServer, type Server as HttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Server, type ServerOptions, type Socket as ServerSocket } from 'socket.io'
import { io as connect, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client'

export interface Rig {
  readonly io: Server
  readonly http: HttpServer
  readonly url: string
  /** Connect one client. @returns both ends of its connection. */
  join(options?: Partial<ManagerOptions & SocketOptions>): Promise<Ends>
  close(): Promise<void>
}

export interface Ends {
  readonly client: Socket
  readonly server: ServerSocket
}

export async function startRig(options: Partial<ServerOptions> = {}, port = 0): Promise<Rig> {
  const http = createServer()
  const io = new Server(http, { transports: ['websocket'], ...options })
  await new Promise<void>((resolve) => http.listen(port, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
  const clients = new Set<Socket>()
  return {
    io,
    http,
    url,
    async join(more = {}) {
      const client = connect(url, {
        transports: ['websocket'],
        forceNew: true,
        reconnectionDelay: 50,
        reconnectionDelayMax: 100,
        ...more,
      })
      clients.add(client)
      const server = await new Promise<ServerSocket>((resolve, reject) => {
        const arrived = (socket: ServerSocket): void => {
          if (!client.connected || socket.id !== client.id) return
          io.off('connection', arrived)
          resolve(socket)
        }
        io.on('connection', arrived)
        client.once('connect_error', reject)
        client.once('connect', () => {
          const socket = io.sockets.sockets.get(String(client.id))
          if (socket) arrived(socket)
        })
      })
      return { client, server }
    },
    async close() {
      for (const client of clients) client.disconnect()
      await io.close()
    },
  }
}
