import type { Remote, RPC } from 'portcall'

/** Something that the playground shows: a few lines of code, and the calls that they make. */
export interface Scene<T> {
  readonly title: string
  readonly about: string
  /** What a user would write. */
  readonly code: string
  readonly run: (stage: Stage<T>) => Promise<void>
}

/** Scenes under one heading. */
export interface SceneGroup<T> {
  readonly title: string
  readonly scenes: readonly Scene<T>[]
}

/** What a scene plays on. */
export interface Stage<T> {
  readonly remote: Remote<T>
  readonly rpc: RPC
  /** Make a call, show it as a row, and wait for it, whatever comes of it. */
  readonly show: (shown: Shown, call: () => Promise<unknown>) => Promise<void>
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
  /** It is a notification. */
  readonly notify?: boolean
  /** It is meant to fail. */
  readonly fails?: boolean
  /** So many frames cross that they are not recorded; said instead. */
  readonly unrecorded?: string
  /** What the row says of a result, in place of the result. */
  readonly describe?: (result: unknown, milliseconds: number) => string
}
