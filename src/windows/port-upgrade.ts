/** Runs a handshake over a medium, and is a Transport over the port that comes of it. Shared by windows and channels. */
import { endpointTransport } from '../transport/endpoint.ts'
import { createHandshake, type Effect, type Handshake } from './handshake.ts'
import type { Receiver, Transport } from '../transport/transport.ts'
import { uuid } from '../protocol/uuid.ts'
import { type GreetingMessage, isConnect } from './greeting.ts'

/** What a handshake is spoken over. */
export interface Medium {
  readonly endpoint: object
  readonly channel: string | undefined
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
}

export function upgradeTransport(medium: Medium): Upgrade {
  if (typeof MessageChannel !== 'function')
    throw new TypeError(
      'There is no MessageChannel here: set globalThis.MessageChannel to that of Node, or `raw: true`',
    )
  let handshake: Handshake | undefined
  let receiver: Receiver | undefined
  let open: OpenPort | undefined
  let stop: (() => void) | undefined

  const say = (params: GreetingMessage['params'], to: string): void => {
    const message: GreetingMessage = { jsonrpc: '2.0', method: 'rpc.connect', params }
    medium.post(message, to, params.port ? [params.port] : [])
  }

  const use = (port: MessagePort, origin: string): void => {
    drop('the other side was replaced')
    // Whoever was told of that may have ended it all.
    if (!receiver) return port.close()
    const transport = endpointTransport(port)
    open = { port, transport, origin }
    transport.listen({
      message: (data) => receiver?.message(data, origin),
      unreadable: (reason) => receiver?.unreadable(reason),
      failed: (reason, isFatal) => receiver?.failed(reason, isFatal),
      gone: (reason) => drop(String(reason)),
      opened() {},
      refused() {},
    })
    receiver?.opened()
  }

  const drop = (reason: string, final = false): void => {
    const former = open
    open = undefined
    former?.transport.close()
    former?.port.close()
    if (former || final) receiver?.gone(reason, final)
  }

  const perform = (effects: readonly Effect[], origin: string, came?: MessagePort): void => {
    for (const effect of effects) {
      if (effect.do === 'greet') say(effect.greeting, effect.to)
      else if (effect.do === 'discard') came?.close()
      else if (effect.do === 'adopt') {
        if (came) use(came, origin)
      } else {
        const { port1, port2 } = new MessageChannel()
        say({ ...effect.greeting, port: port2 }, effect.to)
        use(port1, origin)
      }
    }
  }

  const start = (session = uuid()): void => {
    handshake = createHandshake({ ...medium, session })
    perform(handshake.start(medium.greets()), '')
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
      post: (message, transfer) => open?.transport.post(message, transfer),
      listen: (to) => {
        receiver = to
        stop = medium.hear((data, origin) => {
          if (!isConnect(data)) return
          const { port } = data.params
          if (handshake) perform(handshake.receive(data.params, origin, port !== undefined), origin, port)
        })
        start(to.session)
      },
      close: () => {
        receiver = undefined
        stop?.()
        drop('')
      },
    },
    drop,
    leave: () => {
      open?.transport.post({ jsonrpc: '2.0', method: 'rpc.close' })
      drop('this page was left')
    },
    restart: () => start(),
  }
}
