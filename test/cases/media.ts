/** Pairs of RPCs over the media of Node, for the cases of users. */
import { EventEmitter, once } from 'node:events'
import { PassThrough } from 'node:stream'
import { deserialize, serialize } from 'node:v8'
import { MessageChannel } from 'node:worker_threads'
import { onTestFinished } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { processTransport } from '../../src/adapters/process/process.ts'
import { stdioTransport } from '../../src/adapters/stdio/stdio.ts'
import { websocketTransport } from '../../src/adapters/websocket/websocket.ts'
import { endpointTransport, RPC, type RPCInitOptions, type Transport } from '../../src/index.ts'

export type Options = Omit<RPCInitOptions, 'transport' | 'event'>

/** Both ends of one medium. */
type Ends = readonly [left: Transport, right: Transport]

function channel(): Ends {
  const { port1, port2 } = new MessageChannel()
  onTestFinished(() => port1.close())
  return [endpointTransport(port1), endpointTransport(port2)]
}

/** A port between code of one program: errors keep their fields. */
const trustedChannel = (): Ends => {
  const [left, right] = channel()
  return [
    { ...left, trusted: true },
    { ...right, trusted: true },
  ]
}

function stdio(): Ends {
  const there = new PassThrough()
  const back = new PassThrough()
  onTestFinished(() => void there.destroy())
  onTestFinished(() => void back.destroy())
  return [
    stdioTransport({ readable: back, writable: there }),
    stdioTransport({ readable: there, writable: back }),
  ]
}

async function websocket(): Promise<Ends> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  const socket = new WebSocket(`ws://127.0.0.1:${port}`)
  const [accepted] = (await once(server, 'connection')) as [WebSocket]
  onTestFinished(() => {
    socket.terminate()
    accepted.terminate()
    server.close()
  })
  return [websocketTransport(socket as never), websocketTransport(accepted as never)]
}

/** What Node does with messages between processes, in one process. */
function ipc(serialization: 'json' | 'advanced'): () => Ends {
  const copy = (message: unknown): unknown =>
    serialization === 'json'
      ? (JSON.parse(JSON.stringify(message)) as unknown)
      : (deserialize(serialize(message)) as unknown)
  const end = (): EventEmitter & { connected: boolean } =>
    Object.assign(new EventEmitter(), { connected: true })
  return () => {
    const [left, right] = [end(), end()]
    const join = (from: object, to: EventEmitter): object =>
      Object.assign(from, {
        send(message: unknown, _: unknown, __: unknown, sent?: (error: null) => void) {
          const data = copy(message)
          setImmediate(() => {
            sent?.(null)
            to.emit('message', data)
          })
          return true
        },
      })
    return [
      processTransport(join(left, right) as never, { serialization }),
      processTransport(join(right, left) as never, { serialization }),
    ]
  }
}

export const media = {
  channel,
  trustedChannel,
  stdio,
  websocket,
  'fork json': ipc('json'),
  'fork advanced': ipc('advanced'),
} as const

export type Medium = keyof typeof media

/** Media that carry JSON alone. */
export const texts = ['stdio', 'websocket', 'fork json'] as const
/** One of each way of carrying values. */
export const every = ['channel', 'websocket', 'fork json', 'fork advanced'] as const

/** Two RPCs that have met, or the same before they have. */
export async function pairOver(
  medium: Medium,
  left: Options = {},
  right: Options = {},
  hasMet = true,
): Promise<{ left: RPC; right: RPC }> {
  const [one, other] = await media[medium]()
  const pair = {
    left: new RPC({ ...left, transport: one }),
    right: new RPC({ ...right, transport: other }),
  }
  onTestFinished(() => {
    pair.left.destroy()
    pair.right.destroy()
  })
  if (hasMet) await Promise.all([pair.left.connect(), pair.right.connect()])
  return pair
}

/** What a call rejects with. */
export const rejection = (call: PromiseLike<unknown>): Promise<Error & Record<string, unknown>> =>
  Promise.resolve(call).then(
    (value) => {
      throw new Error(`It resolved: ${typeof value}`)
    },
    (error: unknown) => error as Error & Record<string, unknown>,
  )

/** Wait until something holds, 5 s at most. */
export async function until(holds: () => boolean): Promise<void> {
  for (let i = 0; !holds(); i++) {
    if (i > 500) throw new Error('It did not come true')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
