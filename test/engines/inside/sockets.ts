/** The WebSocket servers that Bun and Deno have of their own. */
import type { WebSocketLike } from '../../../src/adapters/websocket/websocket.ts'

export type Accept = (socket: WebSocketLike, path: string) => void

interface Server {
  readonly port: number
  stop(): unknown
}

/** What Bun gives a server for each connection: it has no events, its handlers are the server's. */
interface BunSocket extends Pick<WebSocketLike, 'readyState' | 'send' | 'close'> {
  readonly data: { readonly path: string; bridge?: BunBridge }
  getBufferedAmount(): number
}

interface BunServer extends Server {
  upgrade(request: Request, options: { data: BunSocket['data'] }): boolean
}

declare const Bun: {
  serve(options: {
    hostname: string
    port: number
    fetch(request: Request, server: BunServer): Response | undefined
    websocket: {
      maxPayloadLength: number
      open(socket: BunSocket): void
      message(socket: BunSocket, data: unknown): void
      close(socket: BunSocket, code: number, reason: string): void
    }
  }): BunServer
}

declare const Deno: {
  serve(
    options: { hostname: string; port: number; onListen(): void },
    handler: (request: Request) => Response,
  ): { readonly addr: { readonly port: number }; shutdown(): Promise<void> }
  upgradeWebSocket(request: Request): { readonly socket: WebSocketLike; readonly response: Response }
}

type Listener = (event: object) => void

/** A socket of `Bun.serve` with the events of a WebSocket. */
class BunBridge {
  readonly #socket: BunSocket
  readonly #listeners = new Map<string, Set<Listener>>()

  constructor(socket: BunSocket) {
    this.#socket = socket
  }
  get readyState(): number {
    return this.#socket.readyState
  }
  get bufferedAmount(): number {
    return this.#socket.getBufferedAmount()
  }
  send(data: string): void {
    this.#socket.send(data)
  }
  close(code?: number, reason?: string): void {
    this.#socket.close(code, reason)
  }
  addEventListener(type: string, listener: Listener): void {
    this.#listeners.set(type, (this.#listeners.get(type) ?? new Set()).add(listener))
  }
  removeEventListener(type: string, listener: Listener): void {
    this.#listeners.get(type)?.delete(listener)
  }
  emit(type: string, event: object): void {
    for (const listener of this.#listeners.get(type) ?? []) listener(event)
  }
}

export const isBun: boolean = 'Bun' in globalThis

export const serveSockets = (accept: Accept): Server => (isBun ? serveInBun(accept) : serveInDeno(accept))

const hostname = '127.0.0.1'
const pathOf = ({ url }: Request): string => new URL(url).pathname

const serveInBun = (accept: Accept): Server =>
  Bun.serve({
    hostname,
    port: 0,
    fetch: (request, server) =>
      server.upgrade(request, { data: { path: pathOf(request) } })
        ? undefined
        : new Response(null, { status: 400 }),
    websocket: {
      maxPayloadLength: 64 * 1024 * 1024,
      open(socket) {
        const bridge = new BunBridge(socket)
        socket.data.bridge = bridge
        accept(bridge, socket.data.path)
      },
      message: (socket, data) => socket.data.bridge?.emit('message', { data }),
      close: (socket, code, reason) => socket.data.bridge?.emit('close', { code, reason }),
    },
  })

function serveInDeno(accept: Accept): Server {
  const server = Deno.serve({ hostname, port: 0, onListen() {} }, (request) => {
    const { socket, response } = Deno.upgradeWebSocket(request)
    accept(socket, pathOf(request))
    return response
  })
  return { port: server.addr.port, stop: () => server.shutdown() }
}
