/** What a hostile peer does is data: what it is called, and how it is done. */
import { expect } from 'vitest'
import type { Attacked } from './attacked.ts'

export const INVALID_PARAMS = { error: { code: -32602 } }
export const NOT_FOUND = { error: { code: -32601 } }
export const RELEASED = { error: { code: -32056 } }
/** Text has null and a mark for undefined. */
export const ANSWERED: object = { result: expect.toBeOneOf([null, undefined]) }
export const HUGE = 2 ** 32 - 1

export interface Attack {
  readonly what: string
  /** Only where a peer can say that. */
  readonly medium?: 'clone' | 'text'
  readonly attack: (peer: Attacked) => void | Promise<void>
}

export const sparse = (length: number, ...values: unknown[]): unknown[] =>
  Object.assign([...values], { length })

export const repeat = <T>(count: number, make: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i))

export const cyclic = (name: string): object => {
  const made = {}
  Reflect.set(made, name, made)
  return made
}
