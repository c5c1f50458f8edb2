let kept: unknown

/** What all of them can do. */
export const methods = {
  add: (a: number, b: number) => a + b,
  later: (ms: number) => new Promise((resolve) => setTimeout(resolve, ms, 'late')),
  keep: (value: unknown) => {
    kept = value
  },
  hasKept: () => kept !== undefined,
}
