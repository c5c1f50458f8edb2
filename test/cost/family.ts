/** What a hostile peer sends, of any size: the same attack grows, and its cost must not grow faster. */
import { notification, request } from '../peer/pair.ts'

/** What carries the messages: a MessagePort of a thread, JSON text over one, the IPC of a forked process, and others of text. */
export type Medium = 'port' | 'text' | 'fork' | 'websocket' | 'stdio'

/** The numbers that the hostile peer has learnt, as any peer does. */
export interface Known {
  /** Under which the receiver passed a function, an object by `proxy()`, and a stream that never ends. */
  readonly callback: number
  readonly object: number
  readonly stream: number
  /** The ids of the receiver's calls that wait for an answer. */
  readonly pending: readonly unknown[]
  /** Numbers that were not used before, the first of `count`. */
  readonly take: (count: number) => number
}

export interface Family {
  readonly name: string
  /** Where a peer can say that. Default: everywhere. */
  readonly media?: readonly Medium[]
  /** The largest size that makes sense. Default: 65,536. */
  readonly most?: number
  /** How many calls of the receiver wait for an answer. Default: none. */
  readonly calls?: (n: number) => number
  /** Strings are sent as they are over text, and not at all elsewhere. */
  readonly messages: (n: number, known: Known) => readonly unknown[]
}

/** Media that carry structured clones: what stands in two places is one thing there, and lists have holes. */
export const CLONES: readonly Medium[] = ['port', 'fork']
export const TEXT: readonly Medium[] = ['text', 'websocket', 'stdio']

export const repeat = <T>(count: number, make: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i))

/** A list that says that it is longer than it is. */
export const claiming = (length: number, ...values: unknown[]): unknown[] =>
  Object.assign([...values], { length })

/** So many levels of a list in a list, around what stands in the innermost. */
export function nested(levels: number, innermost: unknown = null): unknown[] {
  let value: unknown[] = [innermost]
  for (let i = 1; i < levels; i++) value = [value]
  return value
}

let asked = 0

/** A call of a method that drops its params, with marks. */
export const passing = (params: unknown, values?: unknown): object => ({
  ...request(`passing ${++asked}`, 'take', params),
  ...(values !== undefined && { values }),
})

/** A notice with marks. */
export const telling = (method: string, params: unknown, values?: unknown): object => ({
  ...notification(method, params),
  ...(values !== undefined && { values }),
})

/** The answer to one of the receiver's calls, or to nothing. */
export const answering = (id: unknown, members: object): object => ({ jsonrpc: '2.0', id, ...members })

/** An error object of a portcall peer. */
export const errorOf = (details: object, message: unknown = 'no'): object => ({
  code: -32500,
  message,
  details: { name: 'Error', ...details },
})
