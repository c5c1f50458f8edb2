/** The types of remotes: what a caller of an api `T` of the peer sees. No code. */

declare const proxied: unique symbol

/** An object that crosses by reference: what `proxy()` returns. Branded, so that only such are typed as remotes. */
export type Proxied<T> = T & { readonly [proxied]: true }

type Fn = (...args: never[]) => unknown
type Constructor = abstract new (...args: never[]) => unknown
type Awaitable<V> = V | PromiseLike<V>
type IsAny<V> = 0 extends 1 & V ? true : false

/** What a caller may pass where the other side declares `A`: a callback may be sync or async here, it is async there. */
export type RemoteArgument<A> =
  IsAny<A> extends true
    ? A
    : A extends (...args: infer P) => infer R
      ? IsAny<R> extends true
        ? A
        : unknown extends R
          ? A
          : [R] extends [void]
            ? A
            : [R] extends [PromiseLike<infer V>]
              ? (...args: P) => Awaitable<V>
              : A & CallbackMustReturnPromise
      : A

/** Shown where the other side declares a callback with a sync result: it would be a promise at run time. */
export interface CallbackMustReturnPromise {
  readonly 'portcall: declare this callback to return a Promise': never
}

/** The parameters of a remote method; labels, optional and rest elements stay. */
export type RemoteArguments<P extends readonly unknown[]> = { [I in keyof P]: RemoteArgument<P[I]> }

/** A stream of `Y`: for `for await` at once, and for `await` by those who need to know that the call was accepted. */
export type RemoteStream<Y> = Promise<AsyncIterableIterator<Y>> & AsyncIterable<Y>

/** What a caller gets for a result `V`. */
export type RemoteResult<V> =
  IsAny<V> extends true
    ? V
    : V extends Proxied<infer T>
      ? Remote<T>
      : V extends Fn
        ? RemoteFunction<V>
        : V extends AsyncIterable<infer Y>
          ? V extends WebStream
            ? V
            : AsyncIterableIterator<Y>
          : V extends IterableIterator<infer Y>
            ? AsyncIterableIterator<Y>
            : V

type WebStream = { getReader(): unknown }

type Same<A, B> = [A, B] extends [B, A] ? true : false

/** A function that returns a promise of plain data already keeps its type, so overloads and type parameters survive. */
export type RemoteFunction<F> = F extends (...args: infer P) => infer R
  ? IsAny<R> extends true
    ? (...args: RemoteArguments<P>) => Promise<R>
    : [R] extends [never]
      ? (...args: RemoteArguments<P>) => Promise<never>
      : [R] extends [Proxied<infer T>]
        ? (...args: RemoteArguments<P>) => Promise<Remote<T>>
        : [R] extends [AsyncIterable<infer Y>]
          ? (...args: RemoteArguments<P>) => R extends WebStream ? Promise<R> : RemoteStream<Y>
          : [R] extends [IterableIterator<infer Y>]
            ? (...args: RemoteArguments<P>) => RemoteStream<Y>
            : [R] extends [Promise<infer V>]
              ? Same<[V, P], [RemoteResult<V>, RemoteArguments<P>]> extends true
                ? F
                : (...args: RemoteArguments<P>) => Promise<RemoteResult<V>>
              : (...args: RemoteArguments<P>) => Promise<RemoteResult<Awaited<R>>>
  : never

/** A class on the other side: `await new remote.Counter()`. */
export type RemoteConstructor<C> = C extends abstract new (...args: infer P) => infer I
  ? new (...args: RemoteArguments<P>) => Promise<Remote<I>>
  : never

type IsMember<V> =
  IsAny<V> extends true
    ? true
    : NonNullable<V> extends Fn | Constructor
      ? true
      : NonNullable<V> extends
            | readonly unknown[]
            | Date
            | ReadonlyMap<unknown, unknown>
            | ReadonlySet<unknown>
        ? false
        : NonNullable<V> extends object
          ? true
          : false

/** What every function has, so that below the root a remote has it here. */
type OfFunctions = 'bind' | 'call' | 'apply' | 'length' | 'name'

/** Shown for a member of such a name below the root: at run time it is the function's own. */
export interface UseInvoke {
  readonly "portcall: functions have this name, so write rpc.invoke('phone.call', […])": never
}

/** The members that can be called remotely, optional ones too; data members are not there. */
export type RemoteMembers<T, IsRoot extends boolean = true> = {
  readonly [
    K in keyof T as K extends 'then' | 'constructor' | 'prototype' | symbol
      ? never
      : IsMember<T[K]> extends true
        ? K
        : never
  ]-?: IsRoot extends false ? (K extends OfFunctions ? UseInvoke : RemoteMember<T[K]>) : RemoteMember<T[K]>
}

type RemoteMember<V> = IsAny<V> extends true ? V : Remote<NonNullable<V>, false>

/** The typed face of the other side: what `wrap<T>()` returns. */
export type Remote<T, IsRoot extends boolean = true> =
  IsAny<T> extends true
    ? T
    : T extends Constructor
      ? RemoteConstructor<T> & RemoteMembers<T, IsRoot>
      : T extends Fn
        ? RemoteFunction<T>
        : RemoteMembers<T, IsRoot> & RemoteIterable<T>

/** What was passed by `proxy()` and can be iterated there is iterated here. */
type RemoteIterable<T> = T extends AsyncIterable<infer Y> ? AsyncIterable<Y> : unknown
