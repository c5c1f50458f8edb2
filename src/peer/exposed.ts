/** The type of what can be exposed: something in it must be callable. No code. */
import type { Expected } from './remote-types.ts'

type Callable = ((...args: never[]) => unknown) | (abstract new (...args: never[]) => unknown)
type Data =
  | string
  | number
  | boolean
  | bigint
  | symbol
  | readonly unknown[]
  | Date
  | ReadonlyMap<unknown, unknown>
  | ReadonlySet<unknown>
  | PromiseLike<unknown>

/** What `any` and `unknown` are is not known: they may be callable. */
type Kind<V> = unknown extends V
  ? 'callable'
  : [V] extends [null | undefined]
    ? 'data'
    : NonNullable<V> extends Callable
      ? 'callable'
      : NonNullable<V> extends Data
        ? 'data'
        : 'object'

// Two levels: what is deeper counts as callable, so that recursive types end.
type MemberKinds<T> = {
  [K in keyof T]-?: Kind<T[K]> extends 'object' ? KindsOf<NonNullable<T[K]>> : Kind<T[K]>
}[keyof T]
type KindsOf<T> = { [K in keyof T]-?: Kind<T[K]> }[keyof T]

/**
 * `A`, if it is callable or has a member that is, or none at all (members may come later). The other case has only optional members, so
 * that an `A` that is not known yet, in a generic function, is accepted.
 */
export type Exposed<A> =
  Kind<A> extends 'callable'
    ? A
    : Kind<A> extends 'data'
      ? Expected<FunctionsHint>
      : keyof A extends never
        ? A
        : Extract<MemberKinds<A>, 'callable' | 'object'> extends never
          ? Expected<FunctionsHint>
          : A

type FunctionsHint = 'functions by name: expose({ add: (a, b) => a + b })'
