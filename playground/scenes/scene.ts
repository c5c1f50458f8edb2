import type { Connection, Id } from '../connections/connection.ts'
import type { Doors } from '../connections/doors.ts'
import type { Door } from '../page-api.ts'

/** Something that the playground shows: a few lines of code, and the calls that they make. */
export interface Scene {
  readonly title: string
  readonly about: string
  /** What a user would write; `peer` is the variable that holds the other side. */
  readonly code: (peer: string) => string
  /** The connections that it is for. Default: all. */
  readonly on?: readonly Id[]
  readonly run: (stage: Stage) => Promise<void>
}

/** The scenes of one door. */
export interface DoorScenes {
  readonly door: Door
  readonly title: string
  /** What you want, when it is the one to take. */
  readonly want: string
  readonly scenes: readonly Scene[]
}

/** What a scene plays on. */
export interface Stage {
  readonly connection: Connection
  readonly doors: Doors
  /** Make a call, show it as a row, and wait for it, whatever comes of it. */
  readonly show: (shown: Shown, call: () => unknown) => Promise<void>
  /** Show an event that was heard. */
  readonly heard: (event: string, args: readonly unknown[]) => void
}

export interface Shown {
  readonly method: string
  readonly params?: unknown
  /** What stands in the row instead of `method(params)`. */
  readonly signature?: string
  /** The methods whose messages belong to the call. Default: `method`. */
  readonly methods?: readonly string[]
  /** Methods that the other side calls meanwhile as a part of the call. */
  readonly callbacks?: readonly string[]
  /** It is a notification, or an event. */
  readonly notify?: boolean
  /** The result that it is meant to have, if only that will do. */
  readonly gives?: unknown
  /** The code, or the name, of the error that it is meant to fail with. */
  readonly fails?: number | string
  /** Anything may come of it. */
  readonly open?: boolean
  /** So many frames cross that they are not recorded; said instead. */
  readonly unrecorded?: string
  /** What the row says of a result, in place of the result. */
  readonly describe?: (result: unknown, milliseconds: number) => string
}
