/** Runs a handshake over a medium, and is a Transport over the port that comes of it. Shared by windows and channels. */
import { endpointTransport } from '../transport/endpoint.ts'
import { createHandshake, type Effect } from './handshake.ts'
import type { Receiver, Transport } from '../transport/transport.ts'
import { uuid } from '../protocol/uuid.ts'
import { confirms, type GreetingMessage, isConnect, ownPort, refusalOf } from './greeting.ts'
import { createNewcomers } from './newcomers.ts'
import { OPAQUE } from './origins.ts'

/** What a handshake is spoken over. */
export interface Medium {
  readonly endpoint: object
  readonly channel: string | undefined
  /** What it means that the peer says goodbye. Default: that it was closed. */
  readonly left?: string
  /** What is let in, to be compared with another transport's. */
  readonly guard?: readonly unknown[]
  /** This side's own origin is opaque. */
  readonly opaque: boolean
  /** The origins to greet at the start. */
  readonly greets: () => readonly string[]
  /** Whether documents of this origin are of this side's own making. */
  readonly trusts: (origin: string) => boolean
  readonly post: (message: object, to: string, ports: readonly object[]) => void
  /** Hear what comes from the peer, already checked. @returns how to stop. */
  readonly hear: (on: (data: unknown, origin: string) => void) => () => void
}

/** A Transport, and what its medium may do with it. */
export interface Upgrade {
  readonly transport: Transport
  /** The port is no good any more. */
  readonly drop: (reason: string, final?: boolean) => void
  /** Say to the peer that this side is gone, and forget it. */
  readonly leave: () => void
  /** Greet again, as a new session. */
  readonly restart: () => void
}

interface OpenPort {
  readonly port: MessagePort
  readonly transport: Transport
  readonly origin: string
  readonly session: string
  /** It carries messages. One that was posted to nobody in particular does not, before its first word. */
  isReady: boolean
  /** Something has come over it. */
  isHeard: boolean
}

const TAKEN = 'another script here has this connection: load portcall once, or name a `channel`'
const CLOSE = { jsonrpc: '2.0', method: 'rpc.close' } as const

export function upgradeTransport(medium: Medium): Upgrade {
  let handshake = createHandshake({ ...medium, session: uuid() })
  /** The sessions that this side has had. */
  const sessions = new Set<string>()
  let receiver: Receiver | undefined
  let open: OpenPort | undefined
  let stop: (() => void) | undefined

  const message = (params: object): object => ({ jsonrpc: '2.0', method: 'rpc.connect', params })

  const say = (params: GreetingMessage['params'], to: string): void =>
    medium.post(message(params), to, params.port ? [params.port] : [])

  const name = medium.channel === undefined ? {} : { name: medium.channel }

  const newcomers = createNewcomers({
    ask: (question) => open?.transport.post(question),
    follow: (params, origin) => receive(params, origin),
    refuse: (session, origin) =>
      medium.post(message({ re: session, ...name }), origin === OPAQUE ? '*' : origin, []),
  })

  const use = (port: MessagePort, session: string, origin: string, isReady = true): void => {
    if (open) {
      // It may be alive: it is told here and on the medium, as the port may not have arrived yet.
      open.transport.post(message({ re: open.session, ...name }))
      open.transport.post(CLOSE)
      newcomers.refuse(open.session, open.origin)
    }
    drop('the other side was replaced')
    // Whoever was told of that may have ended it all.
    if (!receiver) return port.close()
    const transport = endpointTransport(port)
    const here: OpenPort = { port, transport, origin, session, isReady, isHeard: false }
    open = here
    transport.listen({
      message: (data) => {
        here.isHeard = true
        if (newcomers.answers(data)) return
        if (isConnect(data)) {
          if (refusalOf(data.params) === handshake.session) lose()
          else if (!here.isReady && confirms(data.params, session, handshake.session)) {
            here.isReady = true
            receiver?.opened()
          }
        } else if (!here.isReady) drop('')
        else if ((data as { method?: unknown } | null)?.method === CLOSE.method)
          left(medium.left ?? 'it was closed over there')
        else receiver?.message(data, origin)
      },
      unreadable: (reason) => receiver?.unreadable(reason),
      failed: (reason) => receiver?.failed(reason),
      gone: (reason) => left(String(reason)),
      opened() {},
      refused() {},
    })
    if (isReady) receiver?.opened()
  }

  const drop = (reason: string, final = false): void => {
    const former = open
    open = undefined
    former?.transport.close()
    former?.port.close()
    if (former || final) receiver?.gone(reason, final)
  }

  // The peer has ended it. Who was refused may come now.
  const left = (reason: string): void => {
    drop(reason)
    if (!newcomers.ended() && newcomers.hasRefused()) start()
  }

  // Somebody else has the connection.
  const lose = (): void => drop(TAKEN, true)

  const perform = (
    effects: readonly Effect[],
    { session, port: came }: Partial<GreetingMessage['params']> = {},
    origin = '',
  ): void => {
    for (const effect of effects) {
      if (effect.do === 'greet') say(effect.greeting, effect.to)
      else if (effect.do === 'discard') came?.close()
      else if (effect.do === 'adopt') {
        const port = came && ownPort(came)
        if (port) {
          // It was posted to nobody in particular: say that it has reached who was meant.
          if (medium.opaque && origin === OPAQUE)
            port.postMessage(message({ session: handshake.session, re: session, ...name }))
          use(port, session as string, origin)
        } else lose()
      } else {
        const { port1, port2 } = new MessageChannel()
        say({ ...effect.greeting, port: port2 }, effect.to)
        use(port1, session as string, origin, effect.to !== '*')
      }
    }
  }

  const receive = (params: GreetingMessage['params'], origin: string): void =>
    perform(handshake.receive(params, origin, params.port !== undefined), params, origin)

  const start = (): void => {
    handshake = createHandshake({ ...medium, session: uuid() })
    sessions.add(handshake.session)
    perform(handshake.start(medium.greets()))
  }

  const hear = (data: unknown, origin: string): void => {
    if (!isConnect(data)) return
    const { params } = data
    const { re, port } = params
    if (params.name === medium.channel && refusalOf(params) === handshake.session) lose()
    // A port for another copy of portcall on this side.
    else if (port && re !== undefined && !sessions.has(re)) return
    else {
      const standing = handshake.standingOf(params)
      if (standing === 'former') newcomers.refuse(params.session, origin, port)
      else if (standing && open?.isHeard) newcomers.hold(params, origin)
      else receive(params, origin)
    }
  }

  return {
    transport: {
      endpoint: medium.endpoint,
      get trusted() {
        return open !== undefined && medium.trusts(open.origin)
      },
      successor: true,
      opens: true,
      ...(medium.channel !== undefined && { channel: medium.channel }),
      ...(medium.guard && { guard: medium.guard }),
      // Before there is a channel nothing can be said: `opened` tells the receiver when it can introduce itself.
      post: (message, transfer) => {
        if (open?.isReady) open.transport.post(message, transfer)
      },
      listen: (to) => {
        receiver = to
        stop = medium.hear(hear)
        start()
      },
      close: () => {
        receiver = undefined
        stop?.()
        newcomers.stop()
        drop('')
      },
    },
    drop,
    leave: () => {
      open?.transport.post(CLOSE)
      drop('this page was left')
    },
    restart: start,
  }
}
