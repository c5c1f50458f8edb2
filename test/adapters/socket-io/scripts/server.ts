/** One of several socket.io servers that share a Redis. Arguments: the port of Redis, and the port to listen on or 0. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdapter } from '@socket.io/redis-streams-adapter'
import { createClient } from 'redis'
import { Server } from 'socket.io'
import { type Gathered, room } from '../../../../src/adapters/socket-io/room.ts'
import { type SocketIoTransport, socketIoTransport } from '../../../../src/adapters/socket-io/socket-io.ts'
import { callContext, RPC } from '../../../../src/index.ts'
import { parentRPC } from '../../parent.ts'

const [redisPort, port] = process.argv.slice(2)
const redis = createClient({ url: `redis://127.0.0.1:${redisPort}` })
redis.on('error', () => {})
await redis.connect()
const http = createServer()
const io = new Server(http, {
  transports: ['websocket'],
  adapter: createAdapter(redis, { blockTimeInMs: 200 }),
})

io.on('connection', (socket) => {
  const rpc = new RPC({
    transport: socketIoTransport(socket),
    methods: {
      where: () => process.pid,
      who: () => (callContext().transport as SocketIoTransport).auth,
      enter: async (name: string) => socket.join(name),
      hang: () => new Promise(() => {}),
      /** Ask all in a room, from whichever server the caller is connected to. */
      ask: async (name: string, question: string) => {
        const answers = await room(io.to(name)).gather('answer', [question])
        return answers.map((answer) => 'value' in answer && answer.value)
      },
    },
  })
  rpc.onPeer((state) => {
    if (state === 'gone') rpc.destroy()
  })
})

/** What crosses to the test: an error's code and message, for they are plain processes. */
const plain = ({ id, ...answer }: Gathered<unknown>): object =>
  answer.status === 'fulfilled'
    ? { id, value: answer.value }
    : { id, code: Reflect.get(answer.reason, 'code'), message: answer.reason.message }

await new Promise<void>((resolve) => http.listen(Number(port), '127.0.0.1', resolve))
const test = parentRPC({
  url: () => `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
  /** How many servers the adapter of this one knows, itself included. */
  servers: () => io.of('/').adapter.serverCount(),
  notify: (name: string, method: string, params: unknown[]) => room(io.to(name)).notify(method, params),
  gather: async (name: string, method: string, params: unknown[], timeout: number) =>
    (await room(io.to(name), { heartbeat: 200 }).gather(method, params, { timeout })).map(plain),
  invoke: (name: string, method: string, params: unknown[], timeout: number) =>
    room(io.to(name), { heartbeat: 200 }).invoke(method, params, { timeout }),
})
test.notify('ready')
