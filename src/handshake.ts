/**
 * How two sides that can post to each other agree on one MessagePort for one lane. A pure state machine: what happens goes
 * in, what is to be done comes out. No timer, no retry.
 *
 * Requirements
 * - Either side may start first, listen late, be replaced (a reload), or be gone.
 * - Exactly one channel results, and both sides know whose it is.
 * - A greeting carries nothing but session ids and the lane, so it may go to an origin that is not known yet. A port goes
 *   only to an exact origin, after that origin was checked.
 * - A replayed greeting does not swap a live channel; a new session does.
 *
 * Steps
 * 1. Each side greets at its start: `{ session }`. A greeting to a side that does not listen yet is lost.
 * 2. Whoever hears a greeting of a session that it does not know either makes the channel (4), or greets back with
 *    `{ session, re: theirs }`, so that the other learns of it.
 * 3. The side with the greater session makes the channel; where one side is opaque, that side, as it can name the other's
 *    origin and cannot be named itself.
 * 4. It posts one end with `{ session, re: theirs, port }` and keeps the other.
 * 5. A port is taken only if `re` is our own present session and its sender is not our peer already. Any other is closed.
 */
import { OPAQUE } from './origins.ts'

/** Params of the `rpc.connect` notification by which the sides greet. */
export interface Greeting {
  readonly session: string
  /** The session that this answers. */
  readonly re?: string
  /** The lane; absent: the one without a name. */
  readonly name?: string
}

/** What is to be done, in order. */
export type Effect =
  /** Post the greeting to `to`, an origin or `*`. */
  | { readonly do: 'greet'; readonly greeting: Greeting; readonly to: string }
  /** Make a channel, post the greeting with one end to `to`, use the other. */
  | { readonly do: 'offer'; readonly greeting: Greeting; readonly to: string }
  /** Use the port that came. */
  | { readonly do: 'adopt' }
  /** Close the port that came. */
  | { readonly do: 'discard' }

export interface Handshake {
  /** Greet those that may be there; `to` are origins, or `*`. */
  readonly start: (to: readonly string[]) => readonly Effect[]
  /** A greeting came from an origin that was checked, with or without a port. */
  readonly receive: (greeting: unknown, origin: string, hasPort: boolean) => readonly Effect[]
}

export interface HandshakeOptions {
  readonly session: string
  readonly name: string | undefined
  /** This side's own origin is opaque. */
  readonly opaque: boolean
}

const isGreeting = (value: unknown): value is Greeting =>
  typeof value === 'object' && value !== null && typeof (value as Partial<Greeting>).session === 'string'

export function createHandshake({ session: me, name, opaque }: HandshakeOptions): Handshake {
  let peer: string | undefined
  const greeting = (re?: string): Greeting => ({
    session: me,
    ...(re !== undefined && { re }),
    ...(name !== undefined && { name }),
  })

  return {
    start: (to) => to.map((origin) => ({ do: 'greet', greeting: greeting(), to: origin })),

    receive: (value, origin, hasPort) => {
      if (!isGreeting(value) || value.name !== name || value.session === me) return []
      const { session, re } = value
      if (hasPort) {
        if (re !== me || session === peer) return [{ do: 'discard' }]
        peer = session
        return [{ do: 'adopt' }]
      }
      if (session === peer || (re !== undefined && re !== me)) return []
      const isMaker = origin !== OPAQUE && (opaque || me > session)
      if (isMaker) {
        peer = session
        return [{ do: 'offer', greeting: greeting(session), to: origin }]
      }
      return re === me
        ? []
        : [{ do: 'greet', greeting: greeting(session), to: origin === OPAQUE ? '*' : origin }]
    },
  }
}
