/**
 * Who is on a bus. They find each other by notifications in envelopes, to everybody or to the one who asked:
 *
 * 1. `rpc.join [name]` to all: I am here.
 * 2. `rpc.here [name]` to whoever joined: so am I.
 * 3. `rpc.leave` to all: I go. Whoever ends without it is found out by its Web Lock, where there are any.
 */
import { attempt, type Diagnose } from '../diagnostics.ts'
import type { Endpoint } from '../endpoint.ts'
import { type Envelopes, envelopes } from './bus.ts'
import { holdLock, watchLock, watchPage } from './locks.ts'

/** Somebody else on the bus. */
export interface BusPeer {
  /** Unique; another one after a reload. */
  readonly id: string
  /** What it calls itself; several may be called the same. */
  readonly name: string
}

type Listen = (listener: (peer: BusPeer) => void) => () => void

export interface Members extends Pick<Envelopes, 'id' | 'post' | 'transportTo'> {
  readonly list: () => readonly BusPeer[]
  readonly has: (id: string) => boolean
  /** Tell of everybody who is there, and of whoever joins. @returns a function that stops it. */
  readonly onJoin: Listen
  readonly onLeave: Listen
  readonly close: () => void
}

export interface MembersEars {
  readonly diagnose: Diagnose
  /** A message to everybody. */
  readonly toAll: (message: object) => void
  /** The first message of a member to this side: it is heard by the transport to it that is made now. */
  readonly toUs: (from: string) => void
}

/** Bounds what forged ids make this side keep. */
const MAX_PEERS = 1_000
const MAX_NAME = 256

interface Member {
  readonly peer: BusPeer
  readonly unwatch: () => void
}

type Notice = Partial<Record<'jsonrpc' | 'method' | 'params' | 'id', unknown>>

/** Join the bus of a channel. */
export function joinBus(channel: Endpoint, name: string, { diagnose, toAll, toUs }: MembersEars): Members {
  const members = new Map<string, Member>()
  const joins = new Set<(peer: BusPeer) => void>()
  const leaves = new Set<(peer: BusPeer) => void>()
  let release: (() => void) | undefined
  // Whether the lock is held: whoever heard of this side before would take it for gone.
  let isIn = false

  // The channel may have been closed by its owner.
  const announce = (method: string, params?: readonly unknown[], to?: string): void =>
    attempt(diagnose, method, () => bus.post({ jsonrpc: '2.0', method, ...(params && { params }) }, to))

  const tell = (listeners: Iterable<(peer: BusPeer) => void>, peer: BusPeer): void => {
    for (const listener of listeners) attempt(diagnose, 'onJoin', () => listener(peer))
  }

  const enter = (id: string, theirs?: unknown): void => {
    if (members.has(id) || members.size >= MAX_PEERS) return
    const peer = { id, name: typeof theirs === 'string' ? theirs.slice(0, MAX_NAME) : '' }
    members.set(id, { peer, unwatch: watchLock(id, () => leave(id, 'the other side is gone')) })
    tell(joins, peer)
  }

  const leave = (id: string, reason: string): void => {
    const member = members.get(id)
    if (!member) return
    members.delete(id)
    member.unwatch()
    bus.drop(id, reason)
    tell(leaves, member.peer)
  }

  const hears = ({ jsonrpc, method, params }: Notice, from: string): boolean => {
    if (jsonrpc !== '2.0' || typeof method !== 'string') return true
    // Whoever is there answers when this side has joined.
    if (!isIn && method.startsWith('rpc.')) return true
    const theirs: unknown = Array.isArray(params) ? params[0] : undefined
    if (method === 'rpc.leave') leave(from, 'it left the bus')
    else if (method === 'rpc.here') enter(from, theirs)
    else if (method === 'rpc.join') {
      // It is back from the back/forward cache, and has forgotten everybody.
      leave(from, 'it joined anew')
      enter(from, theirs)
      announce('rpc.here', [name], from)
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
      enter(from)
      if (members.has(from)) toUs(from)
    },
  })

  const join = (): void => {
    const mine = holdLock(bus.id, () => {
      if (release !== mine) return mine()
      isIn = true
      announce('rpc.join', [name])
    })
    release = mine
  }

  const part = (): void => {
    for (const id of members.keys()) leave(id, 'this side left the bus')
    if (isIn) announce('rpc.leave')
    isIn = false
    release?.()
    release = undefined
  }

  const stopWatching = watchPage(part, join)
  join()

  return {
    id: bus.id,
    post: bus.post,
    transportTo: bus.transportTo,
    list: () => Array.from(members.values(), ({ peer }) => peer),
    has: (id) => members.has(id),
    onJoin: (listener) => {
      joins.add(listener)
      for (const { peer } of members.values()) tell([listener], peer)
      return () => void joins.delete(listener)
    },
    onLeave: (listener) => {
      leaves.add(listener)
      return () => void leaves.delete(listener)
    },
    close: () => {
      stopWatching()
      part()
      bus.close()
      joins.clear()
      leaves.clear()
    },
  }
}
