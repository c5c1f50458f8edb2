/** Vitest's own runner, in a program that Vitest did not start: it needs no Node. */
import { startTests } from 'vitest/internal/browser'

type Runner = Parameters<typeof startTests>[1]
type Task =
  ReturnType<NonNullable<Runner['onCollected']>> extends unknown
    ? Parameters<NonNullable<Runner['onBeforeRunTask']>>[0]
    : never

/** How one test ended. */
export interface Outcome {
  readonly file: string
  /** The names of the suites around it, outermost first, and its own. */
  readonly path: readonly string[]
  readonly state: 'pass' | 'fail' | 'skip'
  /** Milliseconds. */
  readonly duration?: number | undefined
  readonly error?: string | undefined
}

export interface Orders {
  /** What is neither run nor told of, by the beginning of its path joined with ` › `. */
  readonly without?: readonly string[]
  /** What is not to be run, by a pattern of its path. */
  readonly skip?: readonly string[]
  /** What `inject` gives. */
  readonly provided?: Readonly<Record<string, unknown>>
}

/** Test files by their path, each imported by a function. */
export type Files = Readonly<Record<string, () => unknown>>

export async function runFiles(
  files: Files,
  tell: (outcome: Outcome) => void,
  { without = [], skip = [], provided = {} }: Orders = {},
): Promise<void> {
  const skipped = skip.map((source) => new RegExp(source))
  const config = {
    root: '/',
    setupFiles: [],
    passWithNoTests: true,
    allowOnly: true,
    sequence: { shuffle: false, concurrent: false, seed: 1, hooks: 'stack', setupFiles: 'list' },
    maxConcurrency: 5,
    testTimeout: 20_000,
    hookTimeout: 20_000,
    retry: 0,
    includeTaskLocation: false,
    tags: [],
    strictTags: false,
    fakeTimers: { toFake: fakeable.filter((name) => name in globalThis) },
    expect: {},
  }
  // What `expect`, `inject` and `vi` look at.
  const state = { config, providedContext: provided, ctx: {}, durations: {}, metaEnv: {}, rpc: {} }
  Object.defineProperty(globalThis, '__vitest_worker__', { value: state, configurable: true })
  const untold = new Set<Task>()
  const runner = {
    config,
    importFile: (path: string) => files[path]?.(),
    onCollected(collected: readonly Suite[]) {
      for (const test of collected.flatMap(testsOf)) {
        const path = pathOf(test).join(' › ')
        const isWanted = !without.some((start) => path.startsWith(start))
        if (!isWanted || skipped.some((pattern) => pattern.test(path))) test.mode = 'skip'
        if (isWanted) untold.add(test)
      }
    },
    onTestAnnotate: (_: Task, annotation: unknown) => Promise.resolve(annotation),
    onAfterRunTask(test: Task) {
      if (untold.delete(test)) tell(outcomeOf(test))
    },
  }
  const done = await startTests(Object.keys(files), runner as unknown as Runner)
  for (const test of untold) tell(outcomeOf(test))
  for (const file of done) {
    const errors = [file, ...suitesOf(file)].flatMap((suite) => suite.result?.errors ?? [])
    if (errors.length > 0)
      tell({ file: file.filepath, path: ['all of it'], state: 'fail', error: textOf(errors) })
  }
}

const fakeable = [
  'setTimeout',
  'clearTimeout',
  'setInterval',
  'clearInterval',
  'setImmediate',
  'clearImmediate',
  'Date',
  'performance',
]

type Suite = Awaited<ReturnType<typeof startTests>>[number]
type Child = Suite['tasks'][number]

const testsOf = (suite: { readonly tasks: readonly Child[] }): Task[] =>
  suite.tasks.flatMap((task) => (task.type === 'suite' ? testsOf(task) : [task as Task]))

const suitesOf = (suite: { readonly tasks: readonly Child[] }): Child[] =>
  suite.tasks.flatMap((task) => (task.type === 'suite' ? [task, ...suitesOf(task)] : []))

function pathOf(task: Task): string[] {
  const path = [task.name]
  for (let suite = task.suite; suite; suite = suite.suite) path.unshift(suite.name)
  return path
}

function outcomeOf(test: Task): Outcome {
  const { state, duration, errors } = test.result ?? {}
  return {
    file: test.file.filepath,
    path: pathOf(test),
    state: state === 'pass' || state === 'fail' ? state : 'skip',
    duration,
    error: errors && textOf(errors),
  }
}

const textOf = (
  errors: readonly { readonly message: string; readonly stack?: string; readonly diff?: string }[],
): string =>
  errors.map(({ message, diff, stack }) => [message, diff, stack].filter(Boolean).join('\n')).join('\n')
