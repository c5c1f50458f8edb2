// One other side of the page: how it is started, taken away, loaded anew, and how it is.
import type { PeerState } from 'portcall'
import type { Door, PageHooks } from '../page-api.ts'
import { type Doors, openDoors, type Ways } from './doors.ts'

export type Id = 'worker' | 'same' | 'other' | 'popup'

/** `absent` before it is first started. */
export type State = PeerState | 'absent'

/** A peer that has been started. */
export interface Peer {
  readonly ways: Ways
  /** Take it away without a word to its doors. */
  readonly end: () => void
  /** Where nobody can find out that it ended: close the doors too. */
  readonly isSilent?: boolean
  /** Load it anew. */
  readonly reload?: () => void
  /** Told when the doors to it are open. */
  readonly opened?: (doors: Doors) => void
}

/** What a kind of peer is, and how one is started. */
export interface Kind {
  readonly id: Id
  /** What it is called in a sentence. */
  readonly name: string
  /** What it is called in code. */
  readonly variable: string
  readonly title: string
  readonly about: string
  /** The doors that lead to it. */
  readonly opens: readonly Door[]
  /** The setting up of each door, here and over there. */
  readonly setup: Readonly<Record<Door, readonly [here: string, there: string]>>
  /** It starts with the page. */
  readonly starts: boolean
  /** What starting and ending it is called. */
  readonly verbs: readonly [start: string, end: string]
  /** Put what there is to see of it into `place`. @throws Error if it cannot be started. */
  readonly start: (place: HTMLElement) => Peer
}

export interface Connection extends Omit<Kind, 'start'> {
  /** @throws Error before it is started. */
  readonly doors: Doors
  readonly state: State
  readonly start: () => void
  readonly end: () => void
  readonly reload: () => void
  readonly canReload: boolean
}

export interface ConnectionOptions {
  readonly place: HTMLElement
  readonly hooks: PageHooks
  readonly onState: (state: State) => void
}

export function createConnection(kind: Kind, { place, hooks, onState }: ConnectionOptions): Connection {
  let peer: Peer | undefined
  let doors: Doors | undefined
  let state: State = 'absent'
  let stop = (): void => {}

  const become = (next: State): void => {
    state = next
    onState(next)
  }

  return {
    ...kind,
    get doors() {
      if (doors) return doors
      throw new Error(`There is no ${kind.name}: start it first`)
    },
    get state() {
      return state
    },
    get canReload() {
      return peer?.reload !== undefined
    },
    start() {
      stop()
      doors?.close()
      peer?.end()
      peer = kind.start(place)
      doors = openDoors(peer.ways, hooks)
      peer.opened?.(doors)
      stop = doors.shared.onPeer(become)
    },
    end() {
      if (peer?.isSilent) doors?.close()
      peer?.end()
    },
    reload: () => peer?.reload?.(),
  }
}
