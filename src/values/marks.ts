/** Marks: what in a value is not what it seems, by its path, and what stands in its place. Types, and what both ways need. */
import { tagOf } from '../protocol/guards.ts'
import { isOfPlatform } from './platform.ts'
import type { Path } from '../protocol/paths.ts'

/** Where something stands that is not what it is: its path from the payload, what it is, and what else that needs. */
export type Mark = readonly [path: Path, kind: string, ...details: unknown[]]

/** What stands in the place of a value. */
export interface Substitute {
  /** Absent: the substitute is what arrives. */
  readonly mark?: readonly [kind: string, ...details: unknown[]]
  /** Default: null. */
  readonly value?: unknown
  /** Whether `value` may hold further such values itself. Default: false. */
  readonly isNested?: boolean
  /** It is put back when all others are. Default: false. */
  readonly isLate?: boolean
  /** Why there is none: what is written after its path. */
  readonly refusal?: string
}

/** Says what to put in the place of a value; undefined: what it is. */
export type Take = (value: unknown) => Substitute | undefined

/** Makes the value of a mark, of what stands in its place. */
export type Revive = (kind: string, details: readonly unknown[], value: unknown, mark: unknown) => unknown

export interface Encoded {
  readonly payload: unknown
  readonly marks: readonly Mark[]
}

/** An own member, whatever is inherited under its name. */
export const define = (target: object, key: string | number, value: unknown): void =>
  void Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true })

/** An own member, whatever its name is. */
export function put(target: object, key: string | number, value: unknown): void {
  if (key === '__proto__') define(target, key, value)
  else Reflect.set(target, key, value)
}

// What has its own way of being cloned, or none: not to be taken apart.
export const isLeaf = (value: object): boolean => tagOf(value) !== 'Object'

/** Whether structured clone looks into an object, where it is not the platform's own. */
export const isTakenApart = (value: object): boolean =>
  Array.isArray(value) ||
  value instanceof Map ||
  value instanceof Set ||
  !(isLeaf(value) || isOfPlatform(value, true))

export const isIndex = (key: string): boolean => String(Number(key) >>> 0) === key && key !== '4294967295'
