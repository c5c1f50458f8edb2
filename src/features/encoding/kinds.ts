/** The kinds of values that features add, and which of them a value is. */
import type { IncomingCall } from '../../peer/context.ts'
import type { CallOptions } from '../../peer/seam.ts'
import { isObject, tagOf } from '../../protocol/guards.ts'
import { isA } from '../../protocol/paths.ts'
import { specialOf } from '../../values/look.ts'
import type { Substitute } from '../../values/marks.ts'
import type { FeatureName } from './needed.ts'

/** What takes part in the making of one message. */
export interface Passing {
  /** What is transferred with it. */
  readonly moved: Set<object>
  /** The numbers of what is passed for one call alone. */
  readonly scope: Map<object, number> | undefined
  readonly call: IncomingCall | undefined
}

/** One kind of values, or a few that are alike. */
export interface Kind {
  /** The feature that the peer needs for it. Default: any that has marks. */
  readonly feature?: FeatureName
  /** The kinds of its marks (docs/wire.md, "Values"). */
  readonly names: readonly string[]
  /** It is asked after all others. Default: false. */
  readonly isLast?: boolean
  /** It is data to the peer: what is read by `get` may hold it. Default: false. */
  readonly isData?: boolean
  /** Whether something is of it; `tag` is its class's name. A plain object is asked only if it has `SPECIAL`. */
  is(value: object, tag: string): boolean
  /** Whether it is marked; else it moves, and stays where it is. Default: true. */
  isMarked?(tag: string): boolean
  /** What stands for it. */
  take(value: object, passing: Passing): Substitute | undefined
  revive?(kind: string, details: readonly unknown[], value: unknown, options?: CallOptions): unknown
  /** It was not passed after all; or (`wasSent`) what was passed for one call is released. */
  retract?(id: unknown, wasSent: boolean, kind: string): void
}

/** Whether a value is of any kind; `tag` is its class's name. */
export const isSpecial =
  (kinds: readonly Kind[]) =>
  (value: object, tag: string): boolean =>
    kinds.some((kind) => kind.is(value, tag))

/** Whether a value is marked; null: it moves, and stays where it is. */
export const isMarked =
  (kinds: readonly Kind[]) =>
  (value: object, tag: string): boolean | null => {
    const kind = kinds.find((kind) => kind.is(value, tag))
    return kind !== undefined && (kind.isMarked?.(tag) !== false || null)
  }

/** What stands for a value, if it is of a kind. */
export function takeBy(kinds: readonly Kind[], value: unknown, passing: Passing): Substitute | undefined {
  if (!isObject(value) && typeof value !== 'function') return undefined
  const tag = typeof value === 'function' ? 'function' : tagOf(value)
  for (const kind of kinds) {
    if (!kind.is(value, tag)) continue
    // A remote is not this side's to let out.
    if (passing.call?.access === 'get' && !kind.isData && !specialOf(value)?.target)
      return { refusal: ` ${isA(tag)}, which only proxy() lets out of a property` }
    const taken = kind.take(value, passing)
    if (taken) return taken
  }
  return undefined
}
