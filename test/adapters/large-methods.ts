/** What the peer of `slow-reader.ts` must have; its transport may hold little. */
export const largeMethods = {
  add: (a: number, b: number): number => a + b,
  large: (length: number): string => 'x'.repeat(length),
  async *many(count: number, length: number): AsyncGenerator<string> {
    for (let i = 0; i < count; i++) yield String(i).padEnd(length, 'x')
  },
}
