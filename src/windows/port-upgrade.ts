/** Runs a handshake over a medium, and is a Transport over the port that comes of it. Shared by windows and channels. */
import { endpointTransport } from '../transport/endpoint.ts'
import { createHandshake, type Effect, type Handshake } from './handshake.ts'
import type { Receiver, Transport } from '../transport/transport.ts'
import { uuid } from '../protocol/uuid.ts'
import { type GreetingMessage, isConnect, ownPort, type Port, type Refusal, refuserOf } from './greeting.ts'
import { giveNear, type NearWindow, takeNear } from './near-port.ts'
import { createNewcomers, type NewcomersDeps } from './newcomers.ts'
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
  /** The peer's window, if ports can be handed over by reference. Default: they are posted. */
  readonly near?: () => NearWindow | undefined
  /** Nobody speaks over it any more, for a host of Node that keeps its process alive. */
  readonly rest?: (isResting: boolean) => void
  /** Hear what comes from the peer, already checked. @returns how to stop. */
  readonly hear: (on: (data: unknown, origin: string) => void) => () => void
}

/** A Transport, and what its medium may do with it. */
export interface Upgrade {
  readonly transport: Transport
  /** The port is no good any more. */
  readonly drop: (reason: string, final?: boolean) => unknown
  /** Say to the peer that this side is gone, and forget it. */
  readonly leave: () => void
  /** Greet again, as a new session. */
  readonly restart: () => void
}

interface OpenPort {
  readonly port: Port
  readonly transport: Transport
  readonly origin: string
  readonly session: string
  /** It carries messages. One that was posted to nobody in particular does not, before its first word. */
  isReady: boolean
  /** The peer has said something over it. */
  isHeard: boolean
  /** The peer may have followed another copy of portcall that runs beside this one. */
  isDoubted: boolean
}

const REPLACED = 'the other side was replaced'
const TAKEN = 'another script here has this connection: load portcall once, or name a `channel`'
/** The sessions that this copy of portcall has had with an endpoint, the newest of them. */
const sessionsOf = new WeakMap<object, Set<string>>()
const MAX_SESSIONS = 64
const CLOSE = { jsonrpc: '2.0', method: 'rpc.close' } as const

const sessionsAt = (endpoint: object): Set<string> => {
  const sessions = sessionsOf.get(endpoint) ?? new Set()
  sessionsOf.set(endpoint, sessions)
  return sessions
}

const note = (sessions: Set<string>, session: string): void => {
  sessions.add(session)
  for (const oldest of sessions) if (sessions.size > MAX_SESSIONS) sessions.delete(oldest)
}

const message = (params: object): object => ({ jsonrpc: '2.0', method: 'rpc.connect', params })

const refusalBy = (mine: string, re: string | undefined, name: { readonly name?: string }): object => {
  const params: Refusal = { session: [mine], re, ...name }
  return message(params)
}

// Test realms may have none.
function needChannels(): void {
  if (typeof MessageChannel === 'function') return
  throw new TypeError(
    'There is no MessageChannel here: set globalThis.MessageChannel to that of Node, or `raw: true`',
  )
}

export function upgradeTransport(medium: Medium): Upgrade {
  needChannels()
  let handshake!: Handshake
  const sessions = sessionsAt(medium.endpoint)
  let receiver: Receiver | undefined
  let open: OpenPort | undefined
  let stop: (() => void) | undefined
  let past: string | undefined

  const say = (params: GreetingMessage['params'], to: string): void =>
    medium.post(message(params), to, params.port ? [params.port] : [])

  const name = medium.channel === undefined ? {} : { name: medium.channel }

  const refusal = (re?: string): object => refusalBy(handshake.session, re, name)

  const newcomers = createNewcomers(
    asking(medium, { now: () => open, refusal, lose: () => lose(), left: () => left(REPLACED) }),
  )

  const use = (port: Port, session: string, origin: string, isReady = true): void => {
    drop(REPLACED)
    // Whoever was told of that may have ended it all.
    if (!receiver) return port.close()
    const transport = endpointTransport('hears' in port ? port.hears : port, port)
    const here: OpenPort = { port, transport, origin, session, isReady, isHeard: false, isDoubted: false }
    open = here
    transport.listen(
      receiverOf(here, {
        to: () => receiver,
        answers: newcomers.answers,
        isRefused: (params) => refuserOf(params, handshake.session, medium.channel) !== undefined,
        mine: handshake.session,
        ended,
        left,
        lose,
      }),
    )
    if (isReady) receiver?.opened()
  }

  /** @returns whether anybody is to be invited. */
  const drop = (reason: string, final = false): boolean => {
    const former = open
    open = undefined
    former?.transport.close()
    former?.port.close()
    // Their question was asked over that port.
    const isInvited = newcomers.ended()
    if (former || final) receiver?.gone(reason, final)
    return isInvited
  }

  // The peer has ended it. Whoever waits for that, or was refused, is invited.
  const left = (reason: string, final = false): void => {
    const isInvited = drop(reason, final)
    if (!open) medium.rest?.(true)
    if (isInvited && receiver) start()
  }

  // It has said goodbye. It is remembered, as what it had posted before on the medium may arrive after that.
  const ended = (session: string): void => {
    past = session
    left(medium.left ?? 'it was closed over there')
  }

  /** Tell all that may have heard the greeting of this session that it is over. A peer that has spoken is told over the port. */
  const farewell = (): void => {
    open?.transport.post(CLOSE)
    if (!open?.isHeard) for (const to of medium.greets()) medium.post(refusal(), to, [])
  }

  // Somebody else has the connection.
  const lose = (): void => left(TAKEN, true)

  const perform = createPerform(medium, {
    say,
    use,
    lose,
    // Where the port was posted to nobody in particular: that it has reached who was meant.
    confirm: (port, re) => port.postMessage(message({ session: handshake.session, re, ...name }), []),
  })

  const start = (session = uuid()): void => {
    handshake = createHandshake({ ...medium, session })
    note(sessions, handshake.session)
    perform(handshake.start(medium.greets()))
  }

  const doubt = (): void => {
    if (open) open.isDoubted = true
    newcomers.ask()
  }

  const meet = (params: GreetingMessage['params'], origin: string): void => {
    const { session } = params
    if (handshake.concerns(params) && session !== open?.session) {
      if (open) return newcomers.hold(params, origin)
      handshake.forget(session)
    }
    perform(handshake.receive(params, origin, params.port !== undefined), params, origin)
  }

  const hear = (data: unknown, origin: string): void => {
    if (!isConnect(data)) return
    const params = withNear(data.params, handshake.concerns(data.params) && medium.trusts(origin))
    const { session, re, port } = params
    const refuser = refuserOf(params, handshake.session, medium.channel)
    const over = refuserOf(params, undefined, medium.channel)
    // None of these has a port that is meant.
    if (refuser || over || session === past) port?.close()
    if (refuser) return !open || open.session === refuser ? lose() : doubt()
    if (over || session === past) return over && open?.session === over ? ended(open.session) : undefined
    if (re !== undefined && !sessions.has(re) && params.name === medium.channel) {
      // It is for another copy of portcall on this side, and so is its port.
      if (session === open?.session) doubt()
      if (port) return
    }
    meet(params, origin)
  }

  return {
    transport: transportOver(medium, () => open !== undefined && medium.trusts(open.origin), {
      // Before there is a channel nothing can be said: `opened` tells the receiver when it can introduce itself.
      post: (message, transfer) => {
        if (open?.isReady) open.transport.post(message, transfer)
      },
      listen: (to) => {
        receiver = to
        stop = medium.hear(hear)
        start(to.session)
      },
      close: () => {
        receiver = undefined
        stop?.()
        // Otherwise the receiver has said it.
        if (stop && !open?.isHeard) farewell()
        drop('')
      },
    }),
    drop,
    leave: () => {
      farewell()
      drop('this page was left')
    },
    restart: () => start(),
  }
}

const transportOver = (
  { endpoint, channel, guard }: Medium,
  isTrusted: () => boolean,
  methods: Pick<Transport, 'post' | 'listen' | 'close'>,
): Transport => ({
  endpoint,
  get trusted() {
    return isTrusted()
  },
  successor: true,
  opens: true,
  ...(channel !== undefined && { channel }),
  ...(guard && { guard }),
  ...methods,
})

interface Asking {
  readonly now: () => OpenPort | undefined
  readonly refusal: (session: string) => object
  readonly lose: () => void
  readonly left: () => void
}

/** How a peer is asked whether it is there, and what follows. */
const asking = (medium: Medium, { now, refusal, lose, left }: Asking): NewcomersDeps => ({
  ask: (question) => now()?.transport.post(question),
  answered: () => {
    const open = now()
    if (open) open.isDoubted = false
  },
  silent: (refuse) => {
    const open = now()
    if (!open) return
    if (open.isDoubted) return lose()
    // It may be alive after all. It is told here and on the medium, as the port may not have arrived.
    const { session, origin, transport } = open
    for (const last of [refusal(session), CLOSE]) transport.post(last)
    refuse(session, origin)
    left()
  },
  refuse: (session, origin) => medium.post(refusal(session), origin === OPAQUE ? '*' : origin, []),
})

type Params = GreetingMessage['params']

/** With the port that waits in this window under the key that is named. Another key is as none. */
const withNear = (params: Params, mayTake: boolean): Params => {
  const port = mayTake && takeNear(params.near)
  return port ? { ...params, port } : params
}

interface Performing {
  readonly say: (params: Params, to: string) => void
  readonly use: (port: Port, session: string, origin: string, isReady?: boolean) => void
  readonly lose: () => void
  readonly confirm: (port: Port, session: string) => void
}

/** Does what the handshake says is to be done. */
const createPerform =
  ({ opaque, near, trusts }: Medium, { say, use, lose, confirm }: Performing) =>
  (
    effects: readonly Effect[],
    { session = '', port: came, near: takes }: Partial<Params> = {},
    origin = '',
  ): void => {
    for (const effect of effects) {
      if (effect.do === 'greet') say({ ...effect.greeting, ...(near?.() && { near: true }) }, effect.to)
      else if (effect.do === 'discard') came?.close()
      else if (effect.do === 'adopt') {
        const port = came && ownPort(came)
        if (!port) return lose()
        if (opaque && origin === OPAQUE) confirm(port, session)
        use(port, session, origin)
      } else {
        const there = takes === true && trusts(origin) && near?.()
        if (there) {
          const [port, key] = giveNear(there)
          say({ ...effect.greeting, near: key }, effect.to)
          use(port, session, origin)
          continue
        }
        const { port1, port2 } = new MessageChannel()
        say({ ...effect.greeting, port: port2 }, effect.to)
        use(port1, session, origin, effect.do === 'offer')
      }
    }
  }

interface Hearing {
  readonly to: () => Receiver | undefined
  readonly answers: (data: unknown) => boolean
  readonly isRefused: (params: object) => boolean
  readonly mine: string
  readonly ended: (session: string) => void
  readonly left: (reason: string) => void
  readonly lose: () => void
}

/** What comes over a port: most of it is the receiver's. */
const receiverOf = (
  here: OpenPort,
  { to, answers, isRefused, mine, ended, left, lose }: Hearing,
): Receiver => ({
  message: (data) => {
    here.isHeard = true
    if (answers(data)) return
    if (isConnect(data)) {
      const { params } = data
      if (isRefused(params)) lose()
      else if (!here.isReady && params.session === here.session && params.re === mine) {
        here.isReady = true
        to()?.opened()
      }
      return
    }
    if (!here.isReady) return left('')
    if ((data as { readonly method?: unknown } | null)?.method === CLOSE.method) ended(here.session)
    else to()?.message(data, here.origin)
  },
  unreadable: (reason) => to()?.unreadable(reason),
  failed: (reason, isFatal) => to()?.failed(reason, isFatal),
  gone: (reason) => (here.isDoubted ? lose() : left(String(reason))),
  opened() {},
  refused() {},
})
