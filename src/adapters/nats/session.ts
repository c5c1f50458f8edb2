/** `natsTransport`: a session with one of those who serve a subject. */
import { needMethod } from '../../protocol/guards.ts'
import { PEER_GONE, RPCError } from '../../protocol/errors.ts'
import { textTransport } from '../../transport/text.ts'
import type { Transport } from '../../transport/transport.ts'
import { read } from './served-session.ts'
import {
  asking,
  backlogOf,
  isNobody,
  memberOf,
  type NatsConnectionLike,
  newInbox,
  parse,
  publish,
  watch,
} from './wire.ts'

/** Options of `natsTransport`. */
export interface NatsOptions {
  /** Milliseconds between two looks whether the other side is still there. Default: 1,000. */
  readonly heartbeat?: number | undefined
}

/** Looks until a request for a session counts as lost, with whoever took it. */
const PATIENCE = 10

/**
 * A session with one of those who serve a subject (`serveNats`): all that portcall can do, callbacks and streams included.
 * When that one dies, what is pending rejects PEER_GONE, and another one of its queue group is the successor.
 * Where nobody serves the subject, calls reject at once, until somebody does.
 */
export function natsTransport(
  nc: NatsConnectionLike,
  subject: string,
  { heartbeat = 1_000 }: NatsOptions = {},
): Transport {
  needMethod(nc, 'subscribe', 'a connection of NATS')
  let inbox = ''
  let peer: string | undefined
  let lose: ((reason: string) => void) | undefined
  return textTransport({
    backlog: backlogOf(nc),
    cut: (reason) => lose?.(reason),
    medium: 'NATS subject',
    endpoint: {},
    successor: true,
    opens: true,
    maxLength: Infinity,
    send: (text) => {
      if (peer === undefined) throw new RPCError(PEER_GONE, `There is no session at ${subject}`)
      publish(nc, peer, text, inbox)
    },
    listen: (ears) => {
      let subscription: { unsubscribe(): void } | undefined
      let isUp = true
      let waited = 0

      // A new inbox for each, so that nothing of a former session can arrive in this one.
      const open = (): void => {
        leave()
        inbox = newInbox()
        waited = 0
        subscribe()
        publish(nc, subject, asking('session'), inbox)
      }
      const subscribe = (): void => {
        subscription = nc.subscribe(inbox, {
          callback: (error, message) => {
            if (error) ears.unreadable(error)
            else if (isNobody(message)) nobody()
            else if (!message.data.length) return
            else if (peer === undefined) met(memberOf(parse(message), 'from'))
            else read(message, ears)
          },
        })
      }
      const leave = (): void => {
        peer = undefined
        subscription?.unsubscribe()
        subscription = undefined
      }
      const met = (from: string | undefined): void => {
        if (from === undefined) return
        peer = from
        ears.opened()
      }
      // The next look asks for another one.
      lose = (reason) => {
        leave()
        ears.gone(reason, false)
      }
      const nobody = (): void => {
        const was = peer
        leave()
        if (was === undefined) return ears.gone(`nobody serves ${subject}`, true)
        ears.gone(`who served ${subject} is gone`)
        open()
      }
      const look = (): void => {
        if (!isUp) return
        if (peer !== undefined) publish(nc, peer, '', inbox)
        else if (!subscription || ++waited > PATIENCE) open()
      }
      const timer = setInterval(look, heartbeat)
      const stopWatching = watch(nc, {
        lost: () => {
          isUp = false
          leave()
          ears.gone('the connection to NATS was lost')
        },
        back: () => {
          isUp = true
          open()
        },
        closed: () => {
          isUp = false
          leave()
          ears.gone('the connection to NATS was closed', true)
        },
      })
      if (peer === undefined) open()
      else {
        // An RPC after the first one: the session is still there, or whoever had it is found to be gone.
        subscribe()
        ears.opened()
      }
      return () => {
        lose = undefined
        clearInterval(timer)
        stopWatching()
        subscription?.unsubscribe()
      }
    },
  })
}
