/** A socket.io server for the pages of the browser tests: its namespaces say what runs behind each socket. */
import { Server, type Socket } from 'socket.io'
import { socketIoTransport } from '../../../src/adapters/socket-io.ts'
import { callContext } from '../../../src/index.ts'
import { answerPlainly } from '../../contract/plain.ts'
import { serve } from '../../contract/service.ts'
import { bare } from '../../windows/medium.ts'

const run: Readonly<Record<string, (socket: Socket) => unknown>> = {
  service: (socket) =>
    serve(bare(socketIoTransport(socket)), {
      drop: () => socket.conn.close(),
      kick: () => socket.disconnect(),
      // The transport is that of the suite, so what it was made of is asked.
      auth: () => Reflect.get(callContext().transport, 'auth') as unknown,
    }),
  plain: (socket) =>
    socket.on('rpc.message', (data: unknown) =>
      answerPlainly({ postMessage: (message) => socket.emit('rpc.message', message) }, data),
    ),
  silent: () => {},
}

export async function listenSocketIo(): Promise<{ readonly url: string; close(): void }> {
  const io = new Server({ cors: { origin: '*' } })
  for (const [name, start] of Object.entries(run))
    io.of(name).on('connection', (socket) => void start(socket))
  io.listen(0)
  const { httpServer } = io
  if (!httpServer.listening)
    await new Promise<void>((resolve) => httpServer.once('listening', () => resolve()))
  const address = httpServer.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const close = (): void => {
    void io.close()
    // Those that polled are kept alive.
    if ('closeAllConnections' in httpServer) httpServer.closeAllConnections()
  }
  return { url: `http://127.0.0.1:${port}`, close }
}
