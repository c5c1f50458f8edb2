/**
 * Greetings of sessions that would take the place of a peer: the document may have been loaded again, or another copy of
 * portcall may run beside the peer. The peer is asked: if it answers, the newcomer is refused; if it is gone, followed.
 */
import { uuid } from '../protocol/uuid.ts'
import type { GreetingMessage } from './greeting.ts'

type Params = GreetingMessage['params']

export interface NewcomersDeps {
  /** Ask the peer something. */
  readonly ask: (question: object) => void
  readonly follow: (params: Params, origin: string) => void
  readonly refuse: (session: string, origin: string) => void
}

export interface Newcomers {
  /** Keep a greeting until the peer has answered, or is gone. */
  readonly hold: (params: Params, origin: string) => void
  /** Whether a message of the peer is its answer. */
  readonly answers: (data: unknown) => boolean
  /** The peer is gone. @returns whether somebody is followed. */
  readonly ended: () => boolean
  /** Tell a session that there is no connection for it. */
  readonly refuse: (session: string, origin: string, port?: MessagePort) => void
  /** Whether somebody was refused since this was asked. */
  readonly hasRefused: () => boolean
  readonly stop: () => void
}

/** Milliseconds that a peer has to answer. One that is busy for longer is replaced, and told so. */
const PATIENCE = 1_000
/** Greetings that are held. */
const MAX_HELD = 16

export function createNewcomers({ ask, follow, refuse }: NewcomersDeps): Newcomers {
  let held: (readonly [params: Params, origin: string])[] = []
  let question: string | undefined
  let timer: unknown
  let hasRefused = false

  const stop = (): typeof held => {
    const all = held
    if (timer) clearTimeout(timer as number)
    held = []
    question = undefined
    return all
  }

  const ended = (): boolean => {
    const all = stop()
    for (const [params, origin] of all) follow(params, origin)
    return all.length > 0
  }

  const turnAway: Newcomers['refuse'] = (session, origin, port) => {
    port?.close()
    hasRefused = true
    refuse(session, origin)
  }

  return {
    hold: (params, origin) => {
      if (held.length >= MAX_HELD) return params.port?.close()
      held.push([params, origin])
      if (question) return
      question = uuid()
      timer = globalThis.setTimeout?.(ended, PATIENCE)
      ask({ jsonrpc: '2.0', id: question, method: 'rpc.ping' })
    },
    answers: (data) => {
      if (!question || (data as { readonly id?: unknown } | null)?.id !== question) return false
      for (const [{ session, port }, origin] of stop()) turnAway(session, origin, port)
      return true
    },
    ended,
    refuse: turnAway,
    hasRefused: () => {
      const was = hasRefused
      hasRefused = false
      return was
    },
    stop,
  }
}
