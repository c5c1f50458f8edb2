/**
 * Who is on a bus. They find each other by notifications in envelopes, to everybody or to the one who asked:
 *
 * 1. `rpc.join [name]` to all: I am here.
 * 2. `rpc.here [name]` to whoever joined: so am I.
 * 3. `rpc.leave` to all: I go. Whoever ends without it is found out by its Web Lock, where there are any.
 * 4. `rpc.here [name, true]`: I am here and hold no lock (own-lock.ts), until I say to all that I am without the `true`.
 */
import type { Diagnose } from '../../peer/diagnostics.ts'
import { attempt } from './attempt.ts'
import type { Endpoint } from '../../transport/endpoint.ts'
import { type Envelopes, envelopes } from './addressing.ts'
import { watchPage } from '../liveness/web-locks.ts'
import { createOwnLock } from '../liveness/own-lock.ts'
import { createRoster, type Roster } from './known-peers.ts'

export interface Members
  extends
    Pick<Envelopes, 'id' | 'post' | 'transportTo'>,
    Pick<Roster, 'list' | 'has' | 'onJoin' | 'onLeave'> {
  readonly close: () => void
}

export interface MembersEars {
  readonly diagnose: Diagnose
  /** A message to everybody. */
  readonly toAll: (message: object) => void
  /** The first message of a member to this side: it is heard by the transport to it that is made now. */
  readonly toUs: (from: string) => void
}

/** What wakes nobody. */
const NOTICES: readonly unknown[] = ['rpc.join', 'rpc.here', 'rpc.leave', 'rpc.close']

type Notice = Partial<Record<'jsonrpc' | 'method' | 'params' | 'id', unknown>>

/** Join the bus of a channel, or of the one of that name. */
export function joinBus(
  channel: Endpoint | string,
  name: string,
  { diagnose, toAll, toUs }: MembersEars,
): Members {
  const roster = createRoster(diagnose, {
    drop: (id, reason) => bus.drop(id, reason),
    isMet: (id) => bus.isMet(id),
  })
  // Whether the lock was held: whoever heard of this side before would take it for gone.
  let isIn = false

  // The channel may have been closed by its owner.
  const announce = (method: string, params?: readonly unknown[], to?: string): void =>
    attempt(diagnose, method, () => bus.post({ jsonrpc: '2.0', method, ...(params && { params }) }, to))

  const here = (isHeld: boolean, to?: string): void =>
    announce('rpc.here', isHeld ? [name] : [name, true], to)

  const hears = ({ jsonrpc, method, params }: Notice, from: string): boolean => {
    if (jsonrpc !== '2.0' || typeof method !== 'string') return true
    // Whoever is there answers when this side has joined.
    if (!isIn && method.startsWith('rpc.')) return true
    const [theirs, isResting]: readonly unknown[] = Array.isArray(params) ? params : []
    if (method === 'rpc.leave') roster.leave(from, 'it left the bus')
    else if (method === 'rpc.here') {
      roster.enter(from, theirs)
      roster.holds(from, isResting !== true)
    } else if (method === 'rpc.join') {
      // It is back from the back/forward cache, and has forgotten everybody.
      roster.leave(from, 'it joined anew')
      roster.enter(from, theirs)
      here(own.isTold(), from)
    } else return false
    return true
  }

  const bus = envelopes(channel, {
    toAll: (message, from) => {
      // A request to all would be answered by all, with one id.
      if (!hears(message, from) && (message as Notice).id === undefined) toAll(message)
    },
    toUs: (message, from) => {
      // A goodbye is the end of one who has been forgotten already.
      if (hears(message, from) || (message as Notice).method === 'rpc.close') return
      roster.enter(from)
      if (roster.has(from)) toUs(from)
    },
    passes: ({ method }: Notice) => {
      if (!NOTICES.includes(method)) own.used()
    },
  })

  // A page that ends says so, unless it crashes. A worker can be terminated at any time: it never rests.
  const own = createOwnLock({
    mayRest: 'onpagehide' in globalThis,
    name: bus.id,
    isInUse: bus.isInUse,
    tell: ({ length }) => {
      if (isIn) here(length > 0)
      return true
    },
    rests: roster.rest,
  })

  const join = (): void => {
    bus.enter()
    roster.rest(false)
    own.start(() => {
      isIn = true
      announce('rpc.join', [name])
    })
  }

  const part = (): void => {
    for (const { id } of roster.list()) roster.leave(id, 'this side left the bus')
    if (isIn) announce('rpc.leave')
    isIn = false
    own.end()
    bus.leave()
  }

  join()
  const stopWatching = watchPage(part, join)

  return {
    id: bus.id,
    post: bus.post,
    transportTo: bus.transportTo,
    list: roster.list,
    has: roster.has,
    onJoin: roster.onJoin,
    onLeave: roster.onLeave,
    close: () => {
      stopWatching()
      part()
      roster.close()
    },
  }
}
