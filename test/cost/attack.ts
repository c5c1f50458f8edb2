/** An attack: a family, the size that is sent, and what more it must not do. */
import { answering, type Family, type Medium, repeat } from './family.ts'
import type { RPCInitOptions } from '../../src/index.ts'

export interface Attack extends Family {
  readonly id: string
  /** The size that is sent. */
  readonly size: number
  readonly media: readonly Medium[]
  /** The most messages that it may be answered with. Default: one for each. */
  readonly answers?: number
  /** What it costs is what the methods do that it calls. Default: false. */
  readonly isWork?: boolean
  /** How often it is repeated: what is to be told is in what is kept. Default: 3. */
  readonly times?: number
  readonly limits?: RPCInitOptions['limits']
}

export const CLONED: readonly Medium[] = ['port', 'fork']
export const TEXTS: readonly Medium[] = ['text', 'websocket', 'stdio']
export const ALL: readonly Medium[] = ['port', 'fork', 'websocket']

export const one = (): number => 1

/** A list that stands twice in a list that stands twice … */
export function doubled(levels: number): unknown[] {
  let list: unknown[] = ['x']
  for (let i = 0; i < levels; i++) list = [list, list]
  return list
}

/** The same where a thing cannot stand twice: the list, and the marks that say so. */
export function doubledByMarks(
  levels: number,
  ...at: readonly unknown[]
): readonly [list: unknown[], marks: unknown[]] {
  let list: unknown[] = ['x']
  for (let i = 0; i < levels; i++) list = [list, null]
  const path = (level: number): unknown[] => [...at, ...repeat(level, () => 0)]
  const marks = repeat(levels, (i) => {
    const level = levels - 1 - i
    return [[...path(level), 1], 'same', [...path(level), 0]]
  })
  return [list, marks]
}

export const failing = (error: object, [id]: readonly unknown[], values?: unknown): object =>
  answering(id, { error, ...(values !== undefined && { values }) })
