/** What the tests tell the pages that they open, and what those tell back. None of it is JSON-RPC. */
import type { Kind } from '../../contract/fixture.ts'

/** Who is to be run in a page. */
export interface Start {
  readonly kind: Kind
  readonly at: 'parent' | 'opener'
  /** The origins that the page lets in; `any`: a function that returns true. */
  readonly origin?: string | readonly string[]
  readonly allowOpaque?: boolean
  readonly raw?: boolean
  readonly channel?: string
  /** Through a stand-in for the other window that notes what is posted. */
  readonly spy?: boolean
}

/** Stands in a page's address, so that it holds for reloads too. */
export interface PageOptions {
  readonly bundle: string
  readonly starts?: readonly Start[]
  /** Milliseconds that the page waits before it starts them. */
  readonly late?: number
}

/** What a page can be asked; each is answered. */
export type Command =
  | { readonly do: 'start'; readonly start: Start }
  | { readonly do: 'stop' | 'seen' | 'posted' | 'heard' | 'noted' | 'connection' }
  | { readonly do: 'reload' | 'close' }
  | { readonly do: 'go'; readonly to: string }
  /** Put a page into an iframe of the page. */
  | { readonly do: 'embed'; readonly src: string }
  /** Call a method by the RPC that was started last, and do not wait. */
  | { readonly do: 'call'; readonly method: string; readonly params: readonly unknown[] }
  /** Post a message by the transport that was started last. */
  | { readonly do: 'say'; readonly message: unknown }
  | Post

/** Post a message to another window, with a port if `port` says where in the message it is to be. */
export interface Post {
  readonly do: 'post'
  /** From this page's `window` on: `['parent', 'frames', 0]`. */
  readonly at: readonly (string | number)[]
  readonly message: unknown
  readonly to: string
  readonly port?: 'params.port' | 'message'
}

/** A message that a page got, as far as it can be told. */
export interface Seen {
  readonly type: string
  readonly origin: string
  /** As JSON, ports and the like as their names. */
  readonly data: string
  readonly ports: number
}

/** What a page's transport told its RPC. */
export type Noted = { readonly refused: string } | { readonly unreadable: string }

/** A post that a page made. */
export interface Posted {
  readonly message: string
  readonly to: string
  readonly ports: number
}

export interface Ask {
  readonly ask: number
  readonly command: Command
}

export interface Answer {
  readonly answers: number
  readonly value: unknown
  readonly error?: string
}

/** Said to whoever embeds or opened a page, when its script runs. */
export interface Ready {
  readonly ready: string
}

/** A message as JSON; what JSON does not know by its name. */
export const asText = (message: unknown): string => {
  try {
    return String(
      JSON.stringify(message, (_, value: unknown) =>
        typeof value === 'object' && value !== null && !isPlain(value)
          ? Object.prototype.toString.call(value)
          : value,
      ),
    )
  } catch (error) {
    return String(error)
  }
}

const isPlain = (value: object): boolean =>
  Array.isArray(value) || Object.prototype.toString.call(value) === '[object Object]'
