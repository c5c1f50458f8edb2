import { once } from 'node:events'
import { expose, wrap } from 'portcall'
import { websocketTransport } from 'portcall/websocket'
import { WebSocketServer } from 'ws'

/** One of these for each client. */
const apiFor = (client, socket) => ({
  /** @param {number} a @param {number} b */
  add: (a, b) => a + b,

  /** @param {number} from */
  async *countdown(from) {
    for (let n = from; n > 0; n--) yield n
  },

  /** Ask the client back. */
  greet: async () => `Hello, ${await client.name()}!`,

  /** As a lost network would. */
  drop: () => socket.terminate(),

  /** Never answers. */
  wait: () => new Promise(() => {}),
})

/** Listen at a free port of this machine. */
export async function start() {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, maxPayload: 16_777_216 })
  server.on('connection', (socket) => {
    const transport = websocketTransport(socket)
    expose(apiFor(wrap(transport), socket), transport)
  })
  await once(server, 'listening')
  return { url: `ws://127.0.0.1:${server.address().port}`, close: () => server.close() }
}
