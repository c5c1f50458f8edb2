/** The others on a bus as far as they are known: who listens is told of them, and the locks of those that hold one are waited for. */
import type { Diagnose } from '../../peer/diagnostics.ts'
import { attempt } from './attempt.ts'
import { watchLock } from '../liveness/web-locks.ts'

/** Somebody else on the bus. */
export interface BusPeer {
  /** Unique; another one after a reload. */
  readonly id: string
  /** What it calls itself; several may be called the same. */
  readonly name: string
}

type Listener = (peer: BusPeer) => void

/** @returns a function that stops it. */
type Listen = (listener: Listener) => () => void

export interface Roster {
  readonly list: () => readonly BusPeer[]
  readonly has: (id: string) => boolean
  /** It is there, and holds its lock. */
  readonly enter: (id: string, name?: unknown) => void
  readonly leave: (id: string, reason: string) => void
  /** Whether it holds its lock from now on. */
  readonly holds: (id: string, isHeld: boolean) => void
  /** While this side rests, it waits for no lock. */
  readonly rest: (isResting: boolean) => void
  /** Tell of everybody who is there, and of whoever joins. */
  readonly onJoin: Listen
  readonly onLeave: Listen
  readonly close: () => void
}

/** What happens to one that is not known any more. */
export interface RosterEars {
  readonly drop: (id: string, reason: string) => void
  /** Whether there is a connection to it. */
  readonly isMet: (id: string) => boolean
}

/** Bounds what forged ids make this side keep: over it a peer that was only heard of is forgotten first, the oldest first. */
const MAX_PEERS = 1_000
const MAX_NAME = 256

export function createRoster(diagnose: Diagnose, { drop, isMet }: RosterEars): Roster {
  const peers = new Map<string, BusPeer>()
  // By the id of who holds the lock; undefined while this side rests.
  const unwatch = new Map<string, (() => void) | undefined>()
  const joins = new Set<Listener>()
  const leaves = new Set<Listener>()
  let rests = false

  const tell = (listeners: Iterable<Listener>, peer: BusPeer): void => {
    for (const listener of listeners) attempt(diagnose, 'onJoin', () => listener(peer))
  }

  const holds = (id: string, isHeld: boolean): void => {
    unwatch.get(id)?.()
    unwatch.delete(id)
    if (!isHeld || !peers.has(id)) return
    unwatch.set(id, rests ? undefined : watchLock(id, () => leave(id, 'the other side is gone')))
  }

  const leave = (id: string, reason: string): void => {
    const peer = peers.get(id)
    if (!peer) return
    peers.delete(id)
    holds(id, false)
    drop(id, reason)
    tell(leaves, peer)
  }

  return {
    list: () => Array.from(peers.values()),
    has: (id) => peers.has(id),
    enter: (id, name) => {
      if (peers.has(id)) return
      if (peers.size >= MAX_PEERS) {
        const oldest = Array.from(peers.keys()).find((one) => !isMet(one))
        if (oldest === undefined) return diagnose('busy', `${peers.size} are on the bus already`)
        leave(oldest, 'too many are on the bus')
      }
      const peer = { id, name: typeof name === 'string' ? name.slice(0, MAX_NAME) : '' }
      peers.set(id, peer)
      holds(id, true)
      tell(joins, peer)
    },
    leave,
    holds,
    rest: (isResting) => {
      rests = isResting
      for (const id of Array.from(unwatch.keys())) holds(id, true)
    },
    onJoin: (listener) => {
      joins.add(listener)
      for (const peer of peers.values()) tell([listener], peer)
      return () => void joins.delete(listener)
    },
    onLeave: (listener) => {
      leaves.add(listener)
      return () => void leaves.delete(listener)
    },
    close: () => {
      joins.clear()
      leaves.clear()
    },
  }
}
