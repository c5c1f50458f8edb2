// The other side of every door, alike in a worker, an iframe and a popup.
import {
  type Connection as Callbacks,
  createConnection,
  createRequest,
  expose,
  type Remote,
  RPC,
  RPCError,
  type RPCInitOptions,
  RPCMessageEvent,
  type RPCMessageEventOptions,
  type Transport,
  type WindowLike,
  wrap,
} from 'portcall'
import { socketOver } from '../emitter.ts'
import type { PageApi } from '../page-api.ts'
import { createApi, sleep } from './api.ts'

/** By what the page is reached. */
export interface Ways {
  /** `expose`, `wrap` and `createConnection` share it. */
  readonly transport: Transport
  /** An RPC of its own speaks through it, in a channel of its own. */
  readonly channel: Pick<RPCInitOptions, 'transport' | 'channel'>
  readonly events: RPCMessageEventOptions
  /** The page itself, where it is another window. */
  readonly page?: { readonly window: WindowLike; readonly origin: string }
}

export interface Doors {
  readonly page: Remote<PageApi>
  readonly rpc: RPC
  readonly events: RPCMessageEvent
  readonly callbacks: Callbacks | undefined
}

type Heard = (method: string, params: unknown) => void

/** `heard` is told of every call and event before it is answered. */
export function openDoors(ways: Ways, heard: Heard): Doors {
  const page = wrap<PageApi>(ways.transport, { validate: heard })
  expose(createApi(page), ways.transport)
  const rpc = openRPC(ways.channel, heard)
  const events = openEvents(ways.events, heard)
  events.on('call-page', () => void page.viewport())
  const callbacks = ways.page && createConnection(ways.page.window, ways.page.origin)
  if (callbacks) answerByCallbacks(callbacks)
  openRPCOverSocket(events, heard)
  events.emit('ready')
  return { page, rpc, events, callbacks }
}

function openRPC(channel: Ways['channel'], validate: Heard): RPC {
  const logged: string[] = []
  const methods = {
    math: { max: (...numbers: number[]) => Math.max(...numbers) },
    greet: ({ name }: { name: string }) => `Ahoy, ${name}!`,
    log: (text: string) => void logged.push(text),
    logged: () => logged.at(-1),
    sleep,
    async tour() {
      const [title, { width, height }] = await rpc.batch((call) => [
        call<string>('Page.title'),
        call<{ width: number; height: number }>('Page.viewport'),
      ])
      const slow = await rpc.invoke('Page.sleep', [5_000], { timeout: 120 }).catch(codeOf)
      return { title, size: `${width} × ${height}`, slow }
    },
  }
  const rpc = new RPC({ ...channel, methods, validate, timeout: 10_000 })
  return rpc
}

const codeOf = (error: unknown): unknown => (error instanceof RPCError ? error.code : error)

function openEvents(options: RPCMessageEventOptions, heard: Heard): RPCMessageEvent {
  const events = new RPCMessageEvent(options)
  events.on('ping', (...args: unknown[]) => {
    heard('ping', args)
    events.emit('pong', ...args)
  })
  return events
}

function openRPCOverSocket(events: RPCMessageEvent, validate: Heard): RPC {
  const methods = { sum: (...numbers: number[]) => numbers.reduce((total, number) => total + number, 0) }
  return new RPC({ event: socketOver(events), methods, validate })
}

function answerByCallbacks({ handle, send }: Callbacks): void {
  handle('myapp.divide', (respond, a: number, b: number) =>
    b === 0 ? respond(null, 'division by zero') : respond(a / b),
  )
  handle('myapp.ask', (respond, question: string) =>
    send(createRequest('page.answer', question), ({ payload, error }) =>
      respond(error ? null : `The page says: ${String(payload)}`, error),
    ),
  )
}
