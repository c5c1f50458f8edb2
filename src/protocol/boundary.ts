/** Where user code begins, for stacks: what is below is this library. */

/** The name of a function, which bundlers keep as it is written. */
export const BOUNDARY = 'portcall:call'

/** `Reflect.apply`, seen in stacks. */
export const runUser: typeof Reflect.apply = {
  [BOUNDARY]: (handler: () => unknown, self: unknown, args: ArrayLike<never>): unknown =>
    Reflect.apply(handler, self, args),
}[BOUNDARY] as typeof Reflect.apply
