import { callContext } from 'portcall'
import { room } from 'portcall/room'
import { serveSocketIo } from 'portcall/socket-io-server'
import { Server } from 'socket.io'

/** Serve on a free port. Resolves to its URL and how to end it. */
export async function startServer() {
  const io = new Server({ transports: ['websocket'] })
  io.use((socket, next) =>
    next(socket.handshake.auth.token === 'secret' ? undefined : new Error('not authorized')),
  )
  serveSocketIo(io, {
    whoAmI: () => callContext().transport.auth.user,
    enter: async (name) => callContext().transport.socket.join(name),
    hang: () => new Promise(() => {}),
    size: (bytes) => bytes.byteLength,

    /** Ask everybody in a room, whichever server they are connected to. */
    async poll(name, question) {
      const answers = await room(io.to(name)).gather('answer', [question], { timeout: 5_000 })
      return answers.map(({ value, reason }) => value ?? reason.message).sort()
    },
  })
  io.listen(0)
  const { port } = io.httpServer.address()
  return { url: `http://127.0.0.1:${port}`, close: () => io.close() }
}
