// One of the five: what it is, how it is opened, called and killed.
import type { PeerState } from 'portcall'
import type { PageSide } from '../page-side.ts'

/** Milliseconds that a call may take. */
export const TIMEOUT = 15_000

/** `absent` before it is opened. */
export type State = PeerState | 'absent'

/** One that is open. */
export interface Link {
  readonly call: <T>(method: string, ...args: readonly unknown[]) => Promise<T>
  /** End the other side, without a word to this one. */
  readonly kill: () => void
  /** Let go of it. */
  readonly close: () => void
}

export interface Action {
  readonly label: string
  /** What is called, in code. */
  readonly code: string
  readonly run: (link: Link) => Promise<unknown>
}

export interface Surroundings {
  readonly page: PageSide
  /** Where there is something to see. */
  readonly place: HTMLElement
  readonly onState: (state: State) => void
}

export interface Place {
  readonly id: 'worker' | 'iframe' | 'shared' | 'bus' | 'socket'
  readonly title: string
  readonly about: string
  /** By what it is opened, in code. */
  readonly setup: string
  /** What only this one does. */
  readonly action: Action
  /** What happens when it is killed. */
  readonly kill: string
  /** @throws Error with a message for the visitor. */
  readonly open: (surroundings: Surroundings) => Link
}
