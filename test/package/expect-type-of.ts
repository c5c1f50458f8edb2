/** What the type tests need of vitest, for compilers that its own declarations are too new for. */

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

interface Expectation<A> {
  toEqualTypeOf<B>(...mismatch: Equal<A, B> extends true ? [] : [expected: B, actual: A]): void
}

export declare const expectTypeOf: {
  <A>(): Expectation<A>
  <A>(value: A): Expectation<A>
}
export declare const test: (name: string, body: () => unknown) => void
