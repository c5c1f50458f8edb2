// The server among the five that the page `five` calls: a WebSocket server on a loopback port, for that page only.
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { WebSocket, WebSocketServer } from 'ws'
import { websocketTransport } from '../dist/adapters/websocket/websocket.js'
import { expose, rpcOf, wrap } from '../dist/index.js'
import { createSide } from '../playground/five/side.mjs'

const MAX_CLIENTS = 32
const MAX_LENGTH = 65_536

/** One of these for each client. */
const sideOf = (page, socket) => ({
  ...createSide(`Node ${process.versions.node}`, () => page.viewport()),
  hash: (text) => createHash('sha256').update(String(text)).digest('hex'),
  /** As a lost network would. */
  hangUp: () => socket.terminate(),
})

/**
 * Listen at a free port of this machine.
 * @param isAllowed tells whether a page of this origin may connect: browsers let any page.
 */
export async function startFive(isAllowed) {
  const server = new WebSocketServer({
    host: '127.0.0.1',
    port: 0,
    maxPayload: MAX_LENGTH * 4,
    perMessageDeflate: false,
    verifyClient: ({ origin }) => isAllowed(origin) && server.clients.size < MAX_CLIENTS,
  })
  server.on('connection', (socket) => {
    socket.on('error', () => socket.terminate())
    const transport = websocketTransport(socket, { maxLength: MAX_LENGTH, maxBuffered: MAX_LENGTH * 16 })
    const limits = { maxPending: 100, maxInFlight: 1_000, maxBatch: 100, maxReferences: 100 }
    const page = wrap(transport, { limits })
    expose(sideOf(page, socket), transport)
    socket.on('close', () => rpcOf(page).destroy())
  })
  await once(server, 'listening')
  return {
    url: `ws://127.0.0.1:${server.address().port}`,
    /** Call it as a page of this origin would. */
    async check(origin) {
      const { port } = server.address()
      const socket = new WebSocket(`ws://127.0.0.1:${port}`, { origin })
      const side = wrap(websocketTransport(socket), { timeout: 5_000 })
      const primes = await side.primes(0, 100)
      if (primes !== 25) throw new Error(`There are 25 primes below 100, not ${primes}`)
      rpcOf(side).destroy()
      socket.close()
    },
    close() {
      for (const socket of server.clients) socket.terminate()
      server.close()
    },
  }
}
