/** WebSockets of Bun and Deno, on both ends: nothing of Node's. */
import { afterAll } from 'vitest'
import { type WebSocketLike, websocketTransport } from '../../../src/adapters/websocket/websocket.ts'
import type { Transport } from '../../../src/index.ts'
import type { Connection, Kind } from '../../contract/fixture.ts'
import { countOnTarget } from '../../contract/listeners.ts'
import { answerPlainly } from '../../contract/plain.ts'
import { serve } from '../../contract/service.ts'
import { contract } from '../../contract/suite.ts'
import { isBun, serveSockets } from './sockets.ts'

interface Socketed extends Connection {
  readonly transport: Transport
  readonly socket: Pick<WebSocketLike, 'close'>
}

/** Run over there what `kind` names. */
function run(kind: string, socket: WebSocketLike): void {
  if (kind === 'plain')
    socket.addEventListener('message', ((event: MessageEvent<string>) =>
      answerPlainly(
        { postMessage: (message) => socket.send(JSON.stringify(message)) },
        JSON.parse(event.data),
      )) as () => void)
  if (kind === 'service')
    serve(websocketTransport(socket), {
      closeSocket: (code: number, reason: string) => socket.close(code, reason),
    })
}

const accepted = new Map<string, (socket: WebSocketLike) => void>()
const server = serveSockets((socket, path) => {
  const [, kind = '', id = ''] = path.split('/')
  const take = accepted.get(id)
  if (take) take(socket)
  else run(kind, socket)
})
afterAll(() => void server.stop())
const url = `ws://127.0.0.1:${server.port}`

const deaths = {
  'the other side closes': {
    says: /closed with code 4001: go away/,
    die: ({ rpc }: { rpc: { notify(method: string, params: unknown[]): void } }) =>
      rpc.notify('closeSocket', [4001, 'go away']),
  },
  'this side closes': {
    says: /code 4002/,
    die: ({ connection }: { connection: Socketed }) => connection.socket.close(4002),
  },
}

contract(
  'a native WebSocket that is opening',
  (kind: Kind) => {
    const socket = new WebSocket(`${url}/${kind}`)
    const listeners = countOnTarget(socket)
    return { socket, listeners, transport: websocketTransport(socket), close: () => socket.close() }
  },
  { text: true, deaths, listeners: ({ listeners }) => listeners() },
)

let made = 0

contract(
  `a WebSocket that ${isBun ? 'Bun.serve' : 'Deno.serve'} accepted`,
  async (kind: Kind) => {
    const id = String(++made)
    const arrived = new Promise<WebSocketLike>((resolve) => accepted.set(id, resolve))
    const client = new WebSocket(`${url}/accept/${id}`)
    run(kind, client)
    const socket = await arrived
    return { socket, transport: websocketTransport(socket), close: () => client.close() }
  },
  { text: true, deaths },
)
