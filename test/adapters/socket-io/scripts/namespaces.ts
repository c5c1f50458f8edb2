/** A socket.io server for the pages of the browser tests: its namespaces say what runs behind each socket. */
import { Server, type Socket } from 'socket.io'
import { socketIoTransport } from '../../../../src/adapters/socket-io/socket-io.ts'
import { callContext } from '../../../../src/index.ts'
import { answerPlainly } from '../../../contract/plain.ts'
import { serve } from '../../../contract/service.ts'
import { bare } from '../../../windows/medium.ts'
import { parentRPC } from '../../parent.ts'

const run: Readonly<Record<string, (socket: Socket) => unknown>> = {
  service: (socket) =>
    serve(bare(socketIoTransport(socket)), {
      drop: () => socket.conn.close(),
      kick: () => socket.disconnect(),
      auth: () => Reflect.get(callContext().transport, 'auth') as unknown,
    }),
  plain: (socket) =>
    socket.on('rpc.message', (data: unknown) =>
      answerPlainly({ postMessage: (message) => socket.emit('rpc.message', message) }, data),
    ),
  silent: () => {},
}

const io = new Server({ cors: { origin: '*' } })
for (const [name, start] of Object.entries(run)) io.of(name).on('connection', (socket) => void start(socket))
io.listen(0)
const { httpServer } = io
if (!httpServer.listening) await new Promise<void>((resolve) => httpServer.once('listening', () => resolve()))
const address = httpServer.address()
const port = typeof address === 'object' && address ? address.port : 0
parentRPC({ url: () => `http://127.0.0.1:${port}` }).notify('ready')
