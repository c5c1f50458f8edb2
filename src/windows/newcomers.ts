/**
 * Greetings of sessions that would take the place of a peer: its document may have been loaded again, or another copy of
 * portcall may run beside it. The peer is asked: if it answers, the newcomers are refused. If it is gone, all that are there are
 * greeted again, as of those that were heard some may be gone, too.
 */
import { patiently } from '../protocol/patience.ts'
import { hasTimers } from '../protocol/realm.ts'
import { uuid } from '../protocol/uuid.ts'
import type { GreetingMessage } from './greeting.ts'

type Params = GreetingMessage['params']

export interface NewcomersDeps {
  /** Ask the peer something. */
  readonly ask: (question: object) => void
  /** The peer has answered, or it has not. */
  readonly answered: () => void
  readonly silent: (refuse: NewcomersDeps['refuse']) => void
  readonly refuse: (session: string, origin: string) => void
}

export interface Newcomers {
  /** Keep a greeting until the peer has answered, or is gone. */
  readonly hold: (params: Params, origin: string) => void
  /** Ask the peer whether it is there. */
  readonly ask: () => void
  /** Whether a message of the peer is its answer. */
  readonly answers: (data: unknown) => boolean
  /** The peer is gone. @returns whether anybody waits for that, or was refused. */
  readonly ended: () => boolean
}

/** Milliseconds that a peer has to answer. One that is busy for longer is replaced, and told so. */
const PATIENCE = 1_000
/** Greetings that are held. */
const MAX_HELD = 16

export function createNewcomers(deps: NewcomersDeps): Newcomers {
  let held: (readonly [params: Params, origin: string])[] = []
  let question: string | undefined
  let stop = (): void => {}
  let hasRefused = false

  const take = (): typeof held => {
    const all = held
    stop()
    held = []
    question = undefined
    return all
  }

  // Tells a session that there is no connection for it.
  const refuse: NewcomersDeps['refuse'] = (session, origin) => {
    hasRefused = true
    deps.refuse(session, origin)
  }

  const ask = (): void => {
    if (question) return
    question = uuid()
    if (hasTimers()) stop = patiently(() => deps.silent(refuse), PATIENCE)
    deps.ask({ jsonrpc: '2.0', id: question, method: 'rpc.ping' })
  }

  return {
    hold: (params, origin) => {
      if (held.length >= MAX_HELD) return params.port?.close()
      held.push([params, origin])
      ask()
    },
    ask,
    answers: (data) => {
      if (!question || (data as { readonly id?: unknown } | null)?.id !== question) return false
      deps.answered()
      for (const [{ session, port }, origin] of take()) {
        port?.close()
        refuse(session, origin)
      }
      return true
    },
    ended: () => {
      const all = take()
      for (const [{ port }] of all) port?.close()
      const isInvited = hasRefused || all.length > 0
      hasRefused = false
      return isInvited
    },
  }
}
