/** The types of remotes: what a caller of an api `T` of the peer sees. No code. */

declare const proxied: unique symbol

/** An object that crosses by reference: what `proxy()` returns. Branded, so that only such are typed as remotes. */
export type Proxied<T> = T & { readonly [proxied]: true }

type Fn = (...args: never[]) => unknown
type Constructor = abstract new (...args: never[]) => unknown
type Awaitable<V> = V | PromiseLike<V>
// Not `0 extends 1 & V`: where V is constrained to objects, the compiler takes `1 & V` for never before V is known.
type IsAny<V> = unknown extends V ? ([keyof V] extends [never] ? false : true) : false

/** `any`, which is what JSON.parse returns: the remote where no api is named. */
export type Untyped = ReturnType<typeof JSON.parse>

declare const hint: unique symbol

/** No value has this type. It stands where a mistake is likely: the compiler prints `Hint`, which says what to write. */
export interface Expected<Hint extends string> {
  readonly [hint]?: Hint
}

/** The same for `this`. */
export interface Instead<Hint extends string> {
  readonly [hint]: Hint
}

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
            : [Extract<R, PromiseLike<unknown>>] extends [never]
              ? A & CallbackMustReturnPromise
              : (...args: P) => Awaitable<Awaited<R>>
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

type Identical<A, B> = (<X>() => X extends A ? 1 : 2) extends <X>() => X extends B ? 1 : 2 ? true : false

/**
 * TypeScript puts constraints in place of type parameters. `K extends keyof T` becomes never, which nobody could pass or use, and
 * `Pick<T, K>` becomes `{}`: unknown is put there.
 */
type Loosened<V> =
  IsAny<V> extends true
    ? V
    : [V] extends [never]
      ? unknown
      : V extends readonly unknown[]
        ? LoosenedList<V>
        : [V, keyof V] extends [object, never]
          ? object extends V
            ? unknown
            : V
          : V

type LoosenedList<L extends readonly unknown[]> = { [I in keyof L]: Loosened<L[I]> }

/** A function whose type parameters cannot stay. */
type Settled<F, P extends readonly unknown[], R> =
  Identical<F, (...args: P) => R> extends true
    ? (...args: RemoteArguments<P>) => Promise<RemoteResult<Awaited<R>>>
    : (...args: RemoteArguments<LoosenedList<P>>) => Promise<RemoteResult<Loosened<Awaited<R>>>>

/**
 * A function as it is remotely. One that returns a promise of plain data is so already, so it keeps its type, with overloads and
 * type parameters. Of others the last overload counts, and type parameters become their constraints.
 */
export type RemoteFunction<F> = F extends (...args: infer P) => infer R
  ? IsAny<R> extends true
    ? (...args: RemoteArguments<P>) => Promise<R>
    : [R] extends [never]
      ? Settled<F, P, R>
      : [R] extends [Proxied<infer T>]
        ? (...args: RemoteArguments<P>) => Promise<Remote<T>>
        : [R] extends [AsyncIterable<infer Y>]
          ? (...args: RemoteArguments<P>) => R extends WebStream ? Promise<R> : RemoteStream<Y>
          : [R] extends [IterableIterator<infer Y>]
            ? (...args: RemoteArguments<P>) => RemoteStream<Y>
            : [R] extends [Promise<infer V>]
              ? Same<[V, P], [RemoteResult<V>, RemoteArguments<P>]> extends true
                ? F
                : Settled<F, P, R>
              : Settled<F, P, R>
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

/** What every object has, and what the language or a framework looks for: local, whatever the api has under that name. */
type LocalName =
  | 'then'
  | 'toJSON'
  | 'constructor'
  | 'toString'
  | 'toLocaleString'
  | 'valueOf'
  | 'hasOwnProperty'
  | 'isPrototypeOf'
  | 'propertyIsEnumerable'
  | `__${string}`

/** What every function has: on a member of a remote these are local. */
type FunctionName = 'bind' | 'call' | 'apply' | 'length' | 'name'

/** A method that its own name hides. `Path` is its full name, by which an RPC can call it. */
export type HiddenMember<Path extends string> = (
  this: Instead<`rpc.invoke('${Path}', [value, …])`>,
  ...args: never[]
) => never

/** The name of a member, or never for those that are not remote. */
type RemoteName<T, K extends keyof T> = K extends
  | LocalName
  | symbol
  | (T extends Constructor ? 'prototype' : never)
  ? never
  : IsMember<T[K]> extends true
    ? K
    : never

type RemoteMember<V, Path extends string> = IsAny<V> extends true ? V : Remote<NonNullable<V>, Path>

/** The members that can be called remotely, optional ones too; data members are not there. */
export type RemoteMembers<T> = {
  readonly [K in keyof T as RemoteName<T, K>]-?: RemoteMember<T[K], `${K & string}`>
}

/** The same for the member `Path` of a remote. */
export type NestedMembers<T, Path extends string> = {
  readonly [K in keyof T as RemoteName<T, K>]-?: K extends FunctionName
    ? HiddenMember<`${Path}.${K}`>
    : RemoteMember<T[K], `${Path}.${K & string}`>
}

type MembersAt<T, Path extends string> = Path extends '' ? RemoteMembers<T> : NestedMembers<T, Path>

/** The typed face of the peer: what `wrap<T>()` returns. `Path` is the name of a member of it. */
export type Remote<T, Path extends string = ''> =
  IsAny<T> extends true
    ? T
    : T extends Constructor
      ? RemoteConstructor<T> & MembersAt<T, Path>
      : T extends Fn
        ? RemoteFunction<T>
        : MembersAt<T, Path> & RemoteIterable<T>

/** What was passed by `proxy()` and can be iterated there is iterated here. */
type RemoteIterable<T> = T extends AsyncIterable<infer Y> ? AsyncIterable<Y> : unknown

/** How a remote writes the names and params of its calls, for a peer that is not portcall. */
export interface RemoteStyle {
  /** `by-name`: a call takes one plain object, which is its params, or nothing. Default: `by-position`. */
  readonly params?: 'by-name' | 'by-position' | undefined
  /** Stands between the names of nested members: `/` for `textDocument/hover`. Default: `.`. */
  readonly separator?: string | undefined
}

/** What `rpc.remote<T>({ params: 'by-name' })` returns. `call` can be a method anywhere, as in `tools/call`. */
export type RemoteByName<T> = StyledRemote<T, 'by-name', never>

/** What `rpc.remote<T>({ separator: '/' })` returns. */
export type RemoteByPosition<T> = StyledRemote<T, 'by-position', never>

/** A remote of any style. `Local` are the names that are a function's own here. */
export type StyledRemote<T, Params, Local> =
  IsAny<T> extends true
    ? T
    : T extends Fn
      ? keyof T extends never
        ? StyledFunction<T, Params>
        : StyledFunction<Bare<T>, Params> & StyledMembers<T, Params, Local>
      : StyledMembers<T, Params, Local>

type StyledMembers<T, Params, Local> = {
  readonly [K in keyof T as RemoteName<T, K>]-?: K extends Local
    ? MisnamedMember
    : StyledRemote<
        IsAny<T[K]> extends true ? T[K] : NonNullable<T[K]>,
        Params,
        Params extends 'by-name' ? Exclude<FunctionName, 'call'> : FunctionName
      >
}

// Without members.
type Bare<F> = F extends (...args: infer P) => infer R ? (...args: P) => R : never

type StyledFunction<F extends Fn, Params> = Params extends 'by-name'
  ? IsByName<Parameters<F>> extends true
    ? RemoteFunction<F>
    : PositionalMember
  : RemoteFunction<F>

type IsByName<P extends readonly unknown[]> = number extends P['length']
  ? true
  : P extends readonly [first?: infer A]
    ? unknown extends A
      ? true
      : [Exclude<Extract<A, object>, readonly unknown[] | Fn>] extends [never]
        ? false
        : true
    : false

/** A method whose name is local here. */
export type MisnamedMember = (this: Instead<"rpc.invoke('its/full/name', params)">, ...args: never[]) => never

/** A method that cannot be called by name. */
export type PositionalMember = (
  this: Instead<'params by name: declare it with one object, or nothing'>,
  ...args: never[]
) => never
