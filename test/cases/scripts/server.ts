/** A server that calls what its clients pass and awaits none of it, in a process that an unhandled rejection ends. */
import { once } from 'node:events'
import { parentPort } from 'node:worker_threads'
import { WebSocketServer } from 'ws'
import { websocketTransport } from '../../../src/adapters/websocket/websocket.ts'
import { expose, RPC } from '../../../src/index.ts'

const api = {
  index(n: number, onProgress: (done: number) => void) {
    for (let i = 0; i < n; i++) onProgress(i + 1)
  },
  later(onProgress: (done: number) => void) {
    const timer = setInterval(() => onProgress(1), 5)
    setTimeout(() => clearInterval(timer), 200)
  },
}

if (parentPort) {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  server.on(
    'connection',
    (socket) => new RPC({ transport: websocketTransport(socket as never), methods: api }),
  )
  await once(server, 'listening')
  parentPort.postMessage((server.address() as { port: number }).port)
  expose(api)
}
