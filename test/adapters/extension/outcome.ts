/** How a test, or a group of tests, ended that ran inside the browser. */
export interface Outcome {
  readonly name: string
  readonly state: string
  readonly errors: readonly string[]
  /** Of a group. */
  readonly tasks?: readonly Outcome[]
}
