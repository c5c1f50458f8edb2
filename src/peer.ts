import { attempt, type Diagnose } from './diagnostics.ts'

/** `waiting` for the other side to come, `connected`, `gone`, or `closed` by this side. */
export type PeerState = 'waiting' | 'connected' | 'gone' | 'closed'

/** How the other side is, and who is told of it. */
export interface Peer {
  readonly state: PeerState
  /** Nothing follows `closed`. */
  readonly become: (state: PeerState) => void
  /** Tell `listener` now and whenever it changes. @returns a function that stops it. */
  readonly listen: (listener: (state: PeerState) => void) => () => void
  /** Do something when the other side is there and what was held for it has left; never, if nobody comes. */
  readonly whenThere: (step: () => void) => void
  readonly forget: () => void
}

export function createPeer(diagnose: Diagnose): Peer {
  const listeners = new Set<(state: PeerState) => void>()
  let state: PeerState = 'waiting'

  const tell = (listener: (state: PeerState) => void): void =>
    attempt(diagnose, 'onPeer', () => listener(state))

  const listen = (listener: (state: PeerState) => void): (() => void) => {
    listeners.add(listener)
    tell(listener)
    return () => void listeners.delete(listener)
  }

  return {
    get state() {
      return state
    },
    become: (next) => {
      if (state === next || state === 'closed') return
      state = next
      for (const listener of listeners) tell(listener)
    },
    listen,
    whenThere: (step) => {
      if (state !== 'waiting') return step()
      const stop = listen((now) => {
        if (now === 'waiting') return
        stop()
        queueMicrotask(step)
      })
    },
    forget: () => listeners.clear(),
  }
}
