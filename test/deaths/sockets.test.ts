import { once } from 'node:events'
import type { Socket } from 'socket.io'
import { WebSocket } from 'ws'
import { socketIoTransport } from '../../src/adapters/socket-io/socket-io.ts'
import { websocketTransport } from '../../src/adapters/websocket/websocket.ts'
import { listen, type TestServer } from '../adapters/websocket/servers.ts'
import { startRig } from '../adapters/socket-io/servers.ts'
import { countOn, countOnNode } from './listeners.ts'
import { matrix, type Scene } from './matrix.ts'
import type { Watched } from './scenario.ts'
import { serveWatched } from './service.ts'

interface Socketed extends Scene {
  readonly server: TestServer
  readonly socket?: WebSocket
}

async function serveSockets(port = 0): Promise<{ readonly server: TestServer; readonly all: Watched[] }> {
  const all: Watched[] = []
  const server = await listen((socket) => void all.push(serveWatched(websocketTransport(socket))), port)
  return { server, all }
}

/** The first that has connected. */
const firstOf = (all: readonly Watched[]): Watched => ({
  get rpc() {
    const [first] = all
    if (!first) throw new Error('Nobody has connected')
    return first.rpc
  },
  isOpen: () => all[0]?.isOpen(),
})

matrix(
  'a WebSocket that is passed',
  async (): Promise<Socketed & { readonly socket: WebSocket }> => {
    const { server, all } = await serveSockets()
    const socket = new WebSocket(server.url)
    await once(socket, 'open')
    const at = websocketTransport(socket)
    const listeners = countOnNode(socket)
    const end = (): Promise<void> => {
      socket.terminate()
      return server.close()
    }
    return { at, server, socket, far: firstOf(all), listeners, end }
  },
  {
    'the server terminates the connection': {
      die: ({ server }) => server.sockets[0]?.terminate(),
      found: '`close` of the socket',
    },
    'the server closes it': {
      die: ({ server }) => server.sockets[0]?.close(4000),
      found: '`close` of the socket',
    },
    'the server stops': { die: ({ server }) => server.close(), found: '`close` of the socket' },
    'this side closes it': { die: ({ socket }) => socket.close(4001), found: '`close` of the socket' },
    'this side terminates it': { die: ({ socket }) => socket.terminate(), found: '`close` of the socket' },
    '`destroy()` over there': { die: ({ far }) => far?.rpc.destroy(), found: 'its goodbye' },
  },
)

const reconnect = { initial: 10, max: 50 }

matrix(
  'a WebSocket that is made',
  async (): Promise<Socketed & { readonly restart: () => Promise<void> }> => {
    const { server, all } = await serveSockets()
    let again: TestServer | undefined
    return {
      at: websocketTransport(() => new WebSocket(server.url), { reconnect }),
      server,
      far: firstOf(all),
      restart: async () => void (again = (await serveSockets(server.port)).server),
      end: async () => {
        await server.close()
        await again?.close()
      },
    }
  },
  {
    'the server terminates the connection': {
      die: ({ server }) => server.sockets[0]?.terminate(),
      found: '`close` of the socket',
      reconnects: true,
    },
    'the server stops': {
      die: ({ server }) => server.close(),
      found: '`close` of the socket',
      reconnects: ({ restart }) => restart(),
    },
  },
)

matrix(
  'a socket of socket.io',
  async () => {
    const rig = await startRig()
    const all: Watched[] = []
    rig.io.on('connection', (socket: Socket) => void all.push(serveWatched(socketIoTransport(socket))))
    const { client, server } = await rig.join()
    return {
      at: socketIoTransport(client),
      client,
      server,
      far: firstOf(all),
      listeners: countOn(client, 'rpc.message', 'connect', 'disconnect', 'connect_error'),
      end: () => rig.close(),
    }
  },
  {
    'the connection breaks': {
      die: ({ server }) => server.conn.close(),
      found: '`disconnect` of the socket',
      reconnects: true,
    },
    'the server disconnects it': {
      die: ({ server }) => server.disconnect(),
      found: '`disconnect` of the socket',
    },
    'the server disconnects it, and it is told to connect': {
      die: ({ server }) => server.disconnect(),
      found: '`disconnect` of the socket',
      reconnects: ({ client }) => void client.connect(),
    },
    'this side disconnects': {
      die: ({ client }) => client.disconnect(),
      found: '`disconnect` of the socket',
    },
    '`destroy()` over there': {
      die: ({ far }) => far.rpc.destroy(),
      found: 'its goodbye',
      reconnects: ({ server }) => serveWatched(socketIoTransport(server)),
    },
  },
)
